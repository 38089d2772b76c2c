package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// LinearSpline is the piecewise-linear distribution function of Mueller et al. (Neural
// Importance Sampling, 2018) on [-Bound, Bound], the identity outside: Bins
// bins of equal widths, whose heights a softmax makes positive and summing to the box.
// The map is continuous and onto the line; its derivative jumps at the knots, where
// that of the bin above is taken. It lies between Bins/1000 and Bins for all
// parameters. Both directions cost a softmax and a logarithm.
type LinearSpline struct {
	Bins  int
	Bound float64
}

func (s LinearSpline) bins() ad.Bins {
	return ad.Bins{Bins: s.Bins, Bound: s.Bound, MinBin: minBin, Equal: true}
}

// Params returns Bins, the raw heights.
func (s LinearSpline) Params() int { return s.bins().Params() }

// Forward records the spline and its log-derivative.
func (s LinearSpline) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	b := t.Bins(x, h, s.bins(), false)
	slope := t.Div(b.Height, b.Width)
	return t.Add(b.Start, t.Mul(b.Offset, slope)), t.Log(slope)
}

// Inverse records the inverse, a piecewise-linear function too, and its log-derivative.
func (s LinearSpline) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	b := t.Bins(z, h, s.bins(), true)
	slope := t.Div(b.Width, b.Height)
	return t.Add(b.Start, t.Mul(b.Offset, slope)), t.Log(slope)
}

// LinearSplineKind is the transformation "linear-spline" of descriptions.
func LinearSplineKind() ElementwiseKind {
	return ElementwiseKind{
		Name:     "linear-spline",
		Summary:  "A bendable ruler of straight pieces.",
		Settings: binSettings(2),
		Build: func(s setting.Values) (Elementwise, error) {
			return LinearSpline{Bins: s.Int("bins"), Bound: s.Float("bound")}, nil
		},
	}
}
