package density_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/random"
)

// weighted returns a distribution whose parameters are all normal draws of a deviation.
func weighted(b flow.Bijector, deviation float64) flow.Distribution {
	for _, p := range b.Params() {
		r := random.New(3, p.Name, 0, 0)
		for i := range p.Data {
			p.Data[i] = float32(deviation * r.NormFloat64())
		}
	}
	return flow.Distribution{Base: flow.Normal{}, Bijector: b}
}

// TestPlanarMargin against the derivative of the layer across its plane: at w.x + b = 0
// the determinant is 1 + w.u'.
func TestPlanarMargin(t *testing.T) {
	d := weighted(flow.NewPlanar("p", 1, 2, nil), 2)
	m := density.NewFlow(d)
	w, b := d.Params()[0].Data[:2], float64(d.Params()[0].Data[4])
	// The layer clips raw parameters softly: v/(1 + |v|/1000).
	clip := func(v float64) float64 { return v / (1 + math.Abs(v)/1000) }
	w0, w1 := clip(float64(w[0])), clip(float64(w[1]))
	square := w0*w0 + w1*w1
	x := mat.NewDense(1, 2, []float64{-clip(b) * w0 / square, -clip(b) * w1 / square})
	_, logDet, err := m.Encode(x, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	margins, err := density.Margins(m, x, density.Options{})
	if err != nil || len(margins) != 1 || margins[0].Part != 0 {
		t.Fatalf("%v, %v", margins, err)
	}
	if got, want := margins[0].Value, math.Exp(logDet[0]); math.Abs(got-want) > 1e-12 {
		t.Errorf("the margin is %v, want the determinant %v", got, want)
	}
}

// TestMarginsHoldForWildWeights: the layers are made so that no finite weights violate
// what their theorems suppose, and weights that are not numbers show.
func TestMarginsHoldForWildWeights(t *testing.T) {
	chain := func() flow.Bijector {
		return flow.NewChain(
			flow.NewPlanar("planar", 1, 3, nil), flow.NewRadial("radial", 1, 3, nil),
			flow.NewSylvester("sylvester", 1, 3, 2, nil), flow.NewLU("lu", 3, nil, 3),
			flow.NewActNorm("actnorm", 3, 3), flow.NewMarginal("marginal", 3, flow.RationalQuadratic{Bins: 4, Bound: 5}),
			flow.Invert(flow.NewMarginal("inverted", 3, flow.Affine{Bound: 3})),
			flow.NewBlockAutoregressive("block", 1, 3, 0, 2, 1))
	}
	x := mat.NewDense(3, 3, []float64{0, 1, 2, -3, 0.5, 0, 9, 9, -9})
	const checked = 8 // LU is two layers, of which one has ones on its diagonal
	for _, deviation := range []float64{0, 1, 100} {
		m := density.NewFlow(weighted(chain(), deviation))
		margins, err := density.Margins(m, x, density.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(margins) != checked {
			t.Errorf("%d layers with margins, want %d", len(margins), checked)
		}
		for _, margin := range margins {
			if !(margin.Value > 0) {
				t.Errorf("deviation %v: layer %d has the margin %v", deviation, margin.Part, margin.Value)
			}
		}
	}
}

// TestMarginsShowWeightsThatAreNoNumbers of the layers that have margins.
func TestMarginsShowWeightsThatAreNoNumbers(t *testing.T) {
	d := weighted(flow.NewActNorm("actnorm", 2, 3), 1)
	d.Params()[0].Data[1] = float32(math.NaN())
	margins, err := density.Margins(density.NewFlow(d), mat.NewDense(1, 2, nil), density.Options{})
	if err != nil || len(margins) != 1 || !math.IsNaN(margins[0].Value) {
		t.Errorf("%v, %v", margins, err)
	}
}

// TestGaussianMargin: the share of a column's deviation that those before it leave.
func TestGaussianMargin(t *testing.T) {
	g, err := density.NewGaussian([]float64{0, 0}, mat.NewSymDense(2, []float64{4, 0.8 * 6, 0.8 * 6, 9}))
	if err != nil {
		t.Fatal(err)
	}
	margins, err := density.Margins(g, mat.NewDense(1, 2, nil), density.Options{})
	if err != nil || len(margins) != 1 || math.Abs(margins[0].Value-0.6) > 1e-12 {
		t.Errorf("%v, %v, want 0.6 for a correlation of 0.8", margins, err)
	}
}
