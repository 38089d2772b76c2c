package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// The metrics of samples compare two matrices of rows x columns: rows that a model
// drew and rows of data that it was not fitted to. Each metric has a step that reads
// the rows and returns a small array, and a step that makes a figure of that array
// alone, so that the array is the evidence for the figure.
//
// Distances depend on the units of the columns. Rows for them come from Standardise.

// minRows is the least number of rows of a sample that is compared with another.
const minRows = 10

// Standardise returns each of rows with the columns shifted and divided by the mean
// and the standard deviation of the reference's columns.
//
// The reference must be rows that are not compared, such as the training rows: a
// scale computed from one of two compared samples would treat them differently, and
// a permutation test would no longer be exact. It fails for fewer than ten rows of
// reference, for a column in which they do not vary, and for entries that are not
// finite. It panics if the numbers of columns differ.
func Standardise(reference *mat.Dense, rows ...*mat.Dense) ([]*mat.Dense, error) {
	if err := checkRows(reference, reference); err != nil {
		return nil, fmt.Errorf("standardise: reference: %w", err)
	}
	n, dim := reference.Dims()
	mean, deviation := make([]float64, dim), make([]float64, dim)
	column := make([]float64, n)
	for j := range dim {
		mean[j], deviation[j] = stat.MeanStdDev(mat.Col(column, j, reference), nil)
		if !(deviation[j] > 0) {
			return nil, fmt.Errorf("standardise: column %d is constant in the reference", j)
		}
	}
	standardised := make([]*mat.Dense, len(rows))
	for k, r := range rows {
		if err := checkRows(r, reference); err != nil {
			return nil, fmt.Errorf("standardise: %w", err)
		}
		standardised[k] = new(mat.Dense)
		standardised[k].Apply(func(_, j int, v float64) float64 { return (v - mean[j]) / deviation[j] }, r)
	}
	return standardised, nil
}

// checkTwoSamples fails where two samples cannot be compared.
func checkTwoSamples(samples, data *mat.Dense) error {
	if err := checkRows(samples, data); err != nil {
		return fmt.Errorf("samples: %w", err)
	}
	if err := checkRows(data, samples); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	return nil
}

// checkRows fails for too few rows and for entries that are not finite, and panics
// where the number of columns is not that of the other rows.
func checkRows(rows, others *mat.Dense) error {
	n, dim := rows.Dims()
	if _, want := others.Dims(); dim != want {
		panic("measure: samples differ in their number of columns")
	}
	if n < minRows {
		return fmt.Errorf("%d rows, want at least %d", n, minRows)
	}
	for i := range n {
		for j, v := range rows.RawRowView(i) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("row %d, column %d is %v", i, j, v)
			}
		}
	}
	return nil
}

// squaredDistance returns the squared Euclidean distance, exactly 0 for equal rows.
// Four sums let the processor overlap the additions.
func squaredDistance(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		d0, d1, d2, d3 := a[i]-b[i], a[i+1]-b[i+1], a[i+2]-b[i+2], a[i+3]-b[i+3]
		s0 += d0 * d0
		s1 += d1 * d1
		s2 += d2 * d2
		s3 += d3 * d3
	}
	for ; i < len(a); i++ {
		d := a[i] - b[i]
		s0 += d * d
	}
	return s0 + s1 + s2 + s3
}
