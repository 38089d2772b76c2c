package claim

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/internal/numeric"
)

const (
	// answerTries is the most rows at which an answer is compared with quadrature.
	answerTries = 16
	// answerDimensions is the number of columns from which on there are fewer: a density
	// and a factor of a covariance take the square of the columns and more.
	answerDimensions = 24
	// massPlaces ends a quadrature along one or two columns.
	massPlaces = 50_000
)

// tries returns at how many rows an answer about dim columns is tried.
func tries(dim int) int {
	fewer := float64(answerDimensions) / float64(dim)
	return int(max(8, min(answerTries, answerTries*fewer*fewer)))
}

// turned returns count columns of dim from the given one on, in a circle.
func turned(dim, from, count int) []int {
	columns := make([]int, count)
	for i := range columns {
		columns[i] = (from + i) % dim
	}
	return columns
}

// at returns the entries of a row in the columns.
func at(row []float64, columns []int) []float64 {
	values := make([]float64, len(columns))
	for i, j := range columns {
		values[i] = row[j]
	}
	return values
}

// without returns the columns of dim that are not among the given ones, in order.
func without(dim int, columns []int) []int {
	var rest []int
	for j := range dim {
		if !slices.Contains(columns, j) {
			rest = append(rest, j)
		}
	}
	return rest
}

// scoreOf returns the log-density of one row, and NaN where there is none.
func (e *Examination) scoreOf(m density.Model, row []float64) float64 {
	scores, err := m.LogDensity(mat.NewDense(1, len(row), row), e.float64s())
	if err != nil {
		return math.NaN()
	}
	return scores.LogDensity[0]
}

// logMass returns the logarithm of what a model's density adds up to along one or two of
// its columns through a row, by quadrature, and whether that has settled. The spreads
// are the columns' deviations. Cells are fine around the row and where the model's own
// conditional, if it offers one, draws: it says where to look and how fine, and has no
// part in the density.
func (e *Examination) logMass(m density.Model, row []float64, along []int, spread []float64) (value float64, settled bool, err error) {
	value = e.scoreOf(m, row)
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return value, true, nil
	}
	points, guess := e.along(m, row, along)
	if !math.IsNaN(guess) && !math.IsInf(guess, 0) {
		value -= guess
	}
	space := numeric.NewSpace(points, at(row, along), spread)
	// The tolerance is of an integral of about 1: other guesses are made better.
	for range 4 {
		integral, err := space.Integrate(func(x *mat.Dense) ([]float64, error) {
			places, _ := x.Dims()
			moved := mat.NewDense(places, m.Dim(), nil)
			for i := range places {
				moved.SetRow(i, row)
				for to, j := range along {
					moved.Set(i, j, x.At(i, to))
				}
			}
			scores, err := m.LogDensity(moved, e.float64s())
			floats.AddConst(-value, scores.LogDensity)
			return scores.LogDensity, err
		}, integralTolerance, massPlaces)
		change := math.Log(integral.Value)
		value += change
		if err != nil || !(math.Abs(change) > 1) || math.IsInf(change, 0) {
			return value, integral.Settled, err
		}
	}
	return value, false, nil
}

// along returns places along columns, many of them the row's own, so that cells are fine
// there; and what the model says that the density of the columns is given the others,
// NaN where it offers none.
func (e *Examination) along(m density.Model, row []float64, along []int) (points *mat.Dense, logDensity float64) {
	const own, draws = 2, 64
	points = mat.NewDense(own+draws, len(along), nil)
	for i := range own + draws {
		points.SetRow(i, at(row, along))
	}
	conditional, rest := m, without(m.Dim(), along)
	if len(rest) > 0 {
		var err error
		if conditional, err = density.Given(m, rest, at(row, rest)); err != nil || conditional.Dim() != len(along) {
			return points, math.NaN()
		}
	}
	drawn, err := conditional.Sample(draws, e.Description.Seed, e.float64s())
	if err != nil {
		return points, math.NaN()
	}
	order := slices.Sorted(slices.Values(along)) // that of the conditional's columns
	for i := range draws {
		for to, j := range along {
			points.Set(own+i, to, drawn.At(i, slices.Index(order, j)))
		}
	}
	return points, e.scoreOf(conditional, at(row, order))
}

// notOffered says whether a model's family does not answer a question.
func notOffered(err error) bool { return errors.Is(err, density.ErrNotOffered) }
