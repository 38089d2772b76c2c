package flow_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
	"flowcert/setting"
)

// between takes the line into (-2, 3).
func between(x float64) float64 { return -2 + 5/(1+math.Exp(-x)) }

// elementaryLayers are the layers without networks, by name.
var elementaryLayers = []struct {
	name  string
	layer func(dim int) flow.Bijector
	laws  flowtest.Laws
	// identity is whether the untrained layer is one.
	identity bool
}{
	{"lower triangular", func(dim int) flow.Bijector { return flow.NewTriangular("t", dim, false, 2) }, flowtest.Laws{}, true},
	{"upper triangular", func(dim int) flow.Bijector { return flow.NewTriangular("t", dim, true, 2) }, flowtest.Laws{}, true},
	{"lu", func(dim int) flow.Bijector { return flow.NewLU("lu", dim, nil, 2) }, flowtest.Laws{}, true},
	{"lu with a shuffle", func(dim int) flow.Bijector { return flow.NewLU("lu", dim, flow.Shuffle(dim, 1), 2) }, flowtest.Laws{}, false},
	{"householder", func(dim int) flow.Bijector { return flow.NewHouseholder("h", 1, dim, 0) }, flowtest.Laws{VolumePreserving: true}, true},
	{"three reflections", func(dim int) flow.Bijector { return flow.NewHouseholder("h", 1, dim, 3) }, flowtest.Laws{VolumePreserving: true}, false},
	{"qr", func(dim int) flow.Bijector { return flow.NewQR("qr", 1, dim, 0, 2) }, flowtest.Laws{}, true},
	{"orthogonal", func(dim int) flow.Bijector { return flow.NewOrthogonal("o", dim, 0) }, flowtest.Laws{VolumePreserving: true}, true},
	{"three rounds", func(dim int) flow.Bijector { return flow.NewOrthogonal("o", dim, 3) }, flowtest.Laws{VolumePreserving: true}, true},
	{"actnorm", func(dim int) flow.Bijector { return flow.NewActNorm("a", dim, 4) }, flowtest.Laws{}, true},
	{"batchnorm", func(dim int) flow.Bijector { return flow.NewBatchNorm("b", dim, 4) }, flowtest.Laws{}, true},
	{"standardisation", func(dim int) flow.Bijector { return flow.NewStandardisation("s", dim) }, flowtest.Laws{}, true},
	{"power", func(dim int) flow.Bijector { return flow.NewMarginal("p", dim, flow.Power{Least: 0.2}) }, flowtest.Laws{}, true},
	{"power coupling", func(dim int) flow.Bijector { return coupling("p", dim, false, flow.Power{Least: 0.2}) }, flowtest.Laws{}, true},
	{"logit", func(dim int) flow.Bijector { return flow.NewDomain(dim, flow.Logit{Low: -2, High: 3}) }, flowtest.Laws{Data: between}, false},
	{"logit of one column", func(dim int) flow.Bijector {
		return flow.NewDomain(dim, flow.Logit{Low: -2, High: 3, Margin: 0.01}, dim-1)
	}, flowtest.Laws{Data: between}, false},
	{"sigmoid", func(dim int) flow.Bijector { return flow.Invert(flow.NewDomain(dim, flow.Logit{Low: -2, High: 3})) }, flowtest.Laws{Latent: between}, false},
	{"log", func(dim int) flow.Bijector { return flow.NewDomain(dim, flow.Log{Low: -1}) }, flowtest.Laws{Data: func(x float64) float64 { return math.Exp(x) - 1 }}, false},
	{"exp", func(dim int) flow.Bijector { return flow.Invert(flow.NewDomain(dim, flow.Log{})) }, flowtest.Laws{Latent: math.Exp}, false},
	{"inverse softplus", func(dim int) flow.Bijector { return flow.NewDomain(dim, flow.InverseSoftplus{}) }, flowtest.Laws{Data: math.Exp}, false},
}

func TestElementaryLaws(t *testing.T) {
	for _, c := range elementaryLayers {
		for _, dim := range []int{1, 2, 3, 7} {
			t.Run(fmt.Sprintf("%s/dim=%d", c.name, dim), func(t *testing.T) {
				b := c.layer(dim)
				flowtest.Randomise(b, 2, 0.5)
				flowtest.Test(t, b, c.laws)
			})
		}
	}
}

// TestElementaryStarts checks the untrained layers, whose log-dets are 0.
func TestElementaryStarts(t *testing.T) {
	for _, c := range elementaryLayers {
		for _, dim := range []int{1, 2, 3, 7} {
			b := c.layer(dim)
			if len(b.Params()) == 0 {
				continue // without anything to train it has no untrained state
			}
			t.Run(fmt.Sprintf("%s/dim=%d", c.name, dim), func(t *testing.T) {
				flowtest.Test(t, b, flowtest.Laws{VolumePreserving: true})
				x := normalRows(40, dim, 2)
				z, _, _ := evaluated[float64](b, x, true)
				// Rounding alone moves a point, by a few units in the last place.
				if moved := !mat.EqualApprox(z, x, 1e-14); c.identity && moved {
					t.Errorf("the untrained layer is not the identity: %v becomes %v", x.RawRowView(0), z.RawRowView(0))
				}
			})
		}
	}
}

func normalRows(rows, dim int, deviation float64) *mat.Dense {
	x := mat.NewDense(rows, dim, nil)
	for i := range rows {
		r := random.New(4, "elementary", 0, uint64(i))
		for j := range dim {
			x.Set(i, j, deviation*r.NormFloat64())
		}
	}
	return x
}

// evaluated maps rows in one direction and returns the mapped rows, the log-dets, and
// the gradients of their sum with respect to the parameters and, at the end, the rows.
func evaluated[T kernel.Float](b flow.Bijector, x *mat.Dense, forward bool) (y *mat.Dense, logDet []float64, gradients [][]T) {
	rows, dim := x.Dims()
	t := ad.NewTape()
	pass, in := flow.Pass{Tape: t}, t.Input(dim)
	record := b.Inverse
	if forward {
		record = b.Forward
	}
	out, l := record(pass, in)
	p := ad.Compile(kernel.Best[T](), t, ad.Config{Gradient: true, InputGradient: true, Panels: (rows + kernel.Lanes - 1) / kernel.Lanes}, t.Linear(out, 1, 0), flow.LogDet(pass, l))
	a, slot := p.NewArena(), p.NewGradients()
	ad.LoadRows(a.Input(0), x.RawMatrix().Data, dim, rows)
	a.Forward(a.Input(0).Panels)
	y, logDet = mat.NewDense(rows, dim, nil), make([]float64, rows)
	ad.StoreRows(y.RawMatrix().Data, dim, a.Output(0), rows)
	ad.StoreRows(logDet, 1, a.Output(1), rows)
	for i := range 2 {
		seed := a.Seed(i)
		for q := range seed.Panels {
			for j := range seed.Panel(q) {
				if seed.Panel(q)[j] = 0; q*kernel.Lanes+j%kernel.Lanes < rows {
					seed.Panel(q)[j] = 1
				}
			}
		}
	}
	a.Backward(slot)
	return y, logDet, append(slot.Arrays, a.InputGradient(0).Data)
}

// noNaN fails if anything that a layer makes of the rows, in either precision and
// direction, is NaN or, if finite, infinite.
func noNaN(t *testing.T, b flow.Bijector, x *mat.Dense, finite bool) {
	t.Helper()
	for _, forward := range []bool{true, false} {
		y64, l64, g64 := evaluated[float64](b, x, forward)
		y32, l32, g32 := evaluated[float32](b, x, forward)
		values := append(append(append(l64, l32...), y64.RawMatrix().Data...), y32.RawMatrix().Data...)
		for i := range g64 {
			values = append(values, g64[i]...)
			for _, v := range g32[i] {
				values = append(values, float64(v))
			}
		}
		for _, v := range values {
			if math.IsNaN(v) || finite && math.IsInf(v, 0) {
				t.Fatalf("forward %v: a value, log-det or gradient is %v", forward, v)
			}
		}
	}
}

// TestElementaryFarOut tries points a million away, zeros, and parameters that are large
// themselves.
func TestElementaryFarOut(t *testing.T) {
	const dim = 3
	x := mat.NewDense(5, dim, []float64{1e6, 1e6, 1e6, -1e6, -1e6, -1e6, 0, 0, 0, 1e6, 0, -1e6, 1e-30, -1e-30, 1})
	for _, c := range elementaryLayers {
		t.Run(c.name, func(t *testing.T) {
			b := c.layer(dim)
			unbounded := c.laws.Data == nil && c.laws.Latent == nil
			noNaN(t, b, x, unbounded)
			for _, deviation := range []float64{0.3, 2, 30} {
				flowtest.Randomise(b, 2, deviation)
				noNaN(t, b, x, unbounded)
			}
		})
	}
}

// TestLogScalesStayInvertible: a clamped log-scale must not break the inverse, however
// large the raw parameter.
func TestLogScalesStayInvertible(t *testing.T) {
	for _, name := range []string{"lower triangular", "upper triangular", "lu", "qr", "actnorm", "batchnorm", "standardisation", "power"} {
		for _, c := range elementaryLayers {
			if c.name != name {
				continue
			}
			b := c.layer(3)
			for _, p := range b.Params() {
				for i := range p.Data {
					// Shifts as large would leave no digits of the points.
					shift := strings.HasSuffix(p.Name, "bias") || len(p.Data) == 6 && i%2 == 0
					if p.Rows == 1 && !shift {
						p.Data[i] = []float32{1e9, -1e9, 3e30}[i%3]
					}
				}
			}
			x := normalRows(16, 3, 1)
			z, l, _ := evaluated[float64](b, x, true)
			back, lBack, _ := evaluated[float64](b, z, false)
			if !mat.EqualApprox(back, x, 1e-12) {
				t.Errorf("%s: %v comes back as %v", name, x.RawRowView(0), back.RawRowView(0))
			}
			if d := math.Abs(l[0] + lBack[0]); !(d <= 1e-9) {
				t.Errorf("%s: log-dets %v and %v", name, l[0], lBack[0])
			}
		}
	}
}

// TestOrthogonalForAllParameters: vectors that are zero, tiny, huge, and angles near the
// half turn still make an orthogonal matrix, in float32 too.
func TestOrthogonalForAllParameters(t *testing.T) {
	const dim = 4
	layers := map[string]flow.Bijector{
		"householder": flow.NewHouseholder("h", 1, dim, 5),
		"orthogonal":  flow.NewOrthogonal("o", dim, 0),
	}
	for name, b := range layers {
		for _, size := range []float32{0, 1e-38, 1e-22, 1e-9, 2e-6, 1, 1e6, 1e22, 3e38} {
			p := b.Params()[0]
			r := random.New(1, "orthogonal", 0, 0)
			for i := range p.Data {
				p.Data[i] = size * float32(2*r.Float64()-1)
			}
			noNaN(t, b, normalRows(5, dim, 1e6), true)
			unit := mat.NewDense(dim, dim, nil)
			for j := range dim {
				unit.Set(j, j, 1)
			}
			var gram mat.Dense
			q, _, _ := evaluated[float32](b, unit, true)
			gram.Mul(q, q.T())
			// A handful of float32 operations per reflection or round.
			if !mat.EqualApprox(&gram, unit, 1e-5) {
				t.Errorf("%s, parameters of size %v: not orthogonal: %v", name, size, mat.Formatted(&gram))
			}
		}
	}
}

// TestReflectionsCanBeLearned: equal pairs must not cancel in the gradient.
func TestReflectionsCanBeLearned(t *testing.T) {
	_, _, gradients := evaluated[float64](flow.NewHouseholder("h", 1, 3, 2), normalRows(5, 3, 1), true)
	for i, g := range gradients[0] {
		if math.Abs(g) < 1e-3 {
			t.Errorf("the derivative of entry %d is %v", i, g)
		}
	}
}

// TestOutsideTheDomain: the density is 0 there, and at the bounds unless the interval is
// widened; gradients stay finite.
func TestOutsideTheDomain(t *testing.T) {
	cases := []struct {
		name            string
		curve           flow.Curve
		inside, outside []float64
	}{
		{"logit", flow.Logit{Low: 0, High: 1}, []float64{1e-30, 1e-10, 0.5, 1 - 1e-7}, []float64{0, 1, -1e-9, 1.5, 1e6, -1e6}},
		{"logit with a margin", flow.Logit{Low: 0, High: 1, Margin: 1e-3}, []float64{0, 1, -0.9e-3, 1.0009}, []float64{-0.0011, 1.0011, 1e6}},
		{"log", flow.Log{Low: 0}, []float64{1e-30, 1e-10, 1, 1e6}, []float64{0, -1e-9, -1e6}},
		{"inverse softplus", flow.InverseSoftplus{Low: 0}, []float64{1e-30, 1e-10, 1, 1e6}, []float64{0, -1e-9, -1e6}},
	}
	for _, c := range cases {
		for i, v := range append(c.inside, c.outside...) {
			inside := i < len(c.inside)
			b := flow.NewChain(flow.NewStandardisation("s", 2), flow.NewDomain(2, c.curve, 1), flow.NewActNorm("a", 2, 3))
			x := mat.NewDense(1, 2, []float64{7, v})
			noNaN(t, b, x, false)
			z64, l64, g := evaluated[float64](b, x, true)
			z32, l32, _ := evaluated[float32](b, x, true)
			for _, z := range []float64{z64.At(0, 1), z32.At(0, 1)} {
				if math.IsInf(z, 0) || z64.At(0, 0) != 7 {
					t.Errorf("%s: %v becomes %v", c.name, v, z)
				}
			}
			for _, l := range []float64{l64[0], l32[0]} {
				if math.IsInf(l, -1) == inside || math.IsInf(l, 1) {
					t.Errorf("%s: the log-det at %v is %v", c.name, v, l)
				}
			}
			if d := g[len(g)-1][kernel.Lanes]; math.IsInf(d, 0) {
				t.Errorf("%s: the derivative at %v is %v", c.name, v, d)
			}
		}
	}
}

// TestPowerSlopeAtZero: zeros are common in data, and the map is smooth there.
func TestPowerSlopeAtZero(t *testing.T) {
	b := flow.NewMarginal("p", 1, flow.Power{Least: 0.2})
	b.Params()[0].Data[0] = 0.7
	z, l, g := evaluated[float64](b, mat.NewDense(1, 1, nil), true)
	// The slopes of the map, 1, and of its log-derivative, (p - 1) log(1 + x).
	want := 1 + 0.8*math.Tanh(float64(float32(0.7)))
	if slope := g[1][0]; z.At(0, 0) != 0 || l[0] != 0 || math.Abs(slope-want) > 1e-12 {
		t.Errorf("0 becomes %v with log-slope %v; together they grow by %v, want %v", z.At(0, 0), l[0], slope, want)
	}
}

// TestManyColumns: with more columns the triangular layers are cut into pieces.
func TestManyColumns(t *testing.T) {
	const dim = 60
	b := flow.NewLU("lu", dim, flow.Shuffle(dim, 1), 2)
	flowtest.Randomise(b, 2, 0.1)
	if err := flowtest.Check(b, flowtest.Laws{}); err != nil {
		t.Error(err)
	}
}

func TestElementaryKinds(t *testing.T) {
	kinds := []flow.Kind{
		flow.LUKind(), flow.TriangularKind(), flow.HouseholderKind(), flow.QRKind(), flow.OrthogonalKind(), flow.ActNormKind(),
		flow.BatchNormKind(), flow.StandardisationKind(), flow.LogitKind(), flow.LogKind(), flow.InverseSoftplusKind(),
	}
	for _, k := range kinds {
		for _, dim := range []int{1, 3} {
			s, err := setting.Resolve(k.Name, k.Settings, nil)
			if err != nil {
				t.Fatal(err)
			}
			b, err := k.Build(flow.Place{Name: "layer", Dim: dim, Seed: 1}, s)
			if err != nil {
				t.Fatalf("%s: %v", k.Name, err)
			}
			if data, latent := b.Shapes(); data != flow.Vector(dim) || latent != data {
				t.Errorf("%s: shapes %v and %v", k.Name, data, latent)
			}
			for _, p := range b.Params() {
				if !strings.HasPrefix(p.Name, "layer.") {
					t.Errorf("%s: a parameter is named %q", k.Name, p.Name)
				}
			}
		}
	}
	for given, want := range map[string]map[string]any{
		"column 4 is to be mapped, but there are 3": {"columns": "1,4"},
		"column 2 is listed twice":                  {"columns": "2,2"},
		"low must be less":                          {"low": 1, "high": 1},
	} {
		s, err := setting.Resolve("logit", flow.LogitKind().Settings, want)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = flow.LogitKind().Build(flow.Place{Dim: 3}, s); err == nil || !strings.Contains(err.Error(), given) {
			t.Errorf("error %v, want %q", err, given)
		}
	}
}
