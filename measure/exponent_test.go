package measure

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestExponent(t *testing.T) {
	x, y := []float64{1, 2, 4, 8}, []float64{3, 12, 48, 192}
	got := mustInterval(t)(Exponent(x, y, 0.95))
	near(t, "exponent of 3 x^2", got.Value, 2)
	near(t, "its half width", got.Hi-got.Lo, 0)
	// Logarithms (0, 1, 2) and (0, 0, 3): slope 3/2, residuals 1/2, -1, 1/2 of sum of
	// squares 3/2 over 1 degree of freedom and a spread of 2; t(0.975, 1) = 12.7062 (tables).
	e := math.E
	got = mustInterval(t)(Exponent([]float64{1, e, e * e}, []float64{1, 1, e * e * e}, 0.95))
	near(t, "slope", got.Value, 1.5)
	near(t, "standard error", got.StandardError, math.Sqrt(0.75))
	if want := 12.7062 * math.Sqrt(0.75); math.Abs(got.Hi-got.Value-want) > 1e-3 {
		t.Errorf("half width %v, want %v", got.Hi-got.Value, want)
	}
	for _, bad := range [][2][]float64{
		{{1, 2}, {1, 2}}, {{1, 2, 3}, {0, 1, 2}}, {{2, 2, 2}, {1, 2, 3}}, {{1, 2, math.Inf(1)}, {1, 2, 3}},
	} {
		if got, err := Exponent(bad[0], bad[1], 0.95); err == nil {
			t.Errorf("%v gives %v", bad, got)
		}
	}
}

// TestExponentCovers has 2,000 sets of five sizes with lognormal errors: 93 to 97 in 100.
func TestExponentCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	x, y := []float64{250, 1000, 4000, 16000, 64000}, make([]float64, 5)
	covered := 0
	for range 2000 {
		for i, v := range x {
			y[i] = 1e-6 * math.Pow(v, 1.3) * math.Exp(0.1*r.NormFloat64())
		}
		if got := mustInterval(t)(Exponent(x, y, 0.95)); got.Lo <= 1.3 && 1.3 <= got.Hi {
			covered++
		}
	}
	if share := float64(covered) / 2000; share < 0.93 || share > 0.97 {
		t.Errorf("covered %g", share)
	}
}
