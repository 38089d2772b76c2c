package campaign

import (
	"context"
	"fmt"
	"path/filepath"

	"flowcert/catalog"
	"flowcert/density"
	"flowcert/model"
	"flowcert/probe"
)

// measured runs a fit of the described model and measures what it costs. An interruption
// leaves a checkpoint in the folder dir, from which the same fit goes on.
func measured(ctx context.Context, dir, stage string, d model.Description, o Options,
	run func(density.FitOptions) (density.Model, density.Report, error)) (density.Model, Training, error) {
	if err := ctx.Err(); err != nil {
		return nil, Training{}, err
	}
	c, err := openCheckpoint(dir, d)
	if err != nil {
		return nil, Training{}, err
	}
	if c.state != nil {
		stage = fmt.Sprintf("%s, resuming at step %d", stage, c.step)
	}
	o.progress(stage, c.step, 0)
	fitOptions := density.FitOptions{
		Seed:       d.Seed,
		Workers:    o.Workers,
		Progress:   func(p density.Progress) { o.progress(stage, p.Step, p.Steps) },
		Checkpoint: c.keep,
		Resume:     c.state,
	}
	training := Training{Workers: o.Workers, ResumedAt: c.step}
	var fitted density.Model
	training.Window, err = o.measuring().MeasureAll(ctx, func() (err error) {
		fitted, training.Report, err = run(fitOptions)
		return err
	})
	if err != nil {
		return nil, Training{}, fmt.Errorf("%s: %w", stage, err)
	}
	training.Environment, err = probe.SystemRoots().Environment()
	return fitted, training, err
}

// store writes the model and what its fit cost, and takes the fit's checkpoint away. The
// model is read again before it replaces another.
func store(dir string, d model.Description, fitted density.Model, training Training) error {
	err := staged(dir, func(staging string) error {
		if err := model.Save(staging, d, fitted); err != nil {
			return err
		}
		_, d, err := model.Load(staging, catalog.Library())
		if err != nil {
			return err
		}
		training.ModelSHA256 = d.SHA256
		if err := writeJSON(filepath.Join(staging, TrainingFile), training); err != nil {
			return err
		}
		return removeCertificate(dir)
	})
	if err != nil {
		return err
	}
	return removeCheckpoint(dir)
}
