package train

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"

	"flowcert/ad"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/random"
	"flowcert/internal/usage"
)

// Target is a density that is known up to a factor.
type Target interface {
	// Name returns what a user types.
	Name() string
	// Dim returns the number of columns of a point.
	Dim() int
	// LogDensity records the logarithm of the unnormalised density at each row of x,
	// one column in nats.
	LogDensity(t *ad.Tape, x ad.Value) ad.Value
}

// Reverse fits a flow to a target without rows, by the reverse Kullback-Leibler
// divergence (Rezende and Mohamed, Variational Inference with Normalizing Flows, 2015,
// equation 15): with x = f^-1(z) for draws z of the base it raises the evidence lower
// bound E[log target(x) - log q(x)], which is at most log Z, the logarithm of the
// target's integral, with equality where the flow is the target. The gradient goes
// through the sampling, so the flow needs an inverse that can be differentiated; layers
// that observe data see none. The divergence tolerates missing modes: to lose one of
// two equal ones costs log 2.
type Reverse struct {
	// Distribution is the flow with its starting weights, which Fit changes. Its base
	// may have no parameters of its own and the flow no condition.
	Distribution flow.Distribution
	Target       Target
	// Schedule is in draws of the base where Flow's is in rows; an epoch is as many as
	// are drawn for validation.
	Schedule Schedule
	// Draws is the number of draws of the base for validation, the same ones each time;
	// 0 means 4096.
	Draws int
	// Anneal is the number of steps in which the power of the target rises from 0.01
	// to 1, as in equation 20 of Rezende and Mohamed; 0 leaves it at 1. Modes that the
	// flow does not reach at the start are found more easily. The schedule's patience
	// begins afterwards.
	Anneal int
}

// Fit takes the steps. Report's figures are evidence lower bounds, those of training
// with the annealed target; the report and the bytes of the weights are the same for
// any number of workers. A flow that cannot be fitted to the target is a *usage.Error.
func (r Reverse) Fit(ctx context.Context, o density.FitOptions) (*density.Flow, density.Report, error) {
	if err := r.check(); err != nil {
		return nil, density.Report{}, usage.Errorf("fit to target %q: %w: choose another flow", r.Target.Name(), err)
	}
	t := r.training(o)
	defer t.engine.close()
	report, err := t.run(ctx)
	if err != nil {
		return nil, density.Report{}, err
	}
	return density.NewFlow(r.Distribution), report, nil
}

// check returns what does not fit together.
func (r Reverse) check() error {
	points, condition := r.Distribution.Columns()
	switch {
	case points != r.Target.Dim():
		return fmt.Errorf("it has %d columns, the flow %d", r.Target.Dim(), points)
	case condition > 0:
		return errors.New("the flow takes a condition")
	case len(r.Distribution.Base.Params()) > 0:
		return errors.New("the flow's base has parameters of its own, through which samples are not differentiated")
	}
	if _, estimated := r.Distribution.Base.(flow.Estimated); estimated {
		return errors.New("the flow's base only estimates its density")
	}
	return nil
}

func (r Reverse) training(o density.FitOptions) *training {
	n := r.Draws
	if n == 0 {
		n = 4096
	}
	s := r.Schedule
	e := newEngine(func(training bool) recording { return logWeight(r.Distribution, r.Target, training) }, s, o.Seed, o.Workers)
	sample := r.Distribution.Base.Sampler()
	batch := draws{sample: sample, seed: o.Seed, purpose: "reverse", rows: s.Batch, anneal: r.Anneal, power: 1}
	validation := draws{sample: sample, seed: o.Seed, purpose: "reverse validation", rows: n, power: 1}
	return &training{
		engine: e, batches: &batch, validation: &validation,
		score: "the evidence lower bound",
		task: func() string {
			h := sha256.New()
			e.describe(h, o.Seed)
			fmt.Fprintf(h, "reverse %q %d %d\n", r.Target.Name(), n, r.Anneal)
			return fmt.Sprintf("%x", h.Sum(nil))
		},
		options: o,
		every:   s.every(n), patience: r.Anneal + s.patience(n), plateau: r.Anneal + s.plateau(n),
	}
}

// logWeight records log target(x)^power - log q(x) for x = f^-1(z), z and the power
// being the inputs: with a power of 1, the logarithm of x's importance weight.
func logWeight(d flow.Distribution, target Target, training bool) recording {
	r := recording{tape: ad.NewTape()}
	pass := flow.Pass{Tape: r.tape, Training: training}
	points, _ := d.Columns()
	z, power := r.input(points), r.input(1)
	x, logDet := d.Bijector.Inverse(pass, z)
	logQ := r.tape.Sub(d.Base.LogDensity(pass, z), flow.LogDet(pass, logDet))
	r.score = r.tape.Sub(r.tape.Mul(target.LogDensity(r.tape, x), power), logQ)
	return r
}

// draws are draws of a base, each from its own key.
type draws struct {
	sample  func(z []float64, r *rand.Rand)
	seed    uint64
	purpose string
	step    int
	rows    int
	anneal  int
	power   float64 // of the target
}

// next turns to the draws of a step.
func (d *draws) next(step int) {
	d.step, d.power = step, 1
	if d.anneal > 0 {
		d.power = min(1, 0.01+0.99*float64(step-1)/float64(d.anneal))
	}
}

func (d *draws) size() int { return d.rows }

func (d *draws) load(t *tile, from, n int) {
	dim := len(t.columns[0]) / len(t.columns[1])
	for i := range n {
		d.sample(t.columns[0][i*dim:(i+1)*dim], random.New(d.seed, d.purpose, uint64(d.step), uint64(from+i)))
		t.columns[1][i] = d.power
		t.weights[i] = 1
	}
}
