package flow_test

import (
	"fmt"
	"testing"

	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/nn"
)

func coupling(name string, dim int, first bool, e flow.Elementwise) flow.Bijector {
	in, out := flow.CouplingWidths(dim, first, e)
	return flow.NewCoupling(dim, first, e, nn.Architecture{Hidden: []int{8, 8}}.Conditioner(name, 1, in, out))
}

func autoregressive(name string, dim int, e flow.Elementwise) flow.Bijector {
	return flow.NewAutoregressive(dim, e, nn.Architecture{Hidden: []int{16, 9}}.Masked(name, 1, dim, 0, e.Params()))
}

func TestBijectors(t *testing.T) {
	affine, spline := flow.Affine{Bound: 2}, flow.RationalQuadratic{Bins: 5, Bound: 3}
	cases := []struct {
		name     string
		bijector func(dim int) flow.Bijector
		laws     flowtest.Laws
	}{
		{"affine coupling", func(dim int) flow.Bijector { return coupling("c", dim, false, affine) }, flowtest.Laws{}},
		{"affine coupling of the first half", func(dim int) flow.Bijector { return coupling("c", dim, true, affine) }, flowtest.Laws{}},
		{"spline coupling", func(dim int) flow.Bijector { return coupling("c", dim, false, spline) }, flowtest.Laws{}},
		{"spline coupling of the first half", func(dim int) flow.Bijector { return coupling("c", dim, true, spline) }, flowtest.Laws{}},
		{"affine autoregressive", func(dim int) flow.Bijector { return autoregressive("a", dim, affine) }, flowtest.Laws{}},
		{"spline autoregressive", func(dim int) flow.Bijector { return autoregressive("a", dim, spline) }, flowtest.Laws{}},
		{"permutation", func(dim int) flow.Bijector { return flow.Shuffle(dim, 3) }, flowtest.Laws{VolumePreserving: true}},
		{"reverse", func(dim int) flow.Bijector { return flow.Reverse(dim) }, flowtest.Laws{VolumePreserving: true}},
		{"marginal", func(dim int) flow.Bijector { return flow.NewMarginal("m", dim, spline) }, flowtest.Laws{}},
		{"inverted autoregressive", func(dim int) flow.Bijector { return flow.Invert(autoregressive("a", dim, spline)) }, flowtest.Laws{}},
		{"chain", func(dim int) flow.Bijector {
			return flow.NewChain(coupling("a", dim, false, affine), flow.Shuffle(dim, 1), coupling("b", dim, true, spline), coupling("c", dim, false, spline))
		}, flowtest.Laws{}},
	}
	for _, c := range cases {
		for _, dim := range []int{1, 2, 3, 7} {
			t.Run(fmt.Sprintf("%s/dim=%d", c.name, dim), func(t *testing.T) {
				b := c.bijector(dim)
				flowtest.Randomise(b, 2, 0.3)
				flowtest.Test(t, b, c.laws)
			})
		}
	}
}
