package data

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// Moons returns two interleaved half rings with Gaussian noise in FFJORD's form:
// scikit-learn's make_moons with noise 0.1, times 2, plus (-1, -0.2). The angle
// along a ring is uniform, the limit of make_moons' even spacing.
func Moons() Set {
	return halfRings(
		Info{
			Name:    "moons",
			Title:   "Two moons",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.39387919597},
		},
		[2]float64{-1, -0.2}, [2]float64{1, 0.8})
}

// halfRings returns two half rings of radius 2 about these centres, the second one
// turned by half a circle, with Gaussian noise of standard deviation 0.2.
func halfRings(info Info, upper, lower [2]float64) Set {
	const sigma = 0.2
	ring := newRing(2, sigma)
	return generator(info,
		func(r *rand.Rand, x []float64) {
			sin, cos := math.Sincos(math.Pi * r.Float64())
			if r.IntN(2) == 0 {
				x[0], x[1] = upper[0]+ring.radius*cos, upper[1]+ring.radius*sin
			} else {
				x[0], x[1] = lower[0]-ring.radius*cos, lower[1]-ring.radius*sin
			}
			x[0] += sigma * r.NormFloat64()
			x[1] += sigma * r.NormFloat64()
		},
		func(x []float64) float64 {
			return floats.LogSumExp([]float64{
				ring.logHalf(x[0]-upper[0], x[1]-upper[1]),
				ring.logHalf(lower[0]-x[0], lower[1]-x[1]),
			}) - math.Ln2
		})
}
