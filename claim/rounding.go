package claim

import (
	"context"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/proof"
)

// roundingCost is how many cells of a Lipschitz bound a cell of round trips takes.
const roundingCost = 6

// Rounding bounds, rigorously, how far a float64 round trip to latent code and back ends
// from where it began, for all points in the box of the training rows, on whitened columns.
func Rounding() Claim {
	return Claim{Name: "certified round trip", Lines: []string{"guarantees.round_trip.proved"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			return withLayers(ctx, e, b, Rounding().Lines, layered.roundTrips)
		}}
}

func (s layered) roundTrips(ctx context.Context, e *Examination, b *cert.Builder) error {
	line := Rounding().Lines[0]
	if e.Model.Dim() > proof.MostDimensions {
		b.Skip(line, "there are more than three dimensions")
		return nil
	}
	if _, err := s.core.RoundedLayers(); err != nil {
		b.Skip(line, err.Error())
		return nil
	}
	rows := density.CoreRows(e.Model, e.Split.Train)
	lo, hi := boxAround(rows)
	bounds, err := proof.RoundTrip(ctx, func() (proof.RoundedLayers, error) { return s.core.RoundedLayers() },
		lo, hi, proof.Options{Evaluations: s.cells / 4 / roundingCost, Workers: s.workers})
	if errors.Is(err, proof.ErrBox) {
		b.Skip(line, "rows lie too far apart: "+err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	if math.IsInf(slices.Max(bounds), 1) {
		b.Skip(line, e.unbounded())
		return nil
	}
	x := first(rows, roundTripRows)
	z, _, err := s.core.Encode(x, density.Options{})
	if err != nil {
		return err
	}
	back, _ := decode(s.core, z, density.Options{})
	met := make([]float64, rowsOf(x))
	for i := range met {
		met[i] = floats.Distance(x.RawRowView(i), back.RawRowView(i), 2)
	}
	b.Record("rounding.bound", bounds)
	b.Record("rounding.met", met)
	return nil
}
