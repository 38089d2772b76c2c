package cert

import (
	"math"
	"strings"
	"testing"
)

func TestLipschitz(t *testing.T) {
	slack := map[string]float64{"slack": secantSlack}
	for name, c := range map[string]struct {
		rule     rule
		in       [][]float64
		strength Strength
		value    float64
		reason   string
	}{
		"bound":             {lipschitz, [][]float64{{1, 2.5}, {2.5}}, Proved, 2.5, ""},
		"rounded up":        {lipschitz, [][]float64{{12.34561234}, {1}}, Proved, 12.3457, ""},
		"stretched more":    {lipschitz, [][]float64{{1, 2}, {1, 2.0001}}, Refuted, 2, "pair 1 of points is stretched by 2.0001, more than 2"},
		"not a number":      {lipschitz, [][]float64{{1, 2}, {math.NaN()}}, Refuted, 2, "pair 0"},
		"no bound":          {lipschitz, [][]float64{{1, math.Inf(1)}, {1}}, NotAssessed, 0, "no bound"},
		"condition":         {condition, [][]float64{{1, 2}, {3, 1}}, Proved, 6.00006, ""},
		"contradiction":     {condition, [][]float64{{0.5}, {1.5}}, Refuted, 0.75001, "below 1"},
		"unknown condition": {condition, [][]float64{{1}, {math.Inf(1)}}, NotAssessed, 0, "no bound"},
	} {
		o, err := c.rule(c.in, slack)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if o.Strength != c.strength || !strings.Contains(o.Reason, c.reason) || (c.reason == "") != (o.Reason == "") {
			t.Errorf("%s: %s (%q)", name, o.Strength, o.Reason)
		}
		if c.strength != NotAssessed && math.Abs(*o.Value-c.value) > 1e-5*c.value {
			t.Errorf("%s: %v, want %v", name, *o.Value, c.value)
		}
		if o.Value != nil && *o.Value != round(*o.Value) {
			t.Errorf("%s: %v has too many digits", name, *o.Value)
		}
	}
	for _, in := range [][][]float64{{{0}, {1}}, {{math.NaN()}, {1}}} {
		if _, err := lipschitz(in, slack); err == nil {
			t.Errorf("bounds %v", in)
		}
	}
}

// TestSmoothness: in two dimensions a ball of codes of radius r has the mass
// 1 - exp(-r²/2), and with 1000 of 1000 rows the lower bound of two balls at once is that
// of Clopper and Pearson, 0.025^(1/1000).
func TestSmoothness(t *testing.T) {
	p := map[string]float64{"level": 0.95, "dimensions": 2}
	o, err := smoothness([][]float64{{1000, 0}, {0.5, 1}, {1, 1}, {1000}}, p)
	if err != nil {
		t.Fatal(err)
	}
	want := math.Pow(0.025, 1e-3) - (1 - math.Exp(-0.125))
	if o.Strength != Bounded || math.Abs(*o.Value-want) > 1e-9 || *o.Hi != 1 || o.Level != 0.95 {
		t.Errorf("%s %v, want %v", o.Strength, *o.Value, want)
	}
	if o, err := smoothness([][]float64{{1000}, {5}, {math.Inf(1)}, {1000}}, p); err != nil || *o.Value != 0 {
		t.Errorf("nothing known: %v, %v", o, err)
	}
	for _, in := range [][][]float64{
		{{1}, {1}, {1}, {1, 2}}, {{1, 2}, {1}, {1}, {1}}, {{1}, {0}, {1}, {1}}, {{2}, {1}, {1}, {1}},
	} {
		if _, err := smoothness(in, p); err == nil {
			t.Errorf("taken: %v", in)
		}
	}
}
