package claim

import (
	"context"

	"flowcert/cert"
)

// Divergence asks the truth for the density of the model's samples.
func Divergence() Claim {
	return Claim{Name: "divergence", Lines: []string{"fit.reverse_excess", "fit.effective_samples"}, Assess: divergence}
}

func divergence(_ context.Context, e *Examination, b *cert.Builder) error {
	if e.Truth == nil {
		skipAll(b, Divergence().Lines, "the true density is not known")
		return nil
	}
	x, err := e.samples()
	if err != nil {
		b.Skip("fit.reverse_excess", "the model cannot be sampled: "+err.Error())
		return nil
	}
	b.Record("samples.true_log_density", e.Truth.LogDensity(x))
	return nil
}
