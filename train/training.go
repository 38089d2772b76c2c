package train

import (
	"context"
	"errors"
	"fmt"
	"math"

	"flowcert/density"
)

// training raises the mean of a program's output over batches, and keeps the weights
// with the best mean over the validation rows.
type training struct {
	engine     *engine
	batches    stepper
	validation source
	// observe shows data to layers that want to see it, whose parameters it sets; nil
	// if there are none.
	observe func(first bool)
	// score names what is validated, and task identifies all that decides the outcome.
	score   string
	task    func() string
	options density.FitOptions
	// every, patience and plateau are numbers of steps.
	every, patience, plateau int
	progress
}

// stepper is a source with rows of its own for every step.
type stepper interface {
	source
	// next turns to the rows of a step, counted from 1.
	next(step int)
}

// progress is how far a training has come, beside the engine's arrays.
type progress struct {
	step, bestStep int
	best           float64
	sum            float64 // of the batches' means since the last validation
	reductions     int     // of the rate
	reducedAt      int     // the step of the last
	history        []density.Progress
}

// run takes all steps, or goes on from a checkpoint.
func (t *training) run(ctx context.Context) (density.Report, error) {
	if err := t.start(); err != nil {
		return density.Report{}, err
	}
	stopped, steps := "budget", t.engine.schedule.Steps
	for t.step < steps {
		if err := ctx.Err(); err != nil {
			return density.Report{}, errors.Join(err, t.checkpoint(true))
		}
		t.step++
		t.batches.next(t.step)
		t.sum += t.engine.step(t.step, t.batches, t.engine.schedule.rate(t.step, t.reductions))
		if t.step%t.every != 0 && t.step != steps {
			continue
		}
		if reason := t.validate(); reason != "" {
			stopped = reason
			break
		}
		if err := t.checkpoint(false); err != nil {
			return density.Report{}, err
		}
	}
	t.engine.restore()
	return density.Report{
		Steps: t.step, BestStep: t.bestStep, Stopped: stopped,
		History: t.history, Footprint: t.engine.footprint(),
	}, nil
}

// start scores the starting weights, or takes up a checkpoint.
func (t *training) start() error {
	if t.options.Resume != nil {
		c, err := DecodeCheckpoint(t.options.Resume)
		if err == nil {
			err = t.resume(c)
		}
		if err != nil {
			return fmt.Errorf("resume: %w", err)
		}
		return nil
	}
	if t.observe != nil {
		t.observe(true)
		t.engine.learner.program.Update()
	}
	t.best = t.engine.score(t.validation)
	if !finite(t.best) {
		return fmt.Errorf("fit: %s is %v under the starting weights", t.score, t.best)
	}
	t.engine.keep()
	t.engine.startAverage()
	return nil
}

// validate scores the weights, or their average, and keeps them if they are the best.
// It returns why the training is to end, or "".
func (t *training) validate() (reason string) {
	t.engine.exchange()
	if t.observe != nil {
		t.observe(false)
	}
	defer t.proceed()
	taken := (t.step-1)%t.every + 1
	p := density.Progress{
		Step: t.step, Steps: t.engine.schedule.Steps,
		Train: t.sum / float64(taken), Validation: t.engine.score(t.validation),
	}
	t.sum = 0
	if !finite(p.Train) || !finite(p.Validation) {
		return "diverged"
	}
	t.history = append(t.history, p)
	if t.options.Progress != nil {
		t.options.Progress(p)
	}
	if p.Validation > t.best {
		t.best, t.bestStep = p.Validation, t.step
		t.engine.keep()
	}
	if t.step-max(t.bestStep, t.reducedAt) >= t.plateau {
		t.reductions, t.reducedAt = t.reductions+1, t.step
	}
	switch {
	case t.step-t.bestStep >= t.patience:
		return "no improvement"
	case t.options.Spent != nil && t.options.Spent():
		return "budget"
	}
	return ""
}

// proceed puts the weights back after a validation.
func (t *training) proceed() {
	t.engine.exchange()
	if t.observe != nil {
		t.engine.learner.program.Update()
	}
}

// checkpoint offers the state to who asked for it.
func (t *training) checkpoint(final bool) error {
	if t.options.Checkpoint == nil {
		return nil
	}
	if err := t.options.Checkpoint(func() ([]byte, error) { return t.state().Encode() }, final); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
