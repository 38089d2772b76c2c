// Package train fits flows: to rows by maximum likelihood, and to unnormalised
// densities by the reverse Kullback-Leibler divergence.
package train

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/random"
)

// Flow fits a normalizing flow by maximum likelihood; see [Likelihood].
type Flow struct {
	// Distribution is the flow with its starting weights, which Fit changes.
	Distribution flow.Distribution
	Schedule     Schedule
}

// Fit trains on the rows of train, which should have about unit scale (see
// density.Standardise).
func (f Flow) Fit(ctx context.Context, train, validation *mat.Dense, o density.FitOptions) (density.Model, density.Report, error) {
	report, err := Likelihood(ctx, f.Distribution, f.Schedule, train, validation, o)
	if err != nil {
		return nil, density.Report{}, err
	}
	return density.NewFlow(f.Distribution), report, nil
}

// Likelihood changes the parameters of d so that the mean log-density of the training
// rows rises, stops early and leaves those with the best mean over the validation rows.
// It trains in float32; the weights are the same bytes for any number of workers, and
// whether or not the training was interrupted and resumed. A training whose mean stops
// being finite ends as "diverged" with its best weights, at worst the starting ones.
func Likelihood(ctx context.Context, d flow.Density, s Schedule, train, validation *mat.Dense, o density.FitOptions) (density.Report, error) {
	t, err := newLikelihood(d, s, train, validation, o)
	if err != nil {
		return density.Report{}, fmt.Errorf("fit: %w", err)
	}
	defer t.engine.close()
	return t.run(ctx)
}

// newLikelihood prepares the training of d on rows.
func newLikelihood(d flow.Density, s Schedule, train, validation *mat.Dense, o density.FitOptions) (*training, error) {
	r, err := newRows(d, "training", train, o.TrainCondition, o.TrainWeights)
	if err != nil {
		return nil, err
	}
	v, err := newRows(d, "validation", validation, o.ValidationCondition, o.ValidationWeights)
	if err != nil {
		return nil, err
	}
	s.Batch = min(s.Batch, r.size())
	e := newEngine(func(training bool) recording { return logDensity(d, training) }, s, o.Seed, o.Workers)
	return &training{
		engine: e, batches: newBatches(r, o.Seed, s.Batch), validation: v,
		observe: observer(d, r, o.Seed),
		score:   "the validation rows' mean log-likelihood",
		task:    func() string { return taskOf(e, o.Seed, r, v) },
		options: o,
		every:   s.every(v.size()), patience: s.patience(r.size()), plateau: s.plateau(r.size()),
	}, nil
}

// logDensity records the log-density that is raised.
func logDensity(d flow.Density, training bool) recording {
	r := recording{tape: ad.NewTape()}
	points, condition := d.Columns()
	pass := flow.Pass{Tape: r.tape, Training: training}
	x := r.input(points)
	if condition > 0 {
		pass.Condition = r.input(condition)
	}
	r.score = d.LogDensity(pass, x)
	return r
}

// observed is how many rows a layer that observes data is shown.
const observed = 4096

// observer returns what shows training rows to d's layers, the same ones each time; nil
// if they do not want any.
func observer(d flow.Density, r rows, seed uint64) func(first bool) {
	o, ok := d.(flow.Observer)
	if f, is := d.(flow.Distribution); is {
		o, ok = f.Bijector.(flow.Observer)
	}
	if !ok {
		return nil
	}
	order := random.New(seed, "observe", 0, 0).Perm(r.size())
	points, condition := d.Columns()
	x := mat.NewDense(min(observed, len(order)), points+condition, nil)
	for i := range x.RawMatrix().Rows {
		to := x.RawRowView(i)
		copy(to, r.x.RawRowView(order[i]))
		if condition > 0 {
			copy(to[points:], r.condition.RawRowView(order[i]))
		}
	}
	return func(first bool) { o.Observe(x, first) }
}
