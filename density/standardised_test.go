package density_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/density/densitytest"
)

func TestStandardisedObeysTheLaws(t *testing.T) {
	train, validation := bent(2000, 1), bent(500, 2)
	for name, f := range map[string]density.Fitter{
		"gaussian":          density.Standardise(density.GaussianFitter{}),
		"mixture":           density.Standardise(mixtureFitter(5)),
		"whitened gaussian": density.Whiten(density.GaussianFitter{}),
		"whitened mixture":  density.Whiten(mixtureFitter(5)),
	} {
		t.Run(name, func(t *testing.T) { densitytest.Test(t, fit(t, f, train, validation, 0)) })
	}
}

// TestStandardisingDoesNotChangeAGaussian: the Gaussian is the same in any units,
// and so must everything be that the fit reports.
func TestStandardisingDoesNotChangeAGaussian(t *testing.T) {
	train, validation := bent(2000, 1), bent(500, 2)
	run := func(f density.Fitter) (got []float64) {
		o := density.FitOptions{Progress: func(p density.Progress) { got = append(got, p.Train, p.Validation) }}
		m, report, err := f.Fit(context.Background(), train, validation, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range report.History {
			got = append(got, p.Train, p.Validation)
		}
		return append(got, scores(t, m, validation)...)
	}
	want := run(density.GaussianFitter{})
	for name, f := range map[string]density.Fitter{
		"standardised": density.Standardise(density.GaussianFitter{}),
		"whitened":     density.Whiten(density.GaussianFitter{}),
	} {
		got := run(f)
		if len(got) != len(want) {
			t.Fatalf("%s: got %d figures, want %d", name, len(got), len(want))
		}
		for i := range want {
			// The columns have means up to 50 times their deviations, which costs digits.
			if math.Abs(got[i]-want[i]) > 1e3*rounding*(1+math.Abs(want[i])) {
				t.Fatalf("%s, figure %d: got %v, want %v", name, i, got[i], want[i])
			}
		}
	}
}

// TestStandardisedHasTheAbilitiesInside, no more and no fewer.
func TestStandardisedHasTheAbilitiesInside(t *testing.T) {
	g := gaussian(t, []float64{0, 0}, 1, 0, 0, 1)
	for name, inner := range map[string]density.Model{
		"both": g,
		"encoder": struct {
			density.Model
			density.Encoder
		}{g, g},
		"footprint": twoClouds(t),
		"neither":   struct{ density.Model }{g},
	} {
		m := fit(t, density.Standardise(fixed{inner}), bent(100, 1), bent(100, 2), 0)
		_, want := inner.(density.Encoder)
		if _, got := m.(density.Encoder); got != want {
			t.Errorf("%s: encoder is %v, inside %v", name, got, want)
		}
		counts, want := inner.(density.Footprinter)
		outer, got := m.(density.Footprinter)
		if got != want {
			t.Errorf("%s: footprinter is %v, inside %v", name, got, want)
		}
		if got && want {
			var bytes int64
			for _, tensor := range m.Tensors() {
				bytes += 8 * int64(len(tensor.F64))
			}
			p, q := outer.Footprint(density.Options{}), counts.Footprint(density.Options{})
			if p.Parameters != bytes || p.Arena != q.Arena {
				t.Errorf("%s: footprint is %+v, want %d bytes of parameters and the inner arena of %d", name, p, bytes, q.Arena)
			}
		}
	}
}

func TestRestoredModelsAreTheSame(t *testing.T) {
	train, validation := bent(500, 1), bent(100, 2)
	for name, c := range restorers() {
		m := fit(t, c.fitter, train, validation, 0)
		restored, err := c.restore(m.Tensors())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(scores(t, m, validation), scores(t, restored, validation)) {
			t.Errorf("%s: scores differ after restoring", name)
		}
		want, err := m.Sample(300, 1, density.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := restored.Sample(300, 1, density.Options{}); err != nil || !mat.Equal(got, want) {
			t.Errorf("%s: samples differ after restoring (%v)", name, err)
		}
	}
}

// TestRestoreRefusesOtherTensors changes the tensors of every kind of model in
// every way that must be seen.
func TestRestoreRefusesOtherTensors(t *testing.T) {
	train, validation := bent(500, 1), bent(100, 2)
	for name, c := range restorers() {
		m := fit(t, c.fitter, train, validation, 0)
		for i, tensor := range m.Tensors() {
			for fault, change := range map[string]func([]density.Tensor) []density.Tensor{
				"is missing":         func(all []density.Tensor) []density.Tensor { return slices.Delete(all, i, i+1) },
				"does not belong":    func(all []density.Tensor) []density.Tensor { return append(all, density.Tensor{Name: "other"}) },
				"":                   func(all []density.Tensor) []density.Tensor { return append(all, tensor) },
				"float64 values in":  func(all []density.Tensor) []density.Tensor { all[i].Shape = append(all[i].Shape, 1); return all },
				"0 float64 values":   func(all []density.Tensor) []density.Tensor { all[i].F64 = nil; return all },
				"want finite number": func(all []density.Tensor) []density.Tensor { all[i].F64[0] = math.NaN(); return all },
			} {
				if _, err := c.restore(change(m.Tensors())); err == nil || !strings.Contains(err.Error(), fault) {
					t.Errorf("%s, tensor %q: got error %v, want one with %q", name, tensor.Name, err, fault)
				}
			}
		}
		for fault, at := range c.values {
			tensors := m.Tensors()
			tensors[at[0]].F64[at[1]] *= -1
			if _, err := c.restore(tensors); err == nil || !strings.Contains(err.Error(), fault) {
				t.Errorf("%s: got error %v, want one with %q", name, err, fault)
			}
		}
	}
}

type restorer struct {
	fitter  density.Fitter
	restore func([]density.Tensor) (density.Model, error)
	// values are the faults seen when the sign of an entry of a tensor changes.
	values map[string][2]int
}

func restorers() map[string]restorer {
	gaussian := restorer{
		density.GaussianFitter{},
		func(all []density.Tensor) (density.Model, error) { return density.RestoreGaussian(2, all) },
		map[string][2]int{"not symmetric": {1, 1}, "not positive definite": {1, 0}},
	}
	mixture := restorer{
		mixtureFitter(3),
		func(all []density.Tensor) (density.Model, error) { return density.RestoreMixture(2, 3, all) },
		map[string][2]int{"weight 1 is -": {0, 0}, "not symmetric": {2, 5}, "not positive definite": {2, 4}},
	}
	standardised := restorer{
		density.Standardise(mixtureFitter(3)),
		func(all []density.Tensor) (density.Model, error) {
			return density.RestoreStandardised(2, all, mixture.restore)
		},
		map[string][2]int{"scale of column 2": {1, 1}},
	}
	whitened := restorer{
		density.Whiten(mixtureFitter(3)),
		func(all []density.Tensor) (density.Model, error) {
			return density.RestoreWhitened(2, all, mixture.restore)
		},
		map[string][2]int{"on its diagonal": {2, 3}},
	}
	return map[string]restorer{"gaussian": gaussian, "mixture": mixture, "standardised": standardised, "whitened": whitened}
}

// fixed is a fitter of a model that is there already.
type fixed struct{ m density.Model }

func (f fixed) Fit(context.Context, *mat.Dense, *mat.Dense, density.FitOptions) (density.Model, density.Report, error) {
	return f.m, density.Report{}, nil
}
