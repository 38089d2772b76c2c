package model

import (
	"flowcert/flow"
	"flowcert/setting"
)

// MAF is a masked autoregressive flow of affine maps (Papamakarios, Pavlakou and
// Murray, Masked Autoregressive Flow for Density Estimation, 2017).
func MAF() Entry {
	return flowEntry(Entry{
		Name:    "maf",
		Title:   "MAF",
		Family:  "affine autoregressive flow",
		Summary: "Learns scalings and shifts, each column steered by the columns before it.",
		Settings: append(autoregressiveSettings(),
			setting.Setting{Name: "log_scale_bound", Type: "float", Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the log-scale of one layer"}),
	}, func(s setting.Values) builder {
		return autoregressive(s, flow.Affine{Bound: s.Float("log_scale_bound")})
	})
}
