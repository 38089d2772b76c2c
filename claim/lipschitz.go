package claim

import (
	"context"
	"errors"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/proof"
)

const (
	// idle is the bound of a stretch that says nothing.
	idle = 1e6
	// lipschitzWidth is how near to the truth bounds have to be.
	lipschitzWidth = 0.05
	// secantPairs is the number of pairs of points that are mapped; they lie on the line
	// from one row to the next, at this share of its length. Of the inverse they are nearer,
	// so that the line between the images is as long as the image of the line.
	secantPairs        = 1_000
	secantShare        = 1.0 / 64
	inverseSecantShare = 0x1p-20
)

// Lipschitz bounds, rigorously, how much the map to latent codes stretches lengths in the
// box of the training rows, and its inverse, on whitened columns.
func Lipschitz() Claim {
	return Claim{Name: "certified stretch",
		Lines: []string{"guarantees.lipschitz.proved", "guarantees.lipschitz_inverse.proved", "guarantees.condition.proved"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			return withLayers(ctx, e, b, Lipschitz().Lines, layered.stretch)
		}}
}

// layeredModel is what flows can do.
type layeredModel interface {
	density.Encoder
	Layers() (*density.Layers, error)
	RoundedLayers() (*density.RoundedLayers, error)
}

// layered is a flow's map on whitened rows, whose layers are enclosed.
type layered struct {
	core   layeredModel
	layers *density.Layers
	// cells is the number of those that may be evaluated: for the stretch in the box, that of
	// layers, round trips and balls a quarter each.
	cells   int
	workers int
}

// withLayers runs a part of an examination that looks at a flow's layers, or says of the
// lines why it cannot be.
func withLayers(ctx context.Context, e *Examination, b *cert.Builder, lines []string,
	assess func(s layered, ctx context.Context, e *Examination, b *cert.Builder) error) error {
	core, ok := density.Core(e.Model).(layeredModel)
	if !ok {
		skipAll(b, lines, "maps of this kind cannot be enclosed yet")
		return nil
	}
	layers, err := core.Layers()
	if err != nil {
		skipAll(b, lines, "%s", err.Error())
		return nil
	}
	cells := e.affordable(layers.Work())
	if cells == 0 {
		skipAll(b, lines, "%s", e.unbounded())
		return nil
	}
	return assess(layered{core: core, layers: layers, cells: cells, workers: e.Workers}, ctx, e, b)
}

// unbounded is the reason where no bound is found.
func (e *Examination) unbounded() string {
	if e.Thorough {
		return "no bound that says something was found within the work allowed"
	}
	return "no bound that says something was found after a second of work; --thorough tries longer"
}

func (s layered) bounds(ctx context.Context, lo, hi []float64, cells int) (proof.Stretch, error) {
	return proof.Lipschitz(ctx, func() (proof.Layers, error) { return s.core.Layers() }, lo, hi, s.options(cells))
}

func (s layered) options(cells int) proof.Options {
	return proof.Options{Width: lipschitzWidth, Evaluations: cells, Workers: s.workers}
}

func (s layered) stretch(ctx context.Context, e *Examination, b *cert.Builder) error {
	lines := Lipschitz().Lines
	rows := density.CoreRows(e.Model, e.Split.Train)
	lo, hi := boxAround(rows)
	stretch, err := s.bounds(ctx, lo, hi, s.cells/4)
	if errors.Is(err, proof.ErrBox) {
		skipAll(b, lines, "rows lie too far apart: %s", err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	b.Record("lipschitz.box", slices.Concat(lo, hi))
	forward, inverse := stretch.Largest()
	if forward < idle {
		from, to, err := s.pairs(rows, secantShare)
		if err != nil {
			return err
		}
		b.Record("lipschitz.forward", stretch.Forward)
		b.Record("lipschitz.secants", secants(from, to, 1e-6))
	} else {
		b.Skip(lines[0], e.unbounded())
	}
	if inverse < idle {
		from, to, err := s.pairs(rows, inverseSecantShare)
		if err != nil {
			return err
		}
		b.Record("lipschitz.inverse", stretch.Inverse)
		b.Record("lipschitz.inverse_secants", secants(to, from, 1e-8))
	} else {
		b.Skip(lines[1], e.unbounded())
	}
	if !(forward < idle && inverse < idle) {
		b.Skip(lines[2], e.unbounded())
	}
	return nil
}

// pairs are pairs of points, or their images.
type pairs struct{ first, second *mat.Dense }

// pairs returns pairs of points near rows, that share of the way to the next row apart, and
// their images.
func (s layered) pairs(rows *mat.Dense, share float64) (points, images pairs, err error) {
	n, dim := rows.Dims()
	points = pairs{mat.NewDense(min(secantPairs, n), dim, nil), mat.NewDense(min(secantPairs, n), dim, nil)}
	for i := range rowsOf(points.first) {
		x, next, near := rows.RawRowView(i), rows.RawRowView((i+1)%n), points.second.RawRowView(i)
		points.first.SetRow(i, x)
		floats.AddScaledTo(near, x, share, next)
		floats.AddScaled(near, -share, x)
	}
	if images.first, _, err = s.core.Encode(points.first, density.Options{}); err != nil {
		return points, images, err
	}
	images.second, _, err = s.core.Encode(points.second, density.Options{})
	return points, images, err
}

// secants returns by how much pairs are farther apart in to than in from. Of those that are
// no farther apart than closest there, rounding is not small in the quotient.
func secants(from, to pairs, closest float64) []float64 {
	quotients := []float64{0}
	for i := range rowsOf(from.first) {
		if d := floats.Distance(from.first.RawRowView(i), from.second.RawRowView(i), 2); d > closest {
			quotients = append(quotients, floats.Distance(to.first.RawRowView(i), to.second.RawRowView(i), 2)/d)
		}
	}
	return quotients
}
