package data

import (
	"math"
	"math/rand/v2"
)

// SwissRoll returns a spiral with Gaussian noise in FFJORD's form: the first and the
// third coordinate of scikit-learn's make_swiss_roll with noise 1, over 5.
func SwissRoll() Set {
	const (
		lo, hi = 1.5 * math.Pi, 4.5 * math.Pi // the angle, which is uniform
		sigma  = 0.2
		nodes  = 384
	)
	at := func(t float64) (x, y float64) {
		sin, cos := math.Sincos(t)
		return t * cos / 5, t * sin / 5
	}
	spiral := newCurve(nodes, lo, hi, at, func(float64) float64 { return 1 / (hi - lo) }, 0, sigma)
	return generator(
		Info{
			Name:    "swissroll",
			Title:   "Swiss roll",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.66964617388},
		},
		func(r *rand.Rand, x []float64) {
			x[0], x[1] = at(lo + (hi-lo)*r.Float64())
			x[0] += sigma * r.NormFloat64()
			x[1] += sigma * r.NormFloat64()
		},
		func(x []float64) float64 { return spiral.logSum([2]float64{x[0], x[1]}) })
}
