package claim

import (
	"context"
	"math"

	"flowcert/cert"
	"flowcert/density"
)

// Marginals compares the densities of some columns with quadrature of the density of one
// column more, for every number of columns in turn.
func Marginals() Claim {
	return Claim{Name: "marginals", Lines: []string{"answers.marginals"}, Assess: marginals}
}

func marginals(_ context.Context, e *Examination, b *cert.Builder) error {
	const line = "answers.marginals"
	dim := e.Model.Dim()
	if _, err := density.Marginal(e.Model, []int{0}); notOffered(err) {
		b.Skip(line, err.Error())
		return nil
	}
	if dim == 1 {
		b.Skip(line, "there is one column, and nothing to leave out")
		return nil
	}
	deviations := columnDeviations(e.Split.Train)
	n := tries(dim)
	var errors []float64
	for try := range n {
		more := turned(dim, try, dim-try%n*(dim-1)/n)
		off, settled, err := e.marginalError(e.Split.Test.RawRowView(try%rowsOf(e.Split.Test)), more, deviations)
		if err != nil {
			return err
		}
		if settled {
			errors = append(errors, off)
		}
	}
	if errors == nil {
		b.Skip(line, "no quadrature settles")
		return nil
	}
	b.Record("marginals.error", errors)
	return nil
}

// marginalError returns the log-density of all the columns but the first at a row, less
// the logarithm of the integral along the first; NaN where the model gives none.
func (e *Examination) marginalError(row []float64, columns []int, deviations []float64) (off float64, settled bool, err error) {
	whole := e.Model
	if len(columns) < e.Model.Dim() {
		if whole, err = density.Marginal(e.Model, columns); err != nil {
			return math.NaN(), true, nil
		}
	} else {
		columns = turned(len(columns), 0, len(columns))
	}
	fewer, err := density.Marginal(e.Model, columns[1:])
	if err != nil {
		return math.NaN(), true, nil
	}
	want, settled, err := e.logMass(whole, at(row, columns), []int{0}, at(deviations, columns[:1]))
	return e.scoreOf(fewer, at(row, columns[1:])) - want, settled, err
}
