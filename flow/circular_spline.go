package flow

import (
	"math"

	"flowcert/ad"
	"flowcert/setting"
)

// CircularSpline is the circular spline of Rezende et al. (Normalizing Flows on Tori and
// Spheres, 2020) on the circle [-Bound, Bound), whose ends are one point: a
// rational-quadratic spline (Durkan et al., Neural Spline Flows, 2019) with the same
// learned derivative at both ends, followed by a learned rotation by less than half the
// circle. So the map and its derivative, which is at least about 1e-9 for all
// parameters, are continuous all around the circle. It is a bijection of the interval,
// increasing but for the one jump where its values pass the end, and the identity
// outside; the end Bound itself is taken for -Bound. Its inverse undoes it to the
// precision of the type modulo 2 Bound.
//
// A conditioner sees a point of the circle as a number, so that what depends on it may
// jump at the ends. Both directions cost two softmaxes and a few elementary functions;
// the inverse is in closed form, from a discriminant that is a sum of squares.
type CircularSpline struct {
	Bins  int
	Bound float64
}

func (s CircularSpline) bins() ad.Bins {
	return ad.Bins{Bins: s.Bins, Bound: s.Bound, MinBin: minBin, Knots: ad.CyclicKnots}
}

// Params returns 3 Bins + 1: raw widths, heights, derivatives and the rotation.
func (s CircularSpline) Params() int { return s.bins().Params() + 1 }

// Forward records the map and the log-derivative.
func (s CircularSpline) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	raw, rotation, inside := s.split(t, x, h)
	b := t.Bins(x, raw, s.bins(), false)
	c := newRationalQuadratic(t, b)
	y, logSlope := c.at(t, t.Div(b.Offset, b.Width))
	z = t.Add(t.Add(b.Start, t.Mul(b.Height, y)), rotation)
	return s.wrap(t, z, inside), logSlope
}

// Inverse records the inverse and its log-derivative.
func (s CircularSpline) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	raw, rotation, inside := s.split(t, z, h)
	b := t.Bins(s.wrap(t, t.Sub(z, rotation), inside), raw, s.bins(), true)
	c := newRationalQuadratic(t, b)
	position := c.solve(t, t.Div(b.Offset, b.Height))
	_, logSlope := c.at(t, position)
	x = t.Add(b.Start, t.Mul(b.Width, position))
	return s.wrap(t, x, inside), t.Linear(logSlope, -1, 0)
}

// split records the spline's raw parameters, the rotation, and 1 for the entries of x
// on the circle and 0 for others, which are not rotated.
func (s CircularSpline) split(t *ad.Tape, x, h ad.Value) (raw, rotation, inside ad.Value) {
	size := s.Params()
	above, below := t.Step(t.Linear(x, 1, -s.Bound)), t.Step(t.Linear(x, -1, -s.Bound))
	inside = complement(t, t.Add(above, below))
	rotation = t.Mul(inside, t.SoftClip(group(t, h, size, size-1, size), s.Bound))
	return group(t, h, size, 0, size-1), rotation, inside
}

// wrap records the points inside that are at most a circle away from it put back on it.
func (s CircularSpline) wrap(t *ad.Tape, x, inside ad.Value) ad.Value {
	above := complement(t, t.Step(t.Linear(x, -1, s.Bound)))
	below := t.Step(t.Linear(x, -1, -s.Bound))
	return t.Add(x, t.Linear(t.Mul(inside, t.Sub(below, above)), 2*s.Bound, 0))
}

// rationalQuadratic is the curve of a bin: its mean slope and the derivatives at its
// ends.
type rationalQuadratic struct {
	mean, left, right ad.Value
}

func newRationalQuadratic(t *ad.Tape, b ad.Bin) rationalQuadratic {
	return rationalQuadratic{t.Div(b.Height, b.Width), knotSlope(t, b.Left), knotSlope(t, b.Right)}
}

// at records the value at the position x, in units of the bin, and the logarithm of the
// derivative (Durkan et al., equations 4 and 5), of positive terms alone.
func (c rationalQuadratic) at(t *ad.Tape, x ad.Value) (y, logSlope ad.Value) {
	rest := complement(t, x)
	x2, rest2, both := t.Mul(x, x), t.Mul(rest, rest), t.Mul(x, rest)
	numerator := t.Add(t.Mul(c.mean, x2), t.Mul(c.left, both))
	denominator := t.Add(t.Mul(c.mean, t.Add(x2, rest2)), t.Mul(t.Add(c.left, c.right), both))
	slope := t.Add(t.Mul(c.right, x2), t.Mul(c.left, rest2))
	slope = t.Add(slope, t.Mul(t.Linear(c.mean, 2, 0), both))
	logSlope = t.Add(t.Log(slope), t.Linear(t.Sub(t.Log(c.mean), t.Log(denominator)), 2, 0))
	return t.Div(numerator, denominator), logSlope
}

// solve records the position at which the value is u. The ratio r of the position to
// what is left of the bin is the positive root of
//
//	mean (1-u) r^2 + (left (1-u) - right u) r - mean u = 0,
//
// whose discriminant has no term that could make it negative.
func (c rationalQuadratic) solve(t *ad.Tape, u ad.Value) ad.Value {
	rest := complement(t, u)
	// All in units of the sum, which may be large, so that no square overflows.
	sum := t.Add(c.mean, t.Add(c.left, c.right))
	mean := t.Div(c.mean, sum)
	b := t.Sub(t.Mul(t.Div(c.left, sum), rest), t.Mul(t.Div(c.right, sum), u))
	products := t.Mul(t.Mul(mean, mean), t.Mul(u, rest))
	root := t.Exp(t.Linear(t.Log(t.Add(t.Mul(b, b), t.Linear(products, 4, 0))), 0.5, 0))
	// Of the two forms of the root the one that adds.
	positive := t.Step(b)
	added := t.Add(root, t.Mul(b, t.Linear(positive, 2, -1)))
	low, high := t.Linear(t.Mul(mean, u), 2, 0), t.Linear(t.Mul(mean, rest), 2, 0)
	numerator := choose(t, positive, low, added)
	return t.Div(numerator, t.Add(added, choose(t, positive, low, high)))
}

// CircularSplineKind is the transformation "circular-spline" of descriptions.
func CircularSplineKind() ElementwiseKind {
	settings := binSettings(1)
	settings[1].Default, settings[1].Meaning = math.Pi, "half the circle, which reaches from -bound to bound; outside it the map is the identity"
	return ElementwiseKind{
		Name:     "circular-spline",
		Summary:  "A bendable ruler around a circle.",
		Settings: settings,
		Build: func(s setting.Values) (Elementwise, error) {
			return CircularSpline{Bins: s.Int("bins"), Bound: s.Float("bound")}, nil
		},
	}
}
