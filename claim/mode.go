package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"flowcert/cert"
	"flowcert/density"
)

const (
	// modeSearches is the number of samples, the densest ones, from which searches for
	// a denser point start, beside that from the mode itself.
	modeSearches = 4
	// modeEvaluations ends a search.
	modeEvaluations = 500
)

// Mode compares the density at the point that the model names as its densest with test
// rows, samples, and where searches by density alone end.
func Mode() Claim {
	return Claim{Name: "mode", Lines: []string{"answers.mode"}, Assess: mode}
}

func mode(_ context.Context, e *Examination, b *cert.Builder) error {
	top, err := density.Mode(e.Model)
	if notOffered(err) {
		b.Skip("answers.mode", err.Error())
		return nil
	}
	if err != nil || len(top) != e.Model.Dim() {
		b.Record("mode.gain", []float64{math.NaN()})
		return nil
	}
	rivals := first(e.Split.Test, sampleRows)
	if drawn, err := e.samples(); err == nil {
		var both mat.Dense
		both.Stack(rivals, drawn)
		rivals = &both
	}
	scores, err := e.Model.LogDensity(rivals, e.float64s())
	if err != nil {
		return err
	}
	height := e.scoreOf(e.Model, top)
	gains := scores.LogDensity
	order := make([]int, len(gains))
	sorted := append([]float64(nil), gains...)
	floats.Argsort(sorted, order)
	deviations := columnDeviations(e.Split.Train)
	starts := [][]float64{top}
	for _, i := range order[max(0, len(order)-modeSearches):] {
		starts = append(starts, rivals.RawRowView(i))
	}
	for _, start := range starts {
		gains = append(gains, e.search(start, deviations))
	}
	floats.AddConst(-height, gains)
	b.Record("mode.gain", gains)
	return nil
}

// search returns the log-density where the simplex of Nelder and Mead ends that starts at
// a point, in units of the columns' deviations.
func (e *Examination) search(start, deviations []float64) float64 {
	x := make([]float64, len(start))
	problem := optimize.Problem{Func: func(moves []float64) float64 {
		for j, m := range moves {
			x[j] = start[j] + m*deviations[j]
		}
		return -e.scoreOf(e.Model, x)
	}}
	settings := &optimize.Settings{FuncEvaluations: modeEvaluations}
	result, err := optimize.Minimize(problem, make([]float64, len(start)), settings, &optimize.NelderMead{SimplexSize: 0.1})
	if result == nil || err != nil && math.IsNaN(result.F) {
		return e.scoreOf(e.Model, start)
	}
	return -result.F
}
