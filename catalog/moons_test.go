package catalog_test

import (
	"context"
	"testing"

	"flowcert/catalog"
	"flowcert/data"
	"flowcert/density"
	"flowcert/measure"
	"flowcert/model"
)

// TestMoonsWithDefaults fits models with their default settings to 20,000 rows and
// compares them with the truth on 100,000 fresh ones.
func TestMoonsWithDefaults(t *testing.T) {
	split, err := data.Moons().Split(1)
	if err != nil {
		t.Fatal(err)
	}
	truth := data.Moons().(data.Truth).LogDensity(split.Test)
	for _, c := range []struct {
		name   string
		lo, hi float64 // of the excess in nats
	}{
		{"gaussian", 0.87, 0.93},
		// The excess is a divergence, so it is positive but for the standard error.
		{"spline-coupling", -0.01, 0.05},
	} {
		excess, err := measure.PairedDifference(truth, scores(t, c.name, split), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: excess %.4f nats, standard error %.4f, n = %d", c.name, excess.Value, excess.StandardError, excess.N)
		if !(excess.Value >= c.lo && excess.Value <= c.hi) || excess.N != 100_000 {
			t.Errorf("%s: excess %.4f nats on %d rows, want between %v and %v on 100,000", c.name, excess.Value, excess.N, c.lo, c.hi)
		}
	}
}

func scores(t *testing.T, name string, split data.Split) []float64 {
	t.Helper()
	entry, err := model.Find(catalog.Models(), name)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := entry.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	fitter := entry.Fitter(settings)
	m, _, err := fitter.Fit(context.Background(), split.Train, split.Validation, density.FitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.LogDensity(split.Test, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.LogDensity
}
