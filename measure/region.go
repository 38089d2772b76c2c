package measure

import (
	"fmt"
	"slices"
)

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

// RegionCoverage says, from the result of RegionRanks for that many samples, whether the
// model's highest-density regions hold as much of the test rows as the model says that
// they hold: the largest distance, over all regions, of the share of test rows in a region
// from its content. The bounds of the distance allow for the error of both samples, each
// by DKW at half the probability of missing, and hold at least at the level; 0 below is a
// true distance that may be 0. The test is of the hypothesis that the log-densities of
// test rows and of samples have one distribution, which is what a distance of 0 says: that
// of Kolmogorov and Smirnov, exact. It fails for fewer than ten ranks and for one that is
// not between 0 and 1, and panics if samples is not positive.
func RegionCoverage(ranks []float64, samples int, level float64) (Interval, Test, error) {
	checkLevel(level)
	if err := checkProbabilities(ranks); err != nil {
		return Interval{}, Test{}, fmt.Errorf("coverage of regions: %w", err)
	}
	n := len(ranks)
	half := (1 + level) / 2
	band := dkw(n, half) + dkw(samples, half)
	// The share of samples in a region, as a function of its content, is the content.
	distance := uniformDistance(ranks)
	return Interval{Value: distance, Lo: max(0, distance-band), Hi: min(1, distance+band), Level: level, N: n},
		Test{Statistic: distance, P: kolmogorovSmirnovP(distance, n, samples), N: n}, nil
}
