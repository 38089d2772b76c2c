package ad

import (
	"fmt"
	"math"

	"flowcert/internal/interval"
	"flowcert/internal/kernel"
	"flowcert/internal/taylor"
)

// Enclosure evaluates a recording over boxes of its inputs instead of at points: it
// encloses every value, as a function of the inputs, by a Taylor model. What it encloses
// is the real function that the recording and the parameters define: the parameters are
// the float32 numbers that they are, the constants of the recording the float64 numbers
// that they are, and the operations exact. It is for one goroutine.
type Enclosure struct {
	tape    *Tape
	outputs []int
	used    []bool
	rules   [kinds]func(*Enclosure, *node, []taylor.Model)
	values  [][]taylor.Model // by node
	shares  []float64        // scratch of dense layers
	spline  splineScratch
	terms   []taylor.Model // scratch of sums
	curves  map[int]*curve // by the node of the bins
	work    int64
	slack   float64 // by which models of values are made wider
}

// widestEnclosed is the most inputs of a layer whose roundings package taylor bounds.
const widestEnclosed = 1 << 13

// NewEnclosure prepares the evaluation of outputs. It reads the parameters' data at each
// run. The error names an operation that cannot be enclosed.
func NewEnclosure(t *Tape, outputs ...Value) (*Enclosure, error) {
	e := &Enclosure{tape: t, rules: enclosures(), values: make([][]taylor.Model, len(t.nodes)), curves: map[int]*curve{}}
	for _, v := range outputs {
		e.outputs = append(e.outputs, v.id)
	}
	p := Program[float32]{nodes: t.nodes, outputs: e.outputs}
	e.used = p.reachable()
	for id := range t.nodes {
		n := &t.nodes[id]
		if !e.used[id] {
			continue
		}
		e.work += t.workOf(n)
		if e.rules[n.kind] == nil {
			return nil, fmt.Errorf("the operation %q cannot be enclosed", n.kind)
		}
		if n.root != id {
			e.values[id] = e.values[n.root][n.first : n.first+n.cols]
		} else {
			e.values[id] = make([]taylor.Model, n.cols)
		}
		if n.kind == opBins {
			e.curves[id] = e.newCurve(id)
		}
		if n.kind == opDense {
			inputs := t.nodes[n.in[0]].cols
			if inputs > widestEnclosed {
				return nil, fmt.Errorf("a layer of %d inputs cannot be enclosed, more than %d", inputs, widestEnclosed)
			}
			e.shares = append(e.shares, make([]float64, max(0, inputs-len(e.shares)))...)
		}
	}
	return e, nil
}

// Input returns the models of the i-th recorded input, to be filled before Run.
func (e *Enclosure) Input(i int) []taylor.Model { return e.values[e.tape.inputs[i]] }

// Outputs returns the number of outputs.
func (e *Enclosure) Outputs() int { return len(e.outputs) }

// Output returns the models of the i-th output after Run.
func (e *Enclosure) Output(i int) []taylor.Model { return e.values[e.outputs[i]] }

// Work says how long a run takes, about: in units of a weight of a dense layer, which goes
// with all coefficients of a model.
func (e *Enclosure) Work() int64 { return e.work }

// workOf returns that of a node. An operation on a model is worth some ten weights. There
// are five dozen weights to a raw parameter of a spline, more to one of bins, whose curve
// runs once for each bin that a cell may lie in, and a hundred to one of a mixture.
func (t *Tape) workOf(n *node) int64 {
	const operation, spline, bins, mixture = 10, 60, 200, 100
	switch n.kind {
	case opInput, opSlice, opBuffer, opConstant:
		return 0
	case opMixture:
		return int64(t.nodes[n.in[1]].cols) * mixture
	case opSpline, opSplineInverse:
		return int64(t.nodes[n.in[1]].cols) * spline
	case opBins:
		return int64(t.nodes[n.in[1]].cols) * bins
	}
	columns := n.cols
	for _, in := range n.in {
		columns = max(columns, t.nodes[in].cols)
	}
	work := int64(columns) * operation
	if n.kind == opDense {
		work += int64(n.cols) * int64(t.nodes[n.in[0]].cols)
	}
	return work
}

// Run encloses the outputs.
func (e *Enclosure) Run() {
	for id := 0; id < len(e.tape.nodes); id++ {
		if !e.used[id] {
			continue
		}
		if c := e.curves[id]; c != nil {
			c.run(e, nil)
			id = c.end - 1
			continue
		}
		n := &e.tape.nodes[id]
		e.rules[n.kind](e, n, e.values[id])
		if e.slack > 0 {
			for j := range e.values[id] {
				widen(&e.values[id][j], e.slack)
			}
		}
	}
}

// in returns the models of a node's i-th input.
func (e *Enclosure) in(n *node, i int) []taylor.Model { return e.values[n.in[i]] }

// enclosures returns what encloses each operation, by kind; nil where nothing does.
func enclosures() [kinds]func(*Enclosure, *node, []taylor.Model) {
	nothing := func(*Enclosure, *node, []taylor.Model) {}
	return [kinds]func(*Enclosure, *node, []taylor.Model){
		opInput:         nothing,
		opSlice:         nothing,
		opBuffer:        nothing,
		opConstant:      encloseConstant,
		opDense:         encloseDense,
		opAdd:           enclosePairs(taylor.Add),
		opSub:           enclosePairs(taylor.Sub),
		opMul:           enclosePairs(taylor.Mul),
		opDiv:           enclosePairs(quotient),
		opLinear:        encloseLinear,
		opExp:           encloseEach(taylor.Exp),
		opLog:           encloseLog,
		opTanh:          encloseEach(taylor.Tanh),
		opSigmoid:       encloseEach(taylor.Sigmoid),
		opSoftplus:      encloseEach(taylor.Softplus),
		opReLU:          encloseEach(taylor.ReLU),
		opStep:          encloseEach(stepModel),
		opSoftClip:      encloseSoftClip,
		opConcat:        encloseConcat,
		opGather:        encloseGather,
		opParameter:     encloseParameter,
		opDetach:        encloseConcat,
		opDropout:       encloseConcat, // leaves nothing out where nothing is trained
		opSumColumns:    encloseSumColumns,
		opSumBlocks:     encloseSumBlocks,
		opLogSumExp:     encloseLogSumExp,
		opLogSoftmax:    encloseLogSoftmax,
		opNormal:        encloseNormal,
		opStudent:       encloseStudent,
		opAffine:        encloseAffine,
		opAffineInverse: encloseAffineInverse,
		opReflect:       encloseReflect,
		opRotate:        encloseRotate,
		opSpline:        encloseSpline,
		opSplineInverse: encloseSplineInverse,
		opMixture:       encloseMixture,
		opBins:          nothing, // a curve encloses itself
	}
}

func encloseEach(f func(x *taylor.Model) taylor.Model) func(*Enclosure, *node, []taylor.Model) {
	return func(e *Enclosure, n *node, y []taylor.Model) {
		x := e.in(n, 0)
		for j := range y {
			y[j] = f(&x[j])
		}
	}
}

// encloseLog encloses logarithms. Where a model leaves it open whether a number is
// positive, what was recorded may tell: it is what keeps the logarithm of a size away
// from 0.
func encloseLog(e *Enclosure, n *node, y []taylor.Model) {
	x := e.in(n, 0)
	for j := range y {
		y[j] = taylor.Log(&x[j])
		if y[j].Known() {
			continue
		}
		if least := e.tape.least(n.in[0]); least > 0 {
			r := x[j].Range()
			y[j] = taylor.Between(interval.Interval{Lo: least, Hi: max(least, r.Hi)}.Log())
		}
	}
}

// least returns a number that the entries of a node are not below, whatever the inputs.
func (t *Tape) least(id int) float64 {
	n := &t.nodes[id]
	switch n.kind {
	case opReLU, opExp, opSigmoid, opSoftplus, opStep:
		return 0
	case opAdd:
		return interval.Point(t.least(n.in[0])).Add(interval.Point(t.least(n.in[1]))).Lo
	case opLinear:
		if n.scale >= 0 {
			return interval.Point(n.scale).Mul(interval.Point(t.least(n.in[0]))).Add(interval.Point(n.offset)).Lo
		}
	}
	return math.Inf(-1)
}

func enclosePairs(f func(x, y *taylor.Model) taylor.Model) func(*Enclosure, *node, []taylor.Model) {
	return func(e *Enclosure, n *node, z []taylor.Model) {
		x, y := e.in(n, 0), e.in(n, 1)
		for j := range z {
			z[j] = f(&x[j], &y[j])
		}
	}
}

func quotient(x, y *taylor.Model) taylor.Model {
	r := taylor.Reciprocal(y)
	return taylor.Mul(x, &r)
}

func encloseConstant(_ *Enclosure, n *node, y []taylor.Model) {
	for j := range y {
		y[j] = taylor.Constant(n.offset)
	}
}

func encloseLinear(e *Enclosure, n *node, y []taylor.Model) {
	for j := range y {
		y[j] = taylor.Linear(&e.in(n, 0)[j], n.scale, n.offset)
	}
}

func encloseSoftClip(e *Enclosure, n *node, y []taylor.Model) {
	for j := range y {
		y[j] = taylor.SoftClip(&e.in(n, 0)[j], n.scale)
	}
}

func encloseDense(e *Enclosure, n *node, y []taylor.Model) {
	x, w := e.in(n, 0), e.tape.params[n.weight]
	shares := e.shares[:len(x)]
	for i := range x {
		shares[i] = taylor.Share(&x[i], len(x))
	}
	for j := range y {
		inputs, bias := len(x), 0.0
		if n.index != nil {
			inputs = n.index[j]
		}
		if n.bias >= 0 {
			bias = float64(e.tape.params[n.bias].Data[n.row+j])
		}
		z := taylor.Dot(w.Data[(n.row+j)*w.Cols:][:inputs], x, shares, bias)
		switch n.activation {
		case kernel.ReLU:
			z = taylor.ReLU(&z)
		case kernel.Tanh:
			z = taylor.Tanh(&z)
		}
		y[j] = z
	}
}

func encloseConcat(e *Enclosure, n *node, y []taylor.Model) {
	for i := range n.in {
		y = y[copy(y, e.in(n, i)):]
	}
}

func encloseGather(e *Enclosure, n *node, y []taylor.Model) {
	for j, from := range n.index {
		y[j] = e.in(n, 0)[from]
	}
}

func encloseParameter(e *Enclosure, n *node, y []taylor.Model) {
	for j, v := range e.tape.params[n.bias].Data {
		y[j] = taylor.Constant(float64(v))
	}
}

func encloseSumColumns(e *Enclosure, n *node, y []taylor.Model) {
	y[0] = sumModels(e.in(n, 0))
}

func sumModels(x []taylor.Model) taylor.Model {
	sum := taylor.Constant(0)
	for i := range x {
		sum = taylor.Add(&sum, &x[i])
	}
	return sum
}

func encloseSumBlocks(e *Enclosure, n *node, y []taylor.Model) {
	x := e.in(n, 0)
	for j := range y {
		y[j] = x[j]
		for i := j + n.block; i < len(x); i += n.block {
			y[j] = taylor.Add(&y[j], &x[i])
		}
	}
}

func encloseLogSumExp(e *Enclosure, n *node, y []taylor.Model) {
	x := e.in(n, 0)
	for j := range y {
		e.terms = e.terms[:0]
		for i := j; i < len(x); i += n.block {
			e.terms = append(e.terms, x[i])
		}
		y[j] = taylor.LogSumExp(e.terms)
	}
}

// encloseLogSoftmax encloses x less its log-sum-exp, and that beside it.
func encloseLogSoftmax(e *Enclosure, n *node, y []taylor.Model) {
	x := e.in(n, 0)
	sums := y[len(x):]
	encloseLogSumExp(e, n, sums)
	for i := range x {
		y[i] = taylor.Sub(&x[i], &sums[i%n.block])
	}
}

// stepModel encloses 1 where x > 0 and 0 elsewhere.
func stepModel(x *taylor.Model) taylor.Model {
	switch r := x.Range(); {
	case r.Lo > 0:
		return taylor.Constant(1)
	case r.Hi <= 0:
		return taylor.Constant(0)
	}
	return taylor.Between(interval.Interval{Lo: 0, Hi: 1})
}

// encloseNormal encloses the sum over columns of -z^2/2 - log(2 pi)/2.
func encloseNormal(e *Enclosure, n *node, y []taylor.Model) {
	z := e.in(n, 0)
	sum := taylor.Constant(0)
	for i := range z {
		square := taylor.Square(&z[i])
		sum = taylor.Add(&sum, &square)
	}
	sum = taylor.Linear(&sum, -0.5, 0)
	y[0] = taylor.Shift(&sum, logRoot2PiBounds().Mul(interval.Point(-float64(len(z)))))
}

func encloseAffine(e *Enclosure, n *node, y []taylor.Model) {
	x, h := e.in(n, 0), e.in(n, 1)
	for j := range x {
		scale := taylor.SoftClip(&h[2*j+1], n.scale)
		factor := taylor.Exp(&scale)
		mapped := taylor.Mul(&x[j], &factor)
		y[j], y[len(x)+j] = taylor.Add(&mapped, &h[2*j]), scale
	}
}

func encloseAffineInverse(e *Enclosure, n *node, y []taylor.Model) {
	x, h := e.in(n, 0), e.in(n, 1)
	for j := range x {
		scale := taylor.SoftClip(&h[2*j+1], n.scale)
		scale = taylor.Neg(&scale)
		factor := taylor.Exp(&scale)
		mapped := taylor.Sub(&x[j], &h[2*j])
		y[j], y[len(x)+j] = taylor.Mul(&mapped, &factor), scale
	}
}

// encloseRotate encloses the rotations by angles whose cosine is w - 1 and whose sine is
// r w, with w = 2/(1 + r^2) and r the tangent of half the angle.
func encloseRotate(e *Enclosure, n *node, y []taylor.Model) {
	copy(y, e.in(n, 1))
	rotateModels(e.in(n, 0), n, y)
}

func rotateModels(h []taylor.Model, n *node, y []taylor.Model) {
	walk(len(h), n.scale > 0, func(p int) {
		i, j := n.index[2*p], n.index[2*p+1]
		w := taylor.Square(&h[p])
		w = taylor.Linear(&w, 0.5, 0.5)
		w = taylor.Reciprocal(&w)
		sin := taylor.Mul(&h[p], &w)
		sin = taylor.Linear(&sin, n.scale, 0)
		cos := taylor.Linear(&w, 1, -1)
		a, b := taylor.Mul(&cos, &y[i]), taylor.Mul(&sin, &y[j])
		c, d := taylor.Mul(&sin, &y[i]), taylor.Mul(&cos, &y[j])
		y[i], y[j] = taylor.Sub(&a, &b), taylor.Add(&c, &d)
	})
}
