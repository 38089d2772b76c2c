package flow_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/nn"
	"flowcert/setting"
)

// bendingLayers are the planar, radial and Sylvester layers, without a condition.
var bendingLayers = []struct {
	name  string
	layer func(dim int) flow.Bijector
	// unused entries of its parameters, with three columns, change nothing.
	unused int
}{
	{"planar", func(dim int) flow.Bijector { return flow.NewPlanar("p", 1, dim, nil) }, 0},
	{"radial", func(dim int) flow.Bijector { return flow.NewRadial("r", 1, dim, nil) }, 0},
	{"sylvester", func(dim int) flow.Bijector { return flow.NewSylvester("s", 1, dim, min(dim, 2), nil) }, 6},
	{"full sylvester", func(dim int) flow.Bijector { return flow.NewSylvester("s", 1, dim, dim, nil) }, 12},
}

func TestBendingLaws(t *testing.T) {
	for _, c := range bendingLayers {
		for _, dim := range []int{1, 2, 3, 7} {
			t.Run(fmt.Sprintf("%s/dim=%d", c.name, dim), func(t *testing.T) {
				b := c.layer(dim)
				flowtest.Test(t, b, flowtest.Laws{})
				flowtest.Randomise(b, 2, 1)
				flowtest.Test(t, b, flowtest.Laws{})
			})
		}
	}
}

// TestBendingStarts: an untrained layer is close to the identity, one of raw zeros is it
// up to rounding, and every parameter that is used has a gradient.
func TestBendingStarts(t *testing.T) {
	for _, c := range bendingLayers {
		b := c.layer(3)
		x := normalRows(48, 3, 1) // no padding
		z, _, gradients := evaluated[float64](b, x, true)
		if !mat.EqualApprox(z, x, 0.2) || z.At(0, 0) == x.At(0, 0) {
			t.Errorf("%s: the untrained layer makes %v of %v", c.name, z.RawRowView(0), x.RawRowView(0))
		}
		still := 0
		for _, array := range gradients {
			for _, g := range array {
				if math.Abs(g) < 1e-6 {
					still++
				}
			}
		}
		if still != c.unused {
			t.Errorf("%s: %d entries have no gradient, want %d", c.name, still, c.unused)
		}
		flowtest.Randomise(b, 1, 0)
		z, l, _ := evaluated[float64](b, x, true)
		if !mat.EqualApprox(z, x, 1e-14) || math.Abs(l[0]) > 1e-14 {
			t.Errorf("%s: raw zeros make %v with log-det %v of %v", c.name, z.RawRowView(0), l[0], x.RawRowView(0))
		}
	}
}

// TestBendingFarOut tries points a million away, on the centre of a radial layer, and
// parameters that are large themselves.
func TestBendingFarOut(t *testing.T) {
	const dim = 3
	x := mat.NewDense(5, dim, []float64{1e6, 1e6, 1e6, -1e6, -1e6, -1e6, 0, 0, 0, 1e6, 0, -1e6, 1e-30, -1e-30, 1})
	for _, c := range bendingLayers {
		t.Run(c.name, func(t *testing.T) {
			b := c.layer(dim)
			noNaN(t, b, x, true)
			for _, deviation := range []float64{0, 1e-30, 1e-12, 0.3, 2, 30, 1e30} {
				if deviation == 1e30 && c.name != "planar" && c.name != "radial" {
					deviation = 1e9 // Sylvester's matrices are not clipped
				}
				flowtest.Randomise(b, 2, deviation)
				noNaN(t, b, x, true)
			}
		})
	}
}

// TestPlanarNorm: the correction that keeps w.u' above -1 divides by |w|^2. Divided by
// |w|, which is a known mistake, w.u' would be 115 here instead of -0.999.
func TestPlanarNorm(t *testing.T) {
	b := flow.NewPlanar("p", 1, 2, nil)
	copy(b.Params()[0].Data, []float32{3, 4, -2, -6, 0.5}) // |w| = 5, w.u = -30
	x := mat.NewDense(1, 2, []float64{0.3, -0.1})          // w.x + b = 1
	z, l, _ := evaluated[float64](b, x, true)
	along := 3*(z.At(0, 0)-x.At(0, 0)) + 4*(z.At(0, 1)-x.At(0, 1))
	// The clip at 1000 changes what w is in the third digit.
	if got := along / math.Tanh(1); !(math.Abs(got+0.999) < 0.01) {
		t.Errorf("w.u' is %v, want -0.999", got)
	}
	sech := 1 / math.Cosh(1)
	if want := math.Log(1 - 0.999*sech*sech); !(math.Abs(l[0]-want) < 0.01) {
		t.Errorf("the log-det is %v, want %v", l[0], want)
	}
	if err := flowtest.Check(b, flowtest.Laws{}); err != nil {
		t.Error(err)
	}
}

// TestPlanarWithoutDirection: a w too short to divide by counts as 0, and does so in all
// places: the layer shifts by u tanh(b).
func TestPlanarWithoutDirection(t *testing.T) {
	b := flow.NewPlanar("p", 1, 2, nil)
	copy(b.Params()[0].Data, []float32{5e-11, -5e-11, 500, -500, 0.5})
	x := normalRows(5, 2, 1)
	z, l, _ := evaluated[float64](b, x, true)
	back, _, _ := evaluated[float64](b, z, false)
	if !mat.EqualApprox(back, x, 1e-12) || math.Abs(l[0]) > 1e-15 {
		t.Errorf("%v comes back as %v, with log-det %v", mat.Formatted(x), mat.Formatted(back), l[0])
	}
}

// TestBendingAtTheEdge: with the constraints of invertibility as good as reached, and
// with very steep layers, points come back.
func TestBendingAtTheEdge(t *testing.T) {
	planar, radial := flow.NewPlanar("p", 1, 2, nil), flow.NewRadial("r", 1, 2, nil)
	sylvester := flow.NewSylvester("s", 1, 2, 2, nil)
	for _, size := range []float32{-1e4, -300, 300, 1e4} {
		copy(planar.Params()[0].Data, []float32{1, 0.5, size, size, 0})
		copy(radial.Params()[0].Data, []float32{0, 0, 0, size})
		steps := sylvester.Params()[3].Data
		steps[0], steps[1] = size, size
		for name, b := range map[string]flow.Bijector{"planar": planar, "radial": radial, "sylvester": sylvester} {
			if err := flowtest.Check(b, flowtest.Laws{}); err != nil {
				t.Errorf("%s, %v: %v", name, size, err)
			}
			// On the plane and in the centre the map is flattest; the inverse loses three
			// digits there, and the planar layer moves points by a length of 500.
			x := mat.NewDense(3, 2, []float64{0, 0, 1e-9, -2e-9, 1e-3, 1e-3})
			z, _, _ := evaluated[float64](b, x, true)
			back, _, _ := evaluated[float64](b, z, false)
			if !mat.EqualApprox(back, x, 1e-9) {
				t.Errorf("%s, %v: %v comes back as %v", name, size, mat.Formatted(x), mat.Formatted(back))
			}
		}
	}
}

// conditioned is a layer given one condition for all points.
type conditioned struct {
	flow.Bijector
	condition []float64
}

func (c conditioned) pass(p flow.Pass) flow.Pass {
	var columns []ad.Value
	for _, v := range c.condition {
		columns = append(columns, p.Tape.Constant(1, v))
	}
	p.Condition = p.Tape.Concat(columns...)
	return p
}

func (c conditioned) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	return c.Bijector.Forward(c.pass(p), x)
}

func (c conditioned) Inverse(p flow.Pass, z ad.Value) (x, logDet ad.Value) {
	return c.Bijector.Inverse(c.pass(p), z)
}

// TestBendingKinds builds the layers as descriptions do: with a condition they obey the
// laws too, and differ between conditions once they are trained.
func TestBendingKinds(t *testing.T) {
	for _, k := range []flow.Kind{flow.PlanarKind(), flow.RadialKind(), flow.SylvesterKind()} {
		for _, dim := range []int{1, 3} {
			s, err := setting.Resolve(k.Name, k.Settings, nil)
			if err != nil {
				t.Fatal(err)
			}
			place := flow.Place{Name: "layer", Dim: dim, Condition: 2, Seed: 1, Architecture: nn.Architecture{Hidden: []int{8}}}
			b, err := k.Build(place, s)
			if err != nil {
				t.Fatal(err)
			}
			x := normalRows(5, dim, 1)
			z := func(condition ...float64) *mat.Dense {
				z, _, _ := evaluated[float64](conditioned{b, condition}, x, true)
				return z
			}
			if !mat.Equal(z(1, 2), z(2, -1)) {
				t.Errorf("%s, %d columns: an untrained layer depends on the condition", k.Name, dim)
			}
			flowtest.Randomise(b, 3, 0.5)
			flowtest.Test(t, conditioned{b, []float64{1, -0.5}}, flowtest.Laws{})
			if mat.EqualApprox(z(1, 2), z(2, -1), 1e-3) {
				t.Errorf("%s, %d columns: the condition changes nothing", k.Name, dim)
			}
			place.Condition = 0
			if b, err = k.Build(place, s); err != nil {
				t.Fatal(err)
			}
			flowtest.Test(t, b, flowtest.Laws{})
		}
	}
}
