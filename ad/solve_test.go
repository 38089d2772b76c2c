package ad

import (
	"math"
	"testing"

	"flowcert/internal/kernel"
)

// solveAt returns the roots of f at the entries of z, in type T.
func solveAt[T kernel.Float](f Increasing, z []T) []T {
	tape := NewTape()
	p := Compile(kernel.Best[T](), tape, Config{Panels: 1}, tape.Solve(tape.Input(1), Value{}, f))
	a := p.NewArena()
	copy(a.Input(0).Data, z)
	a.Forward(1)
	return a.Output(0).Data[:len(z)]
}

// steep is x + e^x: slope 1 on the left, growing without bounds on the right.
func steep(t *Tape, x, _ Value) (y, logSlope Value) {
	e := t.Exp(x)
	return t.Add(x, e), t.Log(t.Linear(e, 1, 1))
}

// bent is 1e-3 x where |x| < 1 and steeper by 1e6 outside: Newton's method from far
// away jumps to and fro.
func bent(t *Tape, x, _ Value) (y, logSlope Value) {
	out := t.Sub(t.ReLU(t.Linear(x, 1, -1)), t.ReLU(t.Linear(x, -1, -1)))
	outside := t.Add(t.Step(t.Linear(x, 1, -1)), t.Step(t.Linear(x, -1, -1)))
	return t.Add(t.Linear(x, 1e-3, 0), t.Linear(out, 1e3, 0)), t.Log(t.Linear(outside, 1e3, 1e-3))
}

func TestSolve(t *testing.T) {
	cases := []struct {
		name string
		f    Increasing
		back func(x float64) float64
	}{
		{"steep", steep, func(x float64) float64 { return x + math.Exp(x) }},
		{"bent", bent, func(x float64) float64 {
			return 1e-3*x + 1e3*(max(x-1, 0)-max(-x-1, 0))
		}},
	}
	z := []float64{0, 1, -1, 1e-30, 5e-4, -9e-4, 1e-3, 2, -2, 700, -700, 1e6, -1e6, 1e30}
	z32 := make([]float32, len(z))
	for i, v := range z {
		z32[i] = float32(v)
	}
	for _, c := range cases {
		x, x32 := solveAt(c.f, z), solveAt(c.f, z32)
		for i, v := range z {
			// The root is right to a few units in the last place of x, or of z where
			// the map is so flat that rounding of f decides.
			if off := math.Abs(c.back(x[i]) - v); !(off <= 8*0x1p-52*slopeAt(c.back, x[i])*math.Abs(x[i])+8*0x1p-52*math.Abs(v)) {
				t.Errorf("%s: the root at %g is %g, off by %g", c.name, v, x[i], off)
			}
			if off := math.Abs(float64(x32[i]) - x[i]); !(off <= 16*0x1p-23*max(math.Abs(x[i]), math.Abs(v)/slopeAt(c.back, x[i]))) {
				t.Errorf("%s: the root at %g is %g in float32 and %g in float64", c.name, v, x32[i], x[i])
			}
		}
	}
}

func slopeAt(f func(float64) float64, x float64) float64 {
	h := 1e-6 * max(1, math.Abs(x))
	return (f(x+h) - f(x-h)) / (2 * h)
}

// TestSolveWithoutRoot: what cannot be solved is NaN, and its neighbours are right.
func TestSolveWithoutRoot(t *testing.T) {
	bounded := func(t *Tape, x, _ Value) (y, logSlope Value) {
		s := t.Sigmoid(x)
		return s, t.Log(t.Mul(s, t.Linear(s, -1, 1)))
	}
	x := solveAt(bounded, []float64{2, 0.5, math.NaN(), -1, 0.75})
	for i, want := range []float64{math.NaN(), 0, math.NaN(), math.NaN(), math.Log(3)} {
		if math.IsNaN(want) != math.IsNaN(x[i]) || math.Abs(x[i]-want) > 1e-14 {
			t.Errorf("root %d is %g, want %g", i, x[i], want)
		}
	}
}
