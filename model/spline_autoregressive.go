package model

import (
	"flowcert/flow"
	"flowcert/setting"
)

// SplineAutoregressive is an autoregressive flow of rational-quadratic splines,
// RQ-NSF (AR) of Durkan, Bekasov, Murray and Papamakarios (Neural Spline Flows, 2019).
func SplineAutoregressive() Entry {
	return flowEntry(Entry{
		Name:     "spline-autoregressive",
		Title:    "Spline autoregressive flow",
		Family:   "spline autoregressive flow",
		Summary:  "Learns bendable rulers (splines), each column steered by the columns before it.",
		Settings: append(autoregressiveSettings(), splineSettings()...),
	}, func(s setting.Values) builder {
		return autoregressive(s, flow.RationalQuadratic{Bins: s.Int("bins"), Bound: s.Float("bound")})
	})
}
