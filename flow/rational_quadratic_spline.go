package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// RationalQuadratic is the monotone rational-quadratic spline of Durkan et al.
// (Neural Spline Flows, 2019) on [-Bound, Bound], the identity outside.
type RationalQuadratic struct {
	Bins  int
	Bound float64
}

func (r RationalQuadratic) spline() ad.Spline {
	return ad.Spline{Bins: r.Bins, Bound: r.Bound, MinBin: minBin, MinSlope: minSlope}
}

// Params returns 3 Bins - 1: raw widths, heights and inner slopes.
func (r RationalQuadratic) Params() int { return r.spline().Params() }

// Forward records the spline and its log-derivative.
func (r RationalQuadratic) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	y := t.Spline(x, h, r.spline())
	return t.Slice(y, 0, x.Cols()), t.Slice(y, x.Cols(), 2*x.Cols())
}

// Inverse records the inverse in closed form and its log-derivative.
func (r RationalQuadratic) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	y := t.SplineInverse(z, h, r.spline())
	return t.Slice(y, 0, z.Cols()), t.Slice(y, z.Cols(), 2*z.Cols())
}

// RationalQuadraticKind is the transformation "rational-quadratic" of descriptions.
func RationalQuadraticKind() ElementwiseKind {
	return ElementwiseKind{
		Name:     "rational-quadratic",
		Summary:  "A bendable ruler of rational-quadratic pieces.",
		Settings: binSettings(1),
		Build: func(s setting.Values) (Elementwise, error) {
			return RationalQuadratic{Bins: s.Int("bins"), Bound: s.Float("bound")}, nil
		},
	}
}
