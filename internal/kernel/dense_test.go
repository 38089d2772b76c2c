package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A view is a block within a larger array: columns to its left and right and
// panels' ends hold a value that nobody may touch.
type view[T Float] struct {
	Block[T]
	parent []T
}

const (
	margin    = 3 * Lanes
	untouched = 12345
)

func newView[T Float](r *rand.Rand, cols, panels int) view[T] {
	stride := cols*Lanes + 2*margin
	v := view[T]{parent: make([]T, panels*stride)}
	for i := range v.parent {
		v.parent[i] = untouched
	}
	v.Block = Block[T]{Cols: cols, Stride: stride, Panels: panels}
	if panels > 0 {
		v.Data = v.parent[margin : len(v.parent)-margin]
	}
	for p := range panels {
		fill(r, v.Panel(p))
	}
	return v
}

// check fails the test if anything outside the block has been written.
func (v view[T]) check(t *testing.T) {
	t.Helper()
	for i, x := range v.parent {
		if inside := i % v.Stride; (inside < margin || inside >= v.Stride-margin) && x != untouched {
			t.Fatalf("wrote %g at %d, outside the block", x, i)
		}
	}
}

// double returns a copy in float64.
func (v view[T]) double() Block[float64] {
	b := Block[float64]{Cols: v.Cols, Stride: v.Stride, Panels: v.Panels}
	b.Data = double(v.Data)
	return b
}

func fill[T Float](r *rand.Rand, x []T) {
	for i := range x {
		x[i] = T(r.NormFloat64())
	}
}

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	fill(r, x)
	return x
}

func double[T Float](x []T) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// near fails the test unless got and want differ by no more than rounding in sums
// of so many normal variates: each of the terms' roundings is below 2^-24 of a sum
// that stays below 8 sqrt(terms) but with a chance of 1e-15.
func near(t *testing.T, what string, got []float32, want []float64, terms int) {
	t.Helper()
	n := float64(terms + 4)
	tolerance := n * 8 * math.Sqrt(n) * 0x1p-24
	for i, g := range got {
		if !(math.Abs(float64(g)-want[i]) <= tolerance) {
			t.Fatalf("%s: value %d is %g, want %g", what, i, g, want[i])
		}
	}
}

func nearBlocks(t *testing.T, what string, got Block[float32], want Block[float64], terms int) {
	t.Helper()
	for p := range got.Panels {
		near(t, fmt.Sprint(what, ", panel ", p), got.Panel(p), want.Panel(p), terms)
	}
}

// testDense holds the three dense operations of s against the portable ones in
// float64, for one shape.
func testDense(t *testing.T, s *Set[float32], out, in, panels int, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	exact := Portable[float64]()
	w := random(r, out*in)
	packed, packedExact := make([]float32, s.PackedLen(out, in)), make([]float64, exact.PackedLen(out, in))

	s.Pack(packed, w, out, in)
	exact.Pack(packedExact, double(w), out, in)
	for _, bias := range [][]float32{nil, random(r, out)} {
		for _, a := range []Activation{Identity, ReLU, Tanh} {
			x, y := newView[float32](r, in, panels), newView[float32](r, out, panels)
			want := y.double()
			var biasExact []float64
			if bias != nil {
				biasExact = double(bias)
			}
			exact.Dense(want, x.double(), packedExact, biasExact, a)
			s.Dense(y.Block, x.Block, packed, bias, a)
			nearBlocks(t, fmt.Sprintf("Dense, %v, bias %t", a, bias != nil), y.Block, want, in)
			y.check(t)
			alone(t, s, y.Block, x.Block, packed, bias, a)
		}
	}

	packed, packedExact = make([]float32, s.PackedLen(in, out)), make([]float64, exact.PackedLen(in, out))
	s.PackTransposed(packed, w, out, in)
	exact.PackTransposed(packedExact, double(w), out, in)
	for _, mode := range []string{"set", "accumulate", "mask"} {
		dx, dy := newView[float32](r, in, panels), newView[float32](r, out, panels)
		var mask view[float32]
		var maskExact Block[float64]
		if mode == "mask" && panels > 0 {
			mask = newView[float32](r, in, panels)
			maskExact = mask.double()
		}
		want := dx.double()
		exact.DenseInput(want, dy.double(), packedExact, maskExact, mode == "accumulate")
		s.DenseInput(dx.Block, dy.Block, packed, mask.Block, mode == "accumulate")
		nearBlocks(t, "DenseInput, "+mode, dx.Block, want, out)
		dx.check(t)
	}

	scratch := make([]float32, s.DenseWeightScratch(out, in, panels))
	for _, accumulate := range []bool{false, true} {
		for _, withBias := range []bool{false, true} {
			x, dy := newView[float32](r, in, panels), newView[float32](r, out, panels)
			dw, db := random(r, out*in), []float32(nil)
			if withBias {
				db = random(r, out)
			}
			dwExact, dbExact := double(dw), double(db)
			if !withBias {
				dbExact = nil
			}
			exact.DenseWeight(dwExact, dbExact, x.double(), dy.double(), nil, accumulate)
			s.DenseWeight(dw, db, x.Block, dy.Block, scratch, accumulate)
			what := fmt.Sprintf("DenseWeight, accumulate %t", accumulate)
			near(t, what, dw, dwExact, panels*Lanes)
			near(t, what+", bias", db, dbExact, panels*Lanes)
		}
	}
}

// alone fails the test unless the last panel comes out as the same bytes when it is
// the only one.
func alone(t *testing.T, s *Set[float32], y, x Block[float32], packed, bias []float32, a Activation) {
	t.Helper()
	last := y.Panels - 1
	if last < 0 {
		return
	}
	again := Block[float32]{Data: make([]float32, y.Cols*Lanes), Cols: y.Cols, Panels: 1}
	s.Dense(again, Block[float32]{Data: x.Data[last*x.Stride:], Cols: x.Cols, Panels: 1}, packed, bias, a)
	for i, v := range y.Panel(last) {
		if again.Data[i] != v {
			t.Fatalf("value %d of a panel is %g among others and %g alone", i, v, again.Data[i])
		}
	}
}

func TestDense(t *testing.T) {
	widths := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 31, 32, 33, 64}
	for _, s := range sets(t) {
		for _, out := range widths {
			for _, in := range widths {
				for _, panels := range []int{0, 1, 3} {
					t.Run(fmt.Sprintf("%s/%dx%d/panels=%d", s.Name, out, in, panels), func(t *testing.T) {
						testDense(t, s, out, in, panels, 1)
					})
				}
			}
		}
	}
}

// Which assembly runs is nobody's business: the results are the same bytes. The
// first shape has every size of block, the second leaves an odd panel.
func TestAssembliesAgree(t *testing.T) {
	all := accelerated()
	if len(all) < 2 {
		t.Skip("one assembly at most on this processor")
	}
	for _, shape := range []struct{ out, in, panels int }{{17, 75, 4}, {64, 43, 3}, {3, 1, 1}, {2, 4, 5}} {
		var first []float32
		for _, s := range all {
			r := rand.New(rand.NewPCG(1, 0))
			x, y := newView[float32](r, shape.in, shape.panels).Block, newView[float32](r, shape.out, shape.panels).Block
			w, db, packed := random(r, shape.out*shape.in), random(r, shape.out), make([]float32, shape.out*shape.in)
			scratch := make([]float32, s.DenseWeightScratch(shape.out, shape.in, shape.panels))
			s.Pack(packed, w, shape.out, shape.in)
			s.Dense(y, x, packed, db, ReLU)
			s.PackTransposed(packed, w, shape.out, shape.in)
			s.DenseInput(x, y, packed, x, false)
			s.DenseWeight(w, db, x, y, scratch, true)
			results := slices.Concat(y.Data, x.Data, w, db)
			if first == nil {
				first = results
			}
			if !slices.Equal(first, results) {
				t.Errorf("%+v: %s differs from %s", shape, s.Name, all[0].Name)
			}
		}
	}
}

func FuzzDense(f *testing.F) {
	f.Add(uint8(64), uint8(64), uint8(4), uint64(1))
	f.Add(uint8(1), uint8(43), uint8(1), uint64(2))
	f.Add(uint8(10), uint8(0), uint8(2), uint64(3))
	f.Fuzz(func(t *testing.T, out, in, panels uint8, seed uint64) {
		for _, s := range sets(t) {
			testDense(t, s, int(out), int(in), int(panels%8), seed)
		}
	})
}

// Infinities and NaNs are not lost in ReLU, and a gradient under a mask is zero
// whatever it was.
func TestDenseSpecialValues(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	values := []float32{nan, inf, -inf, 1, -1, 0x1p-149, -0x1p-149, 0}
	relu := []float32{nan, inf, 0, 1, 0, 0x1p-149, 0, 0}
	for _, s := range sets(t) {
		// As many inputs as the unblocked and the blocked kernels take.
		for _, in := range []int{1, 5} {
			x := Block[float32]{Data: make([]float32, in*Lanes), Cols: in, Panels: 1}
			copy(x.Data, values)
			y := Block[float32]{Data: make([]float32, Lanes), Cols: 1, Panels: 1}
			w, packed := make([]float32, in), make([]float32, in)
			w[0] = 1
			s.Pack(packed, w, 1, in)
			s.Dense(y, x, packed, nil, ReLU)
			for i, want := range relu {
				if got := y.Data[i]; fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s, %d inputs: relu(%g) = %g, want %g", s.Name, in, values[i], got, want)
				}
			}

			mask := Block[float32]{Data: make([]float32, Lanes), Cols: 1, Panels: 1}
			copy(mask.Data, values)
			for i := range x.Data[:Lanes] {
				x.Data[i] = inf
			}
			s.PackTransposed(packed, w, in, 1)
			s.DenseInput(y, x, packed, mask, false)
			for i, v := range values {
				want := float32(0)
				if v > 0 {
					want = inf
				}
				if got := y.Data[i]; got != want {
					t.Errorf("%s, %d inputs: gradient %g under mask %g, want %g", s.Name, in, got, v, want)
				}
			}
		}
	}
}

// A training step calls these thousands of times.
func TestNothingAllocates(t *testing.T) {
	const out, in, panels = 13, 21, 2
	r := rand.New(rand.NewPCG(1, 0))
	for _, s := range sets(t) {
		x, y, mask := newView[float32](r, in, panels).Block, newView[float32](r, out, panels).Block, newView[float32](r, in, panels).Block
		w, packed, bias := random(r, out*in), make([]float32, s.PackedLen(out, in)), random(r, out)
		scratch := make([]float32, s.DenseWeightScratch(out, in, panels))
		gradients := [][]float32{w, w}
		c := newSplineCase(r, Spline{Bins: 3, Bound: 3}, in, panels)
		allocations := testing.AllocsPerRun(10, func() {
			s.Pack(packed, w, out, in)
			s.Dense(y, x, packed, bias, Tanh)
			s.PackTransposed(packed, w, out, in)
			s.DenseInput(x, y, packed, mask, false)
			s.DenseWeight(w, bias, x, y, scratch, true)
			s.Adam(w, packed, packed, gradients, AdamCoefficients[float32]{})
			s.Exp(bias, bias)
			c.run(s, r, 0)
		})
		if allocations != 0 {
			t.Errorf("%s: %g allocations", s.Name, allocations)
		}
	}
}

func TestWrongShapesPanic(t *testing.T) {
	block := func(cols, panels int) Block[float32] {
		return Block[float32]{Data: make([]float32, cols*panels*Lanes), Cols: cols, Stride: cols * Lanes, Panels: panels}
	}
	outside := block(2, 2)
	outside.Stride++
	none := Block[float32]{}
	spline := Spline{Bins: 2, Bound: 3}
	three := make([]float32, 3)
	for _, s := range sets(t) {
		calls := map[string]func(){
			"weights":          func() { s.Dense(block(2, 1), block(2, 1), three, nil, Identity) },
			"bias":             func() { s.Dense(block(1, 1), block(3, 1), three, three, Identity) },
			"panels":           func() { s.Dense(block(1, 2), block(3, 1), three, nil, Identity) },
			"outside":          func() { s.Dense(outside, block(0, 2), nil, nil, Identity) },
			"input's weights":  func() { s.DenseInput(block(2, 1), block(2, 1), three, none, false) },
			"mask's columns":   func() { s.DenseInput(block(3, 1), block(1, 1), three, block(2, 1), false) },
			"mask, accumulate": func() { s.DenseInput(block(3, 1), block(1, 1), three, block(3, 1), true) },
			"weight's length":  func() { s.DenseWeight(three, nil, block(2, 1), block(2, 1), nil, false) },
			"moments":          func() { s.Adam(three, three, three[:2], nil, AdamCoefficients[float32]{}) },
			"gradients":        func() { s.Adam(three, three, three, [][]float32{three[:2]}, AdamCoefficients[float32]{}) },
			"operand":          func() { s.Exp(three, three[:2]) },
			"second operand":   func() { s.Add(three, three, three[:2]) },
			"raw parameters":   func() { s.SplineKnots(block(6, 1), block(6, 1), spline) },
			"knots":            func() { s.Spline(block(2, 1), block(2, 1), block(2, 1), block(5, 1), spline, false) },
			"log-slopes":       func() { s.Spline(block(2, 1), block(3, 1), block(2, 1), block(10, 1), spline, false) },
			"no bins":          func() { s.SplineKnots(block(2, 1), block(2, 1), Spline{Bound: 3}) },
			"raw gradient": func() {
				s.SplineGradient(none, block(9, 1), block(2, 1), block(2, 1), block(2, 1), block(10, 1), spline, false, false, false)
			},
		}
		for name, call := range calls {
			t.Run(s.Name+"/"+name, func(t *testing.T) {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				call()
			})
		}
	}
}
