package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestMemorisation: fresh rows pass, copies with and without noise do not, and
// samples far from all rows pass.
func TestMemorisation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 81))
	const n, dim = 300, 3
	training, test := normalRows(r, n, dim, 0, 1), normalRows(r, n, dim, 0, 1)
	copied := func(share, noise float64) *mat.Dense {
		rows := normalRows(r, n, dim, 0, 1)
		for i := range int(share * n) {
			for j := range dim {
				rows.Set(i, j, training.At(i, j)+noise*r.NormFloat64())
			}
		}
		return rows
	}
	distances := func(rows *mat.Dense) []float64 { return mustArray(t)(NearestDistances(rows, training)) }
	for _, c := range []struct {
		name    string
		samples *mat.Dense
		copies  int
		passes  bool
	}{
		{"fresh rows", normalRows(r, n, dim, 0, 1), 0, true},
		{"copies", copied(1, 0), n, false},
		{"copies of a fifth", copied(0.2, 0), n / 5, false},
		{"a third is nearly copied", copied(1./3, 0.02), 0, false},
		{"too wide", normalRows(r, n, dim, 0, 2), 0, true},
	} {
		d := distances(c.samples)
		got := mustTest(t)(MemorisationTest(d, distances(test)))
		if Copies(d) != c.copies || (got.P > 0.01) != c.passes {
			t.Errorf("%s: %d copies, %+v; want %d and passing %v", c.name, Copies(d), got, c.copies, c.passes)
		}
	}
}

// TestMemorisationWhereNothingIs: p-values are uniform for rows that are no nearer
// than others, few and many, with and without ties.
func TestMemorisationWhereNothingIs(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 81))
	draw := func(n int, steps float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.ExpFloat64()
			if steps > 0 {
				x[i] = math.Floor(x[i] * steps)
			}
		}
		return x
	}
	for _, c := range []struct {
		n, m  int
		steps float64
	}{{300, 200, 0}, {300, 200, 2}, {15, 300, 0}} {
		var p []float64
		for range replications(500) {
			p = append(p, mustTest(t)(MemorisationTest(draw(c.n, c.steps), draw(c.m, c.steps))).P)
		}
		checkUniform(t, p, false)
	}
	same := make([]float64, 12)
	if got := mustTest(t)(MemorisationTest(same, same)); got.Statistic != 0.5 || got.P != 1 {
		t.Errorf("all distances 0: %+v, want 0.5 and p = 1", got)
	}
}

// TestMemorisationOfFewValues compares the p-values of ten values on each side with
// the exact distribution of the rank sum, counted by the recursion of Mann and
// Whitney.
func TestMemorisationOfFewValues(t *testing.T) {
	const n = 10
	// ways[i][j][u]: orders of i and j values with u pairs in order.
	var ways [n + 1][n + 1][n*n + 1]float64
	for i := range n + 1 {
		for j := range n + 1 {
			for u := range n*n + 1 {
				switch {
				case i == 0 || j == 0:
					if u == 0 {
						ways[i][j][u] = 1
					}
				default:
					ways[i][j][u] = ways[i][j-1][u]
					if u >= j {
						ways[i][j][u] += ways[i-1][j][u-j]
					}
				}
			}
		}
	}
	var all float64
	for _, w := range ways[n][n] {
		all += w
	}
	// Samples 1..10 against test rows between them at rank b have u pairs in order.
	for u := 0; u <= n*n; u++ {
		samples, test := make([]float64, n), make([]float64, n)
		for i := range n {
			samples[i] = float64(i + 1)
			// u/n of the samples are nearer than each test row, one more for the
			// first u%n.
			below := u / n
			if i < u%n {
				below++
			}
			test[i] = float64(below) + 0.5 + float64(i)/100
		}
		exact := 0.0
		for k := u; k <= n*n; k++ {
			exact += ways[n][n][k] / all
		}
		got := mustTest(t)(MemorisationTest(samples, test))
		near(t, "nearer", got.Statistic, float64(u)/(n*n))
		if math.Abs(got.P-exact) > 0.01 {
			t.Errorf("%d pairs in order: p = %v, exactly %v", u, got.P, exact)
		}
	}
}

func TestNoMemorisationTestOfSuchDistances(t *testing.T) {
	good := make([]float64, 12)
	for name, bad := range map[string][]float64{"few": good[:9], "negative": append([]float64{-1}, good...), "nan": append([]float64{math.NaN()}, good...)} {
		for _, sides := range [][2][]float64{{bad, good}, {good, bad}} {
			if got, err := MemorisationTest(sides[0], sides[1]); err == nil {
				t.Errorf("%s: %+v, want an error", name, got)
			}
		}
	}
}
