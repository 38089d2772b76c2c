package claim

import (
	"context"

	"flowcert/cert"
)

// gapRows is the most training rows that are scored.
const gapRows = 10_000

// Generalisation scores training rows, which the model may know better than others.
func Generalisation() Claim {
	return Claim{Name: "generalisation", Lines: []string{"fit.bits_per_dimension", "fit.lowest_decile", "fit.train_test_gap"}, Assess: generalisation}
}

func generalisation(_ context.Context, e *Examination, b *cert.Builder) error {
	scores, err := e.Model.LogDensity(first(e.Split.Train, gapRows), e.float64s())
	if err != nil {
		return err
	}
	b.Record("train.log_density", scores.LogDensity)
	return nil
}
