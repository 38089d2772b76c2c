package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// manifoldNeighbours is the k of the papers: the ball of a row reaches to its k-th
// nearest neighbour on its own side.
const manifoldNeighbours = 5

// Manifold says, row by row, how samples lie among data. The mean of each is the
// figure; Mean's interval for Precision and Density is for other samples against the
// same data, that for Recall for other data against the same samples, and Coverage
// has none, as its rows depend on each other.
//
// Where model and data have one distribution the figures are not all 1: the mean
// density is 1, the mean coverage depends on the numbers of rows, and precision and recall
// on the distribution. What training rows give in the place of samples, as many of
// them, is what a model can reach.
type Manifold struct {
	// Precision is 1 for a sample that lies in the ball of a row of data, else 0.
	Precision []float64
	// Recall is 1 for a row of data that lies in the ball of a sample, else 0.
	Recall []float64
	// Density is the number of balls of data that a sample lies in, over 5.
	Density []float64
	// Coverage is 1 for a row of data whose ball has a sample, else 0.
	Coverage []float64
}

// NewManifold compares samples with data, rows x columns, by balls that reach to
// the fifth nearest neighbour. Sources: Kynkäänniemi et al., "Improved precision and
// recall metric for assessing generative models", 2019, equation 1; Naeem et al.,
// "Reliable fidelity and diversity metrics for generative models", 2020, section 3.
// The balls depend on the units: see Standardise; the figures are comparable for the
// same numbers of rows only. It fails for fewer than ten rows and for entries that
// are not finite, and panics if the numbers of columns differ. The time goes with the
// square of the number of rows.
func NewManifold(samples, data *mat.Dense) (Manifold, error) {
	if err := checkTwoSamples(samples, data); err != nil {
		return Manifold{}, fmt.Errorf("precision and recall: %w", err)
	}
	n, _ := samples.Dims()
	m, _ := data.Dims()
	sampleBalls, dataBalls := balls(samples), balls(data)
	f := Manifold{
		Precision: make([]float64, n), Density: make([]float64, n),
		Recall: make([]float64, m), Coverage: make([]float64, m),
	}
	for i := range n {
		x := samples.RawRowView(i)
		for j := range m {
			squared := squaredDistance(x, data.RawRowView(j))
			if squared <= dataBalls[j] {
				f.Precision[i] = 1
				f.Density[i] += 1. / manifoldNeighbours
				f.Coverage[j] = 1
			}
			if squared <= sampleBalls[i] {
				f.Recall[j] = 1
			}
		}
	}
	return f, nil
}

// balls returns the squared distance of each row to its k-th nearest other row.
func balls(rows *mat.Dense) []float64 {
	n, _ := rows.Dims()
	// nearest[i] are the squared distances of row i to its k nearest, ascending.
	nearest := make([][manifoldNeighbours]float64, n)
	for i := range nearest {
		for k := range nearest[i] {
			nearest[i][k] = math.Inf(1)
		}
	}
	insert := func(i int, squared float64) {
		list := &nearest[i]
		if squared >= list[manifoldNeighbours-1] {
			return
		}
		k := manifoldNeighbours - 1
		for ; k > 0 && list[k-1] > squared; k-- {
			list[k] = list[k-1]
		}
		list[k] = squared
	}
	for i := range n {
		for j := range i {
			squared := squaredDistance(rows.RawRowView(i), rows.RawRowView(j))
			insert(i, squared)
			insert(j, squared)
		}
	}
	radii := make([]float64, n)
	for i := range radii {
		radii[i] = nearest[i][manifoldNeighbours-1]
	}
	return radii
}
