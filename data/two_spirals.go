package data

import (
	"math"
	"math/rand/v2"
)

// TwoSpirals returns two spirals of one and a half turns in FFJORD's form, which is
// that of Neural Spline Flows too: the angle is 3 pi times the root of a uniform
// number, both coordinates are moved by uniform numbers from 0 to 1/2, the second arm
// is the first one turned by half a circle, and all is divided by 3 before Gaussian
// noise of standard deviation 0.1. Both arms of FFJORD's batches have the same
// angles; here they are drawn.
func TwoSpirals() Set {
	const (
		last  = 3 * math.Pi // the angle where the arms end
		width = 0.5 / 3
		sigma = 0.1
		nodes = 512
	)
	at := func(t float64) (x, y float64) {
		sin, cos := math.Sincos(t)
		return -t * cos / 3, t * sin / 3
	}
	arm := newCurve(nodes, 0, last, at, func(t float64) float64 { return 2 * t / (last * last) }, width, sigma)
	return generator(
		Info{
			Name:    "two-spirals",
			Title:   "Two spirals",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.6454502836},
		},
		func(r *rand.Rand, x []float64) {
			x[0], x[1] = at(last * math.Sqrt(r.Float64()))
			sign := float64(1 - 2*r.IntN(2))
			for j := range x {
				x[j] = sign*(x[j]+width*r.Float64()) + sigma*r.NormFloat64()
			}
		},
		func(x []float64) float64 {
			return arm.logSum([2]float64{x[0], x[1]}, [2]float64{-x[0], -x[1]}) - math.Ln2
		})
}
