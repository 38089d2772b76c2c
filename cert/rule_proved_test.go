package cert

import (
	"math"
	"strings"
	"testing"
)

func TestMass(t *testing.T) {
	parameters := map[string]float64{"level": massLevel, "width": massWidth}
	good, covered := []float64{99_950, 100_000}, []float64{0.6}
	for name, c := range map[string]struct {
		lower, upper, samples []float64
		strength              Strength
		lo, hi                float64
		reason                string
	}{
		"proved":               {[]float64{0.5, 0.49}, []float64{0.5001, 0.5}, good, Proved, 0.98999, 1.00011, ""},
		"seven digits":         {[]float64{0.9912345678}, []float64{1.0012345678}, good, Proved, 0.99123, 1.00124, ""},
		"1 and a little":       {[]float64{1.000005}, []float64{1.000005}, []float64{100_000, 100_000}, Proved, 1, 1.00001, ""},
		"more than 1":          {[]float64{0.6, 0.5}, []float64{0.7, 0.6}, good, Refuted, 1.09999, 1.30001, "at least 1.09999, more than 1"},
		"more than 1, and far": {[]float64{2}, []float64{math.Inf(1)}, good, Refuted, 1.99999, math.Inf(1), "more than 1"},
		"too little mass":      {[]float64{0.6}, []float64{0.7}, good, Refuted, 0.59999, 0.70001, "of the samples 0.9995 are in the box"},
		"less than is covered": {[]float64{0.4}, []float64{0.5}, good, Refuted, 0.39999, 0.50001, "at most 0.50001, less than the 0.6"},
		"too much mass":        {[]float64{0.9}, []float64{0.95}, []float64{500, 1000}, Refuted, 0.89999, 0.95001, "of the samples 0.5"},
		"far apart":            {[]float64{0.1}, []float64{math.Inf(1)}, good, NotAssessed, 0, 0, "too far apart"},
	} {
		o, err := mass([][]float64{c.lower, c.upper, c.samples, covered}, parameters)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if o.Strength != c.strength || !strings.Contains(o.Reason, c.reason) || (c.reason == "") != (o.Reason == "") {
			t.Errorf("%s: %s (%q)", name, o.Strength, o.Reason)
		}
		if c.strength != NotAssessed && (*o.Lo != c.lo || upper(o) != c.hi || round(*o.Lo) != *o.Lo) {
			t.Errorf("%s: from %v to %v, want %v to %v", name, *o.Lo, upper(o), c.lo, c.hi)
		}
	}
	for want, in := range map[string][][]float64{
		"belong together": {{1}, {1, 2}, good, covered},
		"between 2 and 1": {{2}, {1}, good, covered},
		"between NaN":     {{math.NaN()}, {1}, good, covered},
		"between -1":      {{-1}, {1}, good, covered},
		"one probability": {{0}, {1}, good, {2}},
		"two numbers":     {{0}, {1}, {1}, covered},
	} {
		if _, err := mass(in, parameters); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// upper returns the upper bound, which is left out where there is none.
func upper(o outcome) float64 {
	if o.Hi == nil {
		return math.Inf(1)
	}
	return *o.Hi
}
