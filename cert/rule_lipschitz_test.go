package cert

import (
	"math"
	"math/rand/v2"
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
		"layers":            {layers, [][]float64{{1, 2}, {3, 1}}, Proved, 3, ""},
		"layers contradict": {layers, [][]float64{{1, 0.5}, {3, 1.5}}, Refuted, 3, "bounds of layer 1 contradict each other: their product is 0.750008"},
		"unknown layer":     {layers, [][]float64{{1, 2}, {3, math.Inf(1)}}, NotAssessed, 0, "no bound"},
		"rounding":          {rounding, [][]float64{{1e-9, 2e-9}, {2e-9, 0}}, Proved, 2e-9, ""},
		"rounded more":      {rounding, [][]float64{{1e-9, 2e-9}, {0, 2.1e-9}}, Refuted, 2e-9, "row 1 is off by 2.1e-09, more than 2e-09"},
		"not finite":        {rounding, [][]float64{{1e-9}, {math.NaN()}}, Refuted, 1e-9, "row 0"},
		"unknown rounding":  {rounding, [][]float64{{math.Inf(1)}, {0}}, NotAssessed, 0, "no bound"},
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

// TestSmoothness: in two dimensions a ball of codes of radius r around 0 has the mass
// 1 - exp(-r²/2), and with 1000 of 1000 rows, or none, the bounds of two balls at once are
// those of Clopper and Pearson, 0.0125^(1/1000) and one less that.
func TestSmoothness(t *testing.T) {
	p := map[string]float64{"level": 0.95, "dimensions": 2}
	inf, n := math.Inf(1), []float64{1000}
	all := math.Pow(0.0125, 1e-3)
	for name, c := range map[string]struct {
		in   [][]float64
		want float64
	}{
		"too smooth for the truth's peak":   {[][]float64{{1000, 0}, {0.5, 1}, {1, inf}, {inf, inf}, {1, 1}, n}, all - (1 - math.Exp(-0.125))},
		"too smooth an inverse for its gap": {[][]float64{{0, 10}, {1, 1}, {inf, inf}, {0.5, inf}, {0, 0}, n}, 1 - math.Exp(-2) - (1 - all)},
		"nothing known of the map":          {[][]float64{{1000}, {5}, {inf}, {inf}, {0}, n}, 0},
		"a code that is too far from 0":     {[][]float64{{0}, {1}, {inf}, {0.5}, {inf}, n}, 0},
	} {
		o, err := smoothness(c.in, p)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if o.Strength != Bounded || math.Abs(*o.Value-c.want) > 1e-9 || *o.Hi != 1 || o.Level != 0.95 {
			t.Errorf("%s: %s %v, want %v", name, o.Strength, *o.Value, c.want)
		}
	}
	for _, in := range [][][]float64{
		{{1}, {1}, {1}, {1}, {0}, {1, 2}}, {{1, 2}, {1}, {1}, {1}, {0}, {1}}, {{1}, {0}, {1}, {1}, {0}, {1}},
		{{1}, {1}, {0}, {1}, {0}, {1}}, {{1}, {1}, {1}, {0}, {0}, {1}}, {{1}, {1}, {1}, {1}, {-1}, {1}}, {{2}, {1}, {1}, {1}, {0}, {1}},
	} {
		if _, err := smoothness(in, p); err == nil {
			t.Errorf("taken: %v", in)
		}
	}
}

// TestMassWithin compares with the mass that simulated normal vectors have in a ball.
func TestMassWithin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const n = 200_000
	for _, c := range []struct{ dim, radius, distance float64 }{{1, 1, 0.5}, {2, 1.5, 2}, {3, 2, 1}, {5, 3, 4}} {
		inside := 0
		for range n {
			sum := 0.0
			for k := range int(c.dim) {
				v := r.NormFloat64()
				if k == 0 {
					v -= c.distance
				}
				sum += v * v
			}
			if sum <= c.radius*c.radius {
				inside++
			}
		}
		// Five standard errors of a share are at most 0.0056.
		if got, want := massWithin(c.dim, c.radius, c.distance), float64(inside)/n; math.Abs(got-want) > 0.0056 {
			t.Errorf("%v: %v, simulated %v", c, got, want)
		}
	}
}
