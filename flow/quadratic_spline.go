package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// QuadraticSpline is the piecewise-quadratic distribution function of Mueller et al.
// (Neural Importance Sampling, 2018) on [-Bound, Bound], the identity
// outside. Its derivative is a polygon over bins whose widths a softmax makes positive
// and summing to the box. The polygon's inner vertices are a softmax, scaled so that
// the area under it is that of the box, and the outer two are 1: so the map is
// continuously differentiable, at the edge of the box too. The derivative is at least
// 1/1000 for all parameters. Both directions cost two softmaxes and a logarithm; the
// inverse is in closed form, from a discriminant that is positive by construction.
type QuadraticSpline struct {
	Bins  int
	Bound float64
}

func (s QuadraticSpline) bins() ad.Bins {
	return ad.Bins{Bins: s.Bins, Bound: s.Bound, MinBin: minBin, MinSlope: minSlope, Knots: ad.PolygonKnots}
}

// Params returns 2 Bins - 1: raw widths and inner vertices.
func (s QuadraticSpline) Params() int { return s.bins().Params() }

// Forward records the spline and its log-derivative.
func (s QuadraticSpline) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	b := t.Bins(x, h, s.bins(), false)
	slope := mix(t, t.Div(b.Offset, b.Width), b.Left, b.Right)
	area := t.Mul(b.Offset, t.Linear(t.Add(b.Left, slope), 0.5, 0))
	return t.Add(b.Start, area), t.Log(slope)
}

// Inverse records the inverse and its log-derivative.
func (s QuadraticSpline) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	b := t.Bins(z, h, s.bins(), true)
	// At the share u of the bin's area the slope is the root of the discriminant
	// left^2 + u (right^2 - left^2), and the position follows from the trapezium.
	u := t.Div(b.Offset, b.Height)
	logSlope := t.Linear(t.Log(mix(t, u, t.Mul(b.Left, b.Left), t.Mul(b.Right, b.Right))), 0.5, 0)
	position := t.Mul(u, t.Div(t.Add(b.Left, b.Right), t.Add(b.Left, t.Exp(logSlope))))
	return t.Add(b.Start, t.Mul(b.Width, position)), t.Linear(logSlope, -1, 0)
}

// QuadraticSplineKind is the transformation "quadratic-spline" of descriptions.
func QuadraticSplineKind() ElementwiseKind {
	return ElementwiseKind{
		Name:     "quadratic-spline",
		Summary:  "A bendable ruler of parabolas.",
		Settings: binSettings(2),
		Build: func(s setting.Values) (Elementwise, error) {
			return QuadraticSpline{Bins: s.Int("bins"), Bound: s.Float("bound")}, nil
		},
	}
}
