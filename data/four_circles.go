package data

// FourCircles returns four rings that cross each other with Gaussian noise: radius 2
// about (+-1, +-1), standard deviation 0.1. Neural Spline Flows draws the same number
// of points from each; here the ring is drawn too.
func FourCircles() Set {
	return rings(
		Info{
			Name:    "four-circles",
			Title:   "Four circles",
			Source:  "Neural Spline Flows, Durkan et al., 2019, arXiv:1906.04032",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.87081901758},
		},
		0.1, []circle{{-1, -1, 2}, {-1, 1, 2}, {1, -1, 2}, {1, 1, 2}})
}
