package random_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/internal/random"
)

// TestNumbersAreFrozen: other numbers would be other data and other models for the
// same seed.
func TestNumbersAreFrozen(t *testing.T) {
	r := random.New(1, "sample", 2, 3)
	if got, want := []uint64{r.Uint64(), r.Uint64(), r.Uint64()}, []uint64{0x8bd06abaa8fb3105, 0xa10d69891689eacd, 0x3fcbb017ab070e23}; !slices.Equal(got, want) {
		t.Errorf("the first numbers are %#x, they were frozen as %#x", got, want)
	}
	if got, want := random.New(1, "sample", 2, 3).NormFloat64(), -0.9871795522658403; got != want {
		t.Errorf("the first normal number is %v, it was frozen as %v", got, want)
	}
}

// TestKeysThatDiffer in any part, or have the same parts in other places, begin with
// other numbers; the same key with the same.
func TestKeysThatDiffer(t *testing.T) {
	seen := map[uint64]string{}
	few := []uint64{0, 1, 2, 3, 1 << 32, math.MaxUint64}
	for _, seed := range few {
		for _, purpose := range []string{"", "a", "b", "ab", "a\x00"} {
			for _, step := range few {
				for _, row := range few {
					key := fmt.Sprintf("(%d, %q, %d, %d)", seed, purpose, step, row)
					first := random.New(seed, purpose, step, row).Uint64()
					if other, ok := seen[first]; ok {
						t.Errorf("%s and %s begin with the same number", key, other)
					}
					seen[first] = key
					if again := random.New(seed, purpose, step, row).Uint64(); again != first {
						t.Errorf("%s begins with %d, then with %d", key, first, again)
					}
				}
			}
		}
	}
}

// TestNeighbouringKeysAreUnrelated takes one normal number from each of many keys in
// a row, as samplers and shuffles do.
func TestNeighbouringKeysAreUnrelated(t *testing.T) {
	const n = 50_000
	for name, number := range map[string]func(i uint64) float64{
		"one stream": func() func(uint64) float64 {
			r := random.New(1, "test", 0, 0)
			return func(uint64) float64 { return r.NormFloat64() }
		}(),
		"rows":  func(i uint64) float64 { return random.New(1, "test", 0, i).NormFloat64() },
		"steps": func(i uint64) float64 { return random.New(1, "test", i, 0).NormFloat64() },
		"seeds": func(i uint64) float64 { return random.New(i, "test", 0, 0).NormFloat64() },
		"rows of seeds": func(i uint64) float64 {
			return random.New(i, "test", 0, i).NormFloat64()
		},
	} {
		x := make([]float64, n)
		for i := range x {
			x[i] = number(uint64(i))
		}
		checkNormal(t, name, x)
		if r := stat.Correlation(x[1:], x[:n-1], nil); math.Abs(r) > 5/math.Sqrt(n) {
			t.Errorf("%s: neighbours are correlated by %.4f", name, r)
		}
	}
}

// checkNormal allows five standard errors, which chance exceeds once in a million
// times; the numbers are the same every time.
func checkNormal(t *testing.T, name string, x []float64) {
	t.Helper()
	n := float64(len(x))
	mean, variance := stat.MeanVariance(x, nil)
	if math.Abs(mean) > 5/math.Sqrt(n) || math.Abs(variance-1) > 5*math.Sqrt(2/n) {
		t.Errorf("%s: mean %.4f and variance %.4f, want 0 and 1", name, mean, variance)
	}
	fourth := stat.MomentAbout(4, x, 0, nil)
	if math.Abs(fourth-3) > 5*math.Sqrt(96/n) {
		t.Errorf("%s: fourth moment %.4f, want 3", name, fourth)
	}
	sorted, distance := slices.Sorted(slices.Values(x)), 0.0
	for i, v := range sorted {
		distance = max(distance, math.Abs(distuv.UnitNormal.CDF(v)-(float64(i)+0.5)/n))
	}
	// Kolmogorov's distribution: 2 exp(-2 2.7^2) is a millionth.
	if distance > 2.7/math.Sqrt(n) {
		t.Errorf("%s: Kolmogorov-Smirnov distance %.4f", name, distance)
	}
}
