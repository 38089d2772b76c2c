package model

import (
	"flowcert/density"
	"flowcert/flow"
)

// RealNVP is a flow of affine couplings (Dinh, Sohl-Dickstein and Bengio, Density
// Estimation Using Real NVP, 2017).
func RealNVP() Entry {
	build := func(s Settings) func(int, uint64) flow.Bijector {
		return coupled(s, flow.Affine{Bound: s.Float("log_scale_bound")})
	}
	return Entry{
		Name:    "realnvp",
		Title:   "RealNVP",
		Family:  "affine coupling flow",
		Summary: "Learns a chain of scalings and shifts, each steered by the other columns.",
		Settings: append(couplingSettings(8, 64),
			Setting{Name: "log_scale_bound", Type: "float", Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the log-scale of one coupling"}),
		Fitter: func(_ int, s Settings) (density.Fitter, error) { return flowFitter(s, build(s)), nil },
		Restore: func(dim int, s Settings, tensors []density.Tensor) (density.Model, error) {
			return restoreFlow(dim, tensors, build(s))
		},
	}
}
