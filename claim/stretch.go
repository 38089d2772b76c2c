package claim

import (
	"context"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/internal/numeric"
)

const (
	// stretchStep is the step of the differences, in deviations: their error of a smooth
	// map is its square, and rounding is 1e-10 of the codes.
	stretchStep = 1e-6
	// stretchDimensions is the most columns of a Jacobian; one of D columns takes 2D
	// codes.
	stretchDimensions = 100
)

// Stretch computes by how much the map stretches most and least, at test rows and at
// samples.
func Stretch() Claim {
	return Claim{Name: "stretch", Lines: []string{"guarantees.stretch.checked"}, Assess: stretch}
}

func stretch(_ context.Context, e *Examination, b *cert.Builder) error {
	const line = "guarantees.stretch.checked"
	encoder, ok := e.encoder()
	if !ok {
		b.Skip(line, "the model has no latent code")
		return nil
	}
	if e.Model.Dim() > stretchDimensions {
		b.Skip(line, "too many columns for Jacobians by differences")
		return nil
	}
	x := first(e.Split.Test, jacobianRows)
	if drawn, err := e.Model.Sample(jacobianRows, e.Description.Seed, e.float64s()); err == nil {
		var both mat.Dense
		both.Stack(x, drawn)
		x = &both
	}
	deviations := columnDeviations(e.Split.Train)
	jacobians, err := numeric.Jacobians(func(x *mat.Dense) (*mat.Dense, error) {
		z, _, err := encoder.Encode(x, e.float64s())
		return z, err
	}, x, floats.ScaleTo(make([]float64, len(deviations)), stretchStep, deviations))
	if err != nil {
		return err
	}
	var largest, least []float64
	for _, j := range jacobians {
		// In deviations, so that the units of the columns do not count.
		j.Apply(func(_, column int, v float64) float64 { return v * deviations[column] }, j)
		var svd mat.SVD
		if !svd.Factorize(j, mat.SVDNone) {
			largest, least = append(largest, 0), append(least, 0)
			continue
		}
		values := svd.Values(nil)
		largest, least = append(largest, values[0]), append(least, values[len(values)-1])
	}
	b.Record("stretch.largest", largest)
	b.Record("stretch.least", least)
	return nil
}
