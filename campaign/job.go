package campaign

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"gonum.org/v1/gonum/mat"

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
	// GridIntensity is the carbon dioxide of the electricity in g/kWh, 0 if not known.
	GridIntensity float64
	// Thorough asks certificates for what takes minutes: further trainings, and tighter
	// proofs.
	Thorough bool
	// Key, if not nil, signs the certificates.
	Key ed25519.PrivateKey
	// Labels are written beside the certificates.
	Labels Labels
	// WindowSeconds is how long each cost of an answer is measured at least; 0 means
	// measure.MinSeconds, and less gives no energy that was counted.
	WindowSeconds float64

	// meter, if not nil, is shared by all that is measured, with what it has read of the
	// idle machine.
	meter *probe.Meter
}

func (o Options) measuring() *probe.Meter {
	if o.meter != nil {
		return o.meter
	}
	m := probe.NewMeter(probe.SystemRoots())
	if o.WindowSeconds > 0 {
		m.WindowSeconds = o.WindowSeconds
	}
	return m
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
	ModelSHA256 string `json:"model_sha256"`
	Workers     int    `json:"workers"`
	// ResumedAt is the step at which the fit went on after an interruption; 0 if there
	// was none. Window is of what came after it.
	ResumedAt   int               `json:"resumed_at,omitempty"`
	Report      density.Report    `json:"report"`
	Window      probe.Window      `json:"window"`
	Environment probe.Environment `json:"environment"`
	// Reached is how near a flow has come to a target.
	Reached *Reached `json:"reached,omitempty"`
}

// Fit fits the job's model and stores it in the folder dir, with what it cost in
// training.json, in place of an older model and its certificate. If ctx is cancelled
// the fit is kept in dir as CheckpointFile, and the same job goes on from there to the
// same model, where the kind of model can; a job that differs is refused. Nothing else
// is written before the fit has ended. A folder that cannot be written is a
// *usage.Error, before any work.
func (j Job) Fit(ctx context.Context, dir string, o Options) error {
	if err := Writable(dir); err != nil {
		return err
	}
	if j.Entry.Text == "" && len(j.Given) > 0 {
		return usage.Errorf("model %q takes no condition: fit a flow, or leave out --given", j.Entry.Name)
	}
	split, err := j.Set.Split(j.Seed)
	if err != nil {
		return err
	}
	if j.Entry.Text == "" && split.TrainWeights != nil {
		return usage.Errorf("model %q takes no weights of rows: fit a flow, or leave out --weights", j.Entry.Name)
	}
	d := model.Description{Columns: j.Set.Info().Columns, Condition: j.Given, Seed: j.Seed, Data: j.described(split)}
	if err := d.Describe(j.Entry, j.Settings); err != nil {
		return err
	}
	points, condition := d.Partition()
	fitter := j.Entry.Fitter(j.Settings)
	stage := fmt.Sprintf("fitting %s to %s", j.Entry.Name, j.Name)
	fitted, training, err := measured(ctx, dir, stage, d, o, func(f density.FitOptions) (density.Model, density.Report, error) {
		f.TrainCondition, f.ValidationCondition = data.Columns(split.Train, condition), data.Columns(split.Validation, condition)
		f.TrainWeights, f.ValidationWeights = split.TrainWeights, split.ValidationWeights
		return fitter.Fit(ctx, data.Columns(split.Train, points), data.Columns(split.Validation, points), f)
	})
	if err != nil {
		return err
	}
	return store(dir, d, fitted, training)
}

// described names the job's data, with the digests of its split.
func (j Job) described(split data.Split) model.Data {
	return model.Data{
		Name:             j.Set.Info().Name,
		Drop:             j.Drop,
		Weights:          j.Set.Info().Weights,
		SplitSeed:        j.Seed,
		TrainSHA256:      data.Digest(weighted(split.Train, split.TrainWeights)),
		ValidationSHA256: data.Digest(weighted(split.Validation, split.ValidationWeights)),
		TestSHA256:       data.Digest(split.Test),
	}
}

// weighted returns rows with their weights, if there are any, in a last column.
func weighted(x *mat.Dense, weights []float64) *mat.Dense {
	if weights == nil {
		return x
	}
	var all mat.Dense
	all.Augment(x, mat.NewDense(len(weights), 1, weights))
	return &all
}
