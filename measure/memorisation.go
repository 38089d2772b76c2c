package measure

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// NearestDistances returns the Euclidean distance of each row to the nearest training
// row, rows x columns each: exactly 0 for a copy. It depends on the units: see
// Standardise. It fails for fewer than ten rows and for entries that are not finite,
// and panics if the numbers of columns differ. The time goes with the product of the
// numbers of rows.
func NearestDistances(rows, training *mat.Dense) ([]float64, error) {
	if err := checkRows(rows, training); err != nil {
		return nil, fmt.Errorf("nearest distances: %w", err)
	}
	if err := checkRows(training, rows); err != nil {
		return nil, fmt.Errorf("nearest distances: training rows: %w", err)
	}
	n, _ := rows.Dims()
	m, _ := training.Dims()
	distances := make([]float64, n)
	for i := range distances {
		x, nearest := rows.RawRowView(i), math.Inf(1)
		for j := range m {
			nearest = min(nearest, squaredDistance(x, training.RawRowView(j)))
		}
		distances[i] = math.Sqrt(nearest)
	}
	return distances, nil
}

// Copies returns how many of these distances are 0: rows that are copies of training
// rows. Data that are rounded or repeat themselves have copies among the test rows
// too, so that the share among those belongs beside it.
func Copies(distances []float64) int {
	copies := 0
	for _, d := range distances {
		if d == 0 {
			copies++
		}
	}
	return copies
}

// MemorisationTest returns the test of the hypothesis that samples lie no nearer to
// the training rows than fresh rows do, from the distances of samples and of test
// rows to their nearest training rows. Statistic is the probability that a sample is
// the nearer one of a pair, ties counting a half: 0.5 for a model that does not copy
// and is not blurred, 1 for one that copies every row. N is the number of distances.
// P is one-sided, of the rank-sum test of Mann and Whitney with the normal
// approximation, corrected for ties and continuity; for ten values on each side and
// more it is right to about 0.01. Source: Meehan, Chaudhuri and Dasgupta, "A
// non-parametric test to detect data-copying in generative models", 2020, whose
// global test it is.
//
// A model that copies some rows and blurs the others can pass: its samples are
// nearer and farther in equal shares. Copies shows those that are exact. It fails for
// fewer than ten values on a side and for a value that is negative or not finite.
func MemorisationTest(samples, test []float64) (Test, error) {
	for _, side := range [][]float64{samples, test} {
		if err := checkSample(side, minRows); err != nil {
			return Test{}, fmt.Errorf("memorisation: %w", err)
		}
		if slices.Min(side) < 0 {
			return Test{}, fmt.Errorf("memorisation: a negative distance")
		}
	}
	type distance struct {
		value  float64
		sample bool
	}
	var pooled []distance
	for _, v := range samples {
		pooled = append(pooled, distance{v, true})
	}
	for _, v := range test {
		pooled = append(pooled, distance{v, false})
	}
	slices.SortFunc(pooled, func(a, b distance) int { return cmp.Compare(a.value, b.value) })
	n, m := float64(len(samples)), float64(len(test))
	// nearer counts the pairs in which the sample is the nearer one.
	var nearer, before, ties float64
	for from := 0; from < len(pooled); {
		to, tied := from, 0.0
		for ; to < len(pooled) && pooled[to].value == pooled[from].value; to++ {
			if !pooled[to].sample {
				tied++
			}
		}
		size := float64(to - from)
		nearer += (size - tied) * (m - before - tied/2)
		before += tied
		ties += size * (size*size - 1)
		from = to
	}
	all := n + m
	variance := n * m / 12 * (all + 1 - ties/(all*(all-1)))
	result := Test{Statistic: nearer / (n * m), P: 1, N: len(pooled)}
	if variance > 0 {
		result.P = distuv.UnitNormal.Survival((nearer - n*m/2 - 0.5) / math.Sqrt(variance))
	}
	return result, nil
}
