package claim

import (
	"cmp"
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
	// ballCandidates are the training rows, and as many samples, among which centres are
	// chosen: ballCentres of each, ballApart apart on whitened columns.
	ballCandidates = 1_000
	ballCentres    = 2
	ballApart      = 1.0
	// ballCells is the least number of cells that are worth looking at.
	ballCells = 64
)

func ballRadii() []float64 { return []float64{0.5, 1, 2} }

// Balls compares, where the truth is known, the share of test rows in balls with what the
// map's certified smoothness lets the model have there at most, around rows where the
// truth is dense, and what that of the inverse makes it have at least, around samples
// where the truth is thin.
func Balls() Claim {
	return Claim{Name: "certified distance", Lines: []string{"guarantees.total_variation.proved"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			if e.Truth == nil {
				b.Skip("guarantees.total_variation.proved", "the true density is not known")
				return nil
			}
			return withLayers(ctx, e, b, Balls().Lines, layered.balls)
		}}
}

func (s layered) balls(ctx context.Context, e *Examination, b *cert.Builder) error {
	line := Balls().Lines[0]
	if !s.layers.NormalBase {
		b.Skip(line, "the base is not the normal distribution")
		return nil
	}
	drawn, err := e.samples()
	if err != nil {
		b.Skip(line, "the model cannot be sampled: "+err.Error())
		return nil
	}
	centres, err := s.ballsAt(e, drawn)
	if err != nil {
		return err
	}
	least := ballCells
	if e.Model.Dim() > proof.MostDimensions {
		least = 1 // boxes are not divided
	}
	budget := s.cells / 4
	if budget < least {
		b.Skip(line, e.unbounded())
		return nil
	}
	test := density.CoreRows(e.Model, e.Split.Test)
	var at, radii, forward, inverse, codes, counts []float64
	for _, centre := range centres {
		code := proof.Norm(s.layers, centre)
		for _, radius := range ballRadii() {
			if budget < least {
				break
			}
			cells := max(least, s.cells/4/(len(centres)*len(ballRadii())))
			budget -= cells
			stretch, err := s.around(ctx, centre, radius, cells)
			if errors.Is(err, proof.ErrBox) {
				continue
			}
			if err != nil {
				return err
			}
			f, i := stretch.Largest()
			at, radii, codes = append(at, centre...), append(radii, radius), append(codes, code)
			forward, inverse, counts = append(forward, f), append(inverse, i), append(counts, float64(inBall(test, centre, radius)))
		}
	}
	if len(radii) == 0 {
		b.Skip(line, "rows lie too far apart")
		return nil
	}
	b.Record("ball.centre", at)
	b.Record("ball.radius", radii)
	b.Record("ball.lipschitz", forward)
	b.Record("ball.inverse", inverse)
	b.Record("ball.code", codes)
	b.Record("ball.inside", counts)
	b.Record("ball.rows", []float64{float64(rowsOf(test))})
	return nil
}

// around bounds the stretch in the cube around a ball.
func (s layered) around(ctx context.Context, centre []float64, radius float64, cells int) (proof.Stretch, error) {
	lo, hi := make([]float64, len(centre)), make([]float64, len(centre))
	for j, c := range centre {
		lo[j], hi[j] = c-radius, c+radius
	}
	lo, hi = proof.OnGrid(lo, hi)
	return s.bounds(ctx, lo, hi, cells)
}

func inBall(x *mat.Dense, centre []float64, radius float64) (inside int) {
	for i := range rowsOf(x) {
		if floats.Distance(x.RawRowView(i), centre, 2) <= radius {
			inside++
		}
	}
	return inside
}

// ballsAt returns whitened training rows where the truth is dense, and samples where it is
// thin though their codes are among the nearer half, apart from each other. That none is a
// test row keeps the counts honest.
func (s layered) ballsAt(e *Examination, drawn *mat.Dense) ([][]float64, error) {
	rows, samples := first(e.Split.Train, ballCandidates), first(drawn, ballCandidates)
	dense, thin := e.Truth.LogDensity(rows), e.Truth.LogDensity(samples)
	floats.Scale(-1, dense)
	whitened := density.CoreRows(e.Model, samples)
	codes, _, err := s.core.Encode(whitened, density.Options{})
	if err != nil {
		return nil, err
	}
	norms := make([]float64, rowsOf(codes))
	for i := range norms {
		norms[i] = floats.Norm(codes.RawRowView(i), 2)
	}
	sorted := slices.Clone(norms)
	slices.Sort(sorted)
	for i, norm := range norms {
		if !(norm <= sorted[len(sorted)/2]) {
			thin[i] = math.Inf(1)
		}
	}
	return append(apart(density.CoreRows(e.Model, rows), dense), apart(whitened, thin)...), nil
}

// apart returns the rows of the least values that are not near to each other.
func apart(rows *mat.Dense, values []float64) (centres [][]float64) {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
		if math.IsNaN(values[i]) {
			values[i] = math.Inf(1)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	for _, i := range order {
		row := rows.RawRowView(i)
		near := slices.ContainsFunc(centres, func(c []float64) bool { return floats.Distance(c, row, 2) < ballApart })
		if !near && len(centres) < ballCentres {
			centres = append(centres, row)
		}
	}
	return centres
}
