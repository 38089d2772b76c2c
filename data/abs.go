package data

import "math"

// Abs returns a standard normal number t and one about |t| - 1, with variance
// exp(-3).
func Abs() Set {
	return conditional{
		mean:      func(t float64) float64 { return math.Abs(t) - 1 },
		deviation: math.Exp(-1.5),
	}.set(Info{
		Name:   "abs",
		Title:  "Absolute value",
		Source: "Neural Spline Flows, Durkan et al., 2019, arXiv:1906.04032",
	})
}
