package data

import (
	"math"
	"math/rand/v2"
)

// Checkerboard returns the uniform distribution on eight squares of side 2 in
// [-4, 4] x [-4, 4]: those whose column and row, counted from the origin, add
// up to an even number.
func Checkerboard() Set {
	logDensity := -math.Log(32)
	return generator(
		Info{
			Name:    "checkerboard",
			Title:   "Checkerboard",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			Entropy: &Entropy{Nats: -logDensity},
		},
		func(r *rand.Rand, x []float64) {
			// FFJORD draws the row as a uniform height, shifted down by 0 or 2
			// squares, and up by one in odd columns.
			column := 4*r.Float64() - 2
			odd := math.Abs(math.Mod(math.Floor(column), 2))
			x[0] = 2 * column
			x[1] = 2 * (r.Float64() - 2*float64(r.IntN(2)) + odd)
		},
		func(x []float64) float64 {
			column, row := math.Floor(x[0]/2), math.Floor(x[1]/2)
			if column < -2 || column > 1 || row < -2 || row > 1 || math.Mod(column+row, 2) != 0 {
				return math.Inf(-1)
			}
			return logDensity
		})
}
