package catalog_test

import (
	"context"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/catalog"
	"flowcert/data"
	"flowcert/density"
	"flowcert/measure"
)

// TestSmallTables: over ten splits of tables of 150 and 178 rows the flow for small
// tables is not worse on test rows than the Gaussian, by more than the interval.
func TestSmallTables(t *testing.T) {
	for _, set := range []data.Set{data.Iris(), data.Wine()} {
		t.Run(set.Info().Name, func(t *testing.T) {
			t.Parallel()
			var flows, gaussians []float64
			for seed := range uint64(10) {
				split, err := set.Split(seed + 1)
				if err != nil {
					t.Fatal(err)
				}
				flows = append(flows, testScore(t, "small-table", split, seed+1))
				gaussians = append(gaussians, testScore(t, "gaussian", split, seed+1))
			}
			gain, err := measure.PairedDifference(flows, gaussians, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d splits: the flow gains %.3f nats a row on the Gaussian, from %.3f to %.3f", gain.N, gain.Value, gain.Lo, gain.Hi)
			if !(gain.Hi >= 0) {
				t.Errorf("the flow overfits: it is worse than the Gaussian by %.3f nats, at least %.3f", -gain.Value, -gain.Hi)
			}
		})
	}
}

// testScore fits a model with its defaults and returns the mean log-density of the
// test rows.
func testScore(t *testing.T, name string, split data.Split, seed uint64) float64 {
	t.Helper()
	entry, err := catalog.OpenModel(name)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := entry.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := entry.Fitter(settings).Fit(context.Background(), split.Train, split.Validation, density.FitOptions{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return mean(t, m, split.Test)
}

func mean(t *testing.T, m density.Model, x *mat.Dense) float64 {
	t.Helper()
	scores, err := m.LogDensity(x, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return stat.Mean(scores.LogDensity, nil)
}
