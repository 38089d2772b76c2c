package measure

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// near fails unless got and want agree to a relative 1e-10: far above rounding, far
// below what any wrong formula would give.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-10*max(1, math.Abs(want))) {
		t.Errorf("%s = %.15g, want %.15g", what, got, want)
	}
}

func mustInterval(t *testing.T) func(Interval, error) Interval {
	return func(i Interval, err error) Interval {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
}

// studentQuantile has the closed forms of Student's quantile function for one, two
// and four degrees of freedom (Shaw, "Sampling Student's T distribution", 2006).
func studentQuantile(freedom int, p float64) float64 {
	a := 4 * p * (1 - p)
	switch freedom {
	case 1:
		return math.Tan(math.Pi * (p - 0.5))
	case 2:
		return (2*p - 1) * math.Sqrt(2/a)
	case 4:
		return 2 * math.Sqrt(math.Cos(math.Acos(math.Sqrt(a))/3)/math.Sqrt(a)-1)
	}
	panic("no closed form")
}

func TestMean(t *testing.T) {
	for _, x := range [][]float64{{3, 7}, {1, 2, 6}, {1, 2, 3, 4, 5}} {
		for _, level := range []float64{0.5, 0.9, 0.95, 0.99} {
			n := float64(len(x))
			var sum, squares float64
			for _, v := range x {
				sum += v
				squares += v * v
			}
			standardError := math.Sqrt((squares - sum*sum/n) / (n - 1) / n)
			half := standardError * studentQuantile(len(x)-1, (1+level)/2)
			got := mustInterval(t)(Mean(x, level))
			near(t, "mean", got.Value, sum/n)
			near(t, "standard error", got.StandardError, standardError)
			near(t, "lower end", got.Lo, sum/n-half)
			near(t, "upper end", got.Hi, sum/n+half)
			if got.N != len(x) || got.Level != level {
				t.Errorf("n = %d and level = %v, want %d and %v", got.N, got.Level, len(x), level)
			}
		}
	}
}

func TestPairedDifference(t *testing.T) {
	// Differences 1, 2, 6; the rows' own level is large and must cancel.
	a, b := []float64{1001, 2002, 3006}, []float64{1000, 2000, 3000}
	want := mustInterval(t)(SkewedMean([]float64{1, 2, 6}, 0.95))
	if got := mustInterval(t)(PairedDifference(a, b, 0.95)); got != want {
		t.Errorf("paired difference = %+v, want %+v", got, want)
	}
	gain := mustInterval(t)(GainPerDimension(a, b, 4, 0.95))
	near(t, "gain", gain.Value, want.Value/4)
	near(t, "lower end of gain", gain.Lo, want.Lo/4)
	near(t, "upper end of gain", gain.Hi, want.Hi/4)
	near(t, "standard error of gain", gain.StandardError, want.StandardError/4)
}

func TestNoIntervalFromBadSamples(t *testing.T) {
	skill := func(x []float64, level float64) (Interval, error) {
		return Skill(x, make([]float64, len(x)), slices.Repeat([]float64{1}, len(x)), level)
	}
	for name, estimate := range map[string]func([]float64, float64) (Interval, error){
		"mean": Mean, "median": Median, "skill": skill,
	} {
		for _, bad := range []struct {
			x    []float64
			want string
		}{
			{nil, "0 values"},
			{[]float64{1, 2, math.NaN()}, "value 2 is NaN"},
			{[]float64{1, math.Inf(-1), 3}, "value 1 is -Inf"},
		} {
			if got, err := estimate(bad.x, 0.95); err == nil || !strings.Contains(err.Error(), bad.want) {
				t.Errorf("%s of %v = %+v, error %v; want an error with %q", name, bad.x, got, err, bad.want)
			}
		}
	}
}

// The level that an interval between order statistics reaches, in exact arithmetic.
func exactLevel(n, trim int) float64 {
	outside := new(big.Int)
	for i := range trim + 1 {
		outside.Add(outside, new(big.Int).Binomial(int64(n), int64(i)))
	}
	all := new(big.Int).Lsh(big.NewInt(1), uint(n))
	level, _ := new(big.Rat).SetFrac(outside.Sub(all, outside.Lsh(outside, 1)), all).Float64()
	return level
}

func TestMedian(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for n := 1; n <= 60; n++ {
		x := make([]float64, n)
		for i, rank := range random.Perm(n) {
			x[i] = float64(rank)
		}
		ranks := slices.Sorted(slices.Values(x))
		got := mustInterval(t)(Median(x, 0.95))
		near(t, "median", got.Value, (ranks[(n-1)/2]+ranks[n/2])/2)
		trim := slices.Index(ranks, got.Lo)
		if got.Hi != ranks[n-1-trim] {
			t.Errorf("n = %d: [%v, %v] is not symmetric in rank", n, got.Lo, got.Hi)
		}
		near(t, "level", got.Level, exactLevel(n, trim))
		if reachable := exactLevel(n, 0) >= 0.95; reachable != (got.Level >= 0.95) {
			t.Errorf("n = %d: level %v, though reachable is %v", n, got.Level, reachable)
		}
		if next := trim + 1; 2*next < n && exactLevel(n, next) >= 0.95 {
			t.Errorf("n = %d: leaves out %d values at either end where %d would do", n, trim, next)
		}
	}
	if got := mustInterval(t)(Median([]float64{5, 1, 4, 2, 3}, 0.95)); got.Level != 0.9375 || got.Lo != 1 || got.Hi != 5 {
		t.Errorf("five values give %+v, want the whole range at level 0.9375", got)
	}
}

func TestWorst(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		x     []float64
		value float64
		index int
	}{
		{[]float64{-3, -1, -2}, -1, 1},
		{[]float64{1, math.Inf(1), 2}, math.Inf(1), 1},
		{[]float64{nan, 5}, nan, 0},
		{[]float64{math.Inf(1), 5, nan}, nan, 2},
	} {
		value, index := Worst(c.x)
		same := value == c.value || math.IsNaN(value) && math.IsNaN(c.value)
		if !same || index != c.index {
			t.Errorf("Worst(%v) = %v at %d, want %v at %d", c.x, value, index, c.value, c.index)
		}
	}
}

// scores makes n rows of correlated scores: a baseline, a reference that is better
// by gap on average, and a model that has the given skill.
func scores(random *rand.Rand, n int, gap, skill float64) (model, baseline, reference []float64) {
	for range n {
		row := 5 * random.NormFloat64()
		shared := random.NormFloat64()
		baseline = append(baseline, row)
		reference = append(reference, row+gap+shared)
		model = append(model, row+skill*gap+0.8*shared+0.5*random.NormFloat64())
	}
	return model, baseline, reference
}

// Fieller's interval holds the ratios that a t test of mean(gain - ratio gap) = 0
// does not reject: at its ends the t interval of that mean must end at 0.
func TestSkillIsTheInversionOfTheTTest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{3, 20, 500} {
		model, baseline, reference := scores(random, n, 4, 0.7)
		got := mustInterval(t)(Skill(model, baseline, reference, 0.9))
		at := func(ratio float64) Interval {
			x := make([]float64, n)
			for i := range x {
				x[i] = model[i] - baseline[i] - ratio*(reference[i]-baseline[i])
			}
			return mustInterval(t)(Mean(x, 0.9))
		}
		near(t, "mean at the estimate", at(got.Value).Value, 0)
		near(t, "interval at the lower end", at(got.Lo).Lo, 0)
		near(t, "interval at the upper end", at(got.Hi).Hi, 0)
		if !(got.Lo < got.Value && got.Value < got.Hi) {
			t.Errorf("n = %d: %v is not inside [%v, %v]", n, got.Value, got.Lo, got.Hi)
		}
	}
}

func TestSkillAtTheEndsOfTheScale(t *testing.T) {
	_, baseline, reference := scores(rand.New(rand.NewPCG(3, 4)), 100, 1, 0)
	one := mustInterval(t)(Skill(reference, baseline, reference, 0.95))
	near(t, "skill of the reference", one.Value, 1)
	near(t, "its lower end", one.Lo, 1)
	near(t, "its upper end", one.Hi, 1)
	zero := mustInterval(t)(Skill(baseline, baseline, reference, 0.95))
	near(t, "skill of the baseline", zero.Value, 0)
	near(t, "its lower end", zero.Lo, 0)
	near(t, "its upper end", zero.Hi, 0)
}

func TestSkillNeedsAGap(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for name, gap := range map[string]float64{"none": 0, "the wrong way": -4} {
		model, baseline, reference := scores(random, 100, gap, 1)
		if got, err := Skill(model, baseline, reference, 0.95); !errors.Is(err, errNoGap) {
			t.Errorf("gap %s: %+v, error %v; want errNoGap", name, got, err)
		}
	}
	zero := make([]float64, 4)
	if got, err := Skill([]float64{1, 2, 3, 5}, zero, []float64{2, -1, 2, -1}, 0.95); !errors.Is(err, errNoGap) {
		t.Errorf("a gap of 0.5 with standard error 0.87: %+v, error %v; want errNoGap", got, err)
	}
	same := []float64{1, 2, 3}
	if got, err := Skill([]float64{2, 3, 5}, same, same, 0.95); !errors.Is(err, errNoGap) {
		t.Errorf("reference equal to the baseline: %+v, error %v; want errNoGap", got, err)
	}
}

// Intervals cover the truth as often as they say. The tolerance is four standard
// errors of the simulated share; normal quantiles in place of Student's would miss by
// eleven (mean, four values).
func TestCoverage(t *testing.T) {
	const trials, level = 4000, 0.9
	random := rand.New(rand.NewPCG(7, 8))
	draw := func(n int, value func() float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = value()
		}
		return x
	}
	tolerance := 4 * math.Sqrt(level*(1-level)/trials)
	for _, c := range []struct {
		name   string
		truth  float64
		sample func() (Interval, error)
	}{
		{"mean of 4", 0, func() (Interval, error) { return Mean(draw(4, random.NormFloat64), level) }},
		{"skill, 30 rows", 0.7, func() (Interval, error) {
			model, baseline, reference := scores(random, 30, 2, 0.7)
			return Skill(model, baseline, reference, level)
		}},
		{"skewed median of 25", math.Ln2, func() (Interval, error) { return Median(draw(25, random.ExpFloat64), level) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			covered, stated := 0, level
			for range trials {
				got := mustInterval(t)(c.sample())
				stated = got.Level
				if got.Lo <= c.truth && c.truth <= got.Hi {
					covered++
				}
			}
			if share := float64(covered) / trials; math.Abs(share-stated) > tolerance {
				t.Errorf("covers in a share of %.3f, says %.3f", share, stated)
			}
		})
	}
}

func TestNoIntervalAtSuchALevel(t *testing.T) {
	for _, level := range []float64{-0.95, 0, 1, 95} {
		for name, estimate := range map[string]func(){
			"mean":   func() { _, _ = Mean([]float64{1, 2}, level) },
			"median": func() { _, _ = Median([]float64{1, 2}, level) },
			"skill":  func() { _, _ = Skill([]float64{1, 2}, []float64{0, 0}, []float64{1, 3}, level) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s at level %v: no panic", name, level)
					}
				}()
				estimate()
			}()
		}
	}
}
