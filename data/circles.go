package data

// Circles returns two concentric rings with Gaussian noise in FFJORD's form:
// scikit-learn's make_circles with factor 0.5 and noise 0.08, times 3. The angle
// along a ring is uniform, the limit of make_circles' even spacing.
func Circles() Set {
	return rings(
		Info{
			Name:    "circles",
			Title:   "Two circles",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 3.26813571171},
		},
		0.24, []circle{{radius: 3}, {radius: 1.5}})
}
