package density

import (
	"errors"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// ErrNotOffered is the error of a question that a model's family does not answer.
var ErrNotOffered = errors.New("not offered by this family")

// Marginaliser is the optional ability to leave columns out.
type Marginaliser interface {
	// Marginal returns the model of the columns, in the order given: at least one, and
	// none twice.
	Marginal(columns []int) (Model, error)
}

// Conditioner is the optional ability to fix columns.
type Conditioner interface {
	// Given returns the model of the other columns, in their order, where the given ones
	// have these values. It is an error if there is no density at the values.
	Given(columns []int, values []float64) (Model, error)
}

// ModeFinder is the optional ability to name the densest point.
type ModeFinder interface {
	Mode() ([]float64, error)
}

// Cumulative is the optional ability to give distribution functions.
type Cumulative interface {
	// CDF returns the probability that a column is at most x, for every entry of x.
	CDF(column int, x []float64) ([]float64, error)
}

// Marginal returns the model of some of m's columns, in the order given. It is
// ErrNotOffered where m has no such ability.
func Marginal(m Model, columns []int) (Model, error) {
	if err := checkColumns(m.Dim(), columns, 1, m.Dim()); err != nil {
		return nil, fmt.Errorf("marginal: %w", err)
	}
	if a, ok := m.(Marginaliser); ok {
		return a.Marginal(columns)
	}
	return nil, ErrNotOffered
}

// Given returns the model of m's other columns, in their order, where the given ones have
// these values. It is ErrNotOffered where m has no such ability.
func Given(m Model, columns []int, values []float64) (Model, error) {
	err := checkColumns(m.Dim(), columns, 1, m.Dim()-1)
	if err == nil && len(values) != len(columns) {
		err = fmt.Errorf("%d values for %d columns", len(values), len(columns))
	}
	if err != nil {
		return nil, fmt.Errorf("given: %w", err)
	}
	if a, ok := m.(Conditioner); ok {
		return a.Given(columns, values)
	}
	return nil, ErrNotOffered
}

// Mode returns m's densest point, as far as m finds it. It is ErrNotOffered where m has
// no such ability.
func Mode(m Model) ([]float64, error) {
	if a, ok := m.(ModeFinder); ok {
		return a.Mode()
	}
	return nil, ErrNotOffered
}

// CDF returns the probability that a column of m is at most x, for every entry of x. It
// is ErrNotOffered where m has no such ability.
func CDF(m Model, column int, x []float64) ([]float64, error) {
	if err := checkColumns(m.Dim(), []int{column}, 1, 1); err != nil {
		return nil, fmt.Errorf("distribution function: %w", err)
	}
	if a, ok := m.(Cumulative); ok {
		return a.CDF(column, x)
	}
	return nil, ErrNotOffered
}

// checkColumns refuses a choice of columns of dim that names one twice or one that is
// not there, or not between least and most of them.
func checkColumns(dim int, columns []int, least, most int) error {
	if len(columns) < least || len(columns) > most {
		return fmt.Errorf("%d columns of %d: want %d to %d", len(columns), dim, least, most)
	}
	for i, j := range columns {
		if j < 0 || j >= dim {
			return fmt.Errorf("column %d: want 0 to %d", j, dim-1)
		}
		if slices.Contains(columns[:i], j) {
			return fmt.Errorf("column %d is named twice", j)
		}
	}
	return nil
}

// others returns the columns of dim that are not among the given ones, in order.
func others(dim int, columns []int) []int {
	var rest []int
	for j := range dim {
		if !slices.Contains(columns, j) {
			rest = append(rest, j)
		}
	}
	return rest
}

// take returns the entries of v at the indices.
func take(v []float64, indices []int) []float64 {
	taken := make([]float64, len(indices))
	for i, j := range indices {
		taken[i] = v[j]
	}
	return taken
}

// takeColumns returns the columns of x.
func takeColumns(x *mat.Dense, columns []int) *mat.Dense {
	rows, _ := x.Dims()
	taken := mat.NewDense(rows, len(columns), nil)
	for i := range rows {
		for to, j := range columns {
			taken.Set(i, to, x.At(i, j))
		}
	}
	return taken
}
