package density_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distmv"

	"flowcert/density"
	"flowcert/density/densitytest"
	"flowcert/internal/random"
)

func TestMixtureObeysTheLaws(t *testing.T) {
	oneD, err := density.NewMixture([]float64{0.2, 0, 0.8}, [][]float64{{-5}, {0}, {3}},
		[]*mat.SymDense{mat.NewSymDense(1, []float64{0.01}), mat.NewSymDense(1, []float64{1}), mat.NewSymDense(1, []float64{4})})
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]density.Model{
		"1-D":    oneD,
		"2-D":    twoClouds(t),
		"fitted": fit(t, mixtureFitter(8), ring(2000, 1), ring(500, 2), 0),
	} {
		t.Run(name, func(t *testing.T) { densitytest.Test(t, m) })
	}
}

func TestMixtureScoresAsTheClosedForm(t *testing.T) {
	m := twoClouds(t)
	tensors := m.Tensors()
	x := normalRows(600, 2, 3)
	got := scores(t, m, x)
	for i := range got {
		want := 0.0
		for k, w := range tensors[0].F64 {
			reference, ok := distmv.NewNormal(tensors[1].F64[2*k:2*k+2], mat.NewSymDense(2, tensors[2].F64[4*k:4*k+4]), nil)
			if !ok {
				t.Fatal("the reference does not exist")
			}
			want += w * reference.Prob(x.RawRowView(i))
		}
		if math.Abs(got[i]-math.Log(want)) > rounding*(1+math.Abs(math.Log(want))) {
			t.Fatalf("row %d: got %v, want %v", i, got[i], math.Log(want))
		}
	}
}

func TestMixtureFarOut(t *testing.T) {
	for _, v := range []float64{1e3, 1e100, 1e200} {
		got := scores(t, twoClouds(t), mat.NewDense(1, 2, []float64{v, -v}))[0]
		// The nearer cloud alone matters out there: deviation at most 1.
		if !(got <= -v*v/4) {
			t.Errorf("at %v the score is %v", v, got)
		}
	}
}

func TestMixtureOfOneIsTheGaussian(t *testing.T) {
	train, validation := bent(500, 1), bent(200, 2)
	got := scores(t, fit(t, density.Standardise(mixtureFitter(1)), train, validation, 0), validation)
	want := scores(t, fit(t, density.GaussianFitter{}, train, validation, 0), validation)
	for i := range want {
		// The floor of 1e-6 of the variance is all that they differ by.
		if math.Abs(got[i]-want[i]) > 1e-5*(1+math.Abs(want[i])) {
			t.Fatalf("row %d: got %v, want %v", i, got[i], want[i])
		}
	}
}

// TestMixtureFindsTheTruth compares with the density that the rows come from, on
// fresh rows.
func TestMixtureFindsTheTruth(t *testing.T) {
	m := fit(t, density.Standardise(mixtureFitter(8)), ring(4000, 1), ring(1000, 2), 0)
	fresh := ring(20_000, 3)
	excess := make([]float64, 20_000)
	floats.SubTo(excess, scores(t, trueRing(t), fresh), scores(t, m, fresh))
	// 47 free parameters cost 47 / (2 * 4000) = 0.006 nats on average (Wilks).
	if mean := stat.Mean(excess, nil); !(mean > 0 && mean < 0.012) {
		t.Errorf("the fit is %.4f nats worse than the truth, want about 0.006", mean)
	}
}

// TestMixtureOfTheBestNumber gives the validation rows the choice: it must be the
// best of what every number gives alone.
func TestMixtureOfTheBestNumber(t *testing.T) {
	for name, c := range map[string]struct{ train, validation *mat.Dense }{
		"30 rows of one cloud":       {normalRows(30, 2, 1), normalRows(200, 2, 2)},
		"2,000 rows of eight clouds": {ring(2000, 1), ring(500, 2)},
	} {
		numbers := []int{1, 8, 16}
		best, highest := 0, math.Inf(-1)
		for _, n := range numbers {
			if score := stat.Mean(scores(t, fit(t, mixtureFitter(n), c.train, c.validation, 0), c.validation), nil); score > highest {
				best, highest = n, score
			}
		}
		m := fit(t, mixtureFitter(numbers...), c.train, c.validation, 0)
		if got, score := len(m.Tensors()[0].F64), stat.Mean(scores(t, m, c.validation), nil); got != best || score != highest {
			t.Errorf("%s: kept %d components that score %v, the best are %d with %v", name, got, score, best, highest)
		}
	}
}

func TestMixtureFitReport(t *testing.T) {
	train, validation := bent(500, 1), bent(200, 2)
	f := mixtureFitter(6, 2)
	var seen []density.Progress
	m, report, err := f.Fit(context.Background(), train, validation, density.FitOptions{
		Seed: 1, Progress: func(p density.Progress) { seen = append(seen, p) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 * f.Starts * f.Iterations; seen[0].Steps != want {
		t.Errorf("progress speaks of %d steps, want at most %d", seen[0].Steps, want)
	}
	if !slices.Equal(seen, report.History) || len(seen) != report.Steps {
		t.Errorf("progress was told %d times, the history has %d entries for %d steps", len(seen), len(report.History), report.Steps)
	}
	best := math.Inf(-1)
	for _, p := range report.History {
		best = max(best, p.Validation)
	}
	if got := report.History[report.BestStep].Validation; got != best {
		t.Errorf("the best step scores %v, the best of the history %v", got, best)
	}
	if got := stat.Mean(scores(t, m, validation), nil); math.Abs(got-best) > rounding*math.Abs(best) {
		t.Errorf("the kept mixture scores %v on the validation rows, the best step %v", got, best)
	}
	if got, want := report.Footprint.Parameters, m.(density.Footprinter).Footprint(density.Options{}).Parameters; got != want {
		t.Errorf("the fit counts %d bytes of parameters, the model %d", got, want)
	}
}

// TestEMNeverLosesLikelihood on the training rows.
func TestEMNeverLosesLikelihood(t *testing.T) {
	f := mixtureFitter(6)
	f.Starts = 1
	train := bent(500, 1)
	_, report, err := density.Standardise(f).Fit(context.Background(), train, train, density.FitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.History) < 20 {
		t.Fatalf("%d steps are too few to tell", len(report.History))
	}
	for i, p := range report.History[1:] {
		// The floor of 1e-6 may take back as much per row and column.
		if before := report.History[i].Train; p.Train < before-1e-5 {
			t.Errorf("step %d: the training score falls from %v to %v", p.Step, before, p.Train)
		}
	}
}

func TestMixtureFitHasTheSameBytesForAnyWorkers(t *testing.T) {
	train, validation := bent(5000, 1), bent(500, 2)
	// A few steps of one start go through all that runs on several workers.
	f := density.Standardise(density.MixtureFitter{Components: []int{5}, Starts: 1, Iterations: 5, Floor: 1e-6})
	want := fit(t, f, train, validation, 1).Tensors()
	for _, workers := range []int{2, 7} {
		for i, got := range fit(t, f, train, validation, workers).Tensors() {
			for j, v := range got.F64 {
				if math.Float64bits(v) != math.Float64bits(want[i].F64[j]) {
					t.Fatalf("%d workers: %s[%d] is %v, with one worker %v", workers, got.Name, j, v, want[i].F64[j])
				}
			}
		}
	}
}

// TestMixtureOfMoreComponentsThanRows must neither fail nor score NaN.
func TestMixtureOfMoreComponentsThanRows(t *testing.T) {
	x := mat.NewDense(6, 2, []float64{0, 0, 0, 0, 1, 1, 1, 1, 2, 0, 2, 0})
	m := fit(t, mixtureFitter(8, 16), x, x, 0)
	for i, v := range scores(t, m, x) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("row %d scores %v", i, v)
		}
	}
}

func TestMixtureFitCanBeCancelledInside(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	told := 0
	_, _, err := mixtureFitter(3).Fit(ctx, bent(200, 1), bent(50, 2), density.FitOptions{Progress: func(density.Progress) {
		told++
		cancel()
	}})
	if !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("got error %v after %d steps, want %v after one", err, told, context.Canceled)
	}
}

// TestFootprints counts the arrays by hand, in float64s: a tile has 256 rows.
func TestFootprints(t *testing.T) {
	train, validation := normalRows(300, 3, 1), normalRows(100, 3, 2)
	o := density.Options{Workers: 2}
	g, report, err := density.GaussianFitter{}.Fit(t.Context(), train, validation, density.FitOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	// Mean and covariance; a tile of every worker.
	want := density.Footprint{Parameters: 8 * (3 + 9), Arena: 8 * 2 * 3 * 256}
	if got := g.(density.Footprinter).Footprint(o); got != want {
		t.Errorf("Gaussian: %+v, want %+v", got, want)
	}
	if want.Arena = max(want.Arena, 8*300*3); report.Footprint != want { // a centred copy of the rows, if larger
		t.Errorf("fit of the Gaussian: %+v, want %+v", report.Footprint, want)
	}

	m, report, err := mixtureFitter(5).Fit(t.Context(), train, validation, density.FitOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	// Of every component the weight, mean and covariance; of every worker a tile, and
	// the shares of every component in it.
	want = density.Footprint{Parameters: 8 * 5 * (1 + 3 + 9), Arena: 8 * 2 * (3 + 5) * 256}
	if got := m.(density.Footprinter).Footprint(o); got != want {
		t.Errorf("mixture: %+v, want %+v", got, want)
	}
	// 16 sums of such moments; two tiles, the shares, and the scores.
	want.Optimiser, want.Arena = 8*16*5*(1+3+9), 8*2*(2*3+5+1)*256
	if report.Footprint != want {
		t.Errorf("fit of the mixture: %+v, want %+v", report.Footprint, want)
	}
}

func mixtureFitter(components ...int) density.MixtureFitter {
	return density.MixtureFitter{Components: components, Starts: 3, Iterations: 200, Floor: 1e-6}
}

// twoClouds has variances of 1 and less.
func twoClouds(t *testing.T) *density.Mixture {
	t.Helper()
	m, err := density.NewMixture([]float64{0.3, 0.7}, [][]float64{{1, 2}, {-1, 0}},
		[]*mat.SymDense{mat.NewSymDense(2, []float64{1, 0.5, 0.5, 1}), mat.NewSymDense(2, []float64{0.04, 0, 0, 0.5})})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ring returns rows of eight clouds on a circle.
func ring(rows int, seed uint64) *mat.Dense {
	x := normalRows(rows, 2, seed)
	for i := range rows {
		k := random.New(seed, "cloud", 0, uint64(i)).IntN(8)
		x.SetRow(i, []float64{ringCentre(k)[0] + 0.4*x.At(i, 0), ringCentre(k)[1] + 0.4*x.At(i, 1)})
	}
	return x
}

func ringCentre(k int) []float64 {
	return []float64{3 * math.Cos(float64(k)*math.Pi/4), 3 * math.Sin(float64(k)*math.Pi/4)}
}

// trueRing is the density of ring.
func trueRing(t *testing.T) *density.Mixture {
	t.Helper()
	weights, means, covariances := make([]float64, 8), make([][]float64, 8), make([]*mat.SymDense, 8)
	for k := range 8 {
		weights[k], means[k], covariances[k] = 0.125, ringCentre(k), mat.NewSymDense(2, []float64{0.16, 0, 0, 0.16})
	}
	m, err := density.NewMixture(weights, means, covariances)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
