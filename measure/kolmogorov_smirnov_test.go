package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestKolmogorovSmirnovPByEnumeration counts all orders of few values.
func TestKolmogorovSmirnovPByEnumeration(t *testing.T) {
	for _, c := range []struct{ n, m int }{{1, 1}, {1, 5}, {4, 4}, {3, 7}, {6, 4}} {
		// Bit k says whether the k-th smallest value is one of the n.
		distances, orders := map[int]float64{}, 0.0
		for bits := range 1 << (c.n + c.m) {
			i, j, largest := 0, 0, 0
			for k := range c.n + c.m {
				if bits>>k&1 == 1 {
					i++
				} else {
					j++
				}
				largest = max(largest, i*c.m-j*c.n, j*c.n-i*c.m)
			}
			if i == c.n {
				distances[largest]++
				orders++
			}
		}
		for distance := range c.n*c.m + 1 {
			want := 0.0
			for d, count := range distances {
				if d >= distance {
					want += count / orders
				}
			}
			near(t, "p", kolmogorovSmirnovP(float64(distance)/float64(c.n*c.m), c.n, c.m), want)
		}
	}
}

// TestKolmogorovSmirnovPTail: the two orders that separate the samples are all that
// reach a distance of 1, and p is as precise there. The limit for many values is
// 2 exp(-2 x^2) and less from x = 1 on.
func TestKolmogorovSmirnovPTail(t *testing.T) {
	logOrders := func(n, m float64) float64 {
		a, _ := math.Lgamma(n + m + 1)
		b, _ := math.Lgamma(n + 1)
		c, _ := math.Lgamma(m + 1)
		return a - b - c
	}
	near(t, "log p", math.Log(kolmogorovSmirnovP(1, 200, 300)), math.Ln2-logOrders(200, 300))
	const n = 2000
	x := 1.5
	limit := 0.0
	for k := 1.; k < 10; k++ {
		limit += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*x*x)
	}
	// Values come in steps of 1/n, a relative 4 x/sqrt(n/2) = 0.19.
	if got := kolmogorovSmirnovP(x*math.Sqrt(2./n), n, n); math.Abs(got/limit-1) > 0.19 {
		t.Errorf("p = %v, want nearly %v", got, limit)
	}
}

func TestKolmogorovSmirnovWhereNothingDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 51))
	var single, largest []float64
	for range replications(400) {
		// 97 and 83 have no common divisor, so that p has few steps.
		distances := mustArray(t)(KolmogorovSmirnov(correlatedRows(r, 97, 4, 0.9), correlatedRows(r, 83, 4, 0.9)))
		single = append(single, kolmogorovSmirnovP(distances[0], 97, 83))
		largest = append(largest, mustTest(t)(KolmogorovSmirnovTest(distances, 97, 83)).P)
	}
	checkUniform(t, single, false)
	checkUniform(t, largest, true)
}

func TestKolmogorovSmirnovSeesWhatDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 51))
	x := normalRows(r, 400, 3, 0, 1)
	for name, y := range twoSampleFaults(r, 400) {
		got := mustTest(t)(KolmogorovSmirnovTest(mustArray(t)(KolmogorovSmirnov(y, x)), 400, 400))
		// The margins alone do not show a correlation.
		if seen := got.P < 0.05; seen != (name != "correlated, with the same margins") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestKolmogorovSmirnovWithEqualValues: rounded values make p too large, never too
// small.
func TestKolmogorovSmirnovWithEqualValues(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 51))
	round := func(rows *mat.Dense) *mat.Dense {
		rows.Apply(func(_, _ int, v float64) float64 { return math.Round(v) }, rows)
		return rows
	}
	var p []float64
	for range replications(200) {
		x, y := round(normalRows(r, 60, 1, 0, 1)), round(normalRows(r, 60, 1, 0, 1))
		p = append(p, kolmogorovSmirnovP(mustArray(t)(KolmogorovSmirnov(x, y))[0], 60, 60))
	}
	checkUniform(t, p, true)
}

func TestNoKolmogorovSmirnovTestOfOtherValues(t *testing.T) {
	for _, bad := range [][]float64{nil, {0.5, 1.5}, {-0.1, 0.5}, {math.NaN()}} {
		if got, err := KolmogorovSmirnovTest(bad, 20, 20); err == nil {
			t.Errorf("distances %v: %+v, want an error", bad, got)
		}
	}
}
