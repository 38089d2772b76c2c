package model

import (
	"flowcert/flow"
	"flowcert/setting"
)

// RealNVP is a flow of affine couplings (Dinh, Sohl-Dickstein and Bengio, Density
// Estimation Using Real NVP, 2017).
func RealNVP() Entry {
	return flowEntry(Entry{
		Name:    "realnvp",
		Title:   "RealNVP",
		Family:  "affine coupling flow",
		Summary: "Learns a chain of scalings and shifts, each steered by the other columns.",
		Settings: append(couplingSettings(8, 64),
			setting.Setting{Name: "log_scale_bound", Type: "float", Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the log-scale of one coupling"}),
	}, func(s setting.Values) builder { return coupled(s, flow.Affine{Bound: s.Float("log_scale_bound")}) })
}
