package claim

import (
	"context"
	"math"

	"flowcert/cert"
)

// sampleRows is the number of samples that are drawn to be looked at, and the most rows of
// data that are compared with them in pairs, which takes time with the product.
const sampleRows = 1000

// Samples draws rows and asks the model for their density.
func Samples() Claim {
	return Claim{Name: "samples", Lines: []string{"answers.samples", "fit.regions"}, Assess: samples}
}

func samples(_ context.Context, e *Examination, b *cert.Builder) error {
	x, err := e.samples()
	if err != nil {
		// A model that cannot draw what it promises is refuted.
		b.Record("samples.log_density", []float64{math.NaN()})
		return nil
	}
	scores, err := e.Model.LogDensity(x, e.float64s())
	if err != nil {
		return err
	}
	b.Record("samples.log_density", scores.LogDensity)
	return nil
}
