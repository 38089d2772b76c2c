package flow_test

import (
	"testing"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/internal/kernel"
)

// TestMarginsAreOfThePointsThatLayersSee: each layer's are stated where the layers before
// it have moved the point, and those of an inverted one where its inverse has.
func TestMarginsAreOfThePointsThatLayersSee(t *testing.T) {
	first, second := flow.NewMarginal("first", 1, flow.Affine{Bound: 3}), flow.NewMarginal("second", 1, flow.Power{Least: 0.2})
	flowtest.Randomise(first, 1, 1)
	flowtest.Randomise(second, 1, 1)
	tape := ad.NewTape()
	pass, x := flow.Pass{Tape: tape}, tape.Input(1)
	moved, _ := first.Forward(pass, x)
	back, _ := second.Inverse(pass, moved)
	outputs := []ad.Value{
		second.Margins(pass, x), second.Margins(pass, moved), second.Margins(pass, back),
		flow.Margins(pass, flow.NewChain(first, second), x)[1],
		flow.Margins(pass, flow.NewChain(first, flow.Invert(second)), x)[1],
	}
	a := ad.Compile(kernel.Portable[float64](), tape, ad.Config{}, outputs...).NewArena()
	ad.LoadRows(a.Input(0), []float64{1.5}, 1, 1)
	a.Forward(1)
	slope := func(output int) float64 { return a.Output(output).Data[0] } // that at the point comes first
	if slope(0) == slope(1) || slope(1) == slope(2) {
		t.Error("vacuous: the slope is the same at all points")
	}
	if slope(3) != slope(1) || slope(4) != slope(2) {
		t.Errorf("the layer's slope is %v in a chain and %v inverted, want %v and %v", slope(3), slope(4), slope(1), slope(2))
	}
}
