package claim

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/cert"
	"flowcert/density"
)

// imputedRows is the number of samples of which half the columns are drawn again.
const imputedRows = 1000

// Conditionals compares the densities of some columns given the others with the joint
// density over its integral, and samples some of whose columns were drawn again given
// the others with other samples.
func Conditionals() Claim {
	return Claim{Name: "conditionals", Lines: []string{"answers.conditionals", "answers.missing_values"}, Assess: conditionals}
}

func conditionals(_ context.Context, e *Examination, b *cert.Builder) error {
	dim := e.Model.Dim()
	if dim == 1 {
		skipAll(b, Conditionals().Lines, "there is one column, and no other")
		return nil
	}
	if _, err := density.Given(e.Model, []int{0}, e.Split.Test.RawRowView(0)[:1]); notOffered(err) {
		skipAll(b, Conditionals().Lines, "%v", err)
		return nil
	}
	if err := e.recordImputed(b); err != nil {
		return err
	}
	deviations := columnDeviations(e.Split.Train)
	for _, c := range []struct {
		line, array string
		error       func(row []float64, try int, deviations []float64) (float64, bool, error)
	}{
		{"answers.conditionals", "conditionals.error", e.conditionalError},
		{"answers.missing_values", "missing.error", e.missingError},
	} {
		var errors []float64
		for try := range tries(dim) {
			off, settled, err := c.error(e.Split.Test.RawRowView(try%rowsOf(e.Split.Test)), try, deviations)
			if notOffered(err) {
				break
			}
			if err != nil {
				return err
			}
			if settled {
				errors = append(errors, off)
			}
		}
		if errors == nil {
			b.Skip(c.line, "not offered by this family, or no quadrature settles")
			continue
		}
		b.Record(c.array, errors)
	}
	return nil
}

// conditionalError returns by how much the log-density of some columns given the others
// differs from that of the row less the logarithm of its integral along the columns: one
// column or, in more than two dimensions and every other time, two.
func (e *Examination) conditionalError(row []float64, try int, deviations []float64) (off float64, settled bool, err error) {
	free := e.leftOut(try)
	known := without(len(row), free)
	given, err := density.Given(e.Model, known, at(row, known))
	if err != nil || given.Dim() != len(free) {
		return math.NaN(), true, nil
	}
	whole, settled, err := e.logMass(e.Model, row, free, at(deviations, free))
	return e.scoreOf(given, at(row, without(len(row), known))) - (e.scoreOf(e.Model, row) - whole), settled, err
}

// missingError returns by how much the log-density of a row that misses columns differs
// from the logarithm of the integral along them.
func (e *Examination) missingError(row []float64, try int, deviations []float64) (off float64, settled bool, err error) {
	free := e.leftOut(try)
	holed := mat.NewDense(1, len(row), append([]float64(nil), row...))
	for _, j := range free {
		holed.Set(0, j, math.NaN())
	}
	scores, err := density.LogDensityOfKnown(e.Model, holed, e.float64s())
	if notOffered(err) {
		return 0, false, err
	}
	if err != nil {
		return math.NaN(), true, nil
	}
	whole, settled, err := e.logMass(e.Model, row, free, at(deviations, free))
	return scores.LogDensity[0] - whole, settled, err
}

// leftOut returns the columns that a try leaves out.
func (e *Examination) leftOut(try int) []int {
	dim, count := e.Model.Dim(), 1
	if try == 2 && dim > 2 { // once, for cubature takes many times the places
		count = 2
	}
	return turned(dim, try, count)
}

// recordImputed records how far samples of which half the columns, in turn, were drawn
// again are from other samples: of every column, and of the log-density. A model that
// cannot draw is at no finite distance.
func (e *Examination) recordImputed(b *cert.Builder) error {
	dim := e.Model.Dim()
	// A factor of a covariance takes the third power of the columns.
	fewer := math.Pow(answerDimensions/float64(dim), 3)
	rows := int(max(50, min(imputedRows, imputedRows*fewer)))
	b.Record("imputed.rows", []float64{float64(rows)})
	distances, err := e.imputedDistances(rows)
	if err != nil {
		distances = []float64{math.NaN()}
	}
	b.Record("imputed.distance", distances)
	return nil
}

func (e *Examination) imputedDistances(rows int) ([]float64, error) {
	dim, seed := e.Model.Dim(), e.Description.Seed
	holed, err := e.Model.Sample(rows, seed, e.float64s())
	if err != nil {
		return nil, err
	}
	for i := range rows {
		for _, j := range turned(dim, i, dim-dim/2) {
			holed.Set(i, j, math.NaN())
		}
	}
	filled, err := density.Impute(e.Model, holed, seed, e.float64s())
	if err != nil {
		return nil, err
	}
	others, err := e.Model.Sample(rows, seed+1, e.float64s())
	if err != nil {
		return nil, err
	}
	var distances []float64
	for j := range dim {
		distances = append(distances, kolmogorov(mat.Col(nil, j, filled), mat.Col(nil, j, others)))
	}
	a, err := e.Model.LogDensity(filled, e.float64s())
	if err != nil {
		return nil, err
	}
	b, err := e.Model.LogDensity(others, e.float64s())
	if err != nil {
		return nil, err
	}
	return append(distances, kolmogorov(a.LogDensity, b.LogDensity)), nil
}

// kolmogorov returns the largest distance between the distribution functions of two
// samples, which it sorts; NaN if one holds NaN.
func kolmogorov(a, b []float64) float64 {
	for _, s := range [][]float64{a, b} {
		slices.Sort(s) // NaN comes first
		if math.IsNaN(s[0]) {
			return math.NaN()
		}
	}
	return stat.KolmogorovSmirnov(a, nil, b, nil)
}
