package ad

import (
	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// encloseSplineInverse encloses the inverses of rational-quadratic splines and their
// log-derivatives, the pieces being told apart as encloseSpline does, by the levels of knots.
func encloseSplineInverse(e *Enclosure, n *node, y []taylor.Model) {
	encloseSplines(e, n, y, e.encloseSplineInverseAt)
}

func (e *Enclosure) encloseSplineInverseAt(s Spline, z *taylor.Model, h []taylor.Model) (x, l taylor.Model) {
	if !z.Known() {
		return taylor.Unknown(), taylor.Unknown()
	}
	first, last := s.outside(z.Range())
	if first == last && (first < 0 || first == s.Bins) {
		return *z, taylor.Constant(0)
	}
	c := newSplineCurve(s, h, &e.spline)
	first, last = c.pieces(z, c.level, first, last)
	j := newJetCurve(c, h, make([]taylor.Model, len(h)), 0)
	x = j.inversePiece(first, jet{v: *z}).v
	for i := first + 1; i <= last; i++ {
		next := j.inversePiece(i, jet{v: *z}).v
		x = taylor.Either(&x, &next)
	}
	if !(x.Spread() <= wideSpread) {
		low, high := z.Range().Lo, z.Range().Hi
		if first >= 0 {
			m := c.knot(first)
			low = m.Range().Lo
		}
		if last < c.Bins {
			m := c.knot(last + 1)
			high = m.Range().Hi
		}
		x = narrowerModel(x, taylor.Between(interval.Interval{Lo: low, Hi: high}))
	}
	_, l = e.encloseSplineAt(s, &x, h)
	return x, taylor.Neg(&l)
}

// tangentSplineInverse encloses the derivatives of the points, and their errors. Where x is
// the point whose value is z, x moves by what z moves less what the value at x moves with
// the parameters, over the slope there. Errors are those of the evaluation's own steps.
func tangentSplineInverse(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	columns, params := len(dy)/2, n.spline.Params()
	for j := range columns {
		z, h, dh := t.jet(n, 0, j), t.in(n, 1)[j*params:][:params], t.moves(n, 1)[j*params:][:params]
		dy[columns+j] = taylor.Unknown()
		over := taylor.Exp(&y[columns+j])
		first, last := n.spline.outside(z.v.Range())
		switch {
		case first == last && (first < 0 || first == n.spline.Bins):
			dy[j] = z.d
		case t.unit > 0:
			dy[j] = t.splineInverseError(n.spline, z, h, dh, &over)
		default:
			dy[j] = z.d
			if !still(dh) {
				slope := taylor.Reciprocal(&over)
				moved := t.splineMoved(n.spline, y[j], slope, h, dh)
				dy[j] = taylor.Sub(&z.d, &moved)
			}
			dy[j] = taylor.Mul(&over, &dy[j])
		}
	}
}

// splineInverseError encloses the error of an evaluation of the inverse at z, over being
// its derivative there.
func (t *TangentEnclosure) splineInverseError(s Spline, z jet, h, dh []taylor.Model, over *taylor.Model) taylor.Model {
	if !z.v.Known() {
		return taylor.Unknown()
	}
	first, last := s.outside(z.v.Range())
	c := newSplineCurve(s, h, &t.spline)
	first, last = c.pieces(&z.v, c.level, first, last)
	j := newJetCurve(c, h, dh, t.unit)
	off := j.inversePiece(first, z).d
	for i := first + 1; i <= last; i++ {
		next := j.inversePiece(i, z).d
		off = taylor.Either(&off, &next)
		// An evaluation may take the piece beside that of z, whose end it then returns, where
		// the level between them is no farther than its error.
		level := j.corner(i, j.heights)
		widen(&off, level.d.Range().Magnitude()*2*over.Range().Magnitude())
	}
	return off
}

// inversePiece encloses the point of piece i whose value is z, and how it moves, in the
// steps of the evaluation: the ratio of t to 1-t is the positive root of
//
//	s (1-u) r^2 + (left (1-u) - right u) r - s u = 0
//
// where u is the relative height of z (Durkan et al., equation 29, divided by (1-t)^2), and
// of the two forms of the root either is right.
func (c *jetCurve) inversePiece(i int, z jet) jet {
	if i < 0 || i == c.Bins {
		return z
	}
	unit := interval.Interval{Lo: 0, Hi: 1}
	width, height := c.size(i, c.widths), c.size(i, c.heights)
	sizes := interval.Interval{Lo: c.least.Lo, Hi: 2 * c.Bound}
	width.v, height.v = within(width.v, sizes), within(height.v, sizes)
	left, right := c.slope(i), c.slope(i+1)
	u := jetMul(jetSub(z, c.corner(i, c.heights)), jetReciprocal(height))
	u.v = within(u.v, unit)
	rest := jetLinear(u, -1, 1)
	rest.v = within(rest.v, unit)
	linear := jetSub(jetMul(left, rest), jetMul(right, u))
	s2 := jetLinear(jetMul(height, jetReciprocal(width)), 2, 0)
	s2.v = within(s2.v, height.v.Range().Div(width.v.Range()).Mul(interval.Point(2)))
	low, high := jetMul(s2, u), jetMul(s2, rest)
	square := jetAdd(jetMul(linear, linear), jetMul(low, high))
	squares := interval.Interval{Lo: leastSquare(&left.v, &right.v, &s2.v), Hi: square.v.Range().Hi}
	square.v = within(square.v, squares)
	root := jetSqrt(square)
	// A denominator is at least the root, but for slack.
	over := func(x jet) jet {
		x.v = within(x.v, interval.Interval{Lo: interval.Point(squares.Lo).Sqrt().Sub(interval.Point(slack)).Lo, Hi: x.v.Range().Hi})
		return jetReciprocal(x)
	}
	// Of the two forms of the root an evaluation takes the one that adds, rising where linear
	// is positive. It may take the other one where linear is 0 but for its error.
	r := linear.v.Range()
	var t jet
	if r.Hi >= -slack {
		positive := linear
		if r.Lo < -slack {
			positive.v = taylor.Between(interval.Interval{Lo: -slack, Hi: r.Hi})
		}
		t = jetMul(low, over(jetAdd(jetAdd(root, positive), low)))
		t.v = within(t.v, unit)
	}
	if r.Lo <= slack {
		negative := linear
		if r.Hi > slack {
			negative.v = taylor.Between(interval.Interval{Lo: r.Lo, Hi: slack})
		}
		less := jetSub(root, negative)
		falling := jetMul(less, over(jetAdd(less, high)))
		falling.v = within(falling.v, unit)
		if r.Hi >= -slack {
			falling = jet{taylor.Either(&t.v, &falling.v), taylor.Either(&t.d, &falling.d), t.unit}
		}
		t = falling
	}
	return jetAdd(c.corner(i, c.widths), jetMul(width, t))
}

// leastSquare returns a number that (a-b)^2 + s^2 u(1-u) is not below for a = left (1-u), b =
// right u and any u from 0 to 1. With u(1-u) = ab/(left right) and k = s^2/(left right) that
// is (a-b)^2 + k ab, at least min(1, k/4) (a+b)^2, and a+b is at least the lesser of left
// and right.
func leastSquare(left, right, s *taylor.Model) float64 {
	l, r, steep := left.Range(), right.Range(), s.Range()
	least, most := interval.Point(min(l.Lo, r.Lo)), interval.Point(max(l.Hi, r.Hi))
	if !(least.Lo > 0) || !(steep.Lo > 0) {
		return 0
	}
	steep = interval.Point(steep.Lo)
	return min(least.Mul(least).Lo, steep.Mul(steep).Mul(interval.Point(0.25)).Mul(least).Div(most).Lo)
}

// jetSqrt encloses the root of a positive number.
func jetSqrt(x jet) jet {
	half := taylor.Log(&x.v)
	half = taylor.Linear(&half, 0.5, 0)
	v := taylor.Exp(&half)
	slope := taylor.Reciprocal(&v)
	slope = taylor.Linear(&slope, 0.5, 0)
	return jet{v, taylor.Mul(&slope, &x.d), x.unit}.rounded(plain)
}
