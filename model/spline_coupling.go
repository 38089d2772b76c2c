package model

import (
	"flowcert/flow"
	"flowcert/setting"
)

// SplineCoupling is a flow of rational-quadratic spline couplings, RQ-NSF (C) of
// Durkan, Bekasov, Murray and Papamakarios (Neural Spline Flows, 2019).
func SplineCoupling() Entry {
	return flowEntry(Entry{
		Name:     "spline-coupling",
		Title:    "Spline coupling flow",
		Family:   "spline coupling flow",
		Summary:  "Learns a chain of bendable rulers (splines), each steered by the other columns.",
		Settings: append(couplingSettings(5, 64), splineSettings()...),
	}, func(s setting.Values) builder {
		return coupled(s, flow.RationalQuadratic{Bins: s.Int("bins"), Bound: s.Float("bound")})
	})
}

// splineSettings are those that every flow of rational-quadratic splines has.
func splineSettings() []setting.Setting {
	return []setting.Setting{
		{Name: "bins", Type: "int", Default: 8, Min: 2, Max: 256, Meaning: "bins of each spline"},
		{Name: "bound", Type: "float", Default: 5.0, Min: 0.5, Max: 100, Meaning: "half width of the splines' box, in standard deviations; outside it they are the identity"},
	}
}
