// Package ad differentiates programs over values of shape rows x columns.
//
// A Tape records operations once, without computing anything; Compile turns it
// into a Program for float32 or float64, which runs on tiles of rows as often as
// wanted in a preallocated Arena, forward and backward (reverse mode). What is
// recorded does not depend on the data, so one recording of a model serves
// training, evaluation in either precision, and the count of its operations.
package ad

import (
	"fmt"

	"flowcert/internal/kernel"
)

// Param is a trainable array of Rows x Cols in row-major order. The weights of a
// dense layer have one row per output and one column per input.
type Param struct {
	Name       string
	Rows, Cols int
	Data       []float32
	Fixed      bool // set by data and left alone by the optimiser
}

// NewParam returns a parameter of zeros.
func NewParam(name string, rows, cols int) *Param {
	return &Param{Name: name, Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
}

// Value is a recorded value: one row per point and Cols columns. The zero Value
// stands for an absent one, such as the condition of an unconditional flow.
type Value struct {
	tape *Tape
	id   int
	cols int
}

// Cols returns the number of columns.
func (v Value) Cols() int { return v.cols }

// Present reports whether v was recorded, as opposed to the zero Value.
func (v Value) Present() bool { return v.tape != nil }

// node is one recorded operation and the value that it makes.
type node struct {
	kind kind
	in   []int
	cols int
	// root and first locate the storage: columns first... of node root. That is the
	// node itself unless within is set, for a slice or for what fills a buffer.
	root, first int
	within      bool
	// saved columns are kept from the forward for the backward pass.
	saved         int
	weight, bias  int // indices into Tape.params; -1 is none
	row           int // first row of weight and first entry of bias that are used
	activation    kernel.Activation
	scale, offset float64
	index         []int
	block         int // columns of a block
	spline        Spline
	mixture       *mixture
	division      *division
	sub           *Tape // what a solver or an average evaluates, and the nodes of its outputs
	outputs       [2]int
	points        []float64 // what an average runs over
}

// Tape records operations. It is not safe for concurrent use while recording.
type Tape struct {
	nodes  []node
	params []*Param
	inputs []int
}

// NewTape returns an empty tape.
func NewTape() *Tape { return &Tape{} }

// Params returns the parameters that the recording uses, in order of first use.
func (t *Tape) Params() []*Param { return t.params }

// Input records a value that is set before each run.
func (t *Tape) Input(cols int) Value {
	v := t.record(node{kind: opInput, cols: cols})
	t.inputs = append(t.inputs, v.id)
	return v
}

// Constant records a value that holds c in every entry.
func (t *Tape) Constant(cols int, c float64) Value {
	return t.record(node{kind: opConstant, cols: cols, offset: c})
}

// record appends a node of its own storage.
func (t *Tape) record(n node, in ...Value) Value {
	id := len(t.nodes)
	for _, v := range in {
		if v.tape != t {
			panic("ad: value of another tape")
		}
		n.in = append(n.in, v.id)
	}
	if !n.within {
		n.root, n.first = id, 0
	}
	if n.kind != opDense {
		n.weight = -1 // 0 is a parameter
		if n.kind != opParameter {
			n.bias = -1
		}
	}
	t.nodes = append(t.nodes, n)
	return Value{tape: t, id: id, cols: n.cols}
}

// param returns the index of p, adding it on first use.
func (t *Tape) param(p *Param) int {
	for i, q := range t.params {
		if q == p {
			return i
		}
	}
	t.params = append(t.params, p)
	return len(t.params) - 1
}

func sameCols(operation string, x, y Value) {
	if x.cols != y.cols {
		panic(fmt.Sprintf("ad: %s of %d and %d columns", operation, x.cols, y.cols))
	}
}

// Dense records a(x W^T + b), a dense layer with weights w of outputs x inputs
// and bias b of 1 x outputs.
func (t *Tape) Dense(x Value, w, b *Param, a kernel.Activation) Value {
	if x.cols != w.Cols || len(b.Data) != w.Rows {
		panic(fmt.Sprintf("ad: dense layer %q is %d x %d with %d biases, input has %d columns", w.Name, w.Rows, w.Cols, len(b.Data), x.cols))
	}
	return t.record(node{kind: opDense, cols: w.Rows, weight: t.param(w), bias: t.param(b), activation: a}, x)
}

// full reports whether a dense node uses all of its weights.
func (t *Tape) full(n *node) bool {
	w := t.params[n.weight]
	return n.cols == w.Rows && t.nodes[n.in[0]].cols == w.Cols && n.index == nil
}

// Add records x + y.
func (t *Tape) Add(x, y Value) Value {
	sameCols("sum", x, y)
	return t.record(node{kind: opAdd, cols: x.cols}, x, y)
}

// Sub records x - y.
func (t *Tape) Sub(x, y Value) Value {
	sameCols("difference", x, y)
	return t.record(node{kind: opSub, cols: x.cols}, x, y)
}

// Mul records the entrywise product.
func (t *Tape) Mul(x, y Value) Value {
	sameCols("product", x, y)
	return t.record(node{kind: opMul, cols: x.cols}, x, y)
}

// Div records the entrywise quotient.
func (t *Tape) Div(x, y Value) Value {
	sameCols("quotient", x, y)
	return t.record(node{kind: opDiv, cols: x.cols}, x, y)
}

// Linear records scale*x + offset for two constants.
func (t *Tape) Linear(x Value, scale, offset float64) Value {
	return t.record(node{kind: opLinear, cols: x.cols, scale: scale, offset: offset}, x)
}

// Exp records e^x.
func (t *Tape) Exp(x Value) Value { return t.record(node{kind: opExp, cols: x.cols}, x) }

// Log records the natural logarithm.
func (t *Tape) Log(x Value) Value { return t.record(node{kind: opLog, cols: x.cols}, x) }

// Tanh records the hyperbolic tangent.
func (t *Tape) Tanh(x Value) Value { return t.record(node{kind: opTanh, cols: x.cols}, x) }

// Sigmoid records 1/(1 + e^-x).
func (t *Tape) Sigmoid(x Value) Value { return t.record(node{kind: opSigmoid, cols: x.cols}, x) }

// Softplus records log(1 + e^x).
func (t *Tape) Softplus(x Value) Value { return t.record(node{kind: opSoftplus, cols: x.cols}, x) }

// ReLU records max(x, 0).
func (t *Tape) ReLU(x Value) Value { return t.record(node{kind: opReLU, cols: x.cols}, x) }

// Step records 1 where x > 0 and 0 elsewhere; its derivative is 0.
func (t *Tape) Step(x Value) Value { return t.record(node{kind: opStep, cols: x.cols}, x) }

// SoftClip records x/(1 + |x|/bound), which has slope 1 at 0 and lies within
// (-bound, bound).
func (t *Tape) SoftClip(x Value, bound float64) Value {
	return t.record(node{kind: opSoftClip, cols: x.cols, scale: bound}, x)
}

// Slice records columns lo to hi-1 of x. It costs nothing: it is a view.
func (t *Tape) Slice(x Value, lo, hi int) Value {
	if lo < 0 || hi < lo || hi > x.cols {
		panic(fmt.Sprintf("ad: slice %d:%d of %d columns", lo, hi, x.cols))
	}
	of := t.nodes[x.id]
	return t.record(node{kind: opSlice, cols: hi - lo, root: of.root, first: of.first + lo, within: true}, x)
}

// Concat records the columns of all values side by side.
func (t *Tape) Concat(values ...Value) Value {
	cols := 0
	for _, v := range values {
		cols += v.cols
	}
	return t.record(node{kind: opConcat, cols: cols}, values...)
}

// Gather records the value whose column j is column index[j] of x; columns may be
// repeated or left out.
func (t *Tape) Gather(x Value, index ...int) Value {
	for _, i := range index {
		if i < 0 || i >= x.cols {
			panic(fmt.Sprintf("ad: column %d of %d", i, x.cols))
		}
	}
	return t.record(node{kind: opGather, cols: len(index), index: index}, x)
}

// Repeat records n copies of x side by side.
func (t *Tape) Repeat(x Value, n int) Value {
	index := make([]int, n*x.cols)
	for j := range index {
		index[j] = j % x.cols
	}
	return t.Gather(x, index...)
}

// Permute records the value whose column j is column index[j] of x.
func (t *Tape) Permute(x Value, index []int) Value {
	seen := make([]bool, x.cols)
	for _, i := range index {
		seen[i] = true
	}
	for i, ok := range seen {
		if !ok || len(index) != x.cols {
			panic(fmt.Sprintf("ad: %v is no permutation of %d columns (column %d)", index, x.cols, i))
		}
	}
	return t.Gather(x, index...)
}

// SumColumns records the sum over the columns of each row, as one column.
func (t *Tape) SumColumns(x Value) Value {
	return t.record(node{kind: opSumColumns, cols: 1}, x)
}

// NormalLogDensity records the log-density of each row under independent
// standard normal variables, in nats, as one column.
func (t *Tape) NormalLogDensity(z Value) Value {
	return t.record(node{kind: opNormal, cols: 1}, z)
}

// Affine records the map x e^s + shift and its log-derivative s, side by side
// (2 x.Cols columns: first the map, then s). h holds two raw parameters per column
// of x, its shift and its raw log-scale r; s = r/(1 + |r|/bound) lies within
// (-bound, bound), so the map is invertible for any h.
func (t *Tape) Affine(x, h Value, bound float64) Value {
	return t.coupled(opAffine, x, h, node{scale: bound, saved: x.cols}, 2)
}

// AffineInverse records the inverse (x - shift) e^-s of Affine's map and the
// inverse's log-derivative -s.
func (t *Tape) AffineInverse(x, h Value, bound float64) Value {
	return t.coupled(opAffineInverse, x, h, node{scale: bound, saved: x.cols}, 2)
}

// Spline records the rational-quadratic spline of each entry of x and its
// log-derivative, side by side (2 x.Cols columns). h holds s.Params() raw
// parameters per column of x.
func (t *Tape) Spline(x, h Value, s Spline) Value {
	return t.coupled(opSpline, x, h, node{spline: s, saved: x.cols * s.saved()}, s.Params())
}

// SplineInverse records the inverse of Spline's map and the inverse's log-derivative.
func (t *Tape) SplineInverse(y, h Value, s Spline) Value {
	return t.coupled(opSplineInverse, y, h, node{spline: s, saved: y.cols * s.saved()}, s.Params())
}

func (t *Tape) coupled(k kind, x, h Value, n node, params int) Value {
	if h.cols != params*x.cols {
		panic(fmt.Sprintf("ad: %v of %d columns wants %d parameters, not %d", k, x.cols, params*x.cols, h.cols))
	}
	n.kind, n.cols = k, 2*x.cols
	return t.record(n, x, h)
}
