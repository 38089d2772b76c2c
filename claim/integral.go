package claim

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/internal/numeric"
)

const (
	// integralTolerance is what the halving of a cell may change. A cubature of a
	// trained flow has a few hundred cells that are near it, of either sign, and is
	// left with an error of some 1e-5.
	integralTolerance = 1e-5
	// integralPlaces is the number of densities after which a cubature is given up;
	// trained flows take 150,000 to 200,000.
	integralPlaces = 500_000
)

// Integral integrates the density over all of space, where that takes cubature in
// one or two dimensions only.
func Integral() Claim {
	return Claim{Name: "integral", Lines: []string{"guarantees.normalised.checked"}, Assess: integral}
}

// where returns points that show where the model's mass lies: the training rows
// and, so that no narrow peak is missed that few rows made, the model's own samples.
func where(e *Examination) *mat.Dense {
	const samples = 4096
	drawn, err := e.Model.Sample(samples, e.Description.Seed, e.float64s())
	if err != nil {
		return e.Split.Train // the claim on samples says that they fail
	}
	var points mat.Dense
	points.Stack(e.Split.Train, drawn)
	return &points
}

func integral(_ context.Context, e *Examination, b *cert.Builder) error {
	const line = "guarantees.normalised.checked"
	dim := e.Model.Dim()
	if dim > 2 {
		reason := "quadrature is out of reach in %d dimensions"
		if _, same := e.Model.(*density.Gaussian); same {
			reason += ", and the Gaussian is what others are compared with"
		}
		b.Skip(line, fmt.Sprintf(reason, dim))
		return nil
	}
	centre := make([]float64, dim)
	for j := range centre {
		centre[j] = stat.Mean(mat.Col(nil, j, e.Split.Train), nil)
	}
	space := numeric.NewSpace(where(e), centre, columnDeviations(e.Split.Train))
	result, err := space.Integrate(func(x *mat.Dense) ([]float64, error) {
		scores, err := e.Model.LogDensity(x, e.float64s())
		return scores.LogDensity, err
	}, integralTolerance, integralPlaces)
	if err != nil {
		return err
	}
	if !result.Settled {
		b.Skip(line, fmt.Sprintf("the quadrature has not settled after %d densities", integralPlaces))
		return nil
	}
	b.Record("integral.refinements", []float64{result.Value - result.Halved, result.Value})
	return nil
}
