package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// EnergyDistance returns the unbiased estimate of the energy distance
//
//	2 E|X - Y| - E|X - X'| - E|Y - Y'|
//
// between samples X and data Y, rows x columns, and then its values under that many
// random permutations. It is in the unit of the distance, 0 on average where the
// distributions are equal, then also negative, and positive where they differ in any
// way. Source: Székely and Rizzo, "Energy statistics", 2013, whose estimate has the
// pairs of equal rows too and so is larger.
//
// PermutationTest makes a test of the result, which is exact where the rows are
// independent. The distance depends on the units: see Standardise. It fails for
// fewer than ten rows and for entries that are not finite, and panics if the numbers
// of columns differ. The time goes with the square of the number of rows.
func EnergyDistance(samples, data *mat.Dense, permutations int, seed uint64) ([]float64, error) {
	statistics, err := permutedStatistics(samples, data, 1, func(squared float64, sums []float64) {
		sums[0] -= math.Sqrt(squared)
	}, permutations, seed)
	if err != nil {
		return nil, fmt.Errorf("energy distance: %w", err)
	}
	return statistics, nil
}
