package ad

import (
	"slices"
	"testing"

	"flowcert/internal/kernel"
)

// TestMixtureParametersByRow: rows whose parameters differ in one number have other
// values and gradients, those that they have alone.
func TestMixtureParametersByRow(t *testing.T) {
	m := Mixture{Components: 2, Bound: 3}
	tape := NewTape()
	x, h := tape.Input(1), tape.Input(m.Params())
	p := Compile(kernel.Portable[float64](), tape, Config{Panels: 1, InputGradient: true}, tape.MixtureCDF(x, h, m))
	a, slot := p.NewArena(), p.NewGradients()
	// run evaluates rows whose parameter of the row's number, if any, is moved.
	run := func(number func(row int) int) (values, gradients []float64) {
		for row := range kernel.Lanes {
			a.Input(0).Data[row] = 0.7
			for i := range m.Params() {
				a.Input(1).Data[i*kernel.Lanes+row] = 0.1 * float64(i)
				if i == number(row) {
					a.Input(1).Data[i*kernel.Lanes+row] += 0.5
				}
			}
		}
		a.Forward(1)
		for i := range a.Seed(0).Data {
			a.Seed(0).Data[i] = 1
		}
		a.Backward(slot)
		return slices.Clone(a.Output(0).Data), slices.Clone(a.InputGradient(0).Data)
	}
	values, gradients := run(func(row int) int { return row })
	for row := range m.Params() {
		alone, gradientsAlone := run(func(int) int { return row })
		if values[row] != alone[row] || gradients[row] != gradientsAlone[row] {
			t.Errorf("row %d has the value %v among others and %v alone", row, values[row], alone[row])
		}
		if row > 0 && values[row] == values[row-1] {
			t.Errorf("rows %d and %d have the same value", row-1, row)
		}
	}
}
