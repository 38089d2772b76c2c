package proof_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/numeric"
	"flowcert/internal/taylor"
	"flowcert/nn"
	"flowcert/proof"
)

// matrix is a linear map.
type matrix []float64

func (l matrix) Len() int { return 1 }

func (l matrix) Map(_ int, _, j, _ []taylor.Model) {
	for i, v := range l {
		j[i] = taylor.Constant(v)
	}
}

// TestLipschitzOfLinearMaps compares with a singular value decomposition: bounds hold, and
// are exact but for what three dimensions give away.
func TestLipschitzOfLinearMaps(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, dim := range []int{1, 2, 3, 6} {
		lo, hi := []float64{-1, -1, -1, -1, -1, -1}[:dim], []float64{1, 2, 1, 1, 1, 1}[:dim]
		slack := []float64{0, 1e-9, 1e-9, 0.01, 0, 0, 0.03}[dim]
		for range 20 {
			m := make(matrix, dim*dim)
			for i := range m {
				m[i] = r.NormFloat64()
			}
			s, err := proof.Lipschitz(t.Context(), func() (proof.Layers, error) { return m, nil }, lo, hi, proof.Options{Evaluations: 200, Width: 0.01, Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			var svd mat.SVD
			if !svd.Factorize(mat.NewDense(dim, dim, m), mat.SVDNone) {
				t.Fatal("no decomposition")
			}
			values := svd.Values(nil)
			forward, inverse := s.Largest()
			for what, pair := range map[string][2]float64{"forward": {forward, values[0]}, "inverse": {inverse, 1 / values[dim-1]}} {
				// The decomposition is off by some roundings times the condition.
				if got, want := pair[0], pair[1]; !(got >= want*(1-1e-9) && got <= want*(1+slack+1e-9)) {
					t.Errorf("%d dimensions: %s %v, want %v", dim, what, got, want)
				}
			}
		}
	}
	s, err := proof.Lipschitz(t.Context(), func() (proof.Layers, error) { return matrix{1, 2, 2, 4}, nil }, []float64{-1, -1}, []float64{1, 1}, proof.Options{Evaluations: 200, Workers: 1})
	if _, inverse := s.Largest(); err != nil || !math.IsInf(inverse, 1) {
		t.Errorf("a singular map: inverse %v, %v", inverse, err)
	}
}

// TestLipschitzOfFlow: no two points are stretched by more than the bounds of their part
// of the box say, nor shrunk by more, and the bounds are nearly met.
func TestLipschitzOfFlow(t *testing.T) {
	f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: couplings()})
	s, err := proof.Lipschitz(t.Context(), func() (proof.Layers, error) { return f.Layers() },
		[]float64{-2, -2}, []float64{2, 2}, proof.Options{Evaluations: 2000, Width: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	forward, inverse := s.Largest()
	const pairs = 20_000
	r := rand.New(rand.NewPCG(2, 1))
	x := mat.NewDense(2*pairs, 2, nil)
	for i := range pairs {
		a := []float64{3.99*r.Float64() - 2, 3.99*r.Float64() - 2}
		x.SetRow(2*i, a)
		x.SetRow(2*i+1, []float64{a[0] + 1e-3*r.Float64(), a[1] + 1e-3*r.Float64()})
	}
	z, _, err := f.Encode(x, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	most, least := 0.0, math.Inf(1)
	for i := range pairs {
		of := func(m *mat.Dense) float64 {
			return math.Hypot(m.At(2*i, 0)-m.At(2*i+1, 0), m.At(2*i, 1)-m.At(2*i+1, 1))
		}
		if of(x) > 1e-4 { // rounding is then below 1e-11 of the quotient
			most, least = max(most, of(z)/of(x)), min(least, of(z)/of(x))
		}
	}
	t.Logf("forward %v, met %v; inverse %v, met %v; %d evaluations", forward, most, inverse, 1/least, s.Evaluations)
	if !(most <= forward*(1+1e-9)) || forward > 1.25*most {
		t.Errorf("the map stretches by %v, the bound is %v", most, forward)
	}
	// Images 1e-3 apart have curved paths between them, shorter by some 1e-6.
	if !(1/least <= inverse*(1+1e-4)) || inverse > 1.25/least {
		t.Errorf("the inverse stretches by %v, the bound is %v", 1/least, inverse)
	}
}

// TestLipschitzOfManyDimensions: of a coupling between five columns, on a box as a whole,
// the bounds hold.
func TestLipschitzOfManyDimensions(t *testing.T) {
	const dim = 5
	in, out := flow.CouplingWidths(dim, true, flow.Affine{Bound: 1})
	layer := flow.NewCoupling(dim, true, flow.Affine{Bound: 1}, nn.Architecture{Hidden: []int{6}, Activation: "tanh"}.Conditioner("c", 1, in, out))
	r := rand.New(rand.NewPCG(5, 1))
	for _, p := range layer.Params() {
		for i := range p.Data {
			p.Data[i] = float32(0.3 * r.NormFloat64())
		}
	}
	f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: layer})
	const side = 0.25
	lo, hi := make([]float64, dim), make([]float64, dim)
	for i := range dim {
		lo[i], hi[i] = -side, side
	}
	s, err := proof.Lipschitz(t.Context(), func() (proof.Layers, error) { return f.Layers() }, lo, hi, proof.Options{})
	if err != nil {
		t.Fatal(err)
	}
	forward, inverse := s.Largest()
	const points = 2_000
	x, steps := mat.NewDense(points, dim, nil), make([]float64, dim)
	for i := range points {
		for j := range dim {
			x.Set(i, j, side*(1.99*r.Float64()-0.995))
			steps[j] = 1e-5
		}
	}
	jacobians, err := numeric.Jacobians(func(x *mat.Dense) (*mat.Dense, error) {
		z, _, err := f.Encode(x, density.Options{})
		return z, err
	}, x, steps)
	if err != nil {
		t.Fatal(err)
	}
	most, least := 0.0, math.Inf(1)
	for _, j := range jacobians {
		var svd mat.SVD
		if !svd.Factorize(j, mat.SVDNone) {
			t.Fatal("no decomposition")
		}
		values := svd.Values(nil)
		most, least = max(most, values[0]), min(least, values[dim-1])
	}
	t.Logf("forward %v, met %v; inverse %v, met %v", forward, most, inverse, 1/least)
	// Differences are off by some 1e-10.
	if !(most <= forward*(1+1e-8)) || !(1/least <= inverse*(1+1e-8)) || forward > 2*most || inverse > 2/least {
		t.Errorf("forward %v, met %v; inverse %v, met %v", forward, most, inverse, 1/least)
	}
}

func ExampleLipschitz() {
	newLayers := func() (proof.Layers, error) { return matrix{2, 0, 0, 0.5}, nil }
	s, err := proof.Lipschitz(context.Background(), newLayers, []float64{-1, -1}, []float64{1, 1}, proof.Options{Evaluations: 64, Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	forward, inverse := s.Largest()
	fmt.Printf("%.3f %.3f\n", forward, inverse)
	// Output: 2.000 2.000
}
