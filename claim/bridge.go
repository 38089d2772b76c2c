package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
)

// bridgeRows is the number of draws of either side.
const bridgeRows = 4000

// Bridge compares the density and the sampler with those of the Gaussian, which are
// right: in any number of dimensions it shows a density that does not integrate to 1 and a
// sampler that draws something else.
func Bridge() Claim {
	return Claim{Name: "bridge", Lines: []string{"guarantees.sampler.checked"}, Assess: bridge}
}

func bridge(_ context.Context, e *Examination, b *cert.Builder) error {
	const line = "guarantees.sampler.checked"
	if _, same := e.Model.(*density.Gaussian); same {
		b.Skip(line, "the model is the Gaussian that others are compared with")
		return nil
	}
	seed := e.Description.Seed
	samples, err := e.Model.Sample(bridgeRows, seed, e.float64s())
	if err != nil {
		b.Skip(line, "the model cannot be sampled: "+err.Error())
		return nil
	}
	draws, err := e.Gaussian.Sample(bridgeRows, seed+1, e.float64s())
	if err != nil {
		return err
	}
	overGaussian, err := e.shares(draws, true)
	if err != nil {
		return err
	}
	overSamples, err := e.shares(samples, false)
	if err != nil {
		return err
	}
	b.Record("bridge.gaussian", overGaussian)
	b.Record("bridge.samples", overSamples)
	return nil
}

// shares returns the share of the model's density, or of the Gaussian's, in the sum of
// both at every row.
func (e *Examination) shares(x *mat.Dense, ofModel bool) ([]float64, error) {
	model, err := e.Model.LogDensity(x, e.float64s())
	if err != nil {
		return nil, err
	}
	gaussian, err := e.Gaussian.LogDensity(x, e.float64s())
	if err != nil {
		return nil, err
	}
	share := make([]float64, len(model.LogDensity))
	for i := range share {
		difference := gaussian.LogDensity[i] - model.LogDensity[i]
		if !ofModel {
			difference = -difference
		}
		share[i] = 1 / (1 + math.Exp(difference))
	}
	return share, nil
}
