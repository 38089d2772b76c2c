package data

import "math"

// Crescent returns a normal number about the parabola t^2/2 - 1, with variance
// exp(-2), and the standard normal t in the second column, as the generator of Neural
// Spline Flows orders them.
func Crescent() Set {
	return conditional{
		mean:      func(t float64) float64 { return t*t/2 - 1 },
		deviation: math.Exp(-1),
		last:      true,
	}.set(Info{
		Name:   "crescent",
		Title:  "Crescent",
		Source: "Neural Spline Flows, Durkan et al., 2019, arXiv:1906.04032",
	})
}
