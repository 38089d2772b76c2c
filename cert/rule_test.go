package cert

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// ruleCase is a rule on figures whose result is known without it.
type ruleCase struct {
	name, rule string
	in         [][]float64
	parameters map[string]float64
	strength   Strength
	// value, lo and hi are NaN where there is none.
	value, lo, hi float64
	// reason is a part of the reason; "" where there is none.
	reason string
}

func (c ruleCase) check(t *testing.T) {
	o, err := ruleOf(c.rule)(c.in, c.parameters)
	if err != nil {
		t.Fatal(err)
	}
	if o.Strength != c.strength || !strings.Contains(o.Reason, c.reason) || (o.Reason == "") != (c.reason == "") {
		t.Errorf("%s (%q), want %s (%q)", o.Strength, o.Reason, c.strength, c.reason)
	}
	for _, figure := range []struct {
		name string
		got  *float64
		want float64
	}{{"value", o.Value, c.value}, {"lo", o.Lo, c.lo}, {"hi", o.Hi, c.hi}} {
		switch {
		case math.IsNaN(figure.want) != (figure.got == nil):
			t.Errorf("%s is there or not, other than wanted: %v", figure.name, figure.want)
		// Five digits of tabled quantiles.
		case figure.got != nil && !(math.Abs(*figure.got-figure.want) <= 1e-5*math.Abs(figure.want)):
			t.Errorf("%s is %v, want %v", figure.name, *figure.got, figure.want)
		}
	}
}

func TestRules(t *testing.T) {
	tried := map[string]bool{"mass": true, "lipschitz": true, "condition": true, "layers": true, "rounding": true, "smoothness": true} // by tests of their own
	for _, c := range slices.Concat(ruleCases(), comparisonCases()) {
		t.Run(c.name, c.check)
		tried[c.rule] = true
	}
	for _, name := range slices.Sorted(maps.Keys(rules())) {
		if !tried[name] {
			t.Errorf("rule %q is not tried", name)
		}
	}
}

// ruleCases are of tested claims, likelihoods and costs.
func ruleCases() []ruleCase {
	nan, inf := math.NaN(), math.Inf(1)
	none := nan // no value
	return []ruleCase{
		// t(0.975, 3) = 3.18245 (tables); the standard error is sqrt(5/3)/2.
		{"mean", "mean", [][]float64{{1, 2, 3, 4}}, map[string]float64{"level": 0.95},
			Measured, 2.5, 2.5 - 3.18245*math.Sqrt(5.0/3)/2, 2.5 + 3.18245*math.Sqrt(5.0/3)/2, ""},
		{"mean of one", "mean", [][]float64{{1}}, map[string]float64{"level": 0.95},
			NotAssessed, none, none, none, "1 values, want at least 2"},
		{"mean without density", "mean", [][]float64{{1, -inf}}, map[string]float64{"level": 0.95},
			NotAssessed, none, none, none, "value 1 is -Inf"},
		{"difference", "mean difference", [][]float64{{5, 7, 9}, {3, 5, 7}}, map[string]float64{"level": 0.95},
			Measured, 2, 2, 2, ""},
		{"difference per dimension", "mean difference", [][]float64{{5, 7, 9}, {3, 5, 7}}, map[string]float64{"level": 0.95, "dimensions": 4},
			Measured, 0.5, 0.5, 0.5, ""},
		{"gain", "gain", [][]float64{{5, 7, 9}, {3, 5, 7}}, map[string]float64{"level": 0.95}, Measured, 2, 2, 2, ""},
		{"gain of a Gaussian", "gain", [][]float64{{5, 7}, {5, 7}}, map[string]float64{"level": 0.95}, Measured, 0, 0, 0, ""},
		// The standard error is 1/sqrt(3), there is no skewness, and t(0.975, 2) = 4.30265 (tables).
		{"gain that cannot be told", "gain", [][]float64{{1, 2, 3}, {0, 0, 0}}, map[string]float64{"level": 0.95},
			Measured, 2, 2 - 4.30265/math.Sqrt(3), 2 + 4.30265/math.Sqrt(3), "a Gaussian, with fewer parameters, would do as well"},
		{"skill", "skill", [][]float64{{3, 4, 5, 6}, {1, 2, 3, 4}, {5, 6, 7, 8}}, map[string]float64{"level": 0.95},
			Measured, 0.5, 0.5, 0.5, ""},
		{"skill without a gap", "skill", [][]float64{{3, 4, 5}, {1, 2, 3}, {1.1, 1.9, 3}}, map[string]float64{"level": 0.95},
			NotAssessed, none, none, none, "cannot be told from the baseline"},
		{"finite", "finite", [][]float64{{1, 2}}, nil, Tested, 0, none, none, ""},
		{"not finite", "finite", [][]float64{{1, -inf, nan}}, nil, Refuted, 2, none, none, "case 1 is -Inf"},
		{"largest", "largest", [][]float64{{0.5, -2, 1}}, nil, Tested, 2, none, none, ""},
		{"largest on the threshold", "largest", [][]float64{{0.5, -2, 1}}, map[string]float64{"threshold": 2}, Tested, 2, none, none, ""},
		{"largest beyond", "largest", [][]float64{{0.5, -2, 1}}, map[string]float64{"threshold": 1.5},
			Refuted, 2, none, none, "case 1 is off by 2, more than 1.5"},
		{"largest of a failure", "largest", [][]float64{{0.5, 9, nan}}, nil, Refuted, none, none, none, "case 2 has no finite error"},
		{"highest", "highest", [][]float64{{-3, -1, -2}}, map[string]float64{"threshold": 0}, Tested, -1, none, none, ""},
		{"highest on the threshold", "highest", [][]float64{{-3, 0}}, map[string]float64{"threshold": 0}, Tested, 0, none, none, ""},
		{"highest without density", "highest", [][]float64{{-inf, -inf}}, map[string]float64{"threshold": 0}, Refuted, none, none, none, "every case is -Inf"},
		{"highest beyond", "highest", [][]float64{{-3, 0.5}}, map[string]float64{"threshold": 0}, Refuted, 0.5, none, none, "case 1 is higher by 0.5"},
		{"highest of a failure", "highest", [][]float64{{-3, nan}}, map[string]float64{"threshold": 0}, Refuted, none, none, none, "case 1 is NaN"},
		// sqrt(ln(2 * 2/0.01)/(2 * 200)) = 0.1224, with two columns and one sample.
		{"distance", "distance", [][]float64{{0.05, 0.12}, {200}}, map[string]float64{"probability": 0.01, "samples": 1}, Tested, 0.12, none, none, ""},
		{"distance beyond", "distance", [][]float64{{0.13, 0.12}, {200}}, map[string]float64{"probability": 0.01, "samples": 1},
			Refuted, 0.13, none, none, "case 0 is 0.13 away, more than chance allows: 0.122"},
		{"distance of two samples", "distance", [][]float64{{0.13, 0.12}, {200}}, map[string]float64{"probability": 0.01, "samples": 2}, Tested, 0.13, none, none, ""},
		// 2 sqrt(ln(2 * 2 * 2/0.01)/(2 * 200)) = 0.2585, with two columns and two samples.
		{"distance of two samples, just", "distance", [][]float64{{0.12, 0.258}, {200}}, map[string]float64{"probability": 0.01, "samples": 2}, Tested, 0.258, none, none, ""},
		{"distance of two samples beyond", "distance", [][]float64{{0.12, 0.259}, {200}}, map[string]float64{"probability": 0.01, "samples": 2},
			Refuted, 0.259, none, none, "case 1 is 0.259 away, more than chance allows: 0.259"},
		{"positive", "positive", [][]float64{{1, 0.5}, {-1, 3}}, nil, Tested, 0.5, none, none, ""},
		{"margin of nothing", "positive", [][]float64{{1, 0}, {-1, 3}}, nil, Refuted, 0, none, none, "case 1, part 3, has the margin 0, not above 0"},
		{"not positive", "positive", [][]float64{{1, -0.5}, {-1, 3}}, nil, Refuted, -0.5, none, none, "case 1, part 3, has the margin -0.5"},
		{"spread", "spread", [][]float64{{1, 3, 2}}, map[string]float64{"threshold": 2}, Tested, 2, none, none, ""},
		{"spread beyond", "spread", [][]float64{{1, 3, 2}}, map[string]float64{"threshold": 1}, Refuted, 2, none, none, "from 1 to 3"},
		{"near one", "near one", [][]float64{{1.01, 0.97}}, map[string]float64{"threshold": 0.1}, Tested, 0.97, none, none, ""},
		{"not near one", "near one", [][]float64{{2, 1}}, map[string]float64{"threshold": 0.1}, Refuted, 2, none, none, "case 0 is off by 1"},
		{"stretch", "stretch", [][]float64{{4, 3}, {1, 2}}, nil, Tested, 4, none, none, ""},
		{"fold", "stretch", [][]float64{{4, 3}, {1, 0}}, nil, Refuted, none, none, none, "case 1 stretches by 3 one way and 0 another"},
		{"least singular value above the largest", "stretch", [][]float64{{1}, {2}}, nil, Refuted, none, none, none, "case 0 stretches by 1 one way and 2 another"},
		{"degree", "degree", [][]float64{{1, 2, 3, 4}, {5, 7, 9, 11}, {1, 4, 9, 16}}, nil, Tested, 2, none, none, ""},
		{"degree of a constant", "degree", [][]float64{{1, 2, 3}, {5, 5, 5}}, nil, Tested, 0, none, none, ""},
		// The power is log 8/log 4 = 1.5.
		{"degree of powers of two", "degree", [][]float64{{1, 2, 3, 4}, {1, 2, 4, 8}}, nil, Tested, 2, none, none, "no polynomial"},
		{"degree of no polynomial", "degree", [][]float64{{1, 2, 3, 4}, {1, 2, 3.5, 4}}, nil, Tested, 1, none, none, "no polynomial"},
		{"share", "share not finite", [][]float64{{1, nan, -inf, 2}}, nil, Tested, 0.5, none, none, ""},
		{"missing", "missing", [][]float64{{nan, -2, nan, nan, -inf}, {-1, -2, -3, nan, -inf}, {0, -1, 1, -1, -1}}, nil, Tested, 0, none, none, ""},
		{"a density of a missing value", "missing", [][]float64{{nan, -2, -inf, -4}, {-1, -2, -3, -4}, {0, -1, 1, -1}}, nil,
			Refuted, 1, none, none, "case 2 misses column 1 and has the log-density -Inf"},
		{"a missing value beside", "missing", [][]float64{{nan, -2.5, nan, nan}, {-1, -2, -3, -4}, {0, -1, 1, -1}}, nil,
			Refuted, 2, none, none, "case 1 has the log-density -2.5 beside a missing value, -2 without"},
		{"integral", "integral", [][]float64{{0.9, 1.0004, 0.9999}}, map[string]float64{"threshold": 1e-3}, Tested, 0.9999, none, none, ""},
		{"integral unsettled", "integral", [][]float64{{1.002, 0.9999}}, map[string]float64{"threshold": 1e-3},
			NotAssessed, none, none, none, "not settled"},
		{"integral that moved a little too far", "integral", [][]float64{{1.0015, 1}}, map[string]float64{"threshold": 1e-3},
			NotAssessed, none, none, none, "not settled: 1.0015, then 1"},
		{"integral that is off a little", "integral", [][]float64{{1.0015, 1.0015}}, map[string]float64{"threshold": 1e-3},
			Refuted, 1.0015, none, none, "integrates to 1.0015"},
		{"integral of 1.1", "integral", [][]float64{{1.1, 1.1}}, map[string]float64{"threshold": 1e-3},
			Refuted, 1.1, none, none, "integrates to 1.1"},
		{"integral of nothing", "integral", [][]float64{{1, nan}}, map[string]float64{"threshold": 1e-3},
			Refuted, none, none, none, "integrates to NaN"},
		{"sum", "sum", [][]float64{{1, 2}, {4}}, nil, Measured, 7, none, none, ""},
		{"rate", "rate", [][]float64{{1, 2}, {10, 20}}, map[string]float64{"scale": 1000}, Measured, 100, none, none, ""},
		// Of seven values the interval from the least to the largest reaches 98.4 %,
		// and the next narrower one only 87.5 %.
		// The overhead's median is 0.5.
		{"net median rate", "net median rate", [][]float64{{1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5}, {2, 2, 2, 2, 2, 2, 2}, {9, 0.5, 0.25}},
			map[string]float64{"scale": 10, "level": 0.95}, Measured, 20, 5, 35, ""},
		{"overhead alone", "net median rate", [][]float64{{1.5, 2.5}, {2, 2}, {1.5}},
			map[string]float64{"scale": 10, "level": 0.95}, NotAssessed, none, none, none, "repeat 0 took no longer"},
		{"load", "load", [][]float64{{0.75}, {10}, {0.25}, {10}}, map[string]float64{"threshold": 0.05}, Measured, 0.05, none, none, ""},
		{"busy", "load", [][]float64{{0}, {10}, {1.5}, {10}}, map[string]float64{"threshold": 0.05},
			Measured, 0.075, none, none, "the machine was busy"},
		{"load of an instant", "load", [][]float64{{0}, {0.1}}, map[string]float64{"threshold": 0.05}, NotAssessed, none, none, none, "too few"},
		{"above baseline", "above baseline", [][]float64{{100, 350}}, nil, Measured, 250, none, none, ""},
		// 8 J in package 0, which wraps at 1e10 microjoules, and 3 J beside it.
		{"counted joules", "counted joules", [][]float64{{0, 0, 1, 1}, {0, 2, 0, 2}, {9.997e9, 5e6, 1e6, 4e6}, {1e10, 1e10, 1e10, 1e10}, {10, 10}},
			map[string]float64{"scale": 100}, Measured, 11.0 / 20 * 100, none, none, ""},
		{"joules that do not move", "counted joules", [][]float64{{0, 0}, {0, 2}, {5, 5}, {1e10, 1e10}},
			map[string]float64{"scale": 1}, NotAssessed, none, none, none, "did not advance"},
		// Of 11 J in two seconds; when idle the packages drew 1.5 W before and 0.5 W after.
		{"joules above idle", "counted joules above idle", [][]float64{
			{0, 0, 1, 1}, {0, 2, 0, 2}, {9.997e9, 5e6, 1e6, 4e6}, {1e10, 1e10, 1e10, 1e10},
			{0, 0, 1, 1, 2, 2, 3, 3}, {0, 2, 0, 2, 0, 4, 0, 4}, {0, 2e6, 0, 1e6, 0, 1e6, 0, 1e6}, {1e10, 1e10, 1e10, 1e10, 1e10, 1e10, 1e10, 1e10},
			{10, 10}}, map[string]float64{"scale": 100}, Measured, 9.0 / 20 * 100, 8.0 / 20 * 100, 10.0 / 20 * 100, ""},
		{"joules below idle", "counted joules above idle", [][]float64{
			{0, 0}, {0, 2}, {0, 2e6}, {1e10, 1e10}, {0, 0, 1, 1}, {0, 2, 0, 2}, {0, 2e6, 0, 2e6}, {1e10, 1e10, 1e10, 1e10}},
			map[string]float64{"scale": 1}, NotAssessed, none, none, none, "no less power when it was idle"},
		{"joules as when idle", "counted joules above idle", [][]float64{
			{0, 0}, {0, 2}, {0, 4e6}, {1e10, 1e10}, {0, 0, 1, 1}, {0, 2, 0, 2}, {0, 4e6, 0, 4e6}, {1e10, 1e10, 1e10, 1e10}},
			map[string]float64{"scale": 1}, NotAssessed, none, none, none, "no less power when it was idle"},
		{"joules above an idle that stands still", "counted joules above idle", [][]float64{
			{0, 0}, {0, 2}, {0, 2e6}, {1e10, 1e10}, {0, 0, 1, 1}, {0, 2, 0, 2}, {0, 2e6, 4e6, 4e6}, {1e10, 1e10, 1e10, 1e10}},
			map[string]float64{"scale": 1}, NotAssessed, none, none, none, "idle power: energy counter"},
		{"idle watts", "counted idle watts", [][]float64{
			{0, 0, 1, 1}, {0, 2, 0, 4}, {0, 6e6, 0, 8e6}, {1e10, 1e10, 1e10, 1e10}}, nil, Measured, 2.5, 2, 3, ""},
		{"idle watts of before alone", "counted idle watts", [][]float64{{0, 0}, {0, 2}, {0, 6e6}, {1e10, 1e10}}, nil,
			NotAssessed, none, none, none, "as many before as after"},
		{"metered idle watts", "metered idle watts", [][]float64{
			{0, 0, 1, 1}, {0, 2, 0, 4}, {0, 6e6, 0, 8e6}, {1e12, 1e12, 1e12, 1e12}}, nil, Measured, 2.5, 0, 6, ""},
		// Steps of 3 J: each end may be off by one.
		{"metered joules", "metered joules", [][]float64{{0, 0, 0, 0}, {0, 1, 2, 3}, {1e6, 4e6, 4e6, 7e6}, {1e12, 1e12, 1e12, 1e12}},
			map[string]float64{"scale": 2}, Measured, 12, 6, 18, ""},
		{"metered joules of one step", "metered joules", [][]float64{{0, 0, 0}, {0, 1, 2}, {1e6, 1e6, 4e6}, {1e12, 1e12, 1e12}},
			map[string]float64{"scale": 1}, Measured, 3, 0, 6, ""},
		{"two meters", "metered joules", [][]float64{{0, 0, 1, 1}, {0, 2, 0, 2}, {0, 1e6, 0, 1e6}, {1e10, 1e10, 1e10, 1e10}},
			map[string]float64{"scale": 1}, NotAssessed, none, none, none, "2 meters, want one"},
		// Steps of 5 J, and when idle of all that was counted.
		{"metered joules above idle", "metered joules above idle", [][]float64{
			{0, 0, 0}, {0, 1, 2}, {0, 5e6, 10e6}, {1e12, 1e12, 1e12}, {0, 0, 1, 1}, {0, 2, 0, 2}, {0, 2e6, 0, 4e6}, {1e12, 1e12, 1e12, 1e12}},
			map[string]float64{"scale": 1}, Measured, 7, 5 - 8, 15, ""},
		{"modelled joules", "modelled joules", [][]float64{{2, 4}, {1, 20}, {100, 200}}, map[string]float64{"scale": 1000},
			Declared, none, 20, 400, ""},
	}
}

// TestRulesRefuseForgedArrays gives rules what no measurement gives.
func TestRulesRefuseForgedArrays(t *testing.T) {
	for _, c := range []struct {
		rule string
		in   [][]float64
		want string
	}{
		{"mean difference", [][]float64{{1, 2}, {1}}, "belong together"},
		{"skill", [][]float64{{1, 2}, {1, 2}, {1}}, "belong together"},
		{"integral", [][]float64{{1}}, "want at least 2"},
		{"distance", [][]float64{{1}, {1, 2}}, "want one number of rows"},
		{"distance", [][]float64{{1}, {math.Inf(1)}}, "want one number of rows"},
		{"positive", [][]float64{{1}, {0.5}}, "a margin of part 0.5"},
		{"stretch", [][]float64{{1}, {1, 2}}, "belong together"},
		{"degree", [][]float64{{1, 2, 4}, {1, 2, 4}}, "unequal distances"},
		{"degree", [][]float64{{1, 2, 3, 4}, {1, 0, 3, -4}}, "counts from 1 to -4"},
		{"sum", [][]float64{{-1}}, "a cost of -1"},
		{"rate", [][]float64{{1, 2}, {10}}, "belong together"},
		{"rate", [][]float64{{1}, {0}}, "a repeat of 0 rows"},
		{"rate", [][]float64{{-1}, {1}}, "a cost of -1"},
		{"net median rate", [][]float64{{1}, {1, 2}, {0}}, "belong together"},
		{"net median rate", [][]float64{{2, -1}, {1, 2}, {0}}, "a cost of -1"},
		{"net median rate", [][]float64{{2, 1}, {1, 2}, {-1}}, "a cost of -1"},
		{"net median rate", [][]float64{{1}, {math.NaN()}, {0}}, "a repeat of NaN rows"},
		{"load", [][]float64{{1, 2}, {1}}, "one window"},
		{"load", [][]float64{{-1}, {1}}, "one window"},
		{"load", [][]float64{{1}, {0}}, "one window"},
		{"above baseline", [][]float64{{2, 1}}, "not a baseline"},
		{"above baseline", [][]float64{{math.NaN(), 1}}, "not a baseline"},
		{"above baseline", [][]float64{{1}}, "not a baseline"},
		{"counted joules above idle", [][]float64{{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0, 1}}, "belong together"},
		{"counted joules above idle", [][]float64{{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}}, "a repeat of 0 rows"},
		{"counted idle watts", [][]float64{{0}, {0, 1}, {0}, {0}}, "belong together"},
		{"counted joules", [][]float64{{0}, {0, 1}, {0}, {0}}, "belong together"},
		{"counted joules", [][]float64{{0}, {0}, {0}, {0}, {-5}}, "a repeat of -5 rows"},
		{"modelled joules", [][]float64{{1}, {1}}, "not a range"},
		{"modelled joules", [][]float64{{1}, {20, 1}}, "not a range"},
		{"modelled joules", [][]float64{{1}, {0, 1}}, "not a range"},
		{"modelled joules", [][]float64{{-1}, {1, 2}}, "a cost of -1"},
		{"modelled joules", [][]float64{{1}, {1, 2}, {0}}, "a repeat of 0 rows"},
		{"emissions of modelled joules", [][]float64{{1}, {1, 2}, {-1}}, "intensities [-1] of the grid"},
		{"emissions of modelled joules", [][]float64{{1}, {1, 2}, {math.Inf(1)}}, "intensities [+Inf] of the grid"},
		{"emissions of modelled joules", [][]float64{{1}, {1, 2}, {1, 2}}, "intensities [1 2] of the grid"},
		{"leakage", [][]float64{{0, 1}, {0.5}}, "mark 0 is 0.5"},
		{"error of both", [][]float64{{1, 2, 3}, {1, 2}}, "3 scores of further trainings for 2 test rows"},
		{"columns", [][]float64{{0.1}, {10, 20}}, "want one number of rows"},
		{"columns", [][]float64{{1.1}, {10}}, "want 0 to 1"},
		{"total variation", [][]float64{{0.5}}, "want 0 or 1"},
		{"told apart", [][]float64{{2}}, "want 0 or 1"},
		{"share", [][]float64{{1}, {-1}}, "a share of -1"},
		{"two samples", [][]float64{{0.1}, {10}}, "want two numbers of rows"},
		{"two samples", [][]float64{{0.1}, {10, math.Inf(1)}}, "want two numbers of rows"},
		{"exponent", [][]float64{{1, 2, 3}, {1, 2, 3}, {1}}, "belong together"},
	} {
		if _, err := ruleOf(c.rule)(c.in, map[string]float64{"level": 0.95, "scale": 1}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %v: got %v, want %q", c.rule, c.in, err, c.want)
		}
	}
}

func TestRound(t *testing.T) {
	for v, want := range map[float64]float64{
		0.123456789: 0.123457, -9.9999951e-8: -1e-7, 1234567: 1234567, 1234567.5: 1.23457e6, 0: 0,
	} {
		if got := round(v); got != want {
			t.Errorf("round(%v) = %v, want %v", v, got, want)
		}
	}
}
