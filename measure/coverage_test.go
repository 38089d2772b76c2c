package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// coverage is one kind of interval on score sets whose truth is known.
type coverage struct {
	name string
	// guaranteed intervals must cover at least their level, others within 93 to 97
	// times in 100 at 0.95.
	guaranteed bool
	truth      float64
	interval   func(r *rand.Rand) (Interval, error)
}

// skewedScores are log-densities of rows under a normal model of 2 k dimensions, up to
// a constant: -gamma(k), of mean -k.
func skewedScores(r *rand.Rand, n int, k float64) []float64 {
	law := distuv.Gamma{Alpha: k, Beta: 1, Src: r}
	x := make([]float64, n)
	for i := range x {
		x[i] = -law.Rand()
	}
	return x
}

// normalWeights are log p and log q at rows of p = N(m, 1), for q = N(0, 1).
func normalWeights(r *rand.Rand, n int, m float64) (truth, model []float64) {
	for range n {
		e := r.NormFloat64()
		truth, model = append(truth, -e*e/2), append(model, -(e+m)*(e+m)/2)
	}
	return truth, model
}

func coverages() []coverage {
	const level = 0.95
	tail := func(k float64) float64 { // mean of the lowest tenth of -gamma(k)
		decile := distuv.Gamma{Alpha: k, Beta: 1}.Quantile(1 - lowest)
		return -k * distuv.Gamma{Alpha: k + 1, Beta: 1}.Survival(decile) / lowest
	}
	pair := func(rows, seeds int, ratio float64) func(r *rand.Rand) (Interval, error) {
		return func(r *rand.Rand) (Interval, error) {
			a, b, level := twoModels(r, rows, seeds, 0, ratio)
			i, _, err := comparePair(a, b, level)
			return i, err
		}
	}
	errors := func(of func(Errors) Interval, ratio float64, skewed bool) func(r *rand.Rand) (Interval, error) {
		return func(r *rand.Rand) (Interval, error) {
			rows := make([]float64, 57)
			if skewed {
				rows = skewedScores(r, 57, 2)
			}
			e, err := ErrorsOf(trained(r, rows, 5, 0, ratio*math.Sqrt(10.0/57), 0.7), level)
			return of(e), err
		}
	}
	return []coverage{
		{"Student's t over 5 seeds", false, 0, errors(func(e Errors) Interval { return e.Training }, 1, false)},
		{"test error, 57 rows", false, -2, errors(func(e Errors) Interval { return e.Test }, 0, true)},
		{"combined, seeds as rows", false, -2, errors(func(e Errors) Interval { return e.Combined }, 1, true)},
		{"combined, seeds of no effect", false, -2, errors(func(e Errors) Interval { return e.Combined }, 0, true)},
		{"Student's t of 200 rows", false, -2, func(r *rand.Rand) (Interval, error) { return Mean(skewedScores(r, 200, 2), level) }},
		{"Hall's mean of 57 rows, 2 dimensions", false, -1, func(r *rand.Rand) (Interval, error) { return SkewedMean(skewedScores(r, 57, 1), level) }},
		{"Hall's mean of 57 rows, 8 dimensions", false, -4, func(r *rand.Rand) (Interval, error) { return SkewedMean(skewedScores(r, 57, 4), level) }},
		{"paired difference of 200 rows", false, 0, func(r *rand.Rand) (Interval, error) {
			a, b, level := twoModels(r, 200, 1, 0, 0)
			return PairedDifference(a[0], b[0], level)
		}},
		{"gain per dimension of 200 rows", false, 0, func(r *rand.Rand) (Interval, error) {
			a, b, level := twoModels(r, 200, 1, 0, 0)
			return GainPerDimension(a[0], b[0], 4, level)
		}},
		{"Fieller's skill of 57 rows", false, 0.7, func(r *rand.Rand) (Interval, error) {
			model, baseline, reference := scores(r, 57, 2, 0.7)
			for i, v := range skewedScores(r, 57, 1) {
				// Rows that the baseline describes badly gain most.
				model[i], reference[i] = model[i]-0.7*(v+1), reference[i]-(v+1)
			}
			return Skill(model, baseline, reference, level)
		}},
		{"paired bootstrap over 57 rows", false, 0, pair(57, 1, 0)},
		{"two levels, seeds of no effect", false, 0, pair(57, 5, 0)},
		{"two levels, seeds as rows", false, 0, pair(57, 5, 1)},
		{"two levels, seeds 4 times rows", false, 0, pair(57, 5, 4)},
		{"train-test gap, Welch and Hall, 57 test rows", false, 0, func(r *rand.Rand) (Interval, error) {
			return TrainTestGap(skewedScores(r, 455, 2), skewedScores(r, 57, 2), level)
		}},
		{"lowest decile of 57 rows", false, tail(1), func(r *rand.Rand) (Interval, error) { return LowestDecile(skewedScores(r, 57, 1), level) }},
		{"lowest decile of 400 rows", false, tail(4), func(r *rand.Rand) (Interval, error) { return LowestDecile(skewedScores(r, 400, 4), level) }},
		{"effective sample size of 0.78", false, math.Exp(-0.25), func(r *rand.Rand) (Interval, error) {
			truth, model := normalWeights(r, 400, 0.5)
			return EffectiveSampleSize(truth, model, level)
		}},
		{"effective sample size of 0.37", false, math.Exp(-1), func(r *rand.Rand) (Interval, error) {
			truth, model := normalWeights(r, 400, 1)
			return EffectiveSampleSize(truth, model, level)
		}},
		{"reverse divergence of 400 samples", false, 0.4, func(r *rand.Rand) (Interval, error) {
			difference := skewedScores(r, 400, 1)
			for i, v := range difference {
				difference[i] = -0.6 - v // mean 0.4, a long upper tail
			}
			return ReverseDivergence(difference, make([]float64, 400), level)
		}},
		{"median of 57", true, -math.Ln2, func(r *rand.Rand) (Interval, error) { return Median(skewedScores(r, 57, 1), level) }},
		{"deviation of regions, DKW", true, trueDeviation(1.3), func(r *rand.Rand) (Interval, error) {
			ranks, err := RegionRanks(normalRegions(r, 100, 1000, 1.3))
			if err != nil {
				return Interval{}, err
			}
			deviation, _, err := RegionCoverage(ranks, 1000, level)
			return deviation, err
		}},
		{"total variation, at least", true, 0.3, func(r *rand.Rand) (Interval, error) {
			correct := make([]float64, 200) // a classifier right with 1/2 + 0.3/2
			for i := range correct {
				if r.Float64() < 0.65 {
					correct[i] = 1
				}
			}
			return TotalVariation(correct, level)
		}},
	}
}

// TestIntervalsCover simulates 2,000 score sets of each kind with -long, otherwise 60,
// which is enough to see a method that is wrong by far. Allowed are 93 to 97 times in
// 100 for approximate intervals and four standard errors of the simulation besides in
// the short run; guaranteed ones may miss their level by these errors alone.
func TestIntervalsCover(t *testing.T) {
	sets := 60
	if *long {
		sets = 2000
	}
	for k, c := range coverages() {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(51, uint64(k)))
			covered, stated := 0, 0.95
			for range sets {
				got := mustInterval(t)(c.interval(r))
				stated = got.Level
				if got.Lo <= c.truth && c.truth <= got.Hi {
					covered++
				}
			}
			share := float64(covered) / float64(sets)
			t.Logf("covers %.1f times in 100", 100*share)
			chance := 4 * math.Sqrt(0.05*0.95/float64(sets))
			least, most := 0.93, 0.97
			if !*long {
				least, most = least-chance, 1
			}
			if c.guaranteed {
				least, most = stated-chance, 1
			}
			if share < least || share > most {
				t.Errorf("covers in a share of %.4f, want %.3f to %.3f", share, least, most)
			}
		})
	}
}
