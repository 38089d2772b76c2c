package density_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"

	"flowcert/density"
	"flowcert/density/densitytest"
	"flowcert/internal/random"
	"flowcert/internal/usage"
)

// rounding is room for a few hundred float64 operations on numbers near 1.
const rounding = 1e-12

func TestGaussianObeysTheLaws(t *testing.T) {
	for name, g := range map[string]density.Model{
		"1-D":    gaussian(t, []float64{-3}, 0.2),
		"2-D":    gaussian(t, []float64{5, -100}, 2, 3, 3, 9),
		"3-D":    gaussian(t, []float64{0, 1, 2}, 4, 1, 0, 1, 2, 0.01, 0, 0.01, 1e-3),
		"fitted": fit(t, density.GaussianFitter{}, bent(1000, 1), bent(100, 2), 0),
	} {
		t.Run(name, func(t *testing.T) { densitytest.Test(t, g) })
	}
}

func TestGaussianScoresAsTheClosedForm(t *testing.T) {
	mean, covariance := []float64{1, -2, 0.5}, []float64{2, 0.3, 0, 0.3, 1, -0.4, 0, -0.4, 0.5}
	reference, ok := distmv.NewNormal(mean, mat.NewSymDense(3, covariance), nil)
	if !ok {
		t.Fatal("the reference does not exist")
	}
	x := normalRows(600, 3, 3)
	got := scores(t, gaussian(t, mean, covariance...), x)
	for i, v := range got {
		if want := reference.LogProb(x.RawRowView(i)); math.Abs(v-want) > rounding*(1+math.Abs(want)) {
			t.Fatalf("row %d: got %v, want %v", i, v, want)
		}
	}
}

func TestGaussianFitIsTheMaximumOfTheLikelihood(t *testing.T) {
	x := mat.NewDense(4, 2, []float64{0, 0, 2, 0, 0, 4, 2, 4})
	m := fit(t, density.GaussianFitter{}, x, x, 0)
	want := map[string][]float64{"mean": {1, 2}, "covariance": {1, 0, 0, 4}}
	for _, tensor := range m.Tensors() {
		if !slices.Equal(tensor.F64, want[tensor.Name]) {
			t.Errorf("%s is %v, want %v", tensor.Name, tensor.F64, want[tensor.Name])
		}
	}
}

// TestGaussianFitsWhatHasNoDensity: rows in a subspace, in columns of very
// different units, still give finite scores of their own rows.
func TestGaussianFitsWhatHasNoDensity(t *testing.T) {
	line := mat.NewDense(50, 3, nil)
	line.Apply(func(i, j int, _ float64) float64 { return float64(i+1) * []float64{1e-9, 1, 1e9}[j] }, line)
	for name, x := range map[string]*mat.Dense{
		"columns that follow from one another": line,
		"fewer rows than columns":              normalRows(3, 5, 1),
	} {
		t.Run(name, func(t *testing.T) {
			for i, v := range scores(t, fit(t, density.GaussianFitter{}, x, x, 0), x) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("row %d scores %v", i, v)
				}
			}
		})
	}
}

func TestColumnWithoutDeviationIsNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		column func(i int) float64
		want   string
	}{
		{"constant", func(int) float64 { return 7 }, "column 2 is constant"},
		{"too large to be squared", func(i int) float64 { return float64(1-2*(i%2)) * 1e200 }, "column 2 has no finite deviation"},
	} {
		x := normalRows(10, 3, 1)
		for i := range 10 {
			x.Set(i, 1, c.column(i))
		}
		for name, f := range map[string]density.Fitter{
			"gaussian":     density.GaussianFitter{},
			"standardised": density.Standardise(mixtureFitter(2)),
			"whitened":     density.Whiten(mixtureFitter(2)),
		} {
			_, _, err := f.Fit(context.Background(), x, x, density.FitOptions{})
			var user *usage.Error
			if !errors.As(err, &user) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %s: got error %v, want a usage error with %q", c.name, name, err, c.want)
			}
		}
	}
}

func TestPrecisionRoundsScores(t *testing.T) {
	g, x := gaussian(t, []float64{0}, 1), mat.NewDense(1, 1, []float64{0.1})
	got, err := g.LogDensity(x, density.Options{Precision: density.Float32})
	if err != nil {
		t.Fatal(err)
	}
	exact := scores(t, g, x)[0]
	if v := got.LogDensity[0]; v != float64(float32(exact)) || v == exact {
		t.Errorf("float32 score %v of the float64 score %v", v, exact)
	}
}

func TestComparatorsRefuseWhatTheyCannotScore(t *testing.T) {
	for name, m := range map[string]density.Model{
		"gaussian":     gaussian(t, []float64{0, 0}, 1, 0, 0, 1),
		"mixture":      twoClouds(t),
		"standardised": fit(t, density.Standardise(density.GaussianFitter{}), bent(50, 1), bent(50, 2), 0),
	} {
		if _, err := m.LogDensity(normalRows(4, 3, 1), density.Options{}); err == nil {
			t.Errorf("%s: rows of another length are scored", name)
		}
		if _, err := m.LogDensity(normalRows(4, 2, 1), density.Options{Condition: normalRows(4, 1, 1)}); err == nil {
			t.Errorf("%s: a condition is ignored", name)
		}
		if e, ok := m.(density.Encoder); ok {
			if _, _, err := e.Encode(normalRows(4, 3, 1), density.Options{}); err == nil {
				t.Errorf("%s: rows of another length are encoded", name)
			}
			if _, _, err := e.Decode(normalRows(4, 3, 1), density.Options{}); err == nil {
				t.Errorf("%s: codes of another length are decoded", name)
			}
		}
	}
}

func TestComparatorsRefuseWeights(t *testing.T) {
	x := bent(100, 1)
	for name, f := range map[string]density.Fitter{"gaussian": density.GaussianFitter{}, "mixture": mixtureFitter(2)} {
		o := density.FitOptions{TrainWeights: make([]float64, 100)}
		if _, _, err := f.Fit(context.Background(), x, x, o); err == nil || !strings.Contains(err.Error(), "weights") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestCancelledFitsEnd(t *testing.T) {
	for name, f := range map[string]density.Fitter{
		"gaussian": density.GaussianFitter{},
		"mixture":  density.Standardise(mixtureFitter(3)),
	} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, _, err := f.Fit(ctx, bent(100, 1), bent(100, 2), density.FitOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want %v", name, err, context.Canceled)
		}
	}
}

func gaussian(t *testing.T, mean []float64, covariance ...float64) *density.Gaussian {
	t.Helper()
	g, err := density.NewGaussian(mean, mat.NewSymDense(len(mean), covariance))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func fit(t *testing.T, f density.Fitter, train, validation *mat.Dense, workers int) density.Model {
	t.Helper()
	m, _, err := f.Fit(context.Background(), train, validation, density.FitOptions{Seed: 1, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func scores(t *testing.T, m density.Model, x *mat.Dense) []float64 {
	t.Helper()
	s, err := m.LogDensity(x, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.LogDensity
}

func normalRows(rows, columns int, seed uint64) *mat.Dense {
	x := mat.NewDense(rows, columns, nil)
	x.Apply(func(i, j int, _ float64) float64 { return random.New(seed, "test", uint64(j), uint64(i)).NormFloat64() }, x)
	return x
}

// bent returns rows along a parabola, in columns of very different units.
func bent(rows int, seed uint64) *mat.Dense {
	x := normalRows(rows, 2, seed)
	for i := range rows {
		a, b := x.At(i, 0), x.At(i, 1)
		x.SetRow(i, []float64{1000 + 20*a, 0.01 * (a*a + 0.3*b)})
	}
	return x
}
