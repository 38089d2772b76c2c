package ad

import (
	"fmt"
	"math"

	"flowcert/internal/interval"
	"flowcert/internal/kernel"
	"flowcert/internal/taylor"
)

// TangentEnclosure encloses derivatives of what an Enclosure encloses, over the same
// boxes: forward mode on Taylor models. A model of a function says nothing of the
// function's derivatives, so these have models of their own. Where a function has corners
// (rectifiers) what is enclosed holds of the derivative along any line, almost everywhere
// on it, which is what the mean value inequality needs.
type TangentEnclosure struct {
	*Enclosure
	rules    [kinds]func(t *TangentEnclosure, n *node, y, dy []taylor.Model)
	tangents [][]taylor.Model // by node
	// unit is 0, or a unit roundoff: the tangents are then errors; see RoundingEnclosure.
	unit float64
}

// NewTangentEnclosure prepares that of outputs; see NewEnclosure. The error names an
// operation whose derivative cannot be enclosed.
func NewTangentEnclosure(tape *Tape, outputs ...Value) (*TangentEnclosure, error) {
	e, err := NewEnclosure(tape, outputs...)
	if err != nil {
		return nil, err
	}
	t := &TangentEnclosure{Enclosure: e, rules: tangentEnclosures(), tangents: make([][]taylor.Model, len(tape.nodes))}
	for id := range tape.nodes {
		n := &tape.nodes[id]
		switch {
		case !e.used[id]:
		case t.rules[n.kind] == nil:
			return nil, fmt.Errorf("the derivative of the operation %q cannot be enclosed", n.kind)
		case n.root != id:
			t.tangents[id] = t.tangents[n.root][n.first : n.first+n.cols]
		default:
			t.tangents[id] = make([]taylor.Model, n.cols)
		}
	}
	return t, nil
}

// InputTangent returns the models of the direction of the i-th input, to be filled before
// Differentiate.
func (t *TangentEnclosure) InputTangent(i int) []taylor.Model { return t.tangents[t.tape.inputs[i]] }

// OutputTangent returns the models of the i-th output's derivative along the direction,
// after Differentiate.
func (t *TangentEnclosure) OutputTangent(i int) []taylor.Model { return t.tangents[t.outputs[i]] }

// Differentiate encloses the derivatives along one direction. Run comes before it, once
// for all directions.
func (t *TangentEnclosure) Differentiate() {
	for id := 0; id < len(t.tape.nodes); id++ {
		if !t.used[id] {
			continue
		}
		if c := t.curves[id]; c != nil {
			c.run(t.Enclosure, t)
			id = c.end - 1
			continue
		}
		n := &t.tape.nodes[id]
		t.rules[n.kind](t, n, t.values[id], t.tangents[id])
		if t.unit > 0 {
			t.forgetLargeErrors(t.tangents[id])
		}
	}
}

// moves returns the tangents of a node's i-th input.
func (t *TangentEnclosure) moves(n *node, i int) []taylor.Model { return t.tangents[n.in[i]] }

// still reports whether x is the constant 0.
func still(x []taylor.Model) bool {
	for i := range x {
		if x[i] != (taylor.Model{}) {
			return false
		}
	}
	return true
}

// tangentEnclosures returns what encloses the derivative of each operation, by kind; nil
// where nothing does.
func tangentEnclosures() [kinds]func(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	nothing := func(*TangentEnclosure, *node, []taylor.Model, []taylor.Model) {}
	return [kinds]func(t *TangentEnclosure, n *node, y, dy []taylor.Model){
		opInput:         nothing,
		opSlice:         nothing,
		opBuffer:        nothing,
		opConstant:      tangentZero,
		opParameter:     tangentZero,
		opDense:         tangentDense,
		opAdd:           tangentPairs(taylor.Add),
		opSub:           tangentPairs(taylor.Sub),
		opMul:           tangentMul,
		opDiv:           tangentDiv,
		opLinear:        tangentLinear,
		opExp:           tangentEach(func(_, y *taylor.Model) taylor.Model { return *y }),
		opLog:           tangentEach(func(x, _ *taylor.Model) taylor.Model { return taylor.Reciprocal(x) }),
		opTanh:          tangentEach(tanhSlope),
		opSigmoid:       tangentEach(sigmoidSlope),
		opSoftplus:      tangentEach(func(x, _ *taylor.Model) taylor.Model { return taylor.Sigmoid(x) }),
		opReLU:          tangentEach(func(x, _ *taylor.Model) taylor.Model { return stepModel(x) }),
		opStep:          tangentEach(stepSlope),
		opSoftClip:      tangentSoftClip,
		opConcat:        tangentConcat,
		opDetach:        tangentConcat, // of the function, whatever a training takes it for
		opDropout:       tangentConcat,
		opGather:        tangentGather,
		opSumColumns:    tangentSumColumns,
		opSumBlocks:     tangentSumBlocks,
		opLogSumExp:     tangentLogSumExp,
		opLogSoftmax:    tangentLogSoftmax,
		opAffine:        tangentAffine,
		opAffineInverse: tangentAffineInverse,
		opReflect:       tangentReflect,
		opRotate:        tangentRotate,
		opSpline:        tangentSpline,
		opSplineInverse: tangentSplineInverse,
		opMixture:       tangentMixture,
		opBins:          nothing, // a curve encloses itself
	}
}

func tangentZero(_ *TangentEnclosure, _ *node, _, dy []taylor.Model) { clear(dy) }

// tangentEach is the rule of an operation by entries with the derivative given.
func tangentEach(slope func(x, y *taylor.Model) taylor.Model) func(*TangentEnclosure, *node, []taylor.Model, []taylor.Model) {
	return func(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
		x, dx := t.in(n, 0), t.moves(n, 0)
		for j := range dy {
			s := slope(&x[j], &y[j])
			dy[j] = taylor.Mul(&s, &dx[j])
			t.round(&dy[j], &y[j], elementary)
		}
	}
}

func tanhSlope(_, y *taylor.Model) taylor.Model {
	s := taylor.Square(y)
	return taylor.Linear(&s, -1, 1)
}

func sigmoidSlope(_, y *taylor.Model) taylor.Model {
	s := taylor.Square(y)
	return taylor.Sub(y, &s)
}

// stepSlope is 0 but where there may be a step.
func stepSlope(_, y *taylor.Model) taylor.Model {
	if y.Radius == 0 {
		return taylor.Constant(0)
	}
	return taylor.Unknown()
}

// softClipSlope returns 1/(1 + |x|/bound)^2.
func softClipSlope(x *taylor.Model, bound float64) taylor.Model {
	low := taylor.Neg(x)
	high, low := taylor.ReLU(x), taylor.ReLU(&low)
	size := taylor.Add(&high, &low)
	size = times(&size, interval.Point(1).Div(interval.Point(bound)))
	size = taylor.Linear(&size, 1, 1)
	largest := interval.Point(x.Range().Magnitude()).Div(interval.Point(bound)).Add(interval.Point(1))
	size = within(size, interval.Interval{Lo: 1, Hi: largest.Hi})
	size = taylor.Reciprocal(&size)
	return taylor.Square(&size)
}

func tangentSoftClip(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	tangentEach(func(x, _ *taylor.Model) taylor.Model { return softClipSlope(x, n.scale) })(t, n, y, dy)
}

func tangentPairs(f func(x, y *taylor.Model) taylor.Model) func(*TangentEnclosure, *node, []taylor.Model, []taylor.Model) {
	return func(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
		a, b := t.moves(n, 0), t.moves(n, 1)
		for j := range dy {
			dy[j] = f(&a[j], &b[j])
			t.round(&dy[j], &y[j], plain)
		}
	}
}

func tangentMul(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	for j := range dy {
		z := jetMul(t.jet(n, 0, j), t.jet(n, 1, j))
		dy[j] = z.d
	}
}

func tangentDiv(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	for j := range dy {
		z := jetMul(t.jet(n, 0, j), jetReciprocal(t.jet(n, 1, j)))
		dy[j] = z.d
	}
}

func tangentLinear(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	for j := range dy {
		dy[j] = taylor.Linear(&t.moves(n, 0)[j], n.scale, 0)
		t.round(&dy[j], &y[j], plain)
		t.roundBy(&dy[j], math.Abs(n.offset), plain)
	}
}

func tangentDense(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	x, w := t.moves(n, 0), t.tape.params[n.weight]
	shares := t.shares[:len(x)]
	for i := range x {
		shares[i] = taylor.Share(&x[i], len(x))
	}
	for j := range dy {
		inputs := len(x)
		if n.index != nil {
			inputs = n.index[j]
		}
		z := taylor.Dot(w.Data[(n.row+j)*w.Cols:][:inputs], x, shares, 0)
		t.roundDense(&z, n, j, inputs)
		switch n.activation {
		case kernel.ReLU: // whose value is positive where its argument is
			s := taylor.Between(interval.Interval{Lo: 0, Hi: 1})
			if y[j] == (taylor.Model{}) {
				s = taylor.Constant(0)
			} else if y[j].Range().Lo > 0 {
				s = taylor.Constant(1)
			}
			z = taylor.Mul(&s, &z)
		case kernel.Tanh:
			s := tanhSlope(nil, &y[j])
			z = taylor.Mul(&s, &z)
			t.round(&z, &y[j], elementary)
		}
		dy[j] = z
	}
}

func tangentConcat(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	for i := range n.in {
		dy = dy[copy(dy, t.moves(n, i)):]
	}
}

func tangentGather(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	for j, from := range n.index {
		dy[j] = t.moves(n, 0)[from]
	}
}

func tangentSumColumns(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	dy[0] = sumModels(t.moves(n, 0))
	t.roundSum(&dy[0], t.in(n, 0))
}

func tangentSumBlocks(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	x := t.moves(n, 0)
	for j := range dy {
		dy[j] = x[j]
		for i := j + n.block; i < len(x); i += n.block {
			dy[j] = taylor.Add(&dy[j], &x[i])
		}
		t.roundSum(&dy[j], t.in(n, 0))
	}
}

// logScale returns the soft-clipped log-scale of column j of an affine map.
func (t *TangentEnclosure) logScale(n *node, j int) jet {
	h := t.jet(n, 1, 2*j+1)
	s := softClipSlope(&h.v, n.scale)
	return jet{taylor.SoftClip(&h.v, n.scale), taylor.Mul(&s, &h.d), h.unit}.rounded(elementary)
}

func tangentAffine(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	columns := len(dy) / 2
	for j := range columns {
		scale := t.logScale(n, j)
		z := jetAdd(jetMul(t.jet(n, 0, j), jetExp(scale)), t.jet(n, 1, 2*j))
		dy[j], dy[columns+j] = z.d, scale.d
	}
}

func tangentAffineInverse(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	columns := len(dy) / 2
	for j := range columns {
		scale := jetLinear(t.logScale(n, j), -1, 0)
		z := jetMul(jetSub(t.jet(n, 0, j), t.jet(n, 1, 2*j)), jetExp(scale))
		dy[j], dy[columns+j] = z.d, scale.d
	}
}

// tangentRotate takes angles that do not depend on the point.
func tangentRotate(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	copy(dy, t.moves(n, 1))
	if t.unit == 0 && !still(t.moves(n, 0)) {
		for j := range dy {
			dy[j] = taylor.Unknown()
		}
		return
	}
	rotateModels(t.in(n, 0), n, dy)
	if t.unit > 0 {
		t.roundRotations(n, dy)
	}
}

// jet is a value and its derivative along the direction, or its error where unit is not 0.
type jet struct {
	v, d taylor.Model
	unit float64
}

func (t *TangentEnclosure) jet(n *node, i, j int) jet {
	return jet{t.in(n, i)[j], t.moves(n, i)[j], t.unit}
}

func jetAdd(x, y jet) jet {
	return jet{taylor.Add(&x.v, &y.v), taylor.Add(&x.d, &y.d), max(x.unit, y.unit)}.rounded(plain)
}

func jetSub(x, y jet) jet {
	return jet{taylor.Sub(&x.v, &y.v), taylor.Sub(&x.d, &y.d), max(x.unit, y.unit)}.rounded(plain)
}

func jetMul(x, y jet) jet {
	a, b := taylor.Mul(&x.v, &y.d), taylor.Mul(&x.d, &y.v)
	return jet{taylor.Mul(&x.v, &y.v), taylor.Add(&a, &b), max(x.unit, y.unit)}.rounded(plain)
}

func jetLinear(x jet, scale, offset float64) jet {
	return jet{taylor.Linear(&x.v, scale, offset), taylor.Linear(&x.d, scale, 0), x.unit}.rounded(plain).roundedBy(math.Abs(offset), plain)
}

func jetReciprocal(x jet) jet {
	v := taylor.Reciprocal(&x.v)
	s := taylor.Square(&v)
	s = taylor.Neg(&s)
	return jet{v, taylor.Mul(&s, &x.d), x.unit}.rounded(plain)
}

func jetExp(x jet) jet {
	v := taylor.Exp(&x.v)
	return jet{v, taylor.Mul(&v, &x.d), x.unit}.rounded(elementary)
}

// jetAffine returns factor x + offset for numbers in intervals.
func jetAffine(x jet, factor, offset interval.Interval) jet {
	v := times(&x.v, factor)
	return jet{taylor.Shift(&v, offset), times(&x.d, factor), x.unit}.rounded(plain).roundedBy(offset.Magnitude(), plain)
}

func jetSum(x []jet) jet {
	var sum jet
	for _, v := range x {
		sum = jetAdd(sum, v)
	}
	return sum
}
