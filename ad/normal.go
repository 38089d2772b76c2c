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

// bend returns the derivative of log(rise + fall) at the u >= 0 of the tails, and minus
// that at u < 0: fall - rise - u, without what cancels.
func (n tails) bend() float64 { return n.excess - min(n.rise, n.fall) }

// normalTails returns the tails at u to about fourteen digits.
func normalTails(u float64) tails {
	t := math.Abs(u)
	e := math.Exp(-t * t / 2)
	ratio, excess := mills(t), millsExcess(t)
	beyond := e / root2Pi * ratio
	far, near := -t*t/2-logRoot2Pi+math.Log(ratio), math.Log1p(-beyond)
	steep, flat := t+excess, e/root2Pi/(1-beyond)
	if u < 0 {
		return tails{below: far, above: near, rise: steep, fall: flat, excess: excess}
	}
	return tails{below: near, above: far, rise: flat, fall: steep, excess: excess}
}

// mills returns Mills' ratio Phi(-t)/phi(t) for t >= 0 within 4e-16 of itself: 1/(1 + t)
// times a polynomial of degree 23 in y = (t - 5)/(t + 5), the Chebyshev series of that
// factor cut off, in even and odd powers (the form of Schonfelder, Chebyshev Expansions
// for the Error and Related Functions, 1978; coefficients computed with 40 digits).
func mills(t float64) float64 {
	y := (t - 5) / (t + 5)
	s := y * y
	even := 1.1568486282918946 + s*(0.07778159886873769+s*(-0.0661776007790963+s*(-0.03802659218584139+
		s*(-0.004201290329187307+s*(0.00045704392357953655+s*(-2.480583845192319e-05+
			s*(-1.7633239265736746e-07+s*(3.2054316652589574e-07+s*(-6.588974491108954e-08+
				s*(9.092476134019147e-09+s*(-7.073898575561589e-10)))))))))))
	odd := -0.22948753825211315 + s*(0.0250721793016388+s*(0.0615050458401865+s*(0.01634823128102938+
		s*(1.9530638370790786e-05+s*(-0.0001343742785571135+s*(2.270961270923768e-05+
			s*(-3.277287633208865e-06+s*(4.91996233147834e-07+s*(-7.758520236786343e-08+
				s*(1.1032071151574336e-08+s*(-9.564832934712551e-10)))))))))))
	return (even + y*odd) / (1 + t)
}

// millsExcess returns by how much the reciprocal of Mills' ratio exceeds t >= 0. Far out
// it is from Laplace's continued fraction for the ratio, 1/(t + 1/(t + 2/(t + 3/...))),
// because the difference would cancel.
func millsExcess(t float64) float64 {
	if t < 5 {
		return 1/mills(t) - t
	}
	// So many terms leave an error below that of rounding; they converge as
	// exp(-t sqrt(8 terms)) does.
	f := t
	for k := 8 + int(400/(t*t)); k > 1; k-- {
		f = t + float64(k)/f
	}
	return 1 / f
}

// normalLogit returns log(Phi(z)/Phi(-z)), given the tails at z.
func normalLogit(z float64, n tails) float64 {
	if math.Abs(z) < 0.5 { // where the difference would cancel
		return 2 * math.Atanh(math.Erf(z/math.Sqrt2))
	}
	return n.below - n.above
}

// normalQuantile returns the z with log(Phi(z)/Phi(-z)) = logit, by Halley's method.
func normalQuantile(logit float64) float64 {
	l := math.Abs(logit)
	z := quantileStart(l)
	for range 30 {
		n := normalTails(z)
		newton := (normalLogit(z, n) - l) / (n.rise + n.fall)
		// The second derivative's share; see tails.bend.
		step := newton / (1 - newton*n.bend()/2)
		z -= step
		if math.Abs(step) <= 1e-5*z { // what is left is of the third order
			break
		}
	}
	return math.Copysign(z, logit)
}

// quantileStart returns the quantile at l >= 0 within 1e-5 of itself, but for l that no
// data reach: a hyperbola with the right slope at 0 and growth far out, times a polynomial
// made like that of mills.
func quantileStart(l float64) float64 {
	const slope = 4 / root2Pi
	v := 2 * l / (math.Sqrt(slope*slope+2*l) + slope)
	y := (v - 2) / (v + 2)
	s := y * y
	even := 1.2703139005165858 + s*(-0.4656321779392804+s*(0.38974800868669357+s*(-0.36449817513075566+
		s*(0.29272879740942964+s*(-0.17739456098663908+s*(0.057738860587821274+s*(0.004440638506595131+
			s*(-0.00744403270858437))))))))
	odd := -0.039795253583211655 + s*(0.2517960768409849+s*(-0.6664884852028045+s*(1.1697981607261556+
		s*(-1.4634591144198261+s*(1.198448811910624+s*(-0.5646288706273247+s*(0.11433160602843725)))))))
	return v * (even + y*odd)
}
