package data

// CrescentCubed returns a normal number about the cubic t^3/5, with variance 1, and
// the standard normal t in the second column, as the generator of Neural Spline Flows
// orders them.
func CrescentCubed() Set {
	return conditional{
		mean:      func(t float64) float64 { return 0.2 * t * t * t },
		deviation: 1,
		last:      true,
	}.set(Info{
		Name:   "crescent-cubed",
		Title:  "Cubic crescent",
		Source: "Neural Spline Flows, Durkan et al., 2019, arXiv:1906.04032",
	})
}
