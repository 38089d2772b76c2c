package flow_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/internal/numeric"
	"flowcert/internal/random"
	"flowcert/setting"
)

// bases returns every kind of base with some settings besides the defaults, in dim
// columns, by name.
func bases(t *testing.T, dim int) map[string]flow.Base {
	t.Helper()
	built := map[string]flow.Base{}
	for _, c := range []struct {
		name  string
		kind  flow.BaseKind
		given map[string]any
	}{
		{"normal", flow.NormalKind(), nil},
		{"student", flow.StudentKind(), nil},
		{"student learned as one", flow.StudentKind(), map[string]any{"degrees": 3.0, "learn": "all"}},
		{"student of 4", flow.StudentKind(), map[string]any{"degrees": 4.0, "learn": "none"}},
		{"uniform", flow.UniformKind(), nil},
		{"uniform with wide edges", flow.UniformKind(), map[string]any{"bound": 1.0, "edge": 0.7}},
		{"mixture", flow.GaussianMixtureKind(), map[string]any{"components": 3}},
		{"resampled", flow.ResampledKind(), map[string]any{"hidden": []int{6}, "draws": 1 << 16, "training_draws": 1000, "truncation": 20}},
	} {
		s, err := setting.Resolve("base", c.kind.Settings, c.given)
		if err != nil {
			t.Fatal(err)
		}
		b, err := c.kind.Build(flow.Place{Name: "base", Dim: dim, Seed: 1}, s)
		if err != nil {
			t.Fatal(err)
		}
		built[c.name] = b
	}
	return built
}

// randomiseBase is flowtest.Randomise for bases.
func randomiseBase(b flow.Base, deviation float64) {
	for _, p := range b.Params() {
		r := random.New(2, p.Name, 0, 0)
		for i := range p.Data {
			p.Data[i] = float32(deviation * r.NormFloat64())
		}
	}
}

// baseValues are the log-densities of rows, the gradients of their sum along the rows
// and along the parameters, and the standard errors, if there are any.
type baseValues[T kernel.Float] struct {
	logDensity []float64
	along      *mat.Dense
	params     map[*ad.Param][]T
	errors     []float64
}

// scorer returns the function that evaluates b at rows.
func scorer[T kernel.Float](b flow.Base, dim int, training bool) func(z *mat.Dense) baseValues[T] {
	t := ad.NewTape()
	pass, in := flow.Pass{Tape: t, Training: training}, t.Input(dim)
	outputs := []ad.Value{b.LogDensity(pass, in)}
	e, estimated := b.(flow.Estimated)
	if estimated {
		l, e := e.Estimate(pass, in)
		outputs = []ad.Value{l, e}
	}
	p := ad.Compile(kernel.Best[T](), t, ad.Config{Gradient: true, InputGradient: true}, outputs...)
	a := p.NewArena()
	return func(z *mat.Dense) baseValues[T] {
		rows, _ := z.Dims()
		v := baseValues[T]{logDensity: make([]float64, rows), along: mat.NewDense(rows, dim, nil), params: map[*ad.Param][]T{}}
		if estimated {
			v.errors = make([]float64, rows)
		}
		slot := p.NewGradients()
		for from := 0; from < rows; from += p.Rows() {
			n := min(p.Rows(), rows-from)
			ad.LoadRows(a.Input(0), z.RawMatrix().Data[from*dim:], dim, n)
			a.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
			ad.StoreRows(v.logDensity[from:], 1, a.Output(0), n)
			if estimated {
				ad.StoreRows(v.errors[from:], 1, a.Output(1), n)
			}
			for i := range outputs {
				clear(a.Seed(i).Data)
			}
			for i := range n {
				a.Seed(0).Panel(i / kernel.Lanes)[i%kernel.Lanes] = 1
			}
			a.Backward(slot)
			ad.StoreRows(v.along.RawMatrix().Data[from*dim:], dim, a.InputGradient(0), n)
		}
		for i, param := range t.Params() {
			v.params[param] = slot.Arrays[i]
		}
		return v
	}
}

// scored evaluates b, as in use, at the rows of z.
func scored[T kernel.Float](b flow.Base, z *mat.Dense) baseValues[T] {
	_, dim := z.Dims()
	return scorer[T](b, dim, false)(z)
}

// TestBasesReference compares with values that testdata/reference_bases.py has from
// torch.distributions and from integrals of the formulas.
func TestBasesReference(t *testing.T) {
	known := map[string]flow.Base{
		"normal":                 flow.Normal{},
		"student of 2.5":         flow.NewStudent(2, 2.5),
		"student learned":        flow.NewLearnedStudent("base", 2, 10, true),
		"student learned as one": flow.NewLearnedStudent("base", 2, 10, false),
		"mixture":                flow.NewGaussianMixture("base", 1, 2, 5, 0.5),
		"uniform":                flow.Uniform{Bound: 3, Edge: 0.25},
		"box":                    flow.Uniform{Bound: 3},
	}
	for _, n := range []int{1, 2, 5, 100} {
		known[fmt.Sprint("resampled ", n)] = flow.NewResampled("base", 1, 2,
			flow.ResampledOptions{Truncation: n, Hidden: []int{6, 6}, Draws: 1 << 15, TrainingDraws: 1000})
	}
	raw, err := os.ReadFile("testdata/reference_bases.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Cases []struct {
			Base       string
			Parameters map[string][]float32
			Z          [][]float64
			LogDensity []*float64 `json:"log_density"` // null where there is no density
			Gradient   [][]float64
		}
	}
	if err := json.Unmarshal(raw, &reference); err != nil {
		t.Fatal(err)
	}
	if len(reference.Cases) != len(known) {
		t.Fatalf("%d cases for %d bases", len(reference.Cases), len(known))
	}
	for _, c := range reference.Cases {
		b := known[c.Base]
		if b == nil || len(c.Z) == 0 || len(b.Params()) != len(c.Parameters) {
			t.Fatalf("%q: no such base, no points, or other parameters", c.Base)
		}
		for _, p := range b.Params() {
			if copy(p.Data, c.Parameters[p.Name]) != len(p.Data) {
				t.Fatalf("%s: no parameter %q", c.Base, p.Name)
			}
		}
		got := scored[float64](b, denseOf(c.Z))
		l, errors := got.logDensity, got.errors
		for i, want := range c.LogDensity {
			switch {
			case want == nil:
				if !math.IsInf(l[i], -1) {
					t.Errorf("%s: log-density at %v is %v, want none", c.Base, c.Z[i], l[i])
				}
			case errors != nil:
				// The same for all rows of a base: six standard errors are no chance.
				if !(math.Abs(l[i]-*want) <= 6*errors[i]+1e-9) || !(errors[i] < 0.02) {
					t.Errorf("%s: log-density at %v is %v with a standard error of %v, the reference says %v", c.Base, c.Z[i], l[i], errors[i], *want)
				}
			default:
				sameNumber(t, c.Base+": log-density", l[i], *want)
				for j, g := range c.Gradient[i] {
					sameNumber(t, c.Base+": gradient", got.along.At(i, j), g)
				}
			}
		}
	}
}

// TestBasesIntegrateToOne, in one dimension and, unless they are products, in two, with
// other parameters than the starting ones. densitytest holds their samples to the density.
func TestBasesIntegrateToOne(t *testing.T) {
	for _, dim := range []int{1, 2} {
		for name, b := range bases(t, dim) {
			if dim == 2 && name != "mixture" && name != "resampled" {
				continue
			}
			randomiseBase(b, 0.5)
			points, draw := mat.NewDense(2000, dim, nil), b.Sampler()
			for i := range 2000 {
				draw(points.RawRowView(i), random.New(1, "points", 0, uint64(i)))
			}
			ones, score := []float64{1, 1}[:dim], scorer[float64](b, dim, false)
			space := numeric.NewSpace(points, make([]float64, dim), ones)
			got, err := space.Integrate(func(x *mat.Dense) ([]float64, error) {
				return score(x).logDensity, nil
			}, 1e-5, 100_000)
			// The resampled base is off by its estimate's error, 2e-3 with 2^16 draws.
			tolerance := 1e-3
			if _, ok := b.(flow.Estimated); ok {
				tolerance = 0.012
			}
			if err != nil || !(math.Abs(got.Value-1) <= tolerance) {
				t.Errorf("%s in %d dimensions integrates to %v (%v)", name, dim, got.Value, err)
			}
		}
	}
}

// TestBaseSamplesMatchTheDensity, in more columns than a cubature can take: the mean of
// q/p over draws from p is 1 for every density q.
func TestBaseSamplesMatchTheDensity(t *testing.T) {
	const rows, dim = 20_000, 4
	for name, b := range bases(t, dim) {
		randomiseBase(b, 0.3)
		z, draw := mat.NewDense(rows, dim, nil), b.Sampler()
		for i := range rows {
			draw(z.RawRowView(i), random.New(1, "points", 0, uint64(i)))
		}
		l := scored[float64](b, z).logDensity
		for _, centre := range []float64{0, 0.7} {
			ratios := make([]float64, rows)
			for i := range ratios {
				row := slices.Clone(z.RawRowView(i))
				for j := range row {
					row[j] = 2 * (row[j] - centre) // q has the deviation 1/2
				}
				ratios[i] = math.Exp(numeric.StandardNormal(row) + dim*math.Ln2 - l[i])
			}
			mean, deviation := stat.MeanStdDev(ratios, nil)
			// The resampled base's own error comes on top.
			if !(math.Abs(mean-1) <= 5*deviation/math.Sqrt(rows)+0.01) {
				t.Errorf("%s: the mean ratio about %v is %v with a standard error of %v", name, centre, mean, deviation/math.Sqrt(rows))
			}
		}
	}
}

// TestResampledEnds: where no draw is kept but the last, that is a point of the normal
// distribution, as it is where all draws have the same chance.
func TestResampledEnds(t *testing.T) {
	const rows = 2000
	b := flow.NewResampled("base", 1, 1, flow.ResampledOptions{Truncation: 20, Hidden: []int{4}, Draws: 100, TrainingDraws: 100})
	params := b.Params()
	params[len(params)-1].Data[0] = -1000 // the logit, softly clipped at 20
	draw, z, squares := b.Sampler(), make([]float64, 1), 0.0
	for i := range rows {
		draw(z, random.New(1, "points", 0, uint64(i)))
		squares += z[0] * z[0]
	}
	// The squares have a mean of 1 and a variance of 2.
	if mean := squares / rows; math.Abs(mean-1) > 5*math.Sqrt(2.0/rows) {
		t.Errorf("the mean square is %v", mean)
	}
}

// TestResampledScoresRestOnOtherPoints than training, which fits the network to its own.
func TestResampledScoresRestOnOtherPoints(t *testing.T) {
	b := flow.NewResampled("base", 1, 1, flow.ResampledOptions{Truncation: 20, Hidden: []int{4}, Draws: 500, TrainingDraws: 500})
	randomiseBase(b, 1)
	z := mat.NewDense(1, 1, nil)
	if score, trained := scorer[float64](b, 1, false)(z).logDensity[0], scorer[float64](b, 1, true)(z).logDensity[0]; score == trained {
		t.Errorf("both estimates give %v", score)
	}
}

// TestBaseGradients compares the gradients along points and parameters with differences.
func TestBaseGradients(t *testing.T) {
	const rows, dim = 20, 3
	for name, b := range bases(t, dim) {
		randomiseBase(b, 0.5)
		z := mat.NewDense(rows, dim, nil)
		r := random.New(3, "points", 0, 0)
		z.Apply(func(_, _ int, _ float64) float64 { return 2 * r.NormFloat64() }, z)
		total := func() (sum float64) {
			for _, v := range scorer[float64](b, dim, true)(z).logDensity {
				sum += v
			}
			return sum
		}
		check := func(what string, got float64, move func(h float64)) {
			const h = 1.0 / (1 << 12) // so that float32 parameters move by it exactly
			move(h)
			up := total()
			move(-2 * h)
			down := total()
			move(h)
			if want := (up - down) / (2 * h); !(math.Abs(got-want) <= 1e-4*(1+math.Abs(want))) {
				t.Errorf("%s: the derivative along %s is %v, differences say %v", name, what, got, want)
			}
		}
		for _, p := range b.Params() {
			for j := range p.Data {
				p.Data[j] = float32(math.Round(float64(p.Data[j])*(1<<12)) / (1 << 12))
			}
		}
		got := scorer[float64](b, dim, true)(z)
		for j := range dim {
			check("a point", got.along.At(1, j), func(h float64) { z.Set(1, j, z.At(1, j)+h) })
		}
		for _, p := range b.Params() {
			for j := range min(len(p.Data), 4) {
				check(p.Name, got.params[p][j], func(h float64) { p.Data[j] += float32(h) })
			}
		}
	}
}

// TestBasesFarOut: values and gradients are finite numbers a million deviations out and
// where columns are 0, in both types.
func TestBasesFarOut(t *testing.T) {
	z := denseOf([][]float64{{1e6, -1e6, 0}, {0, 0, 0}, {-1e6, 1, 1e-30}, {3, -3, 3}, {1e6, 1e6, 1e6}})
	for name, b := range bases(t, 3) {
		for _, deviation := range []float64{0, 1, 1000} {
			randomiseBase(b, deviation)
			double, single := scorer[float64](b, 3, true)(z), scorer[float32](b, 3, true)(z)
			finite := func(what string, v float64) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s, parameters of deviation %v: %s is %v", name, deviation, what, v)
				}
			}
			for _, v := range slices.Concat(double.logDensity, single.logDensity, double.along.RawMatrix().Data, single.along.RawMatrix().Data, double.errors, single.errors) {
				finite("a value or a gradient", v)
			}
			for _, p := range b.Params() {
				for j := range p.Data {
					finite("a parameter's gradient", double.params[p][j])
					finite("a parameter's gradient in float32", float64(single.params[p][j]))
				}
			}
		}
	}
}

// TestUntrainedBases: the resampled base starts as the standard normal distribution, and
// the mixture with about its mean and variance.
func TestUntrainedBases(t *testing.T) {
	z := denseOf([][]float64{{0.5, -1}, {4, 2}, {-0.1, 0}})
	want, got := scored[float64](flow.Normal{}, z), scored[float64](bases(t, 2)["resampled"], z)
	for i := range want.logDensity {
		sameNumber(t, "the untrained resampled base", got.logDensity[i], want.logDensity[i])
		if got.errors[i] > 1e-9 {
			t.Errorf("its standard error is %v although all draws say the same", got.errors[i])
		}
	}
	const rows = 20_000
	draw, row := flow.NewGaussianMixture("base", 1, 1, 200, 0.5).Sampler(), []float64{0}
	var mean, square float64
	for i := range rows {
		draw(row, random.New(1, "points", 0, uint64(i)))
		mean += row[0] / rows
		square += row[0] * row[0] / rows
	}
	if math.Abs(mean) > 0.1 || math.Abs(square-1) > 0.1 {
		t.Errorf("the untrained mixture has mean %v and second moment %v", mean, square)
	}
}

// TestStudentNearsTheNormal: with many degrees of freedom nothing is lost to rounding,
// in float32 either.
func TestStudentNearsTheNormal(t *testing.T) {
	z := denseOf([][]float64{{0.5, -1}, {4, 2}, {-0.1, 0}, {0, 0}})
	b := flow.NewStudent(2, 1e9)
	want, got, got32 := scored[float64](flow.Normal{}, z).logDensity, scored[float64](b, z).logDensity, scored[float32](b, z).logDensity
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-6 || math.Abs(got32[i]-want[i]) > 1e-4 {
			t.Errorf("at %v the log-density is %v, in float32 %v, the normal one %v", z.RawRowView(i), got[i], got32[i], want[i])
		}
	}
}
