package ad

import (
	"math"

	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

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
		moved := t.splineMoved(n.spline, x.v, slope, h, dh)
		if most := mostMoved(n.spline, &slope, dh); t.unit == 0 && moved.Spread() > most {
			moved = taylor.Between(interval.Interval{Lo: -most, Hi: most})
		}
		dy[j] = taylor.Add(&dy[j], &moved)
	}
}

// splineMoved encloses by how much the value at x, where the slope is given, moves with the
// raw parameters.
func (t *TangentEnclosure) splineMoved(s Spline, x, slope taylor.Model, h, dh []taylor.Model) taylor.Model {
	if !x.Known() {
		return taylor.Unknown()
	}
	first, last := s.outside(x.Range())
	c := newSplineCurve(s, h, &t.spline)
	first, last = c.pieces(&x, c.knot, first, last)
	j := newJetCurve(c, h, dh, t.unit)
	moved := j.piece(first, x)
	for i := first + 1; i <= last; i++ {
		next := j.piece(i, x)
		moved = taylor.Either(&moved, &next)
		if t.unit > 0 {
			// An evaluation may take the piece beside that of x where the knot between them is
			// no farther than its error. So near to it neither piece is twice as steep.
			knot := j.corner(i, j.widths)
			widen(&moved, knot.d.Range().Magnitude()*2*slope.Range().Magnitude())
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

// newJetCurve returns that of raw parameters h, which move by dh.
func newJetCurve(c *splineCurve, h, dh []taylor.Model, unit float64) *jetCurve {
	raw := make([]jet, len(h))
	for i := range raw {
		raw[i] = jet{h[i], dh[i], unit}
	}
	return &jetCurve{c, jetSoftmax(raw[:c.Bins]), jetSoftmax(raw[c.Bins : 2*c.Bins]), raw[2*c.Bins:]}
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
	return knot.roundedBy(2*c.Bound, c.evaluated())
}

// evaluated returns how many units of the side an evaluation rounds that adds up a knot:
// six for the constants at most, and a product and a sum per bin.
func (c *jetCurve) evaluated() float64 { return float64(6 + 2*c.Bins) }

// size returns that of bin i on the axis of the softmax. An evaluation makes the last one
// end at the corner.
func (c *jetCurve) size(i int, softmax []jet) jet {
	size := jetAffine(softmax[i], c.share, c.least).roundedBy(2*c.Bound, c.evaluated())
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
		s = s.rounded(elementary).roundedBy(size+1, elementary)
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

func jetSoftmax(h []jet) []jet {
	top, spread := math.Inf(-1), 0.0
	for _, x := range h {
		top, spread = max(top, x.v.C[0]), max(spread, x.v.Spread())
	}
	p := make([]jet, len(h))
	for i, x := range h {
		// An evaluation takes the largest entry, which is that near to top.
		p[i] = jetExp(jetLinear(x, 1, -top).roundedBy(spread, plain))
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
