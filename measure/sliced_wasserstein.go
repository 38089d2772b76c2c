package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/internal/random"
)

// SlicedWasserstein returns the Wasserstein distance of order 1 between samples and
// data, rows x columns, projected on each of that many random directions. Mean makes
// the sliced Wasserstein distance of them; its interval is for other directions
// through the same rows, not for other rows. Source: Bonneel et al., "Sliced and
// Radon Wasserstein barycenters of measures", 2015.
//
// The distance is in the unit of the rows (see Standardise) and is positive, about
// the inverse root of the number of rows, even where the distributions are equal.
// What data compared with data give, along the same directions, is what a model can
// reach: the same seed and number of columns give the same directions, and
// PairedDifference the excess. It fails for fewer than ten rows, no projections and
// entries that are not finite, and panics if the numbers of columns differ.
func SlicedWasserstein(samples, data *mat.Dense, projections int, seed uint64) ([]float64, error) {
	if err := checkTwoSamples(samples, data); err != nil {
		return nil, fmt.Errorf("sliced wasserstein distance: %w", err)
	}
	if projections < 1 {
		return nil, errors.New("sliced wasserstein distance: no projections")
	}
	n, dim := samples.Dims()
	m, _ := data.Dims()
	x, y := mat.NewVecDense(n, nil), mat.NewVecDense(m, nil)
	distances := make([]float64, projections)
	for i := range distances {
		direction := randomDirection(dim, seed, uint64(i))
		x.MulVec(samples, direction)
		y.MulVec(data, direction)
		distances[i] = wasserstein(x.RawVector().Data, y.RawVector().Data)
	}
	return distances, nil
}

// randomDirection is uniform on the sphere.
func randomDirection(dim int, seed, index uint64) *mat.VecDense {
	r := random.New(seed, "projection", 0, index)
	direction := mat.NewVecDense(dim, nil)
	for j := range dim {
		direction.SetVec(j, r.NormFloat64())
	}
	direction.ScaleVec(1/floats.Norm(direction.RawVector().Data, 2), direction)
	return direction
}

// wasserstein returns the distance of order 1 in one dimension, the integral of
// |F - G| over the line for the distribution functions F and G. It sorts x and y.
func wasserstein(x, y []float64) float64 {
	slices.Sort(x)
	slices.Sort(y)
	var total, at float64
	for i, j := 0, 0; i < len(x) || j < len(y); {
		next := math.Inf(1)
		if i < len(x) {
			next = x[i]
		}
		if j < len(y) {
			next = min(next, y[j])
		}
		// i values of x and j of y lie below next: none the first time.
		total += (next - at) * math.Abs(float64(i)/float64(len(x))-float64(j)/float64(len(y)))
		at = next
		for i < len(x) && x[i] == next {
			i++
		}
		for j < len(y) && y[j] == next {
			j++
		}
	}
	return total
}
