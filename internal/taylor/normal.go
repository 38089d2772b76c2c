package taylor

import (
	"math"

	"flowcert/internal/interval"
)

// LogNormalCDF returns log Phi(x), Phi being the distribution function of the standard
// normal distribution.
//
// With r = phi/Phi and v = x + r its first three derivatives are r, -r v and r v^2 -
// r (1 - r v). Here 1 - r v is the variance of a normal variable given that it is less than
// x, and -v its mean less x; so 0 < r v < 1 and v > 0, and r, which has the derivative
// -r v, and v, which has 1 - r v, change by no more than x does. In size the third
// derivative is below 1.6: for x <= 0, v is at most r(0) < 0.8, and the continued fraction
// (see interval.NormalAt) gives v >= t/(t^2 + 2) and 1 - r v <= (t^2 + 4)/(t^2 + 2)^2 for
// t = -x, hence r (1 - r v) < 1.1; for x >= 0, r is at most 2 phi(x) and 0.8, hence
// r v^2 <= 2 phi(x) (x + 0.8)^2 < 1.6.
func LogNormalCDF(x *Model) Model {
	m, s := x.C[0], x.Spread()
	n := interval.NormalAt(m)
	if !(n.LogRadius <= largest) || !x.Known() {
		return Unknown()
	}
	r, v := n.Rise, m+n.Rise
	offR := n.RiseRadius
	offV := outward(offR + 2*unit*(math.Abs(m)+r))
	lowR, highR := max(0, r-offR-s), r+offR+s
	lowV, highV := max(0, v-offV-s), v+offV+s
	product := interval.Interval{Lo: lowR, Hi: highR}.Mul(interval.Interval{Lo: lowV, Hi: highV})
	bent := product.Mul(interval.Interval{Lo: lowV, Hi: highV})
	rest := interval.Point(1).Sub(product)
	rest = interval.Interval{Lo: max(0, rest.Lo), Hi: min(1, max(0, rest.Hi))}
	bent = bent.Sub(rest.Mul(interval.Interval{Lo: lowR, Hi: highR}))
	z := compose(x, expansion{f0: n.Log, f1: r, f2: -r * v / 2, e0: n.LogRadius, e1: offR,
		e2:    outward((r+offR)*offV + math.Abs(v)*offR + unit*math.Abs(r*v)),
		third: outward(min(1.6, bent.Magnitude()) / 6)}, s)
	if s > coarse {
		return narrower(z, x, func(x float64) (y, radius float64) {
			n := interval.NormalAt(x)
			return n.Log, n.LogRadius
		})
	}
	return z
}

// NormalQuantile returns the z with log(Phi(z)/Phi(-z)) = x.
//
// With r as in LogNormalCDF, q = 1/(r(z) + r(-z)) and b = r(-z) - r(z) - z, the first three
// derivatives are q, -b q^2 and q^3 (2 b^2 - b'), b' being the derivative along z, which is
// between -1 and 1. r(-z) exceeds z, and q is at most 0.627 (see interval.NormalQuantile).
// So z changes by at most 0.627 of what x does, and b by no more than z.
func NormalQuantile(x *Model) Model {
	const steepest = 0.627
	m, s := x.C[0], x.Spread()
	z0, off := interval.NormalQuantile(m)
	if !(off <= 0.01) || !x.Known() {
		return Unknown()
	}
	below, above := interval.NormalAt(z0), interval.NormalAt(-z0)
	sum := below.Rise + above.Rise // at least 1.59
	// What sum and b are off by at the quantile itself: r changes by no more than z does.
	offSum := outward(below.RiseRadius + above.RiseRadius + 2*off + 4*unit*(sum+math.Abs(z0)))
	offB := offSum + off
	if !(offSum <= 0.01) {
		return Unknown()
	}
	q, b := 1/sum, above.Rise-below.Rise-z0
	offQ := outward(1.01*q*q*offSum + 2*unit*q)
	moved := outward(steepest*s + off)
	mostB := math.Abs(b) + offB + moved
	mostQ := min(steepest, 1/max(1, math.Abs(z0)-moved))
	y := compose(x, expansion{f0: z0, f1: q, f2: -b * q * q / 2, e0: off, e1: offQ,
		e2:    outward((q+offQ)*(q+offQ)*offB + 2*math.Abs(b)*q*offQ + 4*unit*math.Abs(b)*q*q),
		third: outward(mostQ * mostQ * mostQ * (2*mostB*mostB + 1) / 6)}, s)
	if s > coarse {
		return narrower(y, x, interval.NormalQuantile)
	}
	return y
}
