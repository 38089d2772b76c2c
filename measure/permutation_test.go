package measure

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestPermutationTest(t *testing.T) {
	// Of the permuted values 5 and 4 are at least 4.
	if got := mustTest(t)(PermutationTest([]float64{4, 1, 5, 4, -2})); got != (Test{Statistic: 4, P: 3. / 5, N: 4}) {
		t.Errorf("test = %+v, want p = 3/5 of 4 permutations", got)
	}
	if got := mustTest(t)(PermutationTest([]float64{9, 1, 5, 4})); got.P != 0.25 {
		t.Errorf("p of the largest of four = %v, want 1/4", got.P)
	}
	for _, bad := range [][]float64{nil, {1}, {1, math.NaN()}} {
		if got, err := PermutationTest(bad); err == nil {
			t.Errorf("test of %v = %+v, want an error", bad, got)
		}
	}
}

// TestPermutedStatistics compares sums over blocks with sums over pairs of rows, for
// blocks of one row and of several, as observed and permuted. Few rows make small blocks.
func TestPermutedStatistics(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 11))
	kernel := func(squared float64, sums []float64) {
		sums[0] += 1 / (1 + squared)
		sums[1] += squared
	}
	for _, c := range []struct{ n, m, size int }{{20, 31, 1}, {400, 163, 2}, {300, 1001, 5}, {10, 1001, 1}} {
		x, y := normalRows(r, c.n, 2, 0, 1), normalRows(r, c.m, 2, 0.5, 1)
		got := mustArray(t)(permutedStatistics(x, y, 2, kernel, 1, 7))
		x = x.Slice(0, c.n/c.size*c.size, 0, 2).(*mat.Dense)
		y = y.Slice(0, c.m/c.size*c.size, 0, 2).(*mat.Dense)
		mean := func(a, b *mat.Dense, i int) float64 {
			n, _ := a.Dims()
			m, _ := b.Dims()
			sums, pairs := make([]float64, 2), 0.0
			for k := range n {
				for l := range m {
					if a != b || k != l {
						kernel(squaredDistance(a.RawRowView(k), b.RawRowView(l)), sums)
						pairs++
					}
				}
			}
			return sums[i] / pairs
		}
		for i := range 2 {
			near(t, "statistic", got[i], mean(x, x, i)+mean(y, y, i)-2*mean(x, y, i))
			if got[2+i] == got[i] {
				t.Errorf("%d and %d rows: the permutation changes nothing", c.n, c.m)
			}
		}
	}
	if _, err := permutedStatistics(normalRows(r, 20, 1, 0, 1), normalRows(r, 20, 1, 0, 1), 2, kernel, 0, 0); err == nil || !strings.Contains(err.Error(), "no permutations") {
		t.Errorf("no permutations: error %v", err)
	}
}

// TestLargestStandardised: neither the unit nor the zero of a kernel counts.
func TestLargestStandardised(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 11))
	statistics, scaled := make([]float64, 3*50), make([]float64, 3*50)
	for i := range statistics {
		statistics[i] = r.NormFloat64()
		scaled[i] = []float64{1, 100, 0.01}[i%3]*statistics[i] + float64(i%3)
	}
	want := largestStandardised(statistics, 3)
	for p, v := range largestStandardised(scaled, 3) {
		near(t, "largest", v, want[p])
	}
}
