package flow_test

import (
	"fmt"
	"testing"

	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/nn"
	"flowcert/setting"
)

// TestConditionalBijectors holds every layer with a conditioner to the laws with a
// condition.
func TestConditionalBijectors(t *testing.T) {
	cases := []struct {
		name        string
		kind        flow.Kind
		settings    setting.Values
		transformer flow.Elementwise
	}{
		{"affine coupling", flow.CouplingKind(), setting.Values{"half": "last"}, flow.Affine{Bound: 2}},
		{"spline coupling of the first half", flow.CouplingKind(), setting.Values{"half": "first"}, flow.RationalQuadratic{Bins: 5, Bound: 3}},
		{"affine autoregressive", flow.AutoregressiveKind(), nil, flow.Affine{Bound: 2}},
		{"spline autoregressive", flow.AutoregressiveKind(), nil, flow.RationalQuadratic{Bins: 5, Bound: 3}},
	}
	for _, c := range cases {
		for _, dim := range []int{1, 2, 3, 7} {
			for _, condition := range []int{1, 3} {
				t.Run(fmt.Sprintf("%s/dim=%d/condition=%d", c.name, dim, condition), func(t *testing.T) {
					b, err := c.kind.Build(flow.Place{
						Name: "layer", Dim: dim, Condition: condition, Seed: 1,
						Transformer: c.transformer, Architecture: nn.Architecture{Hidden: []int{8, 8}},
					}, c.settings)
					if err != nil {
						t.Fatal(err)
					}
					flowtest.Randomise(b, 2, 0.3)
					flowtest.Test(t, flow.NewChain(b, flow.Reverse(dim)), flowtest.Laws{Condition: condition})
				})
			}
		}
	}
}
