package density_test

import (
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"

	"flowcert/density"
	"flowcert/internal/random"
)

// covarianceOf is a positive definite matrix of dim columns.
func covarianceOf(dim int, seed uint64) *mat.SymDense {
	r := random.New(seed, "query test", 0, 0)
	a := mat.NewDense(dim, dim, nil)
	a.Apply(func(int, int, float64) float64 { return r.NormFloat64() }, a)
	s := mat.NewSymDense(dim, nil)
	s.SymOuterK(1, a)
	for i := range dim {
		s.SetSym(i, i, s.At(i, i)+0.1)
	}
	return s
}

// scoresAt returns m's log-density at one point.
func scoreAt(t *testing.T, m density.Model, x ...float64) float64 {
	t.Helper()
	s, err := m.LogDensity(mat.NewDense(1, len(x), x), density.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return s.LogDensity[0]
}

// TestGaussianQueries against the formulas of gonum's distmv.
func TestGaussianQueries(t *testing.T) {
	mean, covariance := []float64{1, -2, 3, 0.5}, covarianceOf(4, 1)
	g, err := density.NewGaussian(mean, covariance)
	if err != nil {
		t.Fatal(err)
	}
	reference, _ := distmv.NewNormal(mean, covariance, nil)
	columns, values := []int{3, 1}, []float64{0.7, -1}

	marginal, err := density.Marginal(g, columns)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := reference.MarginalNormal(columns, nil)
	if got, want := scoreAt(t, marginal, values...), want.LogProb(values); math.Abs(got-want) > 1e-12 {
		t.Errorf("marginal: %v, want %v", got, want)
	}
	given, err := density.Given(g, columns, values)
	if err != nil {
		t.Fatal(err)
	}
	want, _ = reference.ConditionNormal(columns, values, nil)
	rest := []float64{0.3, 2}
	if got, want := scoreAt(t, given, rest...), want.LogProb(rest); math.Abs(got-want) > 1e-12 {
		t.Errorf("given: %v, want %v", got, want)
	}
	if mode, err := density.Mode(g); err != nil || !floats.Equal(mode, mean) {
		t.Errorf("mode %v, %v", mode, err)
	}
	p, err := density.CDF(g, 2, []float64{3, 3 + 1.959963984540054*math.Sqrt(covariance.At(2, 2))})
	if err != nil || math.Abs(p[0]-0.5) > 1e-15 || math.Abs(p[1]-0.975) > 1e-14 {
		t.Errorf("CDF %v, %v, want the halves and quantile of tables", p, err)
	}
}

func twoBells(t *testing.T) *density.Mixture {
	t.Helper()
	m, err := density.NewMixture([]float64{0.3, 0.7}, [][]float64{{0, 1, 2}, {3, -1, 0}},
		[]*mat.SymDense{covarianceOf(3, 2), covarianceOf(3, 3)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMixtureQueries: marginal times conditional is the joint density, one component is a
// Gaussian, and the joint density has no slope at the mode.
func TestMixtureQueries(t *testing.T) {
	m, x := twoBells(t), []float64{1, 0.2, 0.7}
	marginal, err := density.Marginal(m, []int{2, 0})
	if err != nil {
		t.Fatal(err)
	}
	given, err := density.Given(m, []int{2, 0}, []float64{x[2], x[0]})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := scoreAt(t, marginal, x[2], x[0])+scoreAt(t, given, x[1]), scoreAt(t, m, x...); math.Abs(got-want) > 1e-12 {
		t.Errorf("marginal and conditional make %v, want %v", got, want)
	}
	mode, err := density.Mode(m)
	if err != nil {
		t.Fatal(err)
	}
	top := scoreAt(t, m, mode...)
	for j := range mode {
		for _, step := range []float64{-1e-3, 1e-3} {
			x := append([]float64(nil), mode...)
			x[j] += step
			if scoreAt(t, m, x...) >= top {
				t.Errorf("the density rises from the mode along column %d", j)
			}
		}
	}
	const step = 1e-5
	p, err := density.CDF(m, 0, []float64{1 - step, 1 + step, -100, 100})
	if err != nil {
		t.Fatal(err)
	}
	one, err := density.Marginal(m, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := (p[1]-p[0])/(2*step), math.Exp(scoreAt(t, one, 1)); math.Abs(got-want) > 1e-9 {
		t.Errorf("the distribution function rises by %v, want the density %v", got, want)
	}
	if p[2] > 1e-12 || 1-p[3] > 1e-12 {
		t.Errorf("the distribution function reaches from %v to %v", p[2], p[3])
	}
}

func TestGivenWhereThereIsNoDensity(t *testing.T) {
	if _, err := density.Given(twoBells(t), []int{0}, []float64{1e200}); err == nil {
		t.Error("a conditional at a value without density")
	}
}

// rescaled fits a mixture of columns in other units, through Standardise.
func rescaled(t *testing.T) (m density.Model, rows *mat.Dense) {
	t.Helper()
	rows, err := twoBells(t).Sample(400, 5, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 400 {
		rows.Set(i, 1, 50+100*rows.At(i, 1))
	}
	fitter := density.Standardise(density.MixtureFitter{Components: []int{2}, Starts: 1, Iterations: 20, Floor: 1e-6})
	m, _, err = fitter.Fit(t.Context(), rows, rows, density.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return m, rows
}

func TestStandardisedQueries(t *testing.T) {
	m, rows := rescaled(t)
	x := rows.RawRowView(0)
	marginal, err := density.Marginal(m, []int{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	given, err := density.Given(m, []int{1, 2}, x[1:])
	if err != nil {
		t.Fatal(err)
	}
	if got, want := scoreAt(t, marginal, x[1:]...)+scoreAt(t, given, x[0]), scoreAt(t, m, x...); math.Abs(got-want) > 1e-10 {
		t.Errorf("marginal and conditional make %v, want %v", got, want)
	}
	mode, err := density.Mode(m)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 400 {
		if scoreAt(t, m, rows.RawRowView(i)...) > scoreAt(t, m, mode...) {
			t.Fatalf("row %d is denser than the mode", i)
		}
	}
	p, err := density.CDF(m, 1, []float64{x[1] - 0.01, x[1] + 0.01})
	if err != nil {
		t.Fatal(err)
	}
	one, err := density.Marginal(m, []int{1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := (p[1]-p[0])/0.02, math.Exp(scoreAt(t, one, x[1])); math.Abs(got/want-1) > 1e-6 {
		t.Errorf("the distribution function rises by %v, want the density %v", got, want)
	}
}

func TestMissingValues(t *testing.T) {
	m, nan := twoBells(t), math.NaN()
	x := mat.NewDense(4, 3, []float64{1, 2, 3, nan, 2, 3, nan, nan, nan, 1, nan, 3})
	s, err := density.LogDensityOfKnown(m, x, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tail, err := density.Marginal(m, []int{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	ends, err := density.Marginal(m, []int{0, 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{scoreAt(t, m, 1, 2, 3), scoreAt(t, tail, 2, 3), 0, scoreAt(t, ends, 1, 3)}
	if !floats.EqualApprox(s.LogDensity, want, 1e-12) {
		t.Errorf("got %v, want %v", s.LogDensity, want)
	}
	filled, err := density.Impute(m, x, 7, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		for j := range 3 {
			if got, was := filled.At(i, j), x.At(i, j); math.IsNaN(got) || !math.IsNaN(was) && got != was {
				t.Errorf("row %d, column %d: %v became %v", i, j, was, got)
			}
		}
	}
	last := x.Slice(3, 4, 0, 3).(*mat.Dense)
	if again, err := density.Impute(m, mat.DenseCopyOf(last), 7, density.Options{}); err != nil || again.At(0, 0) != 1 {
		t.Errorf("one row alone: %v, %v", again, err)
	}
}

func TestQueriesThatAreNotOffered(t *testing.T) {
	whitened, _, err := density.Whiten(density.GaussianFitter{}).Fit(t.Context(), mat.NewDense(4, 2, []float64{0, 1, 2, 0, 3, 3, 1, 5}),
		mat.NewDense(1, 2, nil), density.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"marginal": second(density.Marginal(whitened, []int{0})),
		"given":    second(density.Given(whitened, []int{0}, []float64{1})),
		"CDF":      second(density.CDF(whitened, 0, []float64{1})),
		"missing":  second(density.LogDensityOfKnown(whitened, mat.NewDense(1, 2, []float64{math.NaN(), 1}), density.Options{})),
	} {
		if !errors.Is(err, density.ErrNotOffered) {
			t.Errorf("%s: got %v, want %v", name, err, density.ErrNotOffered)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestColumnsThatCannotBeChosen(t *testing.T) {
	m := twoBells(t)
	for name, err := range map[string]error{
		"none":           second(density.Marginal(m, nil)),
		"twice":          second(density.Marginal(m, []int{1, 1})),
		"too large":      second(density.Marginal(m, []int{3})),
		"negative":       second(density.CDF(m, -1, []float64{0})),
		"all given":      second(density.Given(m, []int{0, 1, 2}, []float64{0, 0, 0})),
		"too few values": second(density.Given(m, []int{0, 1}, []float64{0})),
	} {
		if err == nil || errors.Is(err, density.ErrNotOffered) {
			t.Errorf("%s: got %v, want an error about the columns", name, err)
		}
	}
}
