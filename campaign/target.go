package campaign

import (
	"context"
	"fmt"

	"flowcert/density"
	"flowcert/model"
	"flowcert/setting"
	"flowcert/target"
	"flowcert/train"
)

// TargetJob is one flow to be fitted to a target without rows.
type TargetJob struct {
	Entry    model.Entry
	Settings setting.Values
	Target   target.Target
	Seed     uint64
}

// Reached is how near a flow has come to a target, over samples of the flow.
type Reached struct {
	Target  string `json:"target"`
	Samples int    `json:"samples"`
	// LowerBound is the evidence lower bound in nats, at most LogZ but for its error.
	LowerBound    float64 `json:"lower_bound"`
	StandardError float64 `json:"lower_bound_standard_error"`
	// EffectiveSampleSize is a share of the samples.
	EffectiveSampleSize float64 `json:"effective_sample_size"`
	// Estimate is that of LogZ by importance sampling, in nats.
	Estimate              float64 `json:"log_z_estimate"`
	EstimateStandardError float64 `json:"log_z_estimate_standard_error"`
	// LogZ is the logarithm of the target's integral, in nats.
	LogZ float64 `json:"log_z"`
}

// reachedSamples give the lower bound of a good fit to about a thousandth of a nat.
const reachedSamples = 100_000

// Fit fits the job's flow and stores it in the folder dir as Job.Fit does. What it
// returns is in training.json too.
func (j TargetJob) Fit(ctx context.Context, dir string, o Options) (Reached, error) {
	if err := Writable(dir); err != nil {
		return Reached{}, err
	}
	r, err := j.Entry.Reverse(j.Target, j.Settings, j.Seed)
	if err != nil {
		return Reached{}, err
	}
	d := model.Description{Columns: []string{"x1", "x2"}, Seed: j.Seed, Target: j.Target.Name()}
	if err := d.Describe(j.Entry, j.Settings); err != nil {
		return Reached{}, err
	}
	stage := fmt.Sprintf("fitting %s to the target %s", j.Entry.Name, j.Target.Name())
	fitted, training, err := measured(ctx, dir, stage, d, o, func(f density.FitOptions) (density.Model, density.Report, error) {
		return r.Fit(ctx, f)
	})
	if err != nil {
		return Reached{}, err
	}
	reached, err := j.reached(r, o.Workers)
	if err != nil {
		return Reached{}, err
	}
	training.Reached = &reached
	return reached, store(dir, d, fitted, training)
}

// reached weighs samples of the fitted flow.
func (j TargetJob) reached(r train.Reverse, workers int) (Reached, error) {
	weights, err := train.LogWeights(r.Distribution, r.Target, reachedSamples, j.Seed, workers)
	if err != nil {
		return Reached{}, err
	}
	reached := Reached{
		Target: j.Target.Name(), Samples: reachedSamples,
		EffectiveSampleSize: train.EffectiveSampleSize(weights), LogZ: j.Target.Info().LogZ,
	}
	reached.LowerBound, reached.StandardError = train.LowerBound(weights)
	reached.Estimate, reached.EstimateStandardError = train.LogNormaliser(weights)
	return reached, nil
}
