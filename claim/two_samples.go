package claim

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/measure"
)

const (
	// Directions and permutations are as many as can be had in a few tenths of a second.
	directions       = 200
	permutationCount = 499
)

// compared are samples, test rows and training rows in standard deviations of the training
// rows.
type compared struct{ samples, test, train *mat.Dense }

// comparison puts samples and rows into one scale. ok is false, and the lines are skipped,
// where that fails.
func (e *Examination) comparison(b *cert.Builder, lines []string) (c compared, ok bool) {
	if e.compared != nil {
		return *e.compared, true
	}
	drawn, err := e.samples()
	if err == nil {
		var rows []*mat.Dense
		rows, err = measure.Standardise(e.Split.Train, drawn, first(e.Split.Test, sampleRows), first(e.Split.Train, gapRows))
		if err == nil {
			e.compared = &compared{rows[0], rows[1], rows[2]}
			return *e.compared, true
		}
	}
	skipAll(b, lines, "%v", err)
	return compared{}, false
}

// TwoSamples compares the model's samples with test rows by distances and tests that have
// no parameters to fit.
func TwoSamples() Claim {
	return Claim{
		Name: "samples against data",
		Lines: []string{"samples.sliced_wasserstein", "samples.energy_distance", "samples.mmd",
			"samples.marginals", "samples.correlations"},
		Assess: twoSamples,
	}
}

func twoSamples(_ context.Context, e *Examination, b *cert.Builder) error {
	c, ok := e.comparison(b, TwoSamples().Lines)
	if !ok {
		return nil
	}
	seed, train := e.Description.Seed, first(c.train, sampleRows)
	median, err := measure.MedianDistance(train)
	if err != nil {
		skipAll(b, TwoSamples().Lines, "%v", err)
		return nil
	}
	g := gathering{}
	g.of("sliced.distance")(measure.SlicedWasserstein(c.samples, c.test, directions, seed))
	g.of("sliced.distance_of_training")(measure.SlicedWasserstein(train, c.test, directions, seed))
	g.of("energy_distance.statistic")(measure.EnergyDistance(c.samples, c.test, permutationCount, seed))
	g.of("mmd.statistic")(measure.MMD(c.samples, c.test, median, permutationCount, seed))
	g.of("marginal.distance")(measure.KolmogorovSmirnov(c.samples, c.test))
	g.of("marginal.rows")([]float64{float64(rowsOf(c.samples)), float64(rowsOf(c.test))}, nil)
	g.record(b, "samples.sliced_wasserstein", "samples.energy_distance", "samples.mmd", "samples.marginals")
	if e.Model.Dim() == 1 {
		b.Skip("samples.correlations", "there is one column")
		return nil
	}
	g = gathering{}
	g.of("correlation.difference")(measure.CorrelationDifferences(c.samples, c.test))
	g.of("correlation.difference_of_training")(measure.CorrelationDifferences(train, c.test))
	g.record(b, "samples.correlations")
	return nil
}

// gathering collects arrays that belong together.
type gathering struct {
	names  []string
	arrays [][]float64
	err    error
}

// of returns what takes an array of that name, or why there is none.
func (g *gathering) of(name string) func([]float64, error) {
	return func(values []float64, err error) {
		if g.err == nil {
			g.err = err
		}
		g.names, g.arrays = append(g.names, name), append(g.arrays, values)
	}
}

// record records all arrays, or skips the lines if one is missing.
func (g *gathering) record(b *cert.Builder, lines ...string) {
	if g.err != nil {
		skipAll(b, lines, "%v", g.err)
		return
	}
	for i, name := range g.names {
		b.Record(name, g.arrays[i])
	}
}
