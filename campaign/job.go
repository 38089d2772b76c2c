package campaign

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"path/filepath"

	"flowcert/catalog"
	"flowcert/data"
	"flowcert/density"
	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/probe"
	"flowcert/setting"
)

// TrainingFile holds what a fit cost, beside the model.
const TrainingFile = "training.json"

// Job is one model to be fitted to one data set.
type Job struct {
	Entry    model.Entry
	Settings setting.Values
	Set      data.Set
	// Name and Drop are what the user typed for the data and left out of it.
	Name string
	Drop []string
	// Given are the columns that the density of the others is conditional on.
	Given []string
	// Seed is that of the split and of the fit.
	Seed uint64
}

// Options say how to work; none of them changes a model or a figure of quality.
type Options struct {
	// Workers is the number of goroutines; 0 means all processors.
	Workers int
	// Progress, if not nil, is told how many steps of a stage are done; steps is 0
	// where the length of the stage is not known.
	Progress func(stage string, step, steps int)
	// Key, if not nil, signs the certificates.
	Key ed25519.PrivateKey
	// Labels are written beside the certificates.
	Labels Labels
}

func (o Options) progress(stage string, step, steps int) {
	if o.Progress != nil {
		o.Progress(stage, step, steps)
	}
}

// Training is what happened in a fit and what it cost: the content of
// training.json. It differs from one run to the next.
type Training struct {
	// ModelSHA256 is the digest of the model's description.
	ModelSHA256 string            `json:"model_sha256"`
	Workers     int               `json:"workers"`
	Report      density.Report    `json:"report"`
	Window      probe.Window      `json:"window"`
	Environment probe.Environment `json:"environment"`
}

// Fit fits the job's model and stores it in the folder dir, with what it cost in
// training.json, in place of an older model and its certificate. Nothing is
// written before the fit has ended, and nothing if ctx is cancelled. A folder
// that cannot be written is a *usage.Error, before any work.
func (j Job) Fit(ctx context.Context, dir string, o Options) error {
	if err := Writable(dir); err != nil {
		return err
	}
	if j.Entry.Text == "" && len(j.Given) > 0 {
		return usage.Errorf("model %q takes no condition: fit a flow, or leave out --given", j.Entry.Name)
	}
	stage := fmt.Sprintf("fitting %s to %s", j.Entry.Name, j.Name)
	o.progress(stage, 0, 0)
	split, err := j.Set.Split(j.Seed)
	if err != nil {
		return err
	}
	description := model.Description{Columns: j.Set.Info().Columns, Condition: j.Given}
	points, condition := description.Partition()
	fitter := j.Entry.Fitter(j.Settings)
	fitOptions := density.FitOptions{
		Seed:     j.Seed,
		Workers:  o.Workers,
		Progress: func(p density.Progress) { o.progress(stage, p.Step, p.Steps) },

		TrainCondition:      data.Columns(split.Train, condition),
		ValidationCondition: data.Columns(split.Validation, condition),
	}
	var fitted density.Model
	training := Training{Workers: o.Workers}
	roots := probe.SystemRoots()
	training.Window, err = probe.NewMeter(roots).Measure(func() (err error) {
		fitted, training.Report, err = fitter.Fit(ctx, data.Columns(split.Train, points), data.Columns(split.Validation, points), fitOptions)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", stage, err)
	}
	if training.Environment, err = roots.Environment(); err != nil {
		return err
	}
	return j.store(dir, split, fitted, training)
}

// store writes the model and what its fit cost. The model is read again before it
// replaces another.
func (j Job) store(dir string, split data.Split, fitted density.Model, training Training) error {
	return staged(dir, func(staging string) error {
		description := model.Description{Columns: j.Set.Info().Columns, Condition: j.Given, Seed: j.Seed, Data: j.described(split)}
		err := description.Describe(j.Entry, j.Settings)
		if err != nil {
			return err
		}
		if err = model.Save(staging, description, fitted); err != nil {
			return err
		}
		_, description, err = model.Load(staging, catalog.Library())
		if err != nil {
			return err
		}
		training.ModelSHA256 = description.SHA256
		if err := writeJSON(filepath.Join(staging, TrainingFile), training); err != nil {
			return err
		}
		return removeCertificate(dir)
	})
}

// described names the job's data, with the digests of its split.
func (j Job) described(split data.Split) model.Data {
	return model.Data{
		Name:             j.Set.Info().Name,
		Drop:             j.Drop,
		SplitSeed:        j.Seed,
		TrainSHA256:      data.Digest(split.Train),
		ValidationSHA256: data.Digest(split.Validation),
		TestSHA256:       data.Digest(split.Test),
	}
}
