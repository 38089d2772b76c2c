package ad

import (
	"math"
	"testing"

	"flowcert/internal/taylor"
)

// TestSoftmaxTangents compares with the derivatives of the log-sum-exp, the shares, and of
// what the entries are less than it.
func TestSoftmaxTangents(t *testing.T) {
	tape, x := NewTape(), []float64{0.5, -1, 2, 0.3}
	in := tape.Input(4)
	normalised, sum := tape.LogNormalise(in, 2)
	e, err := NewTangentEnclosure(tape, normalised, sum, tape.LogSumExp(in, 2))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range x {
		e.Input(0)[i] = taylor.Variable(0, v, 0.001)
	}
	e.Run()
	for k := range x {
		clear(e.InputTangent(0))
		e.InputTangent(0)[k] = taylor.Constant(1)
		e.Differentiate()
		share := math.Exp(x[k]) / (math.Exp(x[k%2]) + math.Exp(x[k%2+2]))
		for j := range 2 {
			want := share
			if j != k%2 {
				want = 0
			}
			for _, m := range []taylor.Model{e.OutputTangent(1)[j], e.OutputTangent(2)[j]} {
				if math.Abs(m.C[0]-want) > 1e-12 || !(m.Radius < 1e-6) {
					t.Errorf("sum %d along entry %d: %v, want %v", j, k, m, want)
				}
			}
			for i := j; i < 4; i += 2 {
				entry := -want
				if i == k {
					entry++
				}
				if m := e.OutputTangent(0)[i]; math.Abs(m.C[0]-entry) > 1e-12 || !(m.Radius < 1e-6) {
					t.Errorf("entry %d along entry %d: %v, want %v", i, k, m, entry)
				}
			}
		}
	}
}
