package kernel

import (
	"fmt"
	"testing"
)

// A dense layer of two outputs worked by hand, with a row per lane.
func TestPortableDense(t *testing.T) {
	x := Block[float64]{Data: make([]float64, 2*Lanes), Cols: 2, Stride: 2 * Lanes, Panels: 1}
	y := Block[float64]{Data: make([]float64, 2*Lanes), Cols: 2, Stride: 2 * Lanes, Panels: 1}
	for lane := range Lanes {
		x.Data[lane] = float64(lane)
		x.Data[Lanes+lane] = 1
	}
	s := Portable[float64]()
	s.Dense(y, x, []float64{1, 2, -1, 3}, []float64{10, 0}, ReLU)
	for lane := range Lanes {
		first, second := float64(lane)+12, max(0, 3-float64(lane))
		if got := [2]float64{y.Data[lane], y.Data[Lanes+lane]}; got != [2]float64{first, second} {
			t.Errorf("row %d: %v, want %v and %v", lane, got, first, second)
		}
	}
}

func ExampleActivation_String() {
	fmt.Println(Identity, ReLU, Tanh)
	// Output: identity relu tanh
}
