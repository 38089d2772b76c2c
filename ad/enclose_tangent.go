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
			t.round(&dy[j], &y[j])
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
			t.round(&dy[j], &y[j])
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
		t.round(&dy[j], &y[j])
		t.roundBy(&dy[j], math.Abs(n.offset))
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
		if t.unit > 0 {
			t.roundBy(&z, t.denseRounding(n, j, inputs))
		}
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
			t.round(&z, &y[j])
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
	t.roundBy(&dy[0], sumRounding(t.in(n, 0)))
}

func tangentSumBlocks(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	x := t.moves(n, 0)
	for j := range dy {
		dy[j] = x[j]
		for i := j + n.block; i < len(x); i += n.block {
			dy[j] = taylor.Add(&dy[j], &x[i])
		}
		t.roundBy(&dy[j], sumRounding(t.in(n, 0)))
	}
}

// logScale returns the soft-clipped log-scale of column j of an affine map.
func (t *TangentEnclosure) logScale(n *node, j int) jet {
	h := t.jet(n, 1, 2*j+1)
	s := softClipSlope(&h.v, n.scale)
	return jet{taylor.SoftClip(&h.v, n.scale), taylor.Mul(&s, &h.d), h.unit}.rounded()
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
	return jet{taylor.Add(&x.v, &y.v), taylor.Add(&x.d, &y.d), max(x.unit, y.unit)}.rounded()
}

func jetSub(x, y jet) jet {
	return jet{taylor.Sub(&x.v, &y.v), taylor.Sub(&x.d, &y.d), max(x.unit, y.unit)}.rounded()
}

func jetMul(x, y jet) jet {
	a, b := taylor.Mul(&x.v, &y.d), taylor.Mul(&x.d, &y.v)
	return jet{taylor.Mul(&x.v, &y.v), taylor.Add(&a, &b), max(x.unit, y.unit)}.rounded()
}

func jetLinear(x jet, scale, offset float64) jet {
	return jet{taylor.Linear(&x.v, scale, offset), taylor.Linear(&x.d, scale, 0), x.unit}.rounded().roundedBy(math.Abs(offset))
}

func jetReciprocal(x jet) jet {
	v := taylor.Reciprocal(&x.v)
	s := taylor.Square(&v)
	s = taylor.Neg(&s)
	return jet{v, taylor.Mul(&s, &x.d), x.unit}.rounded()
}

func jetExp(x jet) jet {
	v := taylor.Exp(&x.v)
	return jet{v, taylor.Mul(&v, &x.d), x.unit}.rounded()
}

// jetAffine returns factor x + offset for numbers in intervals.
func jetAffine(x jet, factor, offset interval.Interval) jet {
	v := times(&x.v, factor)
	return jet{taylor.Shift(&v, offset), times(&x.d, factor), x.unit}.rounded().roundedBy(offset.Magnitude())
}

func jetSum(x []jet) jet {
	var sum jet
	for _, v := range x {
		sum = jetAdd(sum, v)
	}
	return sum
}

func jetSoftmax(h []jet) []jet {
	top, spread := math.Inf(-1), 0.0
	for _, x := range h {
		top, spread = max(top, x.v.C[0]), max(spread, x.v.Spread())
	}
	p := make([]jet, len(h))
	for i, x := range h {
		// An evaluation takes the largest entry, which is that near to top.
		p[i] = jetExp(jetLinear(x, 1, -top).roundedBy(spread))
	}
	sum := jetSum(p)
	sum.v = within(sum.v, sumOfExps(len(h), func(i int) (interval.Interval, float64) { return h[i].v.Range(), top }))
	over := jetReciprocal(sum)
	for i := range p {
		p[i] = jetMul(p[i], over)
		p[i].v = within(p[i].v, interval.Interval{Lo: 0, Hi: 1})
	}
	return p
}

// tangentSpline encloses the derivatives of the values. Those of the log-derivatives are
// left unknown: no value depends on them.
func tangentSpline(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	columns, params := len(dy)/2, n.spline.Params()
	for j := range columns {
		x, h := t.jet(n, 0, j), t.in(n, 1)[j*params:][:params]
		dh := t.moves(n, 1)[j*params:][:params]
		dy[columns+j] = taylor.Unknown()
		slope := taylor.Exp(&y[columns+j])
		dy[j] = taylor.Mul(&slope, &x.d)
		if first, last := n.spline.outside(x.v.Range()); first == last && (first < 0 || first == n.spline.Bins) || t.unit == 0 && still(dh) {
			continue // all that moves is x
		}
		moved := t.splineMoved(n.spline, x.v, h, dh)
		if most := mostMoved(n.spline, &slope, dh); t.unit == 0 && moved.Spread() > most {
			moved = taylor.Between(interval.Interval{Lo: -most, Hi: most})
		}
		dy[j] = taylor.Add(&dy[j], &moved)
	}
}

// splineMoved encloses by how much the value at x moves with the raw parameters.
func (t *TangentEnclosure) splineMoved(s Spline, x taylor.Model, h, dh []taylor.Model) taylor.Model {
	if !x.Known() {
		return taylor.Unknown()
	}
	first, last := s.outside(x.Range())
	c := newSplineCurve(s, h, &t.spline)
	first, last = c.pieces(&x, first, last)
	raw := make([]jet, len(h))
	for i := range raw {
		raw[i] = jet{h[i], dh[i], t.unit}
	}
	j := jetCurve{c, jetSoftmax(raw[:s.Bins]), jetSoftmax(raw[s.Bins : 2*s.Bins]), raw[2*s.Bins:]}
	moved := j.piece(first, x)
	for i := first + 1; i <= last; i++ {
		next := j.piece(i, x)
		moved = taylor.Either(&moved, &next)
		if t.unit > 0 {
			// An evaluation may take the piece beside that of x where the knot between them
			// is no farther than its error. Both have a slope there of at most steepest.
			knot := j.corner(i, j.widths)
			_, l := c.piece(i-1, &x)
			_, k := c.piece(i, &x)
			l = taylor.Either(&l, &k)
			l = taylor.Exp(&l)
			widen(&moved, knot.d.Range().Magnitude()*l.Range().Magnitude())
		}
	}
	return moved
}

// mostMoved returns what no value moves more by, whatever the parameters are, if no raw
// parameter moves by more than H.
//
// In a bin from (x, y) of the sizes w and h, of the mean slope s = h/w and the slopes a and b
// at its knots, the value at t is y + h N/(N + M) with N = t^2 + (a/s) u, M = (1-t)^2 +
// (b/s) u and u = t(1-t). So its derivatives in log a and log b are at most h/4, as N M is
// at most (N+M)^2/4, and it moves by at most
//
//	|dy| + |dh| + slope (|dx| + |dw|) + h/4 (|d log a| + |d log b| + 2 |d log s|)
//
// The softmaxes move knots by at most 2 Bound H, and sizes by at most 2 H of themselves; a
// softplus moves by no more of itself than its argument. As sizes are at most 2 Bound, that
// is at most 2 Bound H (6 + 3 slope).
func mostMoved(s Spline, slope *taylor.Model, dh []taylor.Model) float64 {
	most := interval.Point(0)
	for i := range dh {
		most.Hi = max(most.Hi, dh[i].Range().Magnitude())
	}
	steep := slope.Range().Mul(interval.Point(3)).Add(interval.Point(6))
	return interval.Point(most.Hi).Mul(interval.Point(2 * s.Bound)).Mul(interval.Point(steep.Hi)).Hi
}

// jetCurve is a splineCurve whose parameters move.
type jetCurve struct {
	*splineCurve
	widths, heights []jet // softmaxes
	slopes          []jet // raw
}

// corner returns where knot i is on the axis of the softmax.
func (c *jetCurve) corner(i int, softmax []jet) jet {
	switch i {
	case 0:
		return jet{v: taylor.Constant(-c.Bound)}
	case c.Bins:
		return jet{v: taylor.Constant(c.Bound)}
	}
	knot := jetAffine(jetSum(softmax[:i]), c.share, c.least.Mul(interval.Point(float64(i))).Sub(interval.Point(c.Bound)))
	return knot.roundedBy(c.evaluated())
}

// evaluated returns how large are, together, what an evaluation rounds that adds up a
// knot: the constants, of 6 units of the side at most, and a sum per bin.
func (c *jetCurve) evaluated() float64 { return 2 * c.Bound * float64(6+2*c.Bins) / roundings }

// size returns that of bin i on the axis of the softmax. An evaluation makes the last one
// end at the corner.
func (c *jetCurve) size(i int, softmax []jet) jet {
	size := jetAffine(softmax[i], c.share, c.least).roundedBy(c.evaluated())
	if i == c.Bins-1 && size.unit > 0 {
		from := c.corner(i, softmax)
		size.d = jetSub(jet{v: taylor.Constant(c.Bound)}, from).d
	}
	return size
}

// slope returns the derivative at knot i.
func (c *jetCurve) slope(i int) jet {
	s := jet{v: c.splineCurve.slope(i)}
	if i > 0 && i < c.Bins {
		least, one, from := interval.Point(c.MinSlope), interval.Point(1), c.slopes[i-1]
		offset := one.Sub(least).Exp().Sub(one).Log()
		raw := taylor.Shift(&from.v, offset)
		size := raw.Range().Magnitude() + offset.Magnitude()
		raw = taylor.Sigmoid(&raw)
		s.d, s.unit = taylor.Mul(&raw, &from.d), from.unit
		s.v = within(s.v, interval.Interval{Lo: c.MinSlope, Hi: math.Inf(1)})
		// The evaluation's offset is the logarithm of a number that is off by some units.
		s = s.rounded().roundedBy(size + 1)
	}
	return s
}

// piece encloses by how much the value of piece i at x moves, for x in the piece (Durkan
// et al., equation 4). Of what is known to lie in an interval whatever the parameters are,
// no more is taken.
func (c *jetCurve) piece(i int, x taylor.Model) taylor.Model {
	if i < 0 || i == c.Bins {
		return taylor.Constant(0)
	}
	width, height := c.size(i, c.widths), c.size(i, c.heights)
	sizes := interval.Interval{Lo: c.least.Lo, Hi: 2 * c.Bound}
	width.v, height.v = within(width.v, sizes), within(height.v, sizes)
	over := jetReciprocal(width)
	s, before, after := jetMul(height, over), c.slope(i), c.slope(i+1)
	s.v = within(s.v, height.v.Range().Div(width.v.Range()))
	t := jetMul(jetSub(jet{v: x}, c.corner(i, c.widths)), over)
	t.v = within(t.v, interval.Interval{Lo: 0, Hi: 1})
	square := jetMul(t, t)
	u := jetSub(t, square) // t (1-t)
	u.v = within(u.v, interval.Interval{Lo: 0, Hi: 0.25})
	bend := jetSub(jetAdd(before, after), jetLinear(s, 2, 0))
	denominator := jetAdd(s, jetMul(bend, u))
	denominator.v = within(denominator.v, denominators(&s.v, &before.v, &after.v))
	rise := jetMul(jetAdd(jetMul(s, square), jetMul(before, u)), jetReciprocal(denominator))
	rise.v = within(rise.v, interval.Interval{Lo: 0, Hi: 1})
	y := jetAdd(c.corner(i, c.heights), jetMul(height, rise))
	return y.d
}

// denominators returns an interval that holds s + (a + b - 2s) u for all u from 0 to 1/4:
// numbers between s and s/2 + (a + b)/4.
func denominators(s, a, b *taylor.Model) interval.Interval {
	half, quarter := interval.Point(0.5), interval.Point(0.25)
	middle := s.Range().Mul(half).Add(a.Range().Add(b.Range()).Mul(quarter))
	return s.Range().Hull(middle)
}
