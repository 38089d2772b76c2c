package ad

import (
	"math"
	"math/rand/v2"
	"testing"

	"flowcert/internal/kernel"
	"flowcert/internal/taylor"
)

// roundedMaps are maps of three columns of which the roundings are bounded, by the operation
// that they end in.
func roundedMaps() map[string]func(t *Tape, x Value) Value {
	s := Spline{Bins: 6, Bound: 3, MinBin: 1e-3, MinSlope: 1e-3}
	each := func(f func(t *Tape, x Value) Value) func(t *Tape, x Value) Value {
		return func(t *Tape, x Value) Value { return f(t, layer(t, x, 3, kernel.Tanh)) }
	}
	return map[string]func(t *Tape, x Value) Value{
		"dense":         func(t *Tape, x Value) Value { return layer(t, layer(t, x, 8, kernel.ReLU), 3, kernel.Identity) },
		"tanh":          func(t *Tape, x Value) Value { return layer(t, layer(t, x, 8, kernel.Tanh), 3, kernel.Tanh) },
		"sums":          each(func(t *Tape, x Value) Value { return t.Add(t.Sub(t.SumColumns(x), t.Slice(x, 0, 1)), t.Slice(x, 1, 2)) }),
		"products":      each(func(t *Tape, x Value) Value { return t.Mul(x, t.Linear(x, 2, 0.3)) }),
		"quotients":     each(func(t *Tape, x Value) Value { return t.Div(x, t.Linear(x, 0.5, 2)) }),
		"exp":           each(func(t *Tape, x Value) Value { return t.Exp(t.Linear(x, 3, 0)) }),
		"log":           each(func(t *Tape, x Value) Value { return t.Log(t.Linear(x, 1, 1.5)) }),
		"tanh alone":    each(func(t *Tape, x Value) Value { return t.Tanh(t.Linear(x, 3, 0)) }),
		"sigmoid":       each(func(t *Tape, x Value) Value { return t.Sigmoid(t.Linear(x, 6, 0)) }),
		"softplus":      each(func(t *Tape, x Value) Value { return t.Softplus(t.Linear(x, 6, 0)) }),
		"soft clip":     each(func(t *Tape, x Value) Value { return t.SoftClip(x, 1.5) }),
		"sum of blocks": each(func(t *Tape, x Value) Value { return t.SumBlocks(t.Concat(x, x, x), 3) }),
		"affine":        func(t *Tape, x Value) Value { return t.Slice(t.Affine(x, layer(t, x, 6, kernel.Identity), 2), 0, 3) },
		"affine inverse": func(t *Tape, x Value) Value {
			return t.Slice(t.AffineInverse(x, layer(t, x, 6, kernel.Identity), 2), 0, 3)
		},
		"rotation": func(t *Tape, x Value) Value {
			return t.Rotate(x, t.Parameter(randomParam("r", 1, 3)), [][2]int{{0, 1}, {0, 2}, {1, 2}})
		},
		"spline": func(t *Tape, x Value) Value {
			return t.Slice(t.Spline(x, layer(t, x, 3*s.Params(), kernel.Identity), s), 0, 3)
		},
		"spline inverse": func(t *Tape, x Value) Value {
			return t.Slice(t.SplineInverse(x, layer(t, x, 3*s.Params(), kernel.Identity), s), 0, 3)
		},
	}
}

// TestRoundings compares evaluations in float32 with those in float64, which are exact as
// it were, and with the bounds for float32: these hold, and are not empty.
func TestRoundings(t *testing.T) {
	// A running error bound adds up sizes of roundings that mostly cancel, each taken to be
	// several times the largest possible; splines add up knots besides.
	const emptiness = 2_000
	const width, points = 1.0 / 256, kernel.Lanes
	for name, record := range roundedMaps() {
		t.Run(name, func(t *testing.T) {
			tape := NewTape()
			out := record(tape, tape.Input(3))
			bound, err := NewRoundingEnclosure(tape, out)
			if err != nil {
				t.Fatal(err)
			}
			bound.tangents.unit, bound.tangents.slack = 0x1p-24, 0x1p-8
			single := Compile(kernel.Best[float32](), tape, Config{Panels: 1}, out).NewArena()
			double := Compile(kernel.Best[float64](), tape, Config{Panels: 1}, out).NewArena()
			r := rand.New(rand.NewPCG(1, 3))
			worst, met := 0.0, 0
			for range 200 {
				x := make([]taylor.Model, 3)
				for c := range x {
					centre := 1.5 * r.NormFloat64()
					x[c] = taylor.Variable(c, centre, width)
					for i := range points {
						v := float32(centre + width*(1.9*r.Float64()-0.95))
						single.Input(0).Data[c*points+i], double.Input(0).Data[c*points+i] = v, float64(v)
					}
				}
				single.Forward(1)
				double.Forward(1)
				most := 0.0
				for i := range points {
					sum := 0.0
					for c := range out.Cols() {
						d := float64(single.Output(0).Data[c*points+i]) - double.Output(0).Data[c*points+i]
						sum += d * d
					}
					most = max(most, math.Sqrt(sum))
				}
				e := bound.Error(x)
				if most > e {
					t.Fatalf("off by %v at %v, the bound is %v", most, x, e)
				}
				if !math.IsInf(e, 1) {
					met++
					worst = max(worst, most/e)
				}
			}
			t.Logf("bounds are at least %.0f times the errors; %d of 200 known", 1/worst, met)
			if met < 100 || worst < 1.0/emptiness {
				t.Errorf("%d bounds are known, the errors are at most %v of them", met, worst)
			}
		})
	}
}
