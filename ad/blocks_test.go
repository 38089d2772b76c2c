package ad

import (
	"math"
	"testing"

	"flowcert/internal/kernel"
)

// TestLogNormaliseFarOut: terms of any size neither overflow nor lose the digits of
// their differences.
func TestLogNormaliseFarOut(t *testing.T) {
	tape := NewTape()
	y, sum := tape.LogNormalise(tape.Input(3), 1)
	p := Compile(kernel.Best[float32](), tape, Config{Panels: 1, InputGradient: true}, tape.Concat(y, sum, tape.LogSumExp(tape.value(tape.inputs[0]), 1)))
	a, slot := p.NewArena(), p.NewGradients()
	rows := [][3]float64{{1e6, -1e6, 0}, {1e6, 1e6, 1e6}, {-1e6, -1e6, -1e6 + 1}, {1e30, 0, 0}, {0, 0, 0}, {-200, -200, -1e30}}
	for l, row := range rows {
		for c, v := range row {
			a.Input(0).Data[c*kernel.Lanes+l] = float32(v)
		}
	}
	a.Forward(1)
	for i := range a.Seed(0).Data {
		a.Seed(0).Data[i] = 1
	}
	a.Backward(slot)
	for l, row := range rows {
		top := max(row[0], row[1], row[2])
		var rest float64
		for _, v := range row {
			rest += math.Exp(v - top)
		}
		want := []float64{row[0] - top - math.Log(rest), row[1] - top - math.Log(rest), row[2] - top - math.Log(rest), top + math.Log(rest), top + math.Log(rest)}
		for c, w := range want {
			if got := float64(a.Output(0).Data[c*kernel.Lanes+l]); !(math.Abs(got-w) <= 4*0x1p-23*(1+math.Abs(w))) {
				t.Errorf("row %v: column %d is %v, want %v", row, c, got, w)
			}
		}
		for c := range row {
			if g := float64(a.InputGradient(0).Data[c*kernel.Lanes+l]); math.IsNaN(g) || math.IsInf(g, 0) {
				t.Errorf("row %v: gradient %v", row, g)
			}
		}
	}
}
