package interval

import "math"

// The functions of this file are of the standard normal distribution, with density phi and
// distribution function Phi. Their proofs are as those of elementary.go.

const (
	root2Pi    = 2.506628274631000502415765284811045
	logRoot2Pi = 0.918938533204672741780329736405618
	// farNormal is from where on phi is too small a number.
	farNormal = 36
	// tailStart is where the continued fraction takes over from the series.
	tailStart = 2
)

// Normal is what the standard normal distribution says of a number u: log Phi(u), and its
// derivative Rise = phi(u)/Phi(u), each with the radius of its error.
type Normal struct {
	Log, LogRadius   float64
	Rise, RiseRadius float64
}

// NormalAt returns that of u.
//
// Let t = |u|. Below tailStart, Phi(u) = 1/2 +- A with A = phi(t) S(t) < 0.4773; S and phi
// are off by 2^-45 of themselves each (see normalSeries and normalDensity), A by 2^-44 and
// 2^-45 at most, and Phi by 2^-44.9, so log Phi by that over Phi. From tailStart on,
// Phi(-t) = phi(t)/T(t) (see normalFraction). At u < 0 that is in logarithms
// -t^2/2 - log(2 pi)/2 - log T, of which the first term, no larger than the sum, the second
// and the two sums round. At u > 0, where Phi(-t) is at most 0.023 and off by 2^-42 and by
// what T is off, of itself, 1 - Phi(-t) is off by less than 2^-47 and that.
func NormalAt(u float64) Normal {
	t := math.Abs(u)
	switch {
	case !(t <= math.MaxFloat64):
		return Normal{LogRadius: math.Inf(1), RiseRadius: math.Inf(1)}
	case u >= farNormal: // phi < e^-648, and -2 Phi(-u) <= log Phi(u)
		return Normal{LogRadius: 0x1p-900, RiseRadius: 0x1p-900}
	case u < -tailStart:
		value, radius := normalFraction(t)
		l, lRadius := Log(value)
		n := Normal{Log: -t*t/2 - logRoot2Pi - l, Rise: value, RiseRadius: radius}
		n.LogRadius = math.Abs(n.Log)*0x1p-50 + 0x1p-53 + 1.01*radius/value + lRadius
		return n
	}
	phi := normalDensity(t)
	var p, off float64
	switch {
	case t > tailStart:
		value, radius := normalFraction(t)
		p, off = 1-phi/value, 0x1p-47+radius/value
	case u < 0:
		p, off = 0.5-phi*normalSeries(t), 0x1p-44
	default:
		p, off = 0.5+phi*normalSeries(t), 0x1p-44
	}
	l, radius := Log(p)
	rise := phi / p
	return Normal{
		Log: l, LogRadius: radius + 1.01*off/p,
		Rise: rise, RiseRadius: rise * (0x1p-42 + 1.01*off/p),
	}
}

// normalDensity returns phi(t) for 0 <= t < farNormal within 2^-43 of itself, and within
// 2^-45 for t <= tailStart: t^2/2 is off by u t^2/2, which is at most 2^-43.6, Exp by less
// than 2^-47 of itself (its radius has a margin), and the constant and the quotient round.
func normalDensity(t float64) float64 {
	e, _ := Exp(-t * t / 2)
	return e / root2Pi
}

// normalSeries returns S(t) = (Phi(t) - 1/2)/phi(t) = t + t^3/3 + t^5/(3 5) + ... for
// 0 <= t <= tailStart within 2^-45 of itself (Abramowitz and Stegun 26.2.11). Its terms are
// positive. Term k is off by a factor within 1 +- 3.01 k u, and the sum of 31 by at most
// 31 u more: 125 u. What is left out is less than 1e-23 S.
func normalSeries(t float64) float64 {
	sum, term := t, t
	for k := 1; k <= 30; k++ {
		term = term * (t * t) / float64(2*k+1)
		sum += term
	}
	return sum
}

// normalFraction returns T(t) = phi(t)/Phi(-t) for t >= tailStart: Laplace's continued
// fraction t + 1/(t + 2/(t + 3/...)) (Abramowitz and Stegun 26.2.14). What follows after n
// terms is at least t and at most t + (n+1)/t, as what follows that is at least t. Every
// term is a monotone function of what follows it, so T lies between what the two make. Both
// are sums of positive numbers: a step rounds twice and passes on less than the error that
// there was, so they are off by at most 2.01 n u of themselves, with n <= 58: less than
// 2^-46.
func normalFraction(t float64) (value, radius float64) {
	n := 8 + int(200/(t*t))
	low, high := t, t+float64(n+1)/t
	for k := n; k >= 1; k-- {
		low, high = t+float64(k)/low, t+float64(k)/high
	}
	value = low + (high-low)/2
	return value, math.Abs(high-low) + value*0x1p-45
}

// leastLogitSlope is not above the derivative of log(Phi(z)/Phi(-z)), phi/(Phi (1-Phi)). A
// square of half the side |z| holds the disk of that radius, so of two independent normal
// numbers (2 Phi - 1)^2 >= 1 - e^(-z^2/2); hence 4 Phi (1 - Phi) <= e^(-z^2/2), and the
// derivative is at least 4/sqrt(2 pi).
const leastLogitSlope = 1.5957

// NormalQuantile returns the z with log(Phi(z)/Phi(-z)) = logit: Newton's method finds a
// number near it, and by how much the logit there is off, over the least slope, is how far
// that can be. The difference of the two logarithms rounds by at most u of each.
func NormalQuantile(logit float64) (z, radius float64) {
	if !(math.Abs(logit) <= 0x1p64) {
		return 0, math.Inf(1)
	}
	// A hyperbola with the right slope at 0 and growth far out.
	l := math.Abs(logit)
	z = 2 * l / (math.Sqrt(leastLogitSlope*leastLogitSlope+2*l) + leastLogitSlope)
	for range 20 {
		below, above := NormalAt(z), NormalAt(-z)
		step := (below.Log - above.Log - l) / (below.Rise + above.Rise)
		if math.Abs(step) <= 0x1p-50*(1+z) {
			break
		}
		z -= step
	}
	below, above := NormalAt(z), NormalAt(-z)
	size := math.Abs(below.Log) + math.Abs(above.Log) + l
	off := math.Abs(below.Log-above.Log-l) + below.LogRadius + above.LogRadius + 0x1p-51*size
	return math.Copysign(z, logit), off / leastLogitSlope * (1 + 0x1p-40)
}
