package train

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"testing"

	"flowcert/ad"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/target"
)

var long = flag.Bool("long", false, "fit flows of three families to a target until it is met")

// reverse returns a short fit of a small RealNVP to U1.
func reverse(s Schedule) Reverse {
	return Reverse{Distribution: standard(couplings(4, 2, 16, flow.Affine{Bound: 3})), Target: target.U1(), Schedule: s, Draws: 1024}
}

func TestReverseComesNearLogZ(t *testing.T) {
	logZ := target.U1().Info().LogZ
	r := reverse(Schedule{Steps: 400, Batch: 256, Rate: 1e-2, Patience: 1000})
	before, err := LogWeights(r.Distribution, r.Target, 20_000, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	start, _ := LowerBound(before)
	_, report, err := r.Fit(context.Background(), density.FitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	after, err := LogWeights(r.Distribution, r.Target, 20_000, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	bound, standardError := LowerBound(after)
	t.Logf("from %.3f to %.4f +- %.4f; effective sample size %.3f", start, bound, standardError, EffectiveSampleSize(after))
	// One mode alone gives log Z - log 2, the best normal density less.
	if !(start < logZ-1) || !(bound > logZ-0.5) {
		t.Errorf("the lower bound rose from %v to %v; log Z is %v", start, bound, logZ)
	}
	if bound > logZ+5*standardError {
		t.Errorf("the lower bound %v +- %v is above log Z, %v", bound, standardError, logZ)
	}
	best := math.Inf(-1)
	for _, p := range report.History {
		best = max(best, p.Validation)
	}
	// 1,024 draws against 20,000 others.
	if math.Abs(best-bound) > 0.2 || report.BestStep == 0 {
		t.Errorf("validated at %v (step %d), measured %v", best, report.BestStep, bound)
	}
	if z, e := LogNormaliser(after); math.Abs(z-logZ) > 5*e+0.01 {
		t.Errorf("importance sampling gives log Z as %v +- %v, it is %v", z, e, logZ)
	}
}

// TestReverseIsTheSame for any number of workers and with interruptions.
func TestReverseIsTheSame(t *testing.T) {
	for _, c := range optimisers {
		t.Run(name(c.optimiser), func(t *testing.T) {
			s := Schedule{Steps: 47, Batch: 100, Rate: c.rate, Patience: 1000, Optimiser: c.optimiser, Clip: 10, Average: 0.5}
			fit := func(ctx context.Context, o density.FitOptions) (density.Model, density.Report, error) {
				r := reverse(s)
				r.Anneal, r.Draws = 30, 200
				return r.Fit(ctx, o)
			}
			testInterrupted(t, fit)
			var first []byte
			for _, workers := range []int{1, 2, 7} {
				m, _, err := fit(context.Background(), density.FitOptions{Seed: 3, Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				if got := bytesOf(t, m); first == nil {
					first = got
				} else if !bytes.Equal(first, got) {
					t.Errorf("%d workers give other weights than 1", workers)
				}
			}
		})
	}
}

func TestAnnealingRaisesTheTargetsPower(t *testing.T) {
	r := reverse(Schedule{Batch: 10})
	r.Anneal = 100
	tr := r.training(density.FitOptions{})
	defer tr.engine.close()
	part := newTile(10, []int{2, 1})
	for step, want := range map[int]float64{1: 0.01, 51: 0.505, 101: 1, 1000: 1} {
		tr.batches.next(step)
		tr.batches.load(&part, 0, 10)
		if got := part.columns[1][9]; math.Abs(got-want) > 1e-12 {
			t.Errorf("power %v at step %d, want %v", got, step, want)
		}
		tr.validation.load(&part, 0, 10)
		if part.columns[1][9] != 1 {
			t.Errorf("power %v in validation", part.columns[1][9])
		}
	}
}

// TestAnnealingIsNotStopped by a patience of one step, although the target is met at the
// start and the annealed one leads away from it.
func TestAnnealingIsNotStopped(t *testing.T) {
	r := Reverse{
		Distribution: standard(couplings(1, 1, 4, flow.Affine{Bound: 3})), Target: narrow{},
		Schedule: Schedule{Steps: 100, Batch: 10, Rate: 1e-3, Patience: 1}, Draws: 10, Anneal: 20,
	}
	_, report, err := r.Fit(context.Background(), density.FitOptions{Seed: 1})
	if err != nil || report.Stopped != "no improvement" || report.Steps <= 20 {
		t.Errorf("stopped by %q after %d steps, best %d (%v)", report.Stopped, report.Steps, report.BestStep, err)
	}
}

func TestReverseDivergenceIsReported(t *testing.T) {
	r := reverse(Schedule{Steps: 100, Batch: 64, Rate: 1e30, Patience: 1000})
	_, report, err := r.Fit(context.Background(), density.FitOptions{Seed: 1})
	if err != nil || report.Stopped != "diverged" {
		t.Fatalf("stopped by %q (%v)", report.Stopped, err)
	}
	if _, err := LogWeights(r.Distribution, r.Target, 100, 1, 1); err != nil {
		t.Error(err)
	}
}

func TestLogWeightsAreTheSameForAnyNumberOfWorkers(t *testing.T) {
	r := reverse(Schedule{})
	want, err := LogWeights(r.Distribution, r.Target, 1001, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := LogWeights(r.Distribution, r.Target, 1001, 1, 7)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("other weights (%v)", err)
	}
}

// TestStatisticsOfWeights in closed form: a normal density as the target of a wider one.
func TestStatisticsOfWeights(t *testing.T) {
	// log w = 1 + log 2 + z^2/2 - (2z)^2/2 for x = 2z, so E w = e and E w^2 = 4 e^2/root 7.
	d := standard(couplings(1, 1, 4, flow.Affine{Bound: 3}))
	params := d.Params()
	s := math.Ln2
	params[len(params)-1].Data[1] = float32(-s / (1 - s/3)) // the log-scale, before its soft clip
	l, err := LogWeights(d, narrow{}, 200_000, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	bound, e := LowerBound(l)
	if want := 1 + math.Ln2 - 1.5; math.Abs(bound-want) > 5*e || math.Abs(e-1.5*math.Sqrt(2.0/200_000)) > 1e-4 {
		t.Errorf("lower bound %v +- %v, want %v", bound, e, want)
	}
	if z, e := LogNormaliser(l); math.Abs(z-1) > 5*e || math.Abs(e-math.Sqrt((4/math.Sqrt(7)-1)/200_000)) > 1e-4 {
		t.Errorf("log Z %v +- %v, want 1", z, e)
	}
	if got, want := EffectiveSampleSize(l), math.Sqrt(7)/4; math.Abs(got-want) > 0.01 {
		t.Errorf("effective sample size %v, want %v", got, want)
	}
	if got := EffectiveSampleSize([]float64{1000, 1000}); got != 1 {
		t.Errorf("equal weights count as %v", got)
	}
	if got := EffectiveSampleSize([]float64{1000, -1000, math.Inf(-1)}); got != 1.0/3 {
		t.Errorf("one weight of three counts as %v", got)
	}
}

// narrow is e times the standard normal density.
type narrow struct{}

func (narrow) Name() string { return "narrow" }
func (narrow) Dim() int     { return 1 }
func (narrow) LogDensity(t *ad.Tape, x ad.Value) ad.Value {
	return t.Linear(t.NormalLogDensity(x), 1, 1)
}

// learnt is a base with a parameter.
type learnt struct{ flow.Normal }

func (learnt) Params() []*ad.Param { return []*ad.Param{ad.NewParam("base", 1, 1)} }

func TestReverseRefuses(t *testing.T) {
	two := standard(couplings(2, 2, 4, flow.Affine{Bound: 3}))
	given := two
	given.Condition = 1
	base := two
	base.Base = learnt{}
	for name, r := range map[string]Reverse{
		"a flow of other columns":   {Distribution: two, Target: narrow{}},
		"a conditional flow":        {Distribution: given, Target: target.U1()},
		"a base with parameters":    {Distribution: base, Target: target.U1()},
		"a flow of too few columns": {Distribution: standard(couplings(1, 1, 4, flow.Affine{Bound: 3})), Target: target.U1()},
	} {
		r.Schedule = Schedule{Steps: 1, Batch: 1, Rate: 1e-3}
		if _, _, err := r.Fit(context.Background(), density.FitOptions{}); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := LogWeights(r.Distribution, r.Target, 10, 1, 1); err == nil {
			t.Errorf("%s: importance weights without an error", name)
		}
	}
}

// near is how near a flow is to come to a target: by how much its lower bound may fall
// short of log Z, and its least effective sample size. The bound sees lost modes, which
// the sample size cannot.
type near struct{ gap, size float64 }

// wanted is what a certificate wants of U1, whose log Z is 1.8775: a bound of 1.83.
var wanted = near{0.0475, 0.8}

// met says whether a flow is near to a target, by 100,000 samples.
func met(t *testing.T, d flow.Distribution, to target.Target, n near) bool {
	t.Helper()
	l, err := LogWeights(d, to, 100_000, 7, 0)
	if err != nil {
		t.Fatal(err)
	}
	bound, e := LowerBound(l)
	size := EffectiveSampleSize(l)
	z, ze := LogNormaliser(l)
	logZ := to.Info().LogZ
	t.Logf("lower bound %.4f +- %.4f, effective sample size %.1f%%, log Z %.4f by %.4f +- %.4f", bound, e, 100*size, logZ, z, ze)
	if bound > logZ+5*e {
		t.Errorf("the lower bound %v +- %v is above log Z, %v", bound, e, logZ)
	}
	return bound >= logZ-n.gap && size >= n.size
}

// TestFlowsMeetTheTarget takes minutes.
func TestFlowsMeetTheTarget(t *testing.T) {
	if !*long {
		t.Skip("without -long")
	}
	for _, c := range []struct {
		name     string
		bijector flow.Bijector
		steps    int
	}{
		{"realnvp", couplings(8, 2, 64, flow.Affine{Bound: 3}), 6000},
		{"spline coupling", couplings(4, 2, 64, flow.RationalQuadratic{Bins: 8, Bound: 5}), 4000},
		{"maf inverted", flow.Invert(autoregressive(8, 2, 64, flow.Affine{Bound: 3})), 6000},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := standard(c.bijector)
			if met(t, d, target.U1(), wanted) {
				t.Error("vacuous: the untrained flow meets the target")
			}
			reach(t, d, target.U1(), c.steps, c.steps/4)
			if !met(t, d, target.U1(), wanted) {
				t.Error("the trained flow misses the target")
			}
		})
	}
	// A flow that starts within one mode stays there.
	t.Run("one mode", func(t *testing.T) {
		start := flow.NewMarginal("start", 2, flow.Affine{Bound: 3})
		copy(start.Params()[0].Data, []float32{-6, 2, 0, 1.5}) // x1 around 2
		d := standard(flow.NewChain(start, couplings(8, 2, 64, flow.Affine{Bound: 3})))
		reach(t, d, target.U1(), 2000, 0)
		if met(t, d, target.U1(), wanted) {
			t.Error("a flow without the other mode passes for one that has met the target")
		}
	})
}

func reach(t *testing.T, d flow.Distribution, to target.Target, steps, anneal int) {
	t.Helper()
	r := Reverse{Distribution: d, Target: to, Anneal: anneal, Schedule: Schedule{Steps: steps, Batch: 256, Rate: 3e-3, Patience: 1 << 20}}
	_, report, err := r.Fit(context.Background(), density.FitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d steps, best %d", report.Steps, report.BestStep)
}

// TestOneFlowMeetsTheOtherTargets: U2 to U4 on the box that makes them proper as U1, and
// those of normflows as near as this flow comes with a margin. Of many narrow modes it
// leaves bridges; the sinusoidal ones, four periods of a narrow band, it follows to half
// a nat, and its samples do not stand for theirs. It takes minutes.
func TestOneFlowMeetsTheOtherTargets(t *testing.T) {
	if !*long {
		t.Skip("without -long")
	}
	for _, c := range []struct {
		target target.Target
		spread float64 // about that of the target
		near   near
	}{
		{target.U2(), 2, wanted},
		{target.U3(), 2, wanted},
		{target.U4(), 2, wanted},
		{target.TwoMoons(), 1.5, near{0.16, 0.8}}, // a lost mode is 0.69
		{target.CircularGaussians(), 1.5, near{0.08, 0.8}},
		{target.Rings(), 1.5, near{0.15, 0.65}},
		{target.Smiley(), 1.5, wanted},
		{target.Sinusoid(), 4, near{0.5, 0}},
		{target.SinusoidGap(), 4, near{0.5, 0}},
		{target.SinusoidSplit(), 4, near{0.5, 0}},
	} {
		t.Run(c.target.Name(), func(t *testing.T) {
			start := flow.NewMarginal("start", 2, flow.Affine{Bound: 3})
			scale := -math.Log(c.spread)
			raw := float32(scale / (1 + scale/3)) // before its soft clip
			copy(start.Params()[0].Data, []float32{0, raw, 0, raw})
			d := standard(flow.NewChain(start, couplings(6, 2, 64, flow.RationalQuadratic{Bins: 16, Bound: 4})))
			if met(t, d, c.target, c.near) {
				t.Error("vacuous: the untrained flow meets the target")
			}
			reach(t, d, c.target, 6000, 3000)
			if !met(t, d, c.target, c.near) {
				t.Error("the trained flow misses the target")
			}
		})
	}
}
