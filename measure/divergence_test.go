package measure

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"
)

var (
	someScores  = []float64{-3.1, -0.4, -1.2, -0.9, -7.5, -2.2, -0.3, -1.7, -0.6, -4.0}
	otherScores = []float64{-2.0, -1.1, -0.2, -3.3, -1.6, -0.8, -2.9, -9.4, -0.5, -1.3}
)

// Without skewness Hall's interval is Student's; with it, the ends are where Hall's
// transformation of the studentised mean is at Student's quantiles.
func TestSkewedMean(t *testing.T) {
	symmetric := []float64{-3, -1, 0, 1, 3}
	want := mustInterval(t)(Mean(symmetric, 0.9))
	got := mustInterval(t)(SkewedMean(symmetric, 0.9))
	near(t, "lower end without skewness", got.Lo, want.Lo)
	near(t, "upper end without skewness", got.Hi, want.Hi)

	hardlySkewed := []float64{-3, -1, 0, 1, 3.2}
	for _, x := range [][]float64{hardlySkewed, someScores} {
		n := float64(len(x))
		mean, deviation := stat.MeanStdDev(x, nil)
		var cubes float64
		for _, v := range x {
			cubes += math.Pow((v-mean)/deviation, 3)
		}
		skewness := cubes / n
		transformed := func(mu float64) float64 {
			w := (mean - mu) / deviation
			return math.Sqrt(n) * (w + skewness*w*w/3 + skewness*skewness*w*w*w/27 + skewness/(6*n))
		}
		want = mustInterval(t)(Mean(x, 0.95))
		quantile := (want.Hi - want.Value) / want.StandardError
		got = mustInterval(t)(SkewedMean(x, 0.95))
		near(t, "transformation at the lower end", transformed(got.Lo), quantile)
		near(t, "transformation at the upper end", transformed(got.Hi), -quantile)
	}
	if got.Value != want.Value || !(got.Value-got.Lo > got.Hi-got.Value) {
		t.Errorf("%+v is not longer on the side of the long tail", got)
	}
	// A mirror image has the mirror image of the interval.
	mirrored := make([]float64, len(someScores))
	for i, v := range someScores {
		mirrored[i] = -v
	}
	mirror := mustInterval(t)(SkewedMean(mirrored, 0.95))
	near(t, "mirrored lower end", mirror.Lo, -got.Hi)
	near(t, "mirrored upper end", mirror.Hi, -got.Lo)
	if same := mustInterval(t)(SkewedMean([]float64{2, 2, 2}, 0.95)); same.Lo != 2 || same.Hi != 2 {
		t.Errorf("equal values give %+v", same)
	}
}

// The standard error and degrees of freedom are those of scipy 1.10.1's Welch test
// and of Satterthwaite's formula in numpy.
func TestTrainTestGap(t *testing.T) {
	gap := mustInterval(t)(TrainTestGap(someScores, otherScores, 0.95))
	near(t, "gap", gap.Value, 0.12)
	near(t, "standard error", gap.StandardError, 1.101403145487105)
	near(t, "studentised gap", gap.Value/gap.StandardError, 0.1089519314446202)
	near(t, "degrees of freedom", momentsOf(someScores).plus(-1, momentsOf(otherScores)).freedom, 17.4042185216442)
	back := mustInterval(t)(TrainTestGap(otherScores, someScores, 0.95))
	near(t, "lower end of the opposite", back.Lo, -gap.Hi)
	near(t, "upper end of the opposite", back.Hi, -gap.Lo)
	// Against a part without error it is the interval of the other's mean.
	alone := mustInterval(t)(TrainTestGap([]float64{0, 0}, otherScores, 0.95))
	mean := mustInterval(t)(SkewedMean(otherScores, 0.95))
	near(t, "lower end against 0", alone.Lo, -mean.Hi)
	near(t, "upper end against 0", alone.Hi, -mean.Lo)
}

func TestLowestDecile(t *testing.T) {
	x := make([]float64, 25)
	for i := range x {
		x[i] = float64((7 * i) % 25)
	}
	// Two and a half of 0, 1, 2, ...: (0 + 1 + 2/2)/2.5.
	near(t, "decile", mustInterval(t)(LowestDecile(x, 0.95)).Value, 0.8)
	near(t, "decile of whole numbers", mustInterval(t)(LowestDecile(x[:20], 0.95)).Value, (0.0+1)/2)
	same := make([]float64, 20)
	if got := mustInterval(t)(LowestDecile(same, 0.95)); got.Lo != 0 || got.Hi != 0 {
		t.Errorf("equal values give %+v", got)
	}
}

// Normal distributions have closed forms: KL(N(m, 1), N(0, 1)) = m^2/2 either way, and
// an effective sample size of exp(-m^2).
func TestDivergencesOfNormals(t *testing.T) {
	const n, m = 200_000, 0.7
	r := rand.New(rand.NewPCG(31, 1))
	density := func(x, mean float64) float64 { return -(x - mean) * (x - mean) / 2 }
	var truth, model, truthOfSample, modelOfSample []float64
	for range n {
		x, y := m+r.NormFloat64(), r.NormFloat64()
		truth, model = append(truth, density(x, m)), append(model, density(x, 0))
		truthOfSample, modelOfSample = append(truthOfSample, density(y, m)), append(modelOfSample, density(y, 0))
	}
	for _, c := range []struct {
		name string
		got  Interval
		want float64
	}{
		{"forward", mustInterval(t)(PairedDifference(truth, model, 0.999999)), m * m / 2},
		{"reverse", mustInterval(t)(ReverseDivergence(modelOfSample, truthOfSample, 0.999999)), m * m / 2},
		{"effective sample size", mustInterval(t)(EffectiveSampleSize(truth, model, 0.999999)), math.Exp(-m * m)},
	} {
		if c.want < c.got.Lo || c.want > c.got.Hi || c.got.Hi-c.got.Lo > 0.05 {
			t.Errorf("%s: %+v, want %.4f", c.name, c.got, c.want)
		}
	}
}

// TestMissedModeIsSeen: half of the truth is where the model has next to nothing.
func TestMissedModeIsSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(32, 1))
	component := func(x, mean float64) float64 { return math.Exp(-(x-mean)*(x-mean)/2) / math.Sqrt(2*math.Pi) }
	var truth, model []float64
	for i := range 1000 {
		x := 3*float64(2*(i%2)-1) + r.NormFloat64()
		truth = append(truth, math.Log((component(x, -3)+component(x, 3))/2))
		model = append(model, math.Log(component(x, 3)))
	}
	if got, err := EffectiveSampleSize(truth, model, 0.95); err == nil && got.Value > 0.001 {
		t.Errorf("a model that misses one of two modes has %+v", got)
	}
	if got := mustInterval(t)(EffectiveSampleSize(truth, truth, 0.95)); got.Value != 1 || got.Lo != 1 || got.Hi != 1 {
		t.Errorf("the truth has %+v, want 1", got)
	}
	// The mean weight of few rows may be below 1, a share not above it.
	near, nearModel := normalWeights(r, 30, 0.01)
	if got := mustInterval(t)(EffectiveSampleSize(near, nearModel, 0.95)); got.Hi != 1 {
		t.Errorf("a model that is nearly the truth has %+v, want at most 1", got)
	}
}

func TestNoDivergenceOfBadScores(t *testing.T) {
	good := make([]float64, 20)
	uneven := append([]float64{5}, good[1:]...) // a weight of 148 beside 19 of 1
	outside := append([]float64{math.Inf(-1)}, good[1:]...)
	for name, c := range map[string]struct {
		err  func() error
		want string
	}{
		"a sample where the truth is 0": {func() error { _, err := ReverseDivergence(good, outside, 0.95); return err }, "value 0 is +Inf"},
		"a row where the model is 0":    {func() error { _, err := EffectiveSampleSize(good, outside, 0.95); return err }, "value 0 is +Inf"},
		"uneven weights":                {func() error { _, err := EffectiveSampleSize(uneven, good, 0.95); return err }, "too uneven"},
		"few for a decile":              {func() error { _, err := LowestDecile(good[:19], 0.95); return err }, "19 values"},
		"test row":                      {func() error { _, err := TrainTestGap(good, outside, 0.95); return err }, "test rows: value 0 is -Inf"},
		"training row":                  {func() error { _, err := TrainTestGap(good[:1], good, 0.95); return err }, "training rows: 1 values"},
		"skewed":                        {func() error { _, err := SkewedMean(outside, 0.95); return err }, "value 0 is -Inf"},
		"few seeds":                     {func() error { _, err := ErrorsOf([][]float64{good, good}, 0.95); return err }, "2 seeds, want at least 5"},
		"seed":                          {func() error { _, err := ErrorsOf([][]float64{good, good, good, outside, good}, 0.95); return err }, "seed 3: value 0 is -Inf"},
		"one model":                     {func() error { _, err := Compare([][][]float64{{good}}, 0.95); return err }, "fewer than two"},
		"no seeds":                      {func() error { _, err := Compare([][][]float64{{good}, {}}, 0.95); return err }, "model 1: no seeds"},
		"compared score":                {func() error { _, err := Compare([][][]float64{{good}, {outside}}, 0.95); return err }, "model 1: seed 0: value 0"},
		"few rows":                      {func() error { _, err := Compare([][][]float64{{good[:9]}, {good[:9]}}, 0.95); return err }, "9 rows"},
	} {
		if err := c.err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}
