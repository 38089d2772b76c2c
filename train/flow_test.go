package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/random"
	"flowcert/nn"
)

// build returns a small flow that uses both kinds of coupling.
func build(dim int, seed uint64) flow.Distribution {
	var layers []flow.Bijector
	for i, e := range []flow.Elementwise{flow.Affine{Bound: 3}, flow.RationalQuadratic{Bins: 4, Bound: 4}, flow.Affine{Bound: 3}} {
		in, out := flow.CouplingWidths(dim, i%2 == 1, e)
		layers = append(layers, flow.NewCoupling(dim, i%2 == 1, e, nn.Architecture{Hidden: []int{16, 16}}.Conditioner(fmt.Sprint("net.", i), seed, in, out)))
	}
	return flow.Distribution{Base: flow.Normal{}, Bijector: flow.NewChain(layers...)}
}

// banana draws x1 normal and x2 normal around x1^2 with deviation 1/2, whose
// entropy is that of the two normals.
func banana(rows int, seed uint64) *mat.Dense {
	x := mat.NewDense(rows, 2, nil)
	for i := range rows {
		r := random.New(seed, "banana", 0, uint64(i))
		a, b := r.NormFloat64(), r.NormFloat64()
		x.SetRow(i, []float64{a, a*a + b/2})
	}
	return x
}

var bananaEntropy = 1 + math.Log(2*math.Pi) - math.Ln2

// fit fits the small flow to 2,000 rows.
func fit(t *testing.T, s Schedule, o density.FitOptions) (density.Model, density.Report) {
	t.Helper()
	m, report, err := Flow{build(2, o.Seed), s}.Fit(context.Background(), banana(2000, 1), banana(500, 2), o)
	if err != nil {
		t.Fatal(err)
	}
	return m, report
}

func mean(x []float64) (sum float64) {
	for _, v := range x {
		sum += v / float64(len(x))
	}
	return sum
}

func TestFitComesNearTheEntropy(t *testing.T) {
	m, report := fit(t, Schedule{Steps: 800, Batch: 128, Rate: 5e-3, Patience: 100}, density.FitOptions{Seed: 1})
	test := banana(4000, 3)
	s, err := m.LogDensity(test, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The unfitted flow, a standard normal, is 1.5 nats above the entropy and the best
	// Gaussian 0.8; the mean of 4,000 rows has a standard error of 0.016.
	if excess := -mean(s.LogDensity) - bananaEntropy; !(excess < 0.12) || !(excess > -0.06) {
		t.Errorf("excess %.3f nats after %d steps (best %d)", excess, report.Steps, report.BestStep)
	}
	if report.BestStep == 0 || len(report.History) == 0 {
		t.Errorf("report %+v", report)
	}
}

func TestEarlyStoppingKeepsTheBest(t *testing.T) {
	// Forty rows are overfitted after a while.
	f := Flow{build(2, 1), Schedule{Steps: 2000, Batch: 40, Rate: 1e-2, Patience: 100}}
	validation := banana(500, 2)
	m, report, err := f.Fit(context.Background(), banana(40, 1), validation, density.FitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if report.Stopped != "no improvement" || report.Steps >= 2000 || report.Steps-report.BestStep < 100 { // an epoch is one step
		t.Errorf("stopped by %q after %d steps, best %d", report.Stopped, report.Steps, report.BestStep)
	}
	if report.BestStep == 0 {
		t.Error("vacuous: the starting weights are the best")
	}
	best := math.Inf(-1)
	for _, p := range report.History {
		best = max(best, p.Validation)
	}
	s, err := m.LogDensity(validation, density.Options{Precision: density.Float32})
	if err != nil {
		t.Fatal(err)
	}
	if got := mean(s.LogDensity); math.Abs(got-best) > 1e-9 {
		t.Errorf("kept weights score %v, best was %v", got, best)
	}
}

func TestCancelledFitReturnsTheContextsError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	f := Flow{build(2, 1), Schedule{Steps: 1 << 30, Batch: 64, Rate: 1e-3, Patience: 1 << 30}}
	o := density.FitOptions{Progress: func(density.Progress) { cancel() }}
	if _, _, err := f.Fit(ctx, banana(200, 1), banana(50, 2), o); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
