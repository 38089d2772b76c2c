package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestClassifierWhereNothingDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 91))
	var p, right []float64
	for i := range replications(60) {
		correct := mustArray(t)(Classify(normalRows(r, 40, 2, 0, 1), normalRows(r, 61, 2, 0, 1), uint64(i)))
		if len(correct) != 40 {
			t.Fatalf("%d held-out rows of 40 and 61, want 20 of each", len(correct))
		}
		test := mustTest(t)(ClassifierTest(correct))
		p, right = append(p, test.P), append(right, test.Statistic)
	}
	checkUniform(t, p, true)
	checkMean(t, "accuracy", right, 0.5)
}

func TestClassifierSeesWhatDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 91))
	x := normalRows(r, 1000, 3, 0, 1)
	for name, y := range twoSampleFaults(r, 1000) {
		got := mustTest(t)(ClassifierTest(mustArray(t)(Classify(y, x, 0))))
		if got.P > 0.01 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestClassifierChoosesRowsAtRandom: what differs in the last rows only is learned.
func TestClassifierChoosesRowsAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 91))
	const n = 300
	x, y := normalRows(r, n, 2, 0, 1), normalRows(r, n, 2, 0, 1)
	for i := n / 2; i < n; i++ {
		y.Set(i, 0, y.At(i, 0)+6)
	}
	// Half of the rows are told apart, the others are guessed: 0.75.
	if got := mustTest(t)(ClassifierTest(mustArray(t)(Classify(x, y, 0)))); got.Statistic < 0.65 {
		t.Errorf("accuracy %v, want about 0.75", got.Statistic)
	}
}

// TestClassifierIsNearTheBest: normals shifted by s in one of many columns are told
// apart with the accuracy Phi(s/2) at best.
func TestClassifierIsNearTheBest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 91))
	const n, shift = 2000, 2.0
	for _, dim := range []int{1, 2, 10} {
		x, y := normalRows(r, n, dim, 0, 1), normalRows(r, n, dim, 0, 1)
		for i := range n {
			y.Set(i, 0, y.At(i, 0)+shift)
		}
		best := (1 + math.Erf(shift/2/math.Sqrt2)) / 2
		got := mustTest(t)(ClassifierTest(mustArray(t)(Classify(x, y, 0)))).Statistic
		// Three standard errors, and what 2000 training rows leave to be learned.
		if got < best-0.05 || got > best+3*math.Sqrt(best*(1-best)/n) {
			t.Errorf("%d columns: accuracy %v, the best is %v", dim, got, best)
		}
	}
}

// TestTotalVariation: with the best classifier the expected accuracy is (1 + TV)/2,
// where the bound is as large as it can be. It must not exceed the distance more often
// than it says, and one with half its margin must, or the test would see no error.
func TestTotalVariation(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 91))
	const level = 0.9
	for _, c := range []struct {
		half int
		// P(A) for samples and Q(A) for data.
		samples, data float64
		// bites says that half the margin is too little: not so where the bound
		// is 0 or the values hardly vary.
		bites bool
	}{{20, 0.5, 0.5, false}, {100, 0.7, 0.3, true}, {100, 0.95, 0.5, false}, {500, 0.55, 0.5, true}} {
		tooLarge, withHalf := 0, 0
		trials := replications(1000)
		for range trials {
			correct := make([]float64, 2*c.half)
			for i := range c.half {
				if r.Float64() < c.samples {
					correct[i] = 1
				}
				if r.Float64() >= c.data {
					correct[c.half+i] = 1
				}
			}
			got := mustInterval(t)(TotalVariation(correct, level))
			near(t, "margin", got.Lo, max(0, got.Value-2*math.Sqrt(math.Log(10)/float64(4*c.half))))
			if got.Lo > c.samples-c.data {
				tooLarge++
			}
			if (got.Value+got.Lo)/2 > c.samples-c.data {
				withHalf++
			}
		}
		allowed := (1 - level) + 4*math.Sqrt(level*(1-level)/float64(trials))
		if share := float64(tooLarge) / float64(trials); share > allowed {
			t.Errorf("%+v: too large in a share of %v, at most %v is allowed", c, share, allowed)
		}
		if share := float64(withHalf) / float64(trials); c.bites && share < 1-level {
			t.Errorf("%+v: with half the margin too large in a share of %v only", c, share)
		}
	}
}

// TestTotalVariationOfNormals: rows, classifier and bound together stay below the
// true distance erf(s/sqrt(8)) of normals shifted by s, and near it with many rows.
func TestTotalVariationOfNormals(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 91))
	shifted := func(n int, shift float64) (x, y *mat.Dense) {
		x, y = normalRows(r, n, 2, 0, 1), normalRows(r, n, 2, 0, 1)
		for i := range n {
			y.Set(i, 1, y.At(i, 1)+shift)
		}
		return x, y
	}
	const shift, level = 0.5, 0.95
	truth := math.Erf(shift / math.Sqrt(8))
	trials, tooLarge := replications(30), 0
	for i := range trials {
		x, y := shifted(100, shift)
		if mustInterval(t)(TotalVariation(mustArray(t)(Classify(x, y, uint64(i))), level)).Lo > truth {
			tooLarge++
		}
	}
	if allowed := 0.05 + 4*math.Sqrt(0.05*0.95/float64(trials)); float64(tooLarge)/float64(trials) > allowed {
		t.Errorf("too large %d times of %d", tooLarge, trials)
	}
	x, y := shifted(2000, 2)
	truth = math.Erf(2 / math.Sqrt(8))
	if got := mustInterval(t)(TotalVariation(mustArray(t)(Classify(x, y, 0)), level)); got.Lo > truth || got.Lo < truth-0.15 {
		t.Errorf("bound = %+v, the distance is %v", got, truth)
	}
}

func TestNoClassifierTestOfOtherValues(t *testing.T) {
	for _, bad := range [][]float64{nil, {0, 0.5}, {1, math.NaN()}, {2}} {
		if got, err := ClassifierTest(bad); err == nil {
			t.Errorf("%v: %+v, want an error", bad, got)
		}
		if got, err := TotalVariation(bad, 0.95); err == nil {
			t.Errorf("%v: %+v, want an error", bad, got)
		}
	}
}
