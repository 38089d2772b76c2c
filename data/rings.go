package data

// Rings returns four concentric rings with Gaussian noise in FFJORD's form: radii 3,
// 2.25, 1.5 and 0.75, and a standard deviation of 0.08 that is added after scaling.
// The angle along a ring is uniform, the limit of FFJORD's even spacing. (FFJORD
// takes the third ring's horizontal coordinate from the angles of the fourth, which
// are the same ones.)
func Rings() Set {
	return rings(
		Info{
			Name:    "rings",
			Title:   "Four rings",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.62318277030},
		},
		0.08, []circle{{radius: 3}, {radius: 2.25}, {radius: 1.5}, {radius: 0.75}})
}
