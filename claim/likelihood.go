package claim

import (
	"context"
	"fmt"

	"flowcert/cert"
)

// Likelihood scores the test rows under the model, and beside it under the
// comparators and the truth, so that all comparisons pair by row.
func Likelihood() Claim {
	return Claim{
		Name: "likelihood",
		Lines: []string{"answers.density", "fit.log_likelihood", "fit.gain", "fit.skill",
			"fit.excess", "fit.excess_per_dimension"},
		Assess: likelihood,
	}
}

func likelihood(_ context.Context, e *Examination, b *cert.Builder) error {
	test := e.Split.Test
	scores, err := e.Model.LogDensity(test, e.float64s())
	if err != nil {
		return err
	}
	b.Record("test.log_density", scores.LogDensity)
	gaussian, err := e.Gaussian.LogDensity(test, e.float64s())
	if err != nil {
		return fmt.Errorf("gaussian: %w", err)
	}
	b.Record("test.gaussian_log_density", gaussian.LogDensity)
	if e.Truth != nil {
		b.Record("test.true_log_density", e.Truth.LogDensity(test))
		return nil
	}
	skipAll(b, []string{"fit.excess", "fit.excess_per_dimension"}, "the true density is not known")
	reference, err := e.Reference.LogDensity(test, e.float64s())
	if err != nil {
		return fmt.Errorf("reference: %w", err)
	}
	b.Record("test.reference_log_density", reference.LogDensity)
	return nil
}
