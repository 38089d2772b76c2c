package measure_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"flowcert/measure"
)

// TestFisherReference has the lady of Fisher's book, who may have named all four cups,
// 1/70, or three of four, 17/70.
func TestFisherReference(t *testing.T) {
	for _, c := range []struct {
		marked, rows, otherMarked, otherRows int
		want                                 float64
	}{
		{4, 4, 0, 4, 1. / 70},
		{3, 4, 1, 4, 17. / 70},
		{0, 4, 4, 4, 1},
		{0, 10, 0, 20, 1},
	} {
		got := measure.Fisher(c.marked, c.rows, c.otherMarked, c.otherRows)
		if math.Abs(got.P-c.want) > 1e-12 || got.P > 1 {
			t.Errorf("%+v: p = %v, want %v", c, got.P, c.want)
		}
		share := func(marked, rows int) float64 { return float64(marked) / float64(rows) }
		if got.Statistic != share(c.marked, c.rows)-share(c.otherMarked, c.otherRows) || got.N != c.rows+c.otherRows {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// TestFisherKeepsItsLevel marks rows at random: p-values at most alpha come at most as
// often as alpha, up to what 2,000 sets allow (four standard errors).
func TestFisherKeepsItsLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const sets = 2000
	for _, alpha := range []float64{0.5, 0.1, 0.01} {
		rejected := 0
		for range sets {
			var marked, other int
			for i := range 90 {
				if r.Float64() > 0.3 {
					continue
				}
				if i < 30 {
					marked++
				} else {
					other++
				}
			}
			if measure.Fisher(marked, 30, other, 60).P <= alpha {
				rejected++
			}
		}
		if share := float64(rejected) / sets; share > alpha+4*math.Sqrt(alpha*(1-alpha)/sets) {
			t.Errorf("at level %g, %g of true hypotheses are rejected", alpha, share)
		}
	}
}

func TestFisherSeesALargerShare(t *testing.T) {
	if p := measure.Fisher(10, 100, 5, 1000).P; p > 1e-6 {
		t.Errorf("10 of 100 beside 5 of 1,000 has p = %g", p)
	}
}
