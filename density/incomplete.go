package density

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/internal/random"
)

// LogDensityOfKnown scores every row of x by the density of the entries that it has:
// those that are not NaN. A row without any scores 0. It is ErrNotOffered where m has no
// marginals and a row misses entries.
func LogDensityOfKnown(m Model, x *mat.Dense, o Options) (Scores, error) {
	rows, _ := x.Dims()
	s := Scores{Kind: Exact, LogDensity: make([]float64, rows)}
	for known, own := range knownColumns(x) {
		columns := columnsOf(known)
		if len(columns) == 0 {
			continue
		}
		part := m
		if len(columns) < m.Dim() {
			var err error
			if part, err = Marginal(m, columns); err != nil {
				return Scores{}, err
			}
		}
		inner := o
		inner.Condition = pick(o.Condition, own)
		scores, err := part.LogDensity(takeColumns(pickRows(x, own), columns), inner)
		if err != nil {
			return Scores{}, fmt.Errorf("missing values: %w", err)
		}
		s.Kind = scores.Kind
		for at, i := range own {
			s.LogDensity[i] = scores.LogDensity[at]
		}
	}
	return s, nil
}

// Impute returns x with every NaN replaced by a draw from the model given the entries that
// the row has. Row i depends on (seed, i) alone. It is ErrNotOffered where m cannot fix
// columns and a row misses entries.
func Impute(m Model, x *mat.Dense, seed uint64, o Options) (*mat.Dense, error) {
	rows, dim := x.Dims()
	filled := mat.DenseCopyOf(x)
	for i := range rows {
		var known []int
		var values []float64
		for j, v := range x.RawRowView(i) {
			if !math.IsNaN(v) {
				known, values = append(known, j), append(values, v)
			}
		}
		if len(known) == dim {
			continue
		}
		part := m
		if len(known) > 0 {
			var err error
			if part, err = Given(m, known, values); err != nil {
				return nil, err
			}
		}
		inner := o
		inner.Condition, inner.Workers = pick(o.Condition, []int{i}), 1
		draw, err := part.Sample(1, random.New(seed, "impute", 0, uint64(i)).Uint64(), inner)
		if err != nil {
			return nil, fmt.Errorf("missing values: row %d: %w", i, err)
		}
		for at, j := range others(dim, known) {
			filled.Set(i, j, draw.At(0, at))
		}
	}
	return filled, nil
}

// knownColumns returns the rows by which entries they have: a byte for each column.
func knownColumns(x *mat.Dense) map[string][]int {
	rows, dim := x.Dims()
	byKnown := map[string][]int{}
	known := make([]byte, dim)
	for i := range rows {
		for j, v := range x.RawRowView(i) {
			known[j] = 1
			if math.IsNaN(v) {
				known[j] = 0
			}
		}
		byKnown[string(known)] = append(byKnown[string(known)], i)
	}
	return byKnown
}

// columnsOf returns the columns that are marked in a key of knownColumns.
func columnsOf(known string) []int {
	var columns []int
	for j := range len(known) {
		if known[j] == 1 {
			columns = append(columns, j)
		}
	}
	return columns
}
