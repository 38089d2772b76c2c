package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/cert"
	"flowcert/density"
)

// roundTripRows is the most test rows, and as many samples, that are sent to
// latent code and back.
const roundTripRows = 1000

// RoundTrip sends test rows and samples to latent code and back, in both
// precisions.
func RoundTrip() Claim {
	return Claim{
		Name: "round trip",
		Lines: []string{"answers.latent", "guarantees.invertible.checked",
			"numerics.round_trip_float32", "numerics.round_trip_float64"},
		Assess: roundTrip,
	}
}

func roundTrip(_ context.Context, e *Examination, b *cert.Builder) error {
	encoder, ok := e.encoder()
	if !ok {
		skipAll(b, RoundTrip().Lines, "the model has no latent code")
		return nil
	}
	x := first(e.Split.Test, roundTripRows)
	// That sampling fails is for the claim about samples to say.
	if drawn, err := e.Model.Sample(roundTripRows, e.Description.Seed, e.float64s()); err == nil {
		var both mat.Dense
		both.Stack(x, drawn)
		x = &both
	}
	deviations := columnDeviations(e.Split.Train)
	for _, o := range []density.Options{e.float32s(), e.float64s()} {
		errors, err := roundTripErrors(encoder, x, deviations, o)
		if err != nil {
			return err
		}
		b.Record("round_trip."+string(o.Precision), errors)
	}
	return nil
}

// roundTripErrors returns, for every row, the largest error of a column relative
// to the value or the column's deviation, whichever is larger; NaN where the row
// has no inverse.
func roundTripErrors(encoder density.Encoder, x *mat.Dense, deviations []float64, o density.Options) ([]float64, error) {
	z, _, err := encoder.Encode(x, o)
	if err != nil {
		return nil, err
	}
	back, _ := decode(encoder, z, o)
	rows, cols := x.Dims()
	errors := make([]float64, rows)
	for i := range errors {
		for j := range cols {
			v := x.At(i, j)
			relative := math.Abs(back.At(i, j)-v) / max(math.Abs(v), deviations[j])
			if math.IsNaN(relative) || relative > errors[i] {
				errors[i] = relative
			}
			if math.IsNaN(relative) {
				break
			}
		}
	}
	return errors, nil
}

// decode maps codes back. Where the whole fails, rows are tried one by one, and
// those without an inverse are NaN.
func decode(encoder density.Encoder, z *mat.Dense, o density.Options) (x *mat.Dense, logDet []float64) {
	if x, logDet, err := encoder.Decode(z, o); err == nil {
		return x, logDet
	}
	rows, cols := z.Dims()
	x, logDet = mat.NewDense(rows, cols, nil), make([]float64, rows)
	for i := range rows {
		row, l, err := encoder.Decode(z.Slice(i, i+1, 0, cols).(*mat.Dense), o)
		if err == nil {
			x.SetRow(i, row.RawRowView(0))
			logDet[i] = l[0]
			continue
		}
		for j := range cols {
			x.Set(i, j, math.NaN())
		}
		logDet[i] = math.NaN()
	}
	return x, logDet
}

func columnDeviations(x *mat.Dense) []float64 {
	_, cols := x.Dims()
	deviations := make([]float64, cols)
	for j := range deviations {
		deviations[j] = stat.StdDev(mat.Col(nil, j, x), nil)
	}
	return deviations
}
