package measure_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/measure"
)

// TestShare compares with closed forms, and with the definition: at the ends of the
// interval as many successes, or more extreme ones, have half the probability of missing.
func TestShare(t *testing.T) {
	for _, c := range []struct {
		k, n   int
		level  float64
		lo, hi float64
	}{
		{0, 10, 0.95, 0, 1 - math.Pow(0.025, 0.1)},
		{10, 10, 0.95, math.Pow(0.025, 0.1), 1},
		{1_000_000, 1_000_000, 0.999, math.Pow(0.0005, 1e-6), 1},
	} {
		got, err := measure.Share(c.k, c.n, c.level)
		if err != nil || math.Abs(got.Lo-c.lo) > 1e-9 || math.Abs(got.Hi-c.hi) > 1e-9 {
			t.Errorf("%d of %d: %+v, %v, want %v to %v", c.k, c.n, got, err, c.lo, c.hi)
		}
	}
	for _, c := range [][2]int{{1, 20}, {3, 20}, {19, 20}, {997, 1000}} {
		k, n := c[0], c[1]
		got, err := measure.Share(k, n, 0.99)
		if err != nil {
			t.Fatal(err)
		}
		above := 1 - distuv.Binomial{N: float64(n), P: got.Lo}.CDF(float64(k-1))
		below := distuv.Binomial{N: float64(n), P: got.Hi}.CDF(float64(k))
		if math.Abs(above-0.005) > 1e-6 || math.Abs(below-0.005) > 1e-6 || got.Value != float64(k)/float64(n) {
			t.Errorf("%d of %d: %+v leaves %v and %v", k, n, got, above, below)
		}
	}
	for _, c := range [][2]int{{-1, 5}, {6, 5}, {0, 0}} {
		if _, err := measure.Share(c[0], c[1], 0.95); err == nil {
			t.Errorf("%d of %d has an interval", c[0], c[1])
		}
	}
}
