package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// CorrelationDifferences returns how much the correlation of each pair of columns,
// j < k, row by row of the matrix, is larger in samples than in data, rows x columns.
// It does not depend on the units of the columns. It fails for a single column, fewer
// than ten rows, entries that are not finite and columns that are constant, and
// panics if the numbers of columns differ.
func CorrelationDifferences(samples, data *mat.Dense) ([]float64, error) {
	if err := checkTwoSamples(samples, data); err != nil {
		return nil, fmt.Errorf("correlations: %w", err)
	}
	_, dim := samples.Dims()
	if dim < 2 {
		return nil, fmt.Errorf("correlations: %d column, want at least 2", dim)
	}
	var a, b mat.SymDense
	stat.CorrelationMatrix(&a, samples, nil)
	stat.CorrelationMatrix(&b, data, nil)
	differences := make([]float64, 0, dim*(dim-1)/2)
	for j := range dim {
		for k := j + 1; k < dim; k++ {
			differences = append(differences, a.At(j, k)-b.At(j, k))
		}
	}
	if err := checkSample(differences, 1); err != nil {
		return nil, fmt.Errorf("correlations: a column is constant: %w", err)
	}
	return differences, nil
}

// CorrelationDistance returns the Frobenius norm of the difference of two correlation
// matrices from their differences above the diagonal: 0 where they are equal. It is
// what Coccaro et al. compare flows by, arXiv:2302.12024. It is positive for samples
// of equal distributions too: for independent columns the mean of its square is
// D(D-1) (1/(n-1) + 1/(m-1)) with n and m rows of D columns.
func CorrelationDistance(differences []float64) float64 {
	var squares float64
	for _, d := range differences {
		squares += d * d
	}
	return math.Sqrt(2 * squares)
}
