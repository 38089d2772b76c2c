package data

// PlaneGaussian returns two independent normal numbers of standard deviations 1 and
// 1/2.
func PlaneGaussian() Set {
	return conditional{
		mean:      func(float64) float64 { return 0 },
		deviation: 0.5,
	}.set(Info{
		Name:   "plane-gaussian",
		Title:  "Plane Gaussian",
		Source: "Neural Spline Flows, Durkan et al., 2019, arXiv:1906.04032",
	})
}
