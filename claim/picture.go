package claim

import (
	"context"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
)

const (
	// pictureRows is the most test rows that a picture shows.
	pictureRows = 1000
	// pictureCells is the number of cells along each side.
	pictureCells = 100
	// pairsRows is the most test rows, and as many samples, that are shown in pairs of
	// columns, and pairsColumns the most columns.
	pairsRows    = 300
	pairsColumns = 4
	// pictureMargin is the share of the rows' range that is added on each side.
	pictureMargin = 0.1
)

// Picture records what a label draws: of two columns test rows and the density around
// them, of more columns test rows and samples of the first few. It carries no line.
func Picture() Claim {
	return Claim{Name: "picture", Lines: []string{}, Assess: picture}
}

func picture(_ context.Context, e *Examination, b *cert.Builder) error {
	switch dim := e.Model.Dim(); {
	case dim < 2:
		return nil
	case dim > 2:
		return pairsPicture(e, b)
	}
	rows := first(e.Split.Test, pictureRows)
	var coordinates []float64
	for i := range rowsOf(rows) {
		coordinates = append(coordinates, rows.At(i, 0), rows.At(i, 1))
	}
	b.Record("picture.test_rows", coordinates)
	left, right := widened(mat.Col(nil, 0, rows))
	bottom, top := widened(mat.Col(nil, 1, rows))
	b.Record("picture.frame", []float64{left, right, bottom, top, pictureCells, pictureCells})
	centres := mat.NewDense(pictureCells*pictureCells, 2, nil)
	for i := range pictureCells * pictureCells {
		column, row := float64(i%pictureCells)+0.5, float64(i/pictureCells)+0.5
		centres.Set(i, 0, left+(right-left)*column/pictureCells)
		centres.Set(i, 1, bottom+(top-bottom)*row/pictureCells)
	}
	scores, err := e.Model.LogDensity(centres, e.float64s())
	if err != nil {
		return err
	}
	b.Record("picture.log_density", scores.LogDensity)
	if e.Truth != nil {
		b.Record("picture.true_log_density", e.Truth.LogDensity(centres))
	}
	return nil
}

// pairsPicture records the first columns of test rows and of samples.
func pairsPicture(e *Examination, b *cert.Builder) error {
	rows := first(e.Split.Test, pairsRows)
	samples, err := e.Model.Sample(rowsOf(rows), e.Description.Seed, e.float64s())
	if err != nil {
		return nil // that sampling fails is for the claim about samples to say
	}
	var columns []float64
	for j := range min(pairsColumns, e.Model.Dim()) {
		columns = append(columns, float64(j))
	}
	b.Record("pairs.columns", columns)
	for name, of := range map[string]*mat.Dense{"pairs.test_rows": rows, "pairs.samples": samples} {
		var values []float64
		for i := range rowsOf(of) {
			values = append(values, of.RawRowView(i)[:len(columns)]...)
		}
		b.Record(name, values)
	}
	return nil
}

// widened returns the range of x with a margin; a range of nothing gets one unit.
func widened(x []float64) (lo, hi float64) {
	lo, hi = floats.Min(x), floats.Max(x)
	margin := pictureMargin * (hi - lo)
	if margin == 0 {
		margin = 1
	}
	return lo - margin, hi + margin
}
