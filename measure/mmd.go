package measure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// mmdBandwidths is the number of bandwidths of MMD, each twice the one before.
const mmdBandwidths = 5

// MMD returns the unbiased estimates of the squared maximum mean discrepancy
//
//	E k(X, X') + E k(Y, Y') - 2 E k(X, Y),   k(x, y) = exp(-|x - y|^2 / (2 h^2))
//
// between samples X and data Y, rows x columns, for h of a quarter, a half, once,
// twice and four times the median distance, and then their values under that many
// random permutations, five each. They have no unit, are 0 on average where the
// distributions are equal, then also negative, and at most 2. Source: Gretton et al.,
// "A kernel two-sample test", JMLR 13 (2012), equation 3.
//
// The median distance comes from rows that are not compared (MedianDistance), so
// that the test is exact and the values of several models have one scale. MMDTest
// makes a test of the result. The kernel depends on the units: see Standardise. It
// fails for fewer than ten rows and for entries that are not finite, and panics if
// the numbers of columns differ or the median is not positive. The time goes with
// the square of the number of rows.
func MMD(samples, data *mat.Dense, median float64, permutations int, seed uint64) ([]float64, error) {
	if !(median > 0) {
		panic("measure: the median distance is not positive")
	}
	widest := median * 4
	statistics, err := permutedStatistics(samples, data, mmdBandwidths, func(squared float64, sums []float64) {
		// At half the bandwidth the kernel is the fourth power.
		k := math.Exp(-squared / (2 * widest * widest))
		for i := mmdBandwidths - 1; i >= 0; i-- {
			sums[i] += k
			k *= k
			k *= k
		}
	}, permutations, seed)
	if err != nil {
		return nil, fmt.Errorf("maximum mean discrepancy: %w", err)
	}
	return statistics, nil
}

// MMDTest returns one test of the hypothesis that two samples have one distribution,
// from the result of MMD. Statistic is the squared maximum mean discrepancy averaged
// over the bandwidths: that of the average kernel. P is that of the largest over the
// bandwidths, each divided by its deviation under the permutations, so that no
// bandwidth drowns the others; the permuted values are treated alike, and no
// correction for several tests is needed. N is the number of permutations. The idea
// is that of Schrab et al., "MMD aggregated two-sample test", JMLR 24 (2023). It
// fails as PermutationTest does.
func MMDTest(statistics []float64) (Test, error) {
	if err := checkSample(statistics, 2*mmdBandwidths); err != nil {
		return Test{}, fmt.Errorf("maximum mean discrepancy: %w", err)
	}
	if len(statistics)%mmdBandwidths != 0 {
		return Test{}, fmt.Errorf("maximum mean discrepancy: %d values, want %d for each permutation", len(statistics), mmdBandwidths)
	}
	test, err := PermutationTest(largestStandardised(statistics, mmdBandwidths))
	test.Statistic = 0
	for _, v := range statistics[:mmdBandwidths] {
		test.Statistic += v / mmdBandwidths
	}
	return test, err
}

// MedianDistance returns the median of the distances between different rows, the
// usual scale of a kernel: Gretton et al. (2012), section 8. It fails for fewer than
// ten rows, for entries that are not finite, and where more than half of the pairs
// are equal rows. The time and the memory go with the square of the number of rows.
func MedianDistance(rows *mat.Dense) (float64, error) {
	if err := checkRows(rows, rows); err != nil {
		return 0, fmt.Errorf("median distance: %w", err)
	}
	n, _ := rows.Dims()
	squared := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := range i {
			squared = append(squared, squaredDistance(rows.RawRowView(i), rows.RawRowView(j)))
		}
	}
	slices.Sort(squared)
	median := (math.Sqrt(squared[(len(squared)-1)/2]) + math.Sqrt(squared[len(squared)/2])) / 2
	if median == 0 {
		return 0, fmt.Errorf("median distance: most rows are equal")
	}
	return median, nil
}
