package measure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// KolmogorovSmirnov returns, for each column, the largest distance between the
// empirical distribution functions of samples and data, rows x columns: between 0
// and 1, the same for every increasing map of the column. It fails for fewer than ten
// rows and for entries that are not finite, and panics if the numbers of columns
// differ.
func KolmogorovSmirnov(samples, data *mat.Dense) ([]float64, error) {
	if err := checkTwoSamples(samples, data); err != nil {
		return nil, fmt.Errorf("kolmogorov-smirnov test: %w", err)
	}
	_, dim := samples.Dims()
	distances := make([]float64, dim)
	for j := range distances {
		x, y := mat.Col(nil, j, samples), mat.Col(nil, j, data)
		slices.Sort(x)
		slices.Sort(y)
		distances[j] = stat.KolmogorovSmirnov(x, nil, y, nil)
	}
	return distances, nil
}

// KolmogorovSmirnovTest returns one test of the hypothesis that samples and data
// have the same distribution in every column, from the result of KolmogorovSmirnov
// for n and m rows. Statistic is the largest distance, P its p-value times the number
// of columns (Bonferroni, valid for columns that depend on each other in any way),
// and N the number of columns. The mean distance is what Coccaro et al. compare
// flows by, arXiv:2302.12024. It fails for no columns and for a value that is not a
// distance.
func KolmogorovSmirnovTest(distances []float64, n, m int) (Test, error) {
	if err := checkSample(distances, 1); err != nil {
		return Test{}, fmt.Errorf("kolmogorov-smirnov test: %w", err)
	}
	largest, _ := Worst(distances)
	if least := slices.Min(distances); !(least >= 0 && largest <= 1) {
		return Test{}, fmt.Errorf("kolmogorov-smirnov test: distances from %v to %v, want 0 to 1", least, largest)
	}
	columns := len(distances)
	return Test{Statistic: largest, P: min(1, float64(columns)*kolmogorovSmirnovP(largest, n, m)), N: columns}, nil
}

// kolmogorovSmirnovP returns the probability that the distance between the empirical
// distribution functions of n and m values reaches distance, where both samples have
// one distribution. It is exact where no two values are equal, and too large where
// some are. It panics if n or m is not positive.
//
// The order of the pooled values is a path from (0, 0) to (n, m), all paths being
// equally likely, and what is wanted is the share of paths that reach
// |i/n - j/m| >= distance. Source: Hodges, "The significance probability of the
// Smirnov two-sample test", 1958. Shares of paths that have reached it are added up,
// never subtracted from 1, so that small p-values are as precise as large ones.
func kolmogorovSmirnovP(distance float64, n, m int) float64 {
	if n < 1 || m < 1 {
		panic("measure: no values to compare")
	}
	// |i m - j n| is an integer; the distance times n m is one but for rounding.
	limit := int(math.Ceil(distance*float64(n)*float64(m) - 1e-6))
	if limit <= 0 {
		return 1
	}
	// reached[j] is the share of the paths to (i, j) that have reached the limit.
	reached := slices.Repeat([]float64{1}, m+1)
	for i := range n + 1 {
		// Only from..to lie within the limit. Outside, the share is 1, as it was
		// set and, below from, as the last step of the loop leaves it.
		from := max(0, (i*m-limit)/n+1)
		if i*m < limit {
			from = 0
		}
		to := min(m, (i*m+limit-1)/n)
		if from > 0 {
			reached[from-1] = 1
		}
		for j := from; j <= to; j++ {
			switch {
			case i == 0 && j == 0:
				reached[j] = 0
			case j == 0:
			// The only path came from (i-1, 0), whose share stays.
			case i == 0:
				reached[j] = reached[j-1]
			default:
				last := float64(i) / float64(i+j)
				reached[j] = last*reached[j] + (1-last)*reached[j-1]
			}
		}
	}
	return reached[m]
}
