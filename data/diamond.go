package data

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// Diamond returns 400 equal Gaussians of standard deviation 0.04 on a square grid of
// 20 x 20 points in [-2.5, 2.5], turned by an eighth of a circle. The generator of
// Neural Spline Flows moves every centre by up to 0.001 anew for each set that it
// makes; that is left out.
func Diamond() Set {
	const (
		width, bound = 20, 2.5
		sigma        = 0.04
		variance     = sigma * sigma
	)
	centres := floats.Span(make([]float64, width), -bound, bound)
	// logAxis is the log-density of one coordinate along the grid.
	logAxis := func(x float64) float64 {
		var logs [width]float64
		for i, c := range centres {
			logs[i] = -(x - c) * (x - c) / (2 * variance)
		}
		return floats.LogSumExp(logs[:]) - math.Log(2*math.Pi*variance)/2 - math.Log(width)
	}
	return generator(
		Info{
			Name:    "diamond",
			Title:   "Diamond of 400 Gaussians",
			Source:  "Neural Spline Flows, Durkan et al., 2019, arXiv:1906.04032",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.38608298515},
		},
		func(r *rand.Rand, x []float64) {
			a := centres[r.IntN(width)] + sigma*r.NormFloat64()
			b := centres[r.IntN(width)] + sigma*r.NormFloat64()
			x[0], x[1] = (a+b)/math.Sqrt2, (b-a)/math.Sqrt2
		},
		func(x []float64) float64 {
			return logAxis((x[0]-x[1])/math.Sqrt2) + logAxis((x[0]+x[1])/math.Sqrt2)
		})
}
