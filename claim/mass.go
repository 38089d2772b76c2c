package claim

import (
	"context"
	"errors"
	"slices"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/proof"
)

const (
	// massWidth is the width at which an enclosure of mass is narrow enough.
	massWidth = 0.02
	// provedCells is the most cells that a proof evaluates, and provedWork the most work
	// that they may be (density.Enclosure.Work): about one processor second. In a thorough
	// examination they are so many times as much.
	provedCells, moreCells = 15_000, 20
	provedWork, moreWork   = 200_000_000, 160
	// massOpen is the width from which an enclosure says too little.
	massOpen = 0.5
	// coverWidth is how near to the largest radius that of the ball in the image has to be.
	coverWidth = 0.01
	// boxSamples make the box, and other samples, massSamples, are counted in it; five times
	// as many in a thorough examination.
	boxSamples  = 5_000
	massSamples = 20_000
	moreSamples = 5
)

// Mass encloses the mass that the density has in a box around samples, rigorously, and
// counts other samples in it. The box is one of the whitened columns, of which the mass
// is the same.
func Mass() Claim {
	return Claim{Name: "mass in a box", Lines: []string{"guarantees.mass.proved"}, Assess: mass}
}

func mass(ctx context.Context, e *Examination, b *cert.Builder) error {
	const line = "guarantees.mass.proved"
	core := density.Core(e.Model)
	enclosable, ok := core.(density.Enclosable)
	if !ok {
		b.Skip(line, "densities of this kind cannot be enclosed yet")
		return nil
	}
	enclosure, err := enclosable.Enclosure()
	if err != nil {
		b.Skip(line, err.Error())
		return nil
	}
	more := 1
	if e.Thorough {
		more = moreSamples
	}
	// Two seeds, so that what is counted is not what made the box.
	shape, err := core.Sample(more*boxSamples, e.Description.Seed, e.float64s())
	if err != nil {
		b.Skip(line, "the model cannot be sampled: "+err.Error())
		return nil
	}
	counted, err := core.Sample(more*massSamples, ^e.Description.Seed, e.float64s())
	if err != nil {
		b.Skip(line, "the model cannot be sampled: "+err.Error())
		return nil
	}
	lo, hi := boxAround(shape)
	cells := e.affordable(enclosure.Work())
	m, err := proof.Integrate(ctx, func() (proof.LogDensity, error) { return enclosable.Enclosure() },
		lo, hi, proof.Options{Width: massWidth, Evaluations: cells, Workers: e.Workers})
	if errors.Is(err, proof.ErrBox) {
		b.Skip(line, "samples lie too far apart: "+err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	covered, err := coveredMass(ctx, core, enclosable, lo, hi, cells)
	if err != nil {
		return err
	}
	if total := m.Total(); !e.Thorough && total.Lo <= 1 && total.Hi >= covered && !(total.Width() <= massOpen) {
		b.Skip(line, "the bounds of the mass are too far apart after a second of work; --thorough tries longer")
		return nil
	}
	b.Record("mass.covered", []float64{covered})
	b.Record("mass.box", slices.Concat(lo, hi))
	b.Record("mass.lower", m.Lower)
	b.Record("mass.upper", m.Upper)
	b.Record("mass.samples", []float64{float64(inBox(counted, lo, hi)), float64(more * massSamples)})
	return nil
}

// affordable returns the number of cells that a proof may evaluate, each being that much
// work.
func (e *Examination) affordable(work int64) int {
	cells, most := provedCells, int64(provedWork)
	if e.Thorough {
		cells, most = moreCells*cells, moreWork*most
	}
	return min(cells, int(most/max(1, work)))
}

// coveredMass returns what the mass in the box is not below, from its boundary's latent
// codes alone: 0 where they are not normal or there is no such ball. The boundary, of one
// dimension less, is worth a tenth of the cells.
func coveredMass(ctx context.Context, core density.Model, enclosable density.Enclosable, lo, hi []float64, cells int) (float64, error) {
	encoder, ok := core.(density.Encoder)
	if enclosure, err := enclosable.Enclosure(); err != nil || !enclosure.NormalBase || !ok {
		return 0, err
	}
	centre, _, err := encoder.Decode(mat.NewDense(1, len(lo), nil), density.Options{})
	if err != nil || inBox(centre, lo, hi) == 0 {
		return 0, nil // the claim on round trips says what is wrong with the inverse
	}
	radius, err := proof.Cover(ctx, func() (proof.Map, error) { return enclosable.Enclosure() },
		lo, hi, centre.RawRowView(0), proof.Options{Width: coverWidth, Evaluations: cells / 10, Workers: 1})
	if err != nil {
		return 0, err
	}
	return proof.BallMass(ctx, len(lo), radius)
}

// boxAround returns the smallest box that holds all rows, on the grid of proof.Integrate.
func boxAround(x *mat.Dense) (lo, hi []float64) {
	_, dim := x.Dims()
	for j := range dim {
		column := mat.Col(nil, j, x)
		lo, hi = append(lo, slices.Min(column)), append(hi, slices.Max(column))
	}
	return proof.OnGrid(lo, hi)
}

// inBox returns the number of rows in a box.
func inBox(x *mat.Dense, lo, hi []float64) (inside int) {
	for i := range rowsOf(x) {
		in := true
		for j, v := range x.RawRowView(i) {
			in = in && lo[j] <= v && v <= hi[j]
		}
		if in {
			inside++
		}
	}
	return inside
}
