package data

import "math"

// Sign returns a standard normal number t and one about t + 1 for positive and
// t - 1 for negative t, with variance exp(-3).
func Sign() Set {
	return conditional{
		mean:      func(t float64) float64 { return t + math.Copysign(1, t) },
		deviation: math.Exp(-1.5),
	}.set(Info{
		Name:   "sign",
		Title:  "Sign",
		Source: "Neural Spline Flows, Durkan et al., 2019, arXiv:1906.04032",
	})
}
