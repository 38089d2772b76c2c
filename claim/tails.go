package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/cert"
	"flowcert/density"
)

// The distances, in deviations from the mean, between which the growth of the code is
// measured: far outside any box of a spline. Networks whose inputs are bounded still turn
// from one end of these to the other, which changes distances by a factor; eight decades
// keep a factor of 100 apart from a power of 1.25.
const (
	nearTail = 1e4
	farTail  = 1e12
)

// Tails follows points far out, where the family says that they keep the base's tails.
func Tails() Claim {
	return Claim{Name: "tails", Lines: []string{"guarantees.tails.checked"}, Assess: tails}
}

func tails(_ context.Context, e *Examination, b *cert.Builder) error {
	const line = "guarantees.tails.checked"
	encoder, ok := e.encoder()
	if !ok {
		b.Skip(line, "the model has no latent code")
		return nil
	}
	if !cert.HasTheorem("guarantees.tails.theory", e.Entry.Family, e.Model.Dim()) {
		b.Skip(line, "no theorem on record says that the family keeps tails")
		return nil
	}
	x := first(e.Split.Test, jacobianRows)
	near, err := e.distances(encoder, x, nearTail)
	if err != nil {
		return err
	}
	far, err := e.distances(encoder, x, farTail)
	if err != nil {
		return err
	}
	exponents := make([]float64, len(near))
	for i := range exponents {
		exponents[i] = math.Log(far[i]/near[i]) / math.Log(farTail/nearTail)
	}
	b.Record("tails.exponent", exponents)
	return nil
}

// distances returns how far from the origin the codes of points are that lie in the
// directions of the rows of x, so many deviations from the mean.
func (e *Examination) distances(encoder density.Encoder, x *mat.Dense, far float64) ([]float64, error) {
	z, _, err := encoder.Encode(e.movedOut(x, func(length float64) float64 { return far / length }), e.float64s())
	if err != nil {
		return nil, err
	}
	lengths := make([]float64, rowsOf(z))
	for i := range lengths {
		lengths[i] = floats.Norm(z.RawRowView(i), 2)
	}
	return lengths, nil
}

// movedOut returns the rows of x with their distances from the training rows' mean, in
// deviations, multiplied by a factor that depends on them.
func (e *Examination) movedOut(x *mat.Dense, factor func(length float64) float64) *mat.Dense {
	deviations := columnDeviations(e.Split.Train)
	moved := mat.DenseCopyOf(x)
	means := make([]float64, len(deviations))
	for j := range means {
		means[j] = stat.Mean(mat.Col(nil, j, e.Split.Train), nil)
	}
	for i := range rowsOf(moved) {
		row := moved.RawRowView(i)
		floats.Sub(row, means)
		floats.Div(row, deviations)
		floats.Scale(factor(max(floats.Norm(row, 2), 1e-6)), row)
		floats.Mul(row, deviations)
		floats.Add(row, means)
	}
	return moved
}
