package data

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// The ring of Gaussians of FFJORD's toy data (Grathwohl et al., 2019): radius 4
// and standard deviation 1/2, both divided by 1.414.
const (
	gaussiansRadius = 4 / 1.414
	gaussiansSigma  = 0.5 / 1.414
)

// EightGaussians returns eight equal Gaussians on a ring.
func EightGaussians() Set {
	var centres [8][2]float64
	for k := range centres {
		sin, cos := math.Sincos(float64(k) * math.Pi / 4)
		centres[k] = [2]float64{gaussiansRadius * cos, gaussiansRadius * sin}
	}
	const variance = gaussiansSigma * gaussiansSigma
	norm := math.Log(2*math.Pi*variance) + math.Log(float64(len(centres)))
	return generator(
		Info{
			Name:    "8gaussians",
			Title:   "Eight Gaussians",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.83188040614},
		},
		func(r *rand.Rand, x []float64) {
			for i, c := range centres[r.IntN(len(centres))] {
				x[i] = c + gaussiansSigma*r.NormFloat64()
			}
		},
		func(x []float64) float64 {
			var logs [len(centres)]float64
			for k, c := range centres {
				dx, dy := x[0]-c[0], x[1]-c[1]
				logs[k] = -(dx*dx + dy*dy) / (2 * variance)
			}
			return floats.LogSumExp(logs[:]) - norm
		})
}
