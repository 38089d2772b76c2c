package claim

import (
	"context"
	"fmt"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/measure"
)

// Seeds trains the model again with other seeds on the same rows, if the examination is
// thorough, and keeps what training adds to the error apart from what the test rows do.
func Seeds() Claim {
	return Claim{Name: "seeds", Lines: []string{"fit.training_error", "fit.combined_error"}, Assess: seeds}
}

func seeds(ctx context.Context, e *Examination, b *cert.Builder) error {
	if !e.Thorough {
		skipAll(b, Seeds().Lines, "it takes further trainings, which --thorough asks for")
		return nil
	}
	var all []float64
	for i := range measure.MinSeeds - 1 { // and the one that is examined
		fitter := e.Entry.Fitter(e.Settings)
		m, _, err := fitter.Fit(ctx, e.Split.Train, e.Split.Validation, density.FitOptions{
			Seed: e.Description.Seed + uint64(i) + 1, Workers: e.Workers,
			TrainWeights: e.Split.TrainWeights, ValidationWeights: e.Split.ValidationWeights,
		})
		if err != nil {
			return fmt.Errorf("training %d: %w", i+1, err)
		}
		scores, err := m.LogDensity(e.Split.Test, e.float64s())
		if err != nil {
			return err
		}
		all = append(all, scores.LogDensity...)
	}
	b.Record("seeds.log_density", all)
	return nil
}
