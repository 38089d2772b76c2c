package claim

import (
	"context"

	"gonum.org/v1/gonum/floats"

	"flowcert/cert"
)

// precisionRows is the most test rows that are scored in both precisions.
const precisionRows = 2000

// Precision compares log-densities in float32 with those in float64.
func Precision() Claim {
	return Claim{Name: "precision", Lines: []string{"numerics.precision_gap"}, Assess: precision}
}

func precision(_ context.Context, e *Examination, b *cert.Builder) error {
	x := first(e.Split.Test, precisionRows)
	short, err := e.Model.LogDensity(x, e.float32s())
	if err != nil {
		return err
	}
	long, err := e.Model.LogDensity(x, e.float64s())
	if err != nil {
		return err
	}
	floats.Sub(short.LogDensity, long.LogDensity)
	b.Record("precision.gap", short.LogDensity)
	return nil
}
