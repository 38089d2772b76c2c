package kernel

import "math"

// Spline is a monotone rational-quadratic spline on [-Bound, Bound] with the
// identity outside (Durkan, Bekasov, Murray and Papamakarios, Neural Spline
// Flows, 2019, equations 4 to 8). Each column takes Params raw parameters: Bins
// widths and Bins heights, which a softmax makes positive and summing to the box,
// and Bins-1 derivatives at the inner knots, which a softplus makes positive. The
// outer derivatives are 1. Raw zeros give the identity.
type Spline struct {
	Bins  int
	Bound float64
	// MinBin is the least width and height of a bin as a share of the box, and
	// MinSlope the least derivative at a knot.
	MinBin, MinSlope float64
}

// Params returns the number of raw parameters per column, 3 Bins - 1.
func (s Spline) Params() int { return 3*s.Bins - 1 }

// slopeOffset makes a raw derivative of 0 stand for a slope of 1.
func (s Spline) slopeOffset() float64 { return math.Log(math.Expm1(1 - s.MinSlope)) }

// sizes returns the least width and height of a bin, and what a bin gets besides if
// all the rest is its own.
func sizes[T Float](s Spline) (least, share T) {
	return 2 * T(s.Bound) * T(s.MinBin), 2 * T(s.Bound) * T(1-float64(s.Bins)*s.MinBin)
}
