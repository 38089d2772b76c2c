package flow_test

import (
	"fmt"
	"math"
	"testing"

	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/nn"
	"flowcert/setting"
)

func gin(dim int, first bool) flow.Bijector {
	in, out := flow.CouplingWidths(dim, first, flow.Affine{})
	return flow.NewGIN(dim, first, 2, nn.Architecture{Hidden: []int{8, 8}}.Conditioner("g", 1, in, out))
}

func TestVolumePreservingCouplings(t *testing.T) {
	cases := []struct {
		name string
		of   func(dim int) flow.Bijector
	}{
		{"gin", func(dim int) flow.Bijector { return gin(dim, false) }},
		{"gin of the first half", func(dim int) flow.Bijector { return gin(dim, true) }},
		{"additive coupling", func(dim int) flow.Bijector { return coupling("c", dim, false, flow.Additive{}) }},
		{"additive autoregressive", func(dim int) flow.Bijector { return autoregressive("a", dim, flow.Additive{}) }},
		{"additive marginal", func(dim int) flow.Bijector { return flow.NewMarginal("m", dim, flow.Additive{}) }},
	}
	for _, c := range cases {
		for _, dim := range []int{1, 2, 3, 7} {
			t.Run(fmt.Sprintf("%s/dim=%d", c.name, dim), func(t *testing.T) {
				b := c.of(dim)
				flowtest.Test(t, b, flowtest.Laws{VolumePreserving: true})
				flowtest.Randomise(b, 2, 0.5)
				flowtest.Test(t, b, flowtest.Laws{VolumePreserving: true})
			})
		}
	}
}

// TestGINScales: with more than one mapped column each is scaled, and with one none.
func TestGINScales(t *testing.T) {
	for _, dim := range []int{1, 2, 3, 7} {
		b := gin(dim, false)
		flowtest.Randomise(b, 3, 1)
		const step = 0.5
		x := [][]float64{make([]float64, dim), make([]float64, dim)}
		x[1][dim-1] = step
		z, _ := mapRows(b, false, x)
		scale := (z[1][dim-1] - z[0][dim-1]) / step
		if mapped := dim - dim/2; (mapped > 1) == (math.Abs(scale-1) < 1e-12) {
			t.Errorf("%d mapped columns: the last is scaled by %v", mapped, scale)
		}
	}
}

// TestSplineKinds builds every kind with its default settings.
func TestSplineKinds(t *testing.T) {
	for _, k := range []flow.ElementwiseKind{
		flow.LinearSplineKind(), flow.QuadraticSplineKind(), flow.CubicSplineKind(), flow.LinearRationalKind(),
		flow.CircularSplineKind(), flow.AdditiveKind(),
	} {
		values, err := setting.Resolve(k.Name, k.Settings, nil)
		if err != nil {
			t.Fatal(err)
		}
		e, err := k.Build(values)
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		b := flow.NewMarginal("m", 2, e)
		flowtest.Randomise(b, 1, 0.5)
		flowtest.Test(t, b, flowtest.Laws{VolumePreserving: k.Name == "additive"})
	}
}
