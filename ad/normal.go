package ad

import "math"

const (
	root2Pi    = 2.506628274631000502415765284811045
	logRoot2Pi = 0.918938533204672741780329736405618
)

// tails is what the standard normal distribution, with density phi and distribution
// function Phi, says of a number u. Nothing in it cancels or underflows, however far
// out u is, but for the derivative that then is 0 beside the other.
type tails struct {
	below, above float64 // log Phi(u) and log Phi(-u)
	// rise = phi(u)/Phi(u) is the derivative of below, and fall = phi(u)/Phi(-u) that
	// of -above.
	rise, fall float64
	// excess is by how much the larger of the two exceeds |u|.
	excess float64
}

// normalTails returns the tails at u to about fourteen digits.
func normalTails(u float64) tails {
	t := math.Abs(u)
	e := math.Exp(-t * t / 2)
	ratio, excess := mills(t, e)
	beyond := e / root2Pi * ratio
	far, near := -t*t/2-logRoot2Pi+math.Log(ratio), math.Log1p(-beyond)
	steep, flat := t+excess, e/root2Pi/(1-beyond)
	if u < 0 {
		return tails{below: far, above: near, rise: steep, fall: flat, excess: excess}
	}
	return tails{below: near, above: far, rise: flat, fall: steep, excess: excess}
}

// mills returns Phi(-t)/phi(t), Mills' ratio, for t >= 0 and e = exp(-t^2/2), and by
// how much its reciprocal exceeds t. Far out it is Laplace's continued fraction
// 1/(t + 1/(t + 2/(t + 3/(t + ...)))).
func mills(t, e float64) (ratio, excess float64) {
	if t < 5 {
		ratio = root2Pi / 2 * math.Erfc(t/math.Sqrt2) / e
		return ratio, 1/ratio - t
	}
	// So many terms leave an error below that of rounding; they converge as
	// exp(-t sqrt(8 terms)) does.
	terms := 8 + int(400/(t*t))
	f := t
	for k := terms; k > 1; k-- {
		f = t + float64(k)/f
	}
	excess = 1 / f
	return 1 / (t + excess), excess
}

// normalLogit returns log(Phi(z)/Phi(-z)), given the tails at z.
func normalLogit(z float64, n tails) float64 {
	if math.Abs(z) < 0.5 { // where the difference would cancel
		return 2 * math.Atanh(math.Erf(z/math.Sqrt2))
	}
	return n.below - n.above
}

// normalQuantile returns the z with log(Phi(z)/Phi(-z)) = logit, by Newton's method.
func normalQuantile(logit float64) float64 {
	l := math.Abs(logit)
	// The start is right at 0 and, to first order, far out. To the right of 0 the
	// function is convex: from the second step on, Newton's method comes from the
	// right and does not overshoot.
	start := 4 / root2Pi
	z := math.Sqrt(start*start+2*l) - start
	for range 30 {
		n := normalTails(z)
		step := (l - normalLogit(z, n)) / (n.rise + n.fall)
		z += step
		if math.Abs(step) <= 0x1p-51*z {
			break
		}
	}
	return math.Copysign(z, logit)
}
