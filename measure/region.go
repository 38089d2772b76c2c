package measure

import (
	"fmt"
	"slices"
)

// Coverage says whether the model's highest-density regions hold as much of the test
// rows as the model says that they hold.
type Coverage struct {
	// Curve has the share of test rows that each region holds, where Nominal says
	// how much the region holds of the model. Both ascend, from 0 to 1, with a
	// corner at each test row.
	Nominal, Curve []float64
	// Band is half the width of a band around Curve that holds the true one,
	// everywhere at once, with a probability of at least Level.
	Band, Level float64
	// Deviation is the largest distance of the curve from the diagonal. Its bounds
	// hold with a probability of at least Level; 0 below is a true curve that may be
	// the diagonal.
	Deviation Interval
	// Test is of the hypothesis that the log-densities of test rows and of samples
	// have one distribution, which is what a curve on the diagonal says.
	Test Test
}

// RegionRanks returns, for each test row, the share of the model's own samples that
// have a higher density. It is the content of the smallest highest-density region
// that holds the row: Hyndman, "Computing and graphing highest density regions",
// American Statistician 50 (1996). The arguments are log-densities. It fails for fewer
// than ten test rows or samples, and for a value that is not finite.
func RegionRanks(test, samples []float64) ([]float64, error) {
	for _, part := range []struct {
		name string
		x    []float64
	}{{"test rows", test}, {"samples", samples}} {
		if err := checkSample(part.x, minRows); err != nil {
			return nil, fmt.Errorf("ranks in regions: %s: %w", part.name, err)
		}
	}
	sorted := slices.Sorted(slices.Values(samples))
	ranks := make([]float64, len(test))
	for i, v := range test {
		// The first sample above v; samples as dense as v are not denser.
		at, _ := slices.BinarySearchFunc(sorted, v, func(s, v float64) int {
			if s <= v {
				return -1
			}
			return 1
		})
		ranks[i] = float64(len(sorted)-at) / float64(len(sorted))
	}
	return ranks, nil
}

// RegionCoverage makes the curve of coverage from the result of RegionRanks for that
// many samples. The band allows for the error of both samples, each by DKW at half the
// probability of missing; the test is Kolmogorov and Smirnov's, exact. A model whose
// samples are less dense than the data has a curve above the diagonal: it is too wide.
// It fails for fewer than ten ranks and for one that is not between 0 and 1, and
// panics if samples is not positive.
func RegionCoverage(ranks []float64, samples int, level float64) (Coverage, error) {
	checkLevel(level)
	if err := checkProbabilities(ranks); err != nil {
		return Coverage{}, fmt.Errorf("coverage of regions: %w", err)
	}
	n := len(ranks)
	half := (1 + level) / 2
	c := Coverage{Nominal: []float64{0}, Curve: []float64{0}, Band: DKW(n, half) + DKW(samples, half), Level: level}
	for i, v := range slices.Sorted(slices.Values(ranks)) {
		c.Nominal = append(c.Nominal, v)
		c.Curve = append(c.Curve, float64(i+1)/float64(n))
	}
	c.Nominal, c.Curve = append(c.Nominal, 1), append(c.Curve, 1)
	// The samples' distribution function, as a function of itself, is the diagonal.
	distance := uniformDistance(ranks)
	c.Deviation = Interval{
		Value: distance, Lo: max(0, distance-c.Band), Hi: min(1, distance+c.Band), Level: level, N: n,
	}
	c.Test = Test{Statistic: distance, P: KolmogorovSmirnovP(distance, n, samples), N: n}
	return c, nil
}
