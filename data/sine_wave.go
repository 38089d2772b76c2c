package data

import "math"

// SineWave returns a standard normal number t and one about sin(5t), with variance
// exp(-2).
func SineWave() Set {
	return conditional{
		mean:      func(t float64) float64 { return math.Sin(5 * t) },
		deviation: math.Exp(-1),
	}.set(Info{
		Name:   "sine-wave",
		Title:  "Sine wave",
		Source: "Neural Spline Flows, Durkan et al., 2019, arXiv:1906.04032",
	})
}
