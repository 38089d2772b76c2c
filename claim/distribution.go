package claim

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/measure"
)

// distributionRows is the number of samples that distribution functions are compared with.
const distributionRows = 10_000

// Distribution compares the distribution function of every column with samples.
func Distribution() Claim {
	return Claim{Name: "distribution functions", Lines: []string{"answers.cdf"}, Assess: distribution}
}

func distribution(_ context.Context, e *Examination, b *cert.Builder) error {
	if _, err := density.CDF(e.Model, 0, []float64{0}); notOffered(err) {
		b.Skip("answers.cdf", err.Error())
		return nil
	}
	drawn, err := e.Model.Sample(distributionRows, e.Description.Seed, e.float64s())
	distances := make([]float64, e.Model.Dim())
	for j := range distances {
		distances[j] = math.NaN()
		if err == nil {
			distances[j] = cdfDistance(e.Model, j, mat.Col(nil, j, drawn))
		}
	}
	b.Record("cdf.rows", []float64{distributionRows})
	b.Record("cdf.distance", distances)
	return nil
}

// cdfDistance returns the largest distance between a column's distribution function and
// that of draws, which it sorts: NaN where the function fails, falls or leaves [0, 1].
func cdfDistance(m density.Model, column int, draws []float64) float64 {
	slices.Sort(draws)
	p, err := density.CDF(m, column, draws)
	if err != nil || len(p) != len(draws) || !slices.IsSorted(p) {
		return math.NaN()
	}
	uniform, err := measure.Uniform(p)
	if err != nil {
		return math.NaN()
	}
	return uniform.Statistic
}
