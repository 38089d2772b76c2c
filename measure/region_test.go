package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

func mustCoverage(t *testing.T) func(Interval, Test, error) (Interval, Test) {
	return func(deviation Interval, test Test, err error) (Interval, Test) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return deviation, test
	}
}

func TestRegionRanks(t *testing.T) {
	samples := []float64{5, 1, 4, 2, 3, 10, 9, 8, 7, 6}
	test := []float64{0, 10, 3, 3.5, 11, 1, 1, 1, 1, 1}
	got := mustArray(t)(RegionRanks(test, samples))
	if want := []float64{1, 0, 0.7, 0.7, 0, 0.9, 0.9, 0.9, 0.9, 0.9}; !slices.Equal(got, want) {
		t.Errorf("ranks = %v, want %v", got, want)
	}
	deviation, statistic := mustCoverage(t)(RegionCoverage(got, 10, 0.95))
	// Half of the rows are in a region of 0.9 only, where four are in one of 0.7.
	near(t, "distance", statistic.Statistic, 0.5)
	near(t, "deviation", deviation.Value, 0.5)
}

// normalRegions are the log-densities, by a normal model of that standard deviation, of
// n standard normal test rows and m samples of the model.
func normalRegions(r *rand.Rand, n, m int, deviation float64) (test, samples []float64) {
	model := distuv.Normal{Sigma: deviation}
	for range n {
		test = append(test, model.LogProb(r.NormFloat64()))
	}
	for range m {
		samples = append(samples, model.LogProb(deviation*r.NormFloat64()))
	}
	return test, samples
}

// trueDeviation is the largest distance of the true curve of coverage from the
// diagonal: the model's central region of content c reaches to deviation times the
// normal quantile of (1 + c)/2.
func trueDeviation(deviation float64) float64 {
	var largest float64
	for c := 0.001; c < 1; c += 0.001 {
		reach := deviation * distuv.UnitNormal.Quantile((1+c)/2)
		largest = max(largest, math.Abs(2*distuv.UnitNormal.CDF(reach)-1-c))
	}
	return largest
}

func TestCoverageOfRegions(t *testing.T) {
	r := rand.New(rand.NewPCG(24, 1))
	for _, deviation := range []float64{1, 1.3, 0.7} {
		var p []float64
		truth, missed := trueDeviation(deviation), 0
		const level = 0.8
		for range replications(200) {
			got, test := mustCoverage(t)(RegionCoverage(mustArray(t)(RegionRanks(normalRegions(r, 200, 1000, deviation))), 1000, level))
			p = append(p, test.P)
			if truth < got.Lo || truth > got.Hi {
				missed++
			}
		}
		// The bound is guaranteed and must not miss more often; it may less often.
		share, allowed := float64(missed)/float64(len(p)), 4*math.Sqrt(level*(1-level)/float64(len(p)))
		if share > 1-level+allowed {
			t.Errorf("deviation %v: the bounds miss in a share of %.3f", deviation, share)
		}
		if deviation == 1 {
			checkUniform(t, p, false)
		} else if worst, _ := Worst(p); slices.Sorted(slices.Values(p))[len(p)*9/10] > 0.05 {
			t.Errorf("deviation %v: p up to %.3f", deviation, worst)
		}
	}
}

// TestRanksTellWideFromNarrow: a model that is too wide has too much in its regions.
func TestRanksTellWideFromNarrow(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 1))
	for deviation, wide := range map[float64]bool{2: true, 0.5: false} {
		ranks := mustArray(t)(RegionRanks(normalRegions(r, 500, 2000, deviation)))
		slices.Sort(ranks)
		if median := ranks[len(ranks)/2]; wide != (median < 0.4) || wide == (median > 0.6) {
			t.Errorf("a model of standard deviation %v: half of the rows are in the region of %.3f", deviation, median)
		}
		got, _ := mustCoverage(t)(RegionCoverage(ranks, 2000, 0.95))
		if got.Lo <= 0 {
			t.Errorf("a model of standard deviation %v: deviation %+v", deviation, got)
		}
		// Each band misses with a probability of 0.025: sqrt(ln(2/0.025)/(2n)).
		near(t, "lower end", got.Lo, got.Value-math.Sqrt(math.Log(80)/1000)-math.Sqrt(math.Log(80)/4000))
	}
}
