package ad

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"flowcert/internal/kernel"
	"flowcert/internal/random"
)

// operations records every operation of the tape on inputs of the given columns.
// Inputs are drawn from [0.3, 1.8], where all of them are smooth.
var operations = []struct {
	name   string
	inputs []int
	record func(t *Tape, x []Value) Value
}{
	{"dense", []int{3}, func(t *Tape, x []Value) Value { return layer(t, x[0], 4, kernel.Identity) }},
	{"dense tanh", []int{3}, func(t *Tape, x []Value) Value { return layer(t, x[0], 4, kernel.Tanh) }},
	{"dense relu", []int{3}, func(t *Tape, x []Value) Value { return layer(t, x[0], 7, kernel.ReLU) }},
	{"dense relu twice", []int{2}, func(t *Tape, x []Value) Value {
		return layer(t, layer(t, layer(t, x[0], 5, kernel.ReLU), 6, kernel.ReLU), 2, kernel.Identity)
	}},
	{"dense relu used twice", []int{2}, func(t *Tape, x []Value) Value {
		h := layer(t, x[0], 5, kernel.ReLU)
		return t.Add(layer(t, h, 5, kernel.Identity), h)
	}},
	{"dense weights shared", []int{3}, func(t *Tape, x []Value) Value {
		w, b := randomParam("w", 3, 3), randomParam("b", 1, 3)
		return t.Dense(t.Dense(x[0], w, b, kernel.Tanh), w, b, kernel.Identity)
	}},
	{"dense of nothing", []int{1}, func(t *Tape, x []Value) Value {
		return t.Add(x[0], layer(t, t.Slice(x[0], 0, 0), 1, kernel.Identity))
	}},
	{"masked dense in parts", []int{3}, func(t *Tape, x []Value) Value {
		w, b := randomParam("masked.w", 5, 3), randomParam("masked.b", 1, 5)
		for r, n := range maskedPrefix { // the gradient is that of the unmasked weights
			clear(w.Data[r*3+n : (r+1)*3])
		}
		buffer := t.Buffer(5)
		buffer.Dense(x[0], w, b, 0, 2, maskedPrefix, kernel.ReLU)
		buffer.Dense(x[0], w, b, 2, 3, maskedPrefix, kernel.Tanh)
		return t.Add(buffer.Slice(0, 4), t.Exp(buffer.Slice(1, 5)))
	}},
	{"masked dense without bias", []int{3}, func(t *Tape, x []Value) Value {
		w, buffer := randomParam("masked.w", 5, 3), t.Buffer(5)
		for r, n := range maskedPrefix {
			clear(w.Data[r*3+n : (r+1)*3])
		}
		buffer.Dense(x[0], w, nil, 0, 2, maskedPrefix, kernel.Identity)
		buffer.Dense(x[0], w, nil, 2, 3, maskedPrefix, kernel.Tanh)
		return buffer.Slice(0, 5)
	}},
	{"parts that read parts", []int{2}, func(t *Tape, x []Value) Value {
		w, b := randomParam("parts.w", 3, 2), randomParam("parts.b", 1, 3)
		in, out := t.Buffer(2), t.Buffer(3)
		in.Put(0, t.Slice(x[0], 1, 2))
		out.Dense(in.Slice(0, 1), w, b, 0, 2, []int{1, 1, 2}, kernel.Tanh)
		in.Put(1, t.Slice(out.Slice(0, 2), 1, 2))
		out.Dense(in.Slice(0, 2), w, b, 2, 1, []int{1, 1, 2}, kernel.ReLU)
		return t.Concat(out.Slice(0, 3), in.Slice(0, 2), out.Slice(0, 3))
	}},
	{"trace of a network's Jacobian", []int{3}, func(t *Tape, x []Value) Value {
		y := layer(t, layer(t, layer(t, x[0], 6, kernel.Tanh), 5, kernel.Tanh), 3, kernel.Identity)
		return trace(t, y, x[0])
	}},
	{"tangent of everything smooth", []int{3}, func(t *Tape, x []Value) Value {
		return t.Tangent(everything(t, x[0]), x[0], t.Exp(x[0]))
	}},
	{"add", []int{3, 3}, func(t *Tape, x []Value) Value { return t.Add(x[0], x[1]) }},
	{"add itself", []int{3}, func(t *Tape, x []Value) Value { return t.Add(x[0], x[0]) }},
	{"sub", []int{3, 3}, func(t *Tape, x []Value) Value { return t.Sub(x[0], x[1]) }},
	{"mul", []int{3, 3}, func(t *Tape, x []Value) Value { return t.Mul(x[0], x[1]) }},
	{"mul itself", []int{3}, func(t *Tape, x []Value) Value { return t.Mul(x[0], x[0]) }},
	{"div", []int{3, 3}, func(t *Tape, x []Value) Value { return t.Div(x[0], x[1]) }},
	{"linear", []int{3}, func(t *Tape, x []Value) Value { return t.Linear(x[0], -1.5, 0.25) }},
	{"exp", []int{3}, func(t *Tape, x []Value) Value { return t.Exp(x[0]) }},
	{"log", []int{3}, func(t *Tape, x []Value) Value { return t.Log(x[0]) }},
	{"tanh", []int{3}, func(t *Tape, x []Value) Value { return t.Tanh(x[0]) }},
	{"sigmoid", []int{3}, func(t *Tape, x []Value) Value { return t.Sigmoid(x[0]) }},
	{"softplus", []int{3}, func(t *Tape, x []Value) Value { return t.Softplus(x[0]) }},
	{"relu", []int{3}, func(t *Tape, x []Value) Value { return t.ReLU(t.Linear(x[0], 1, -0.7)) }},
	{"step", []int{3}, func(t *Tape, x []Value) Value { return t.Mul(x[0], t.Step(t.Linear(x[0], 1, -0.7))) }},
	{"dropout", []int{3}, func(t *Tape, x []Value) Value { return t.Mul(t.Dropout(x[0], 0.4), t.Dropout(x[0], 0.2)) }},
	{"sin", []int{3}, func(t *Tape, x []Value) Value { return t.Sin(x[0]) }},
	{"cos", []int{3}, func(t *Tape, x []Value) Value { return t.Cos(x[0]) }},
	{"soft clip", []int{3}, func(t *Tape, x []Value) Value { return t.SoftClip(t.Linear(x[0], 3, -3), 2) }},
	{"constant", []int{2}, func(t *Tape, x []Value) Value { return t.Mul(x[0], t.Constant(2, 3)) }},
	{"slice and concat", []int{4, 2}, func(t *Tape, x []Value) Value {
		return t.Concat(t.Slice(x[0], 2, 4), x[1], t.Exp(t.Slice(x[0], 1, 3)))
	}},
	{"slice in part", []int{4}, func(t *Tape, x []Value) Value { return t.Slice(t.Slice(t.Exp(x[0]), 1, 4), 1, 2) }},
	{"permute", []int{4}, func(t *Tape, x []Value) Value { return t.Exp(t.Permute(x[0], []int{2, 0, 3, 1})) }},
	{"permute twice used", []int{2}, func(t *Tape, x []Value) Value { return t.Add(t.Permute(x[0], []int{1, 0}), x[0]) }},
	{"sum columns", []int{4}, func(t *Tape, x []Value) Value { return t.SumColumns(t.Exp(x[0])) }},
	{"sum columns added", []int{1}, func(t *Tape, x []Value) Value { return t.Add(x[0], t.SumColumns(x[0])) }},
	{"sum blocks", []int{6}, func(t *Tape, x []Value) Value { return t.SumBlocks(t.Mul(x[0], x[0]), 2) }},
	{"sum blocks added", []int{4}, func(t *Tape, x []Value) Value { return t.Add(t.Repeat(t.SumBlocks(x[0], 2), 2), x[0]) }},
	{"log-sum-exp", []int{6}, func(t *Tape, x []Value) Value { return t.LogSumExp(t.Linear(x[0], 3, 1), 2) }},
	{"log-sum-exp added", []int{4}, func(t *Tape, x []Value) Value { return t.Add(t.Repeat(t.LogSumExp(x[0], 1), 4), x[0]) }},
	{"log-softmax", []int{6}, func(t *Tape, x []Value) Value { return t.LogSoftmax(t.Linear(x[0], 3, 1), 2) }},
	{"log-softmax added", []int{4}, func(t *Tape, x []Value) Value { return t.Add(t.LogSoftmax(x[0], 2), x[0]) }},
	{"log-normalise", []int{6}, func(t *Tape, x []Value) Value {
		y, sum := t.LogNormalise(t.Linear(x[0], 3, 1), 2)
		return t.Concat(sum, t.Mul(y, y), sum)
	}},
	{"normal", []int{4}, func(t *Tape, x []Value) Value { return t.NormalLogDensity(x[0]) }},
	{"gather", []int{3}, func(t *Tape, x []Value) Value { return t.Exp(t.Gather(x[0], 2, 0, 2)) }},
	{"repeat added", []int{2}, func(t *Tape, x []Value) Value { return t.Add(t.Repeat(t.SumColumns(x[0]), 2), x[0]) }},
	{"parameter", []int{3}, func(t *Tape, x []Value) Value { return t.Mul(x[0], t.Parameter(randomParam("p", 1, 3))) }},
	{"parameter used twice", []int{3}, func(t *Tape, x []Value) Value {
		p := randomParam("p", 1, 3)
		return t.Mul(t.Mul(x[0], t.Parameter(p)), t.Parameter(p))
	}},
	{"parameter that is a bias too", []int{3}, func(t *Tape, x []Value) Value {
		w, b := randomParam("w", 3, 3), randomParam("b", 1, 3)
		return t.Mul(t.Dense(x[0], w, b, kernel.Tanh), t.Parameter(b))
	}},
	{"average", []int{2}, func(t *Tape, x []Value) Value {
		w, b, p := randomParam("w", 1, 2), randomParam("b", 1, 1), randomParam("p", 1, 2)
		points := make([]float64, 2*100) // more than a tile
		for i := range points {
			points[i] = float64(i%7) - 3
		}
		mean := t.Average(points, 2, func(t *Tape, x Value) Value {
			return t.Sigmoid(t.Dense(t.Mul(x, t.Parameter(p)), w, b, kernel.Tanh))
		})
		return t.Add(t.Mul(x[0], t.Parameter(p)), t.Repeat(t.Log(mean), 2)) // p is used elsewhere too
	}},
	{"student normaliser", []int{3}, func(t *Tape, x []Value) Value { return t.StudentNormaliser(t.Linear(x[0], 3, 0)) }},
	{"solve", []int{2, 2}, func(t *Tape, x []Value) Value { return t.Solve(x[0], x[1], cubic) }},
	{"solve with parameters", []int{2}, func(t *Tape, x []Value) Value {
		p := randomParam("p", 1, 2)
		root := t.Solve(x[0], Value{}, func(t *Tape, x, _ Value) (Value, Value) { return cubic(t, x, t.Parameter(p)) })
		_, l := cubic(t, root, t.Parameter(p))
		return t.Add(root, l)
	}},
	{"reflect", []int{3, 6}, func(t *Tape, x []Value) Value { return t.Reflect(x[0], x[1]) }},
	{"reflect of one", []int{6}, func(t *Tape, x []Value) Value { return t.ReflectInverse(t.Slice(x[0], 1, 3), x[0]) }},
	{"reflect in no direction", []int{3}, func(t *Tape, x []Value) Value { return t.Reflect(x[0], t.Linear(x[0], 1e-7, 0)) }},
	{"rotate", []int{3, 4}, func(t *Tape, x []Value) Value { return t.Rotate(x[0], x[1], testPairs) }},
	{"rotate back, added", []int{4}, func(t *Tape, x []Value) Value { return t.Add(t.RotateInverse(x[0], x[0], testPairs), x[0]) }},
	{"affine", []int{2, 4}, func(t *Tape, x []Value) Value { return t.Affine(x[0], x[1], 2) }},
	{"affine of one", []int{2}, func(t *Tape, x []Value) Value { return t.Affine(t.Slice(x[0], 0, 1), x[0], 2) }},
	{"affine inverse", []int{2, 4}, func(t *Tape, x []Value) Value { return t.AffineInverse(x[0], x[1], 2) }},
	{"spline", []int{2, 22}, func(t *Tape, x []Value) Value { return t.Spline(t.Linear(x[0], 3, -3), x[1], testSpline) }},
	{"spline inverse", []int{2, 22}, func(t *Tape, x []Value) Value {
		return t.SplineInverse(t.Linear(x[0], 3, -3), x[1], testSpline)
	}},
	{"spline of one", []int{11}, func(t *Tape, x []Value) Value { return t.Spline(t.Slice(x[0], 4, 5), x[0], testSpline) }},
	{"mixture CDF", []int{2, 18}, func(t *Tape, x []Value) Value {
		return t.MixtureCDF(t.Linear(x[0], 5, -5), x[1], Mixture{Components: 3, Bound: 2})
	}},
	{"mixture CDF far out", []int{4, 36}, func(t *Tape, x []Value) Value {
		return t.MixtureCDF(t.Linear(x[0], 200, -200), x[1], Mixture{Components: 3, Bound: 2})
	}},
	{"mixture CDF inverse far out", []int{4, 36}, func(t *Tape, x []Value) Value {
		return t.MixtureCDFInverse(t.Linear(x[0], 200, -200), x[1], Mixture{Components: 3, Bound: 2})
	}},
	{"mixture CDF inverse", []int{2, 18}, func(t *Tape, x []Value) Value {
		return t.MixtureCDFInverse(t.Linear(x[0], 3, -3), x[1], Mixture{Components: 3, Bound: 2})
	}},
	{"mixture CDF of one", []int{7}, func(t *Tape, x []Value) Value {
		return t.MixtureCDF(t.Slice(x[0], 2, 4), t.Slice(x[0], 1, 7), Mixture{Components: 1, Bound: 2})
	}},
	{"spline twice", []int{1, 11}, func(t *Tape, x []Value) Value {
		y := t.Slice(t.Spline(x[0], x[1], testSpline), 0, 1)
		return t.Add(t.SplineInverse(y, t.Linear(x[1], -2, 1), testSpline), t.Concat(x[0], y))
	}},
	{"bins", []int{2, 16}, func(t *Tape, x []Value) Value {
		return allOf(t, t.Bins(t.Linear(x[0], 3, -3), t.Linear(x[1], 2, -2), Bins{Bins: 4, Bound: 2, MinBin: 1e-3, Beside: true}, false))
	}},
	{"bins found from above", []int{2, 40}, func(t *Tape, x []Value) Value {
		b := Bins{Bins: 5, Bound: 2, MinBin: 1e-2, MinSlope: 0.1, Knots: CyclicKnots, Inner: true, Beside: true}
		return allOf(t, t.Bins(t.Linear(x[0], 3, -3), t.Linear(x[1], 2, -2), b, true))
	}},
	{"bins with inner knots", []int{2, 22}, func(t *Tape, x []Value) Value {
		return allOf(t, t.Bins(t.Linear(x[0], 3, -3), x[1], Bins{Bins: 4, Bound: 2, MinBin: 1e-3, Knots: InnerKnots}, true))
	}},
	{"bins with outer knots", []int{2, 12}, func(t *Tape, x []Value) Value {
		return allOf(t, t.Bins(t.Linear(x[0], 3, -3), x[1], Bins{Bins: 4, Bound: 2, MinBin: 1e-3, Equal: true, Knots: OuterKnots}, false))
	}},
	{"bins under a polygon", []int{2, 18}, func(t *Tape, x []Value) Value {
		return allOf(t, t.Bins(t.Linear(x[0], 3, -3), t.Linear(x[1], 2, -2), polygonBins, false))
	}},
	{"bins under a polygon found from above", []int{2, 18}, func(t *Tape, x []Value) Value {
		return allOf(t, t.Bins(t.Linear(x[0], 3, -3), t.Linear(x[1], 2, -2), polygonBins, true))
	}},
	{"one bin under a polygon", []int{2, 2}, func(t *Tape, x []Value) Value {
		return allOf(t, t.Bins(t.Linear(x[0], 3, -3), x[1], Bins{Bins: 1, Bound: 2, Knots: PolygonKnots}, true))
	}},
	{"bins of one", []int{8}, func(t *Tape, x []Value) Value {
		return allOf(t, t.Bins(t.Slice(x[0], 2, 3), x[0], Bins{Bins: 4, Bound: 2, MinBin: 1e-3}, false))
	}},
}

var polygonBins = Bins{Bins: 5, Bound: 2, MinBin: 1e-2, MinSlope: 0.1, Knots: PolygonKnots, Beside: true}

// allOf records all values of a bin side by side.
func allOf(t *Tape, b Bin) Value {
	var present []Value
	for _, v := range []Value{b.Offset, b.Start, b.Width, b.Height, b.Left, b.Right, b.Inner,
		b.WidthBefore, b.HeightBefore, b.WidthAfter, b.HeightAfter} {
		if v.Present() {
			present = append(present, v)
		}
	}
	return t.Concat(present...)
}

var testPairs = [][2]int{{0, 1}, {2, 1}, {0, 2}, {0, 1}}

// cubic records x^3 + e^h x, which increases.
func cubic(t *Tape, x, h Value) (y, logSlope Value) {
	square, e := t.Mul(x, x), t.Exp(h)
	return t.Mul(x, t.Add(square, e)), t.Log(t.Add(t.Linear(square, 3, 0), e))
}

// trace records the trace of the Jacobian of y with respect to x.
func trace(t *Tape, y, x Value) Value {
	sum := t.Constant(1, 0)
	for i := range x.Cols() {
		unit := t.Concat(t.Constant(i, 0), t.Constant(1, 1), t.Constant(x.Cols()-i-1, 0))
		sum = t.Add(sum, t.Slice(t.Tangent(y, x, unit), i, i+1))
	}
	return sum
}

// everything records one value through every operation that has a forward derivative.
func everything(t *Tape, x Value) Value {
	w, b := randomParam("everything.w", 4, 3), randomParam("everything.b", 1, 4)
	masked := t.Buffer(4)
	masked.Dense(x, w, b, 0, 1, []int{1, 2, 3, 3}, kernel.Tanh)
	masked.Dense(x, w, b, 1, 3, []int{1, 2, 3, 3}, kernel.ReLU)
	y := t.Add(t.Exp(t.Sigmoid(x)), t.Log(x))
	y = t.Sub(t.Mul(y, t.Softplus(x)), t.Div(t.Tanh(x), t.Linear(t.SoftClip(x, 2), 3, 1)))
	y = t.Add(t.Permute(y, []int{1, 2, 0}), t.ReLU(t.Linear(x, 1, -0.7)))
	y = t.Mul(y, t.Step(t.Linear(x, 1, -0.6)))
	y = t.Mul(y, t.Add(t.Sin(x), t.Cos(x)))
	y = t.Add(y, layer(t, t.Constant(2, 1), 3, kernel.Tanh))
	y = t.Add(y, t.Repeat(t.Mul(t.SumBlocks(y, 1), t.LogSumExp(y, 1)), 3))
	normalised, total := t.LogNormalise(x, 1)
	y = t.Mul(t.Mul(y, normalised), t.Repeat(total, 3))
	return t.Concat(t.SumColumns(y), t.NormalLogDensity(x), t.Slice(y, 1, 3), masked.Slice(0, 3))
}

// TestTangents compares forward derivatives with central differences.
func TestTangents(t *testing.T) {
	tape := NewTape()
	x, dx := tape.Input(3), tape.Input(3)
	y := everything(tape, x)
	p := Compile(kernel.Portable[float64](), tape, Config{Panels: 1}, y, tape.Tangent(y, x, dx))
	a := p.NewArena()
	r := rand.New(rand.NewPCG(5, 6))
	at := make([]float64, len(a.Input(0).Data))
	for i := range at {
		at[i], a.Input(1).Data[i] = 0.3+1.5*r.Float64(), r.NormFloat64()
	}
	run := func(h float64) []float64 {
		for i := range at {
			a.Input(0).Data[i] = at[i] + h*a.Input(1).Data[i]
		}
		a.Forward(1)
		return append([]float64(nil), a.Output(0).Data...)
	}
	const h = 1e-5 // see checkGradients
	up, down := run(h), run(-h)
	run(0)
	for i, got := range a.Output(1).Data {
		if want := (up[i] - down[i]) / (2 * h); !(math.Abs(got-want) <= 1e-6*(1+math.Abs(want))) {
			t.Errorf("tangent %d is %v, differences say %v", i, got, want)
		}
	}
}

var maskedPrefix = []int{0, 1, 1, 3, 3}

// testSpline has a box that some of the inputs lie outside of.
var testSpline = Spline{Bins: 4, Bound: 2, MinBin: 1e-3, MinSlope: 1e-3}

func layer(t *Tape, x Value, out int, a kernel.Activation) Value {
	name := fmt.Sprint("layer", len(t.params))
	return t.Dense(x, randomParam(name+".w", out, x.Cols()), randomParam(name+".b", 1, out), a)
}

func randomParam(name string, rows, cols int) *Param {
	p, r := NewParam(name, rows, cols), random.New(3, name, 0, 0)
	for i := range p.Data {
		p.Data[i] = float32(r.NormFloat64())
	}
	return p
}

// TestGradients compares every operation's derivatives, with respect to
// parameters and inputs, with central differences in float64.
func TestGradients(t *testing.T) {
	seen := map[kind]bool{}
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			tape := NewTape()
			var inputs []Value
			for _, cols := range op.inputs {
				inputs = append(inputs, tape.Input(cols))
			}
			out := op.record(tape, inputs)
			for _, n := range tape.nodes {
				seen[n.kind] = true
			}
			checkGradients(t, tape, out)
		})
	}
	for k := range kinds {
		if !seen[k] {
			t.Errorf("no case records %v", k)
		}
	}
}

func checkGradients(t *testing.T, tape *Tape, out Value) {
	t.Helper()
	p := Compile(kernel.Portable[float64](), tape, Config{Panels: 2, Gradient: true, InputGradient: true}, out)
	a, slot := p.NewArena(), p.NewGradients()
	r := rand.New(rand.NewPCG(1, 2))
	var entries []*float64 // what is perturbed
	for i := range p.inputs {
		b := a.Input(i)
		for q := range b.Panels {
			for j := range b.Panel(q) {
				b.Panel(q)[j] = 0.3 + 1.5*r.Float64()
				if j%kernel.Lanes < 2 { // two lanes a panel are enough
					entries = append(entries, &b.Panel(q)[j])
				}
			}
		}
	}
	for _, w := range p.weights {
		for i := range w {
			entries = append(entries, &w[i])
		}
	}
	seed := make([]float64, len(a.Seed(0).Data))
	for i := range seed {
		seed[i] = r.NormFloat64()
	}
	objective := func() (sum float64) {
		for i := range p.Packs() {
			p.Pack(i)
		}
		a.Forward(2)
		y := a.Output(0)
		for q := range y.Panels {
			for j, v := range y.Panel(q) {
				sum += v * seed[q*y.Cols*kernel.Lanes+j]
			}
		}
		return sum
	}
	backward := func() {
		objective()
		g := a.Seed(0)
		for q := range g.Panels {
			copy(g.Panel(q), seed[q*g.Cols*kernel.Lanes:])
		}
		a.Backward(slot)
	}
	backward()
	backward() // the second adds, so parameters' gradients double
	gradientOf := gradientMap(p, a, slot)
	for i, x := range entries {
		const h = 1e-5
		keep := *x
		*x = keep + h
		up := objective()
		*x = keep - h
		down := objective()
		*x = keep
		// Central differences err by h^2 times a third derivative and by rounding
		// of about 1e-16/h; both are near 1e-9 here.
		want, got := (up-down)/(2*h), gradientOf(x)
		if d := math.Abs(want - got); !(d <= 1e-6*(1+math.Abs(want))) {
			t.Fatalf("derivative %d is %v, differences say %v", i, got, want)
		}
	}
}

// gradientMap returns the look-up of the derivative for an entry by its address.
func gradientMap(p *Program[float64], a *Arena[float64], slot *Gradients[float64]) func(*float64) float64 {
	at := map[*float64]float64{}
	for i := range p.inputs {
		x, g := a.Input(i), a.InputGradient(i)
		for q := range x.Panels {
			for j := range x.Panel(q) {
				at[&x.Panel(q)[j]] = g.Panel(q)[j]
			}
		}
	}
	for i, w := range p.weights {
		for j := range w {
			at[&w[j]] = slot.Arrays[i][j] / 2
		}
	}
	return func(x *float64) float64 { return at[x] }
}
