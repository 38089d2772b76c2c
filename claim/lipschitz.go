package claim

import (
	"context"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/proof"
)

const (
	// lipschitzWork is the most work for cells (density.Layers.Work), and
	// lipschitzCells the most cells: about one processor second, and twenty times as much
	// of a thorough examination. The balls get a third.
	lipschitzWork     = 75_000_000
	lipschitzCells    = 6_000
	lipschitzThorough = 20
	// lipschitzWidth is how near to the truth bounds have to be.
	lipschitzWidth = 0.05
	// secantPairs is the number of pairs of points that are mapped; they lie on the line
	// from one row to the next, at this share of its length.
	secantPairs = 1_000
	secantShare = 1.0 / 64
	// ballRows are the training rows among which ballCentres are chosen, ballApart apart in
	// deviations, each of balls of the radii of ballRadii.
	ballRows    = 1_000
	ballCentres = 3
	ballApart   = 1.0
	// ballCells is the least number of cells that are worth looking at.
	ballCells = 64
)

func ballRadii() []float64 { return []float64{0.5, 1, 2} }

// Lipschitz bounds, rigorously, how much the map to latent codes stretches lengths in the
// box of the training rows, and its inverse, on whitened columns. Where the truth is known
// it counts test rows in balls of which the map's smoothness limits the model's mass.
func Lipschitz() Claim {
	return Claim{Name: "certified stretch",
		Lines:  []string{"guarantees.lipschitz.proved", "guarantees.condition.proved", "guarantees.total_variation.proved"},
		Assess: lipschitz}
}

// jacobianEnclosable is what flows of few dimensions can do.
type jacobianEnclosable interface {
	density.Encoder
	Layers() (*density.Layers, error)
}

func lipschitz(ctx context.Context, e *Examination, b *cert.Builder) error {
	lines := Lipschitz().Lines
	core, ok := density.Core(e.Model).(jacobianEnclosable)
	if !ok {
		skipAll(b, lines, "maps of this kind cannot be enclosed yet")
		return nil
	}
	layers, err := core.Layers()
	if err != nil {
		skipAll(b, lines, "%s", err.Error())
		return nil
	}
	effort := 1
	if e.Thorough {
		effort = lipschitzThorough
	}
	s := stretcher{core: core, workers: e.Workers, cells: min(effort*lipschitzCells, int(int64(effort)*lipschitzWork/max(1, layers.Work())))}
	if err := s.box(ctx, e, b); err != nil {
		return err
	}
	const line = "guarantees.total_variation.proved"
	switch {
	case e.Truth == nil:
		b.Skip(line, "the true density is not known")
	case !layers.NormalBase:
		b.Skip(line, "the base is not the normal distribution")
	case s.cells/3 < ballCells:
		b.Skip(line, e.unbounded())
	default:
		return s.balls(ctx, e, b)
	}
	return nil
}

// unbounded is the reason where no bound is found.
func (e *Examination) unbounded() string {
	if e.Thorough {
		return "no bound was found within the work allowed"
	}
	return "no bound was found after a second of work; --thorough tries longer"
}

type stretcher struct {
	core    jacobianEnclosable
	cells   int
	workers int
}

func (s stretcher) bounds(ctx context.Context, lo, hi []float64, cells int) (proof.Stretch, error) {
	return proof.Lipschitz(ctx, func() (proof.Layers, error) { return s.core.Layers() },
		lo, hi, proof.Options{Width: lipschitzWidth, Evaluations: cells, Workers: s.workers})
}

// box records bounds on the box around the training rows.
func (s stretcher) box(ctx context.Context, e *Examination, b *cert.Builder) error {
	lines := Lipschitz().Lines[:2]
	rows := density.CoreRows(e.Model, e.Split.Train)
	lo, hi := boxAround(rows)
	stretch, err := s.bounds(ctx, lo, hi, s.cells-s.cells/3)
	if errors.Is(err, proof.ErrBox) {
		skipAll(b, lines, "rows lie too far apart: %s", err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	forward, inverse := stretch.Largest()
	if math.IsInf(forward, 1) {
		skipAll(b, lines, "%s", e.unbounded())
		return nil
	}
	if math.IsInf(inverse, 1) {
		b.Skip(lines[1], e.unbounded())
	} else {
		b.Record("lipschitz.inverse", stretch.Inverse)
	}
	secants, err := s.secants(rows)
	if err != nil {
		return err
	}
	b.Record("lipschitz.box", slices.Concat(lo, hi))
	b.Record("lipschitz.forward", stretch.Forward)
	b.Record("lipschitz.secants", secants)
	return nil
}

// secants returns by how much pairs of points near rows are stretched.
func (s stretcher) secants(rows *mat.Dense) ([]float64, error) {
	n, dim := rows.Dims()
	from, to := mat.NewDense(min(secantPairs, n), dim, nil), mat.NewDense(min(secantPairs, n), dim, nil)
	for i := range rowsOf(from) {
		x, next := rows.RawRowView(i), rows.RawRowView((i+1)%n)
		from.SetRow(i, x)
		floats.AddScaledTo(to.RawRowView(i), x, secantShare, next)
		floats.AddScaled(to.RawRowView(i), -secantShare, x)
	}
	a, _, err := s.core.Encode(from, density.Options{})
	if err != nil {
		return nil, err
	}
	z, _, err := s.core.Encode(to, density.Options{})
	if err != nil {
		return nil, err
	}
	// Of points that are closer rounding is no longer small in the quotient.
	const closest = 1e-6
	secants := []float64{0}
	for i := range rowsOf(from) {
		if d := floats.Distance(from.RawRowView(i), to.RawRowView(i), 2); d > closest {
			secants = append(secants, floats.Distance(a.RawRowView(i), z.RawRowView(i), 2)/d)
		}
	}
	return secants, nil
}

// balls records test rows in balls around heavy training rows, and Lipschitz constants on
// the cubes around the balls.
func (s stretcher) balls(ctx context.Context, e *Examination, b *cert.Builder) error {
	test := density.CoreRows(e.Model, e.Split.Test)
	budget := s.cells / 3
	var centres, radii, constants, counts []float64
	for _, centre := range heavyRows(e) {
		for _, radius := range ballRadii() {
			if budget < ballCells {
				break
			}
			lo, hi := make([]float64, len(centre)), make([]float64, len(centre))
			for j, c := range centre {
				lo[j], hi[j] = c-radius, c+radius
			}
			lo, hi = proof.OnGrid(lo, hi)
			cells := max(ballCells, s.cells/3/(ballCentres*len(ballRadii())))
			budget -= cells
			stretch, err := s.bounds(ctx, lo, hi, cells)
			if errors.Is(err, proof.ErrBox) {
				continue
			}
			if err != nil {
				return err
			}
			constant, _ := stretch.Largest()
			inside := 0
			for i := range rowsOf(test) {
				if floats.Distance(test.RawRowView(i), centre, 2) <= radius {
					inside++
				}
			}
			centres, radii = append(centres, centre...), append(radii, radius)
			constants, counts = append(constants, constant), append(counts, float64(inside))
		}
	}
	if len(radii) == 0 {
		b.Skip("guarantees.total_variation.proved", "rows lie too far apart")
		return nil
	}
	b.Record("ball.centre", centres)
	b.Record("ball.radius", radii)
	b.Record("ball.lipschitz", constants)
	b.Record("ball.inside", counts)
	b.Record("ball.rows", []float64{float64(rowsOf(test))})
	return nil
}

// heavyRows returns whitened training rows where the truth is dense, apart from each other.
// That none is a test row keeps the counts honest.
func heavyRows(e *Examination) (centres [][]float64) {
	x := first(e.Split.Train, ballRows)
	truth, rows := e.Truth.LogDensity(x), density.CoreRows(e.Model, x)
	order := make([]int, len(truth))
	floats.Argsort(slices.Clone(truth), order)
	slices.Reverse(order)
	for _, i := range order {
		row := rows.RawRowView(i)
		near := slices.ContainsFunc(centres, func(c []float64) bool { return floats.Distance(c, row, 2) < ballApart })
		if !near && len(centres) < ballCentres {
			centres = append(centres, row)
		}
	}
	return centres
}
