package flow

import (
	"math"

	"flowcert/ad"
	"flowcert/setting"
)

// CubicSpline is the monotone cubic spline of Durkan et al. (Cubic-Spline Flows, 2019)
// on [-Bound, Bound], the identity outside: a cubic Hermite polynomial in each of Bins
// bins, whose widths and heights a softmax makes positive and summing to the box. The
// derivatives at the inner knots follow from the sizes of the bins as Steffen (A Simple
// Method for Monotonic Interpolation in One Dimension, 1990, equation 11)
// chooses them; those at the edge of the box are learned, between 0 and three times the
// mean slope of the outermost bin. They keep the polynomials increasing; a thousandth
// of the identity is mixed in, so the derivative is at least 1/1000 for all parameters.
// The map is continuous and onto the line; its derivative is continuous within the box
// and jumps at the edge.
//
// Forward costs two softmaxes and a few elementary functions. The inverse is found
// within the bin by Newton's method, to full precision, in about ten evaluations of a
// polynomial.
type CubicSpline struct {
	Bins  int
	Bound float64
}

func (s CubicSpline) bins() ad.Bins {
	return ad.Bins{Bins: s.Bins, Bound: s.Bound, MinBin: minBin, MinSlope: minSlope, Knots: ad.OuterKnots, Beside: true}
}

// Params returns 2 Bins + 2: raw widths, heights and outer derivatives.
func (s CubicSpline) Params() int { return s.bins().Params() }

// Forward records the spline and its log-derivative.
func (s CubicSpline) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	b := t.Bins(x, h, s.bins(), false)
	left, right, logMean := s.ends(t, b)
	u, logSlope := hermite(t, t.Div(b.Offset, b.Width), left, right)
	return t.Add(b.Start, t.Mul(b.Height, u)), t.Add(logSlope, logMean)
}

// Inverse records the inverse and its log-derivative.
func (s CubicSpline) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	b := t.Bins(z, h, s.bins(), true)
	left, right, logMean := s.ends(t, b)
	position := t.Solve(t.Div(b.Offset, b.Height), t.Concat(left, right), extendedHermite)
	_, logSlope := hermite(t, position, left, right)
	return t.Add(b.Start, t.Mul(b.Width, position)), t.Linear(t.Add(logSlope, logMean), -1, 0)
}

// ends records the derivatives at both ends of the bin, in units of its mean slope,
// and the logarithm of that.
func (s CubicSpline) ends(t *ad.Tape, b ad.Bin) (left, right, logMean ad.Value) {
	own := plainSlope(t, b.Width, b.Height)
	before, after := plainSlope(t, b.WidthBefore, b.HeightBefore), plainSlope(t, b.WidthAfter, b.HeightAfter)
	left = steffen(t, before, b.WidthBefore, own, b.Width)
	right = steffen(t, own, b.Width, after, b.WidthAfter)
	mean := t.Div(b.Height, b.Width)
	end := func(derivative, raw ad.Value) ad.Value {
		// A raw value of 0, as at all inner knots, is a factor of 1; those at the edge,
		// where Steffen's derivative is the mean slope, reach 3.
		factor := t.Linear(t.Sigmoid(t.Linear(raw, 1, -math.Ln2)), 3, 0)
		return t.Div(t.Linear(t.Mul(derivative, factor), 1-minSlope, minSlope), mean)
	}
	return end(left, b.Left), end(right, b.Right), t.Log(mean)
}

// plainSlope records the mean slope of a bin before the identity is mixed in.
func plainSlope(t *ad.Tape, width, height ad.Value) ad.Value {
	return t.Linear(t.Div(height, width), 1/(1-minSlope), -minSlope/(1-minSlope))
}

// steffen records the derivative at the knot between two bins of the given mean slopes
// and widths: that of the parabola through their three knots, but at most twice the
// smaller slope.
func steffen(t *ad.Tape, slope1, width1, slope2, width2 ad.Value) ad.Value {
	parabola := t.Div(t.Add(t.Mul(slope1, width2), t.Mul(slope2, width1)), t.Add(width1, width2))
	return least(t, parabola, t.Linear(least(t, slope1, slope2), 2, 0))
}

// least records the smaller of a and b.
func least(t *ad.Tape, a, b ad.Value) ad.Value { return choose(t, t.Step(t.Sub(a, b)), b, a) }

// hermite records the cubic polynomial from 0 to 1 whose derivatives at 0 and 1 are left
// and right, and the logarithm of its derivative. On [0, 1], with derivatives of at most
// 3, its terms are positive.
func hermite(t *ad.Tape, x, left, right ad.Value) (y, logSlope ad.Value) {
	rest := complement(t, x)
	x2, rest2, both := t.Mul(x, x), t.Mul(rest, rest), t.Mul(x, rest)
	y = t.Mul(left, t.Mul(x, rest2))
	y = t.Add(y, t.Mul(t.Linear(right, -1, 3), t.Mul(x2, rest)))
	y = t.Add(y, t.Mul(x2, x))
	slope := t.Add(t.Mul(left, rest2), t.Mul(right, x2))
	slope = t.Add(slope, t.Mul(both, t.Linear(t.Add(left, right), -2, 6)))
	return y, t.Log(slope)
}

// extendedHermite is hermite with straight lines outside [0, 1], where the polynomial
// may turn; h holds the derivatives.
func extendedHermite(t *ad.Tape, x, h ad.Value) (y, logSlope ad.Value) {
	left, right := t.Slice(h, 0, x.Cols()), t.Slice(h, x.Cols(), 2*x.Cols())
	within := t.Sub(t.ReLU(x), t.ReLU(t.Linear(x, 1, -1)))
	y, logSlope = hermite(t, within, left, right)
	return t.Add(y, t.Mul(t.Sub(x, within), t.Exp(logSlope))), logSlope
}

// CubicSplineKind is the transformation "cubic-spline" of descriptions.
func CubicSplineKind() ElementwiseKind {
	return ElementwiseKind{
		Name:     "cubic-spline",
		Summary:  "A bendable ruler of cubic pieces.",
		Settings: binSettings(1),
		Build: func(s setting.Values) (Elementwise, error) {
			return CubicSpline{Bins: s.Int("bins"), Bound: s.Float("bound")}, nil
		},
	}
}
