package interval

import "math"

// The functions of this file return a number and a radius: the exact value lies within
// the radius. In the proofs u = 2^-53, and every float64 operation that neither
// overflows nor underflows has a relative error of at most u. Where a compiler fuses a
// product with a sum, one rounding less happens and the bounds hold all the more.
//
// A polynomial of degree n with non-negative coefficients, evaluated by Horner's rule at
// x, is off by at most 2n u/(1 - 2n u) times its value at |x| (Higham, Accuracy and
// Stability of Numerical Algorithms, 2nd ed., equation 5.3).

// expLimit is the largest |x| for which Exp is defined: e^x and its radius are normal
// numbers.
const expLimit = 650

// ln2High has its last 21 bits zero, so k*ln2High is exact for |k| < 2^20; with ln2Low it
// is log 2 to within 2^-86.
const (
	ln2High = 0x1.62e42feep-01
	ln2Low  = 0x1.a39ef35793c76p-33
)

// relative is the relative error of Exp and Log that is proven, with a margin.
const relative = 0x1p-46

// Exp returns e^x for |x| <= 650; elsewhere the radius is infinite.
//
// Write x = k log 2 + r with k the integer next to x/log 2, so |k| <= 938 and, the
// product being rounded, |r| <= 0.3466. Its computed value is off by at most u (0.35 +
// 0.35 + 2^-12) from the two subtractions and the product k*ln2Low, and by 938 2^-86
// from the constants: less than u, which changes e^r by a factor within 1 +- 1.01 u.
// The Taylor polynomial of degree 13 leaves out less than 0.3466^14/14! e^0.35 < 7e-18
// < u, of e^r >= 0.707. Its coefficients 1/i! are rounded, each by a factor within
// 1 +- u, and Horner's rule adds 26.01 u: at most 27.1 u e^0.3466 <= 38.4 u in total,
// of 0.707. The relative error is below (1.01 + 1.5 + 54.3 + 1) u < 64 u = 2^-47. The
// scaling by 2^k is exact. The radius doubles the bound, which covers its own rounding
// and that y stands for e^x in it.
func Exp(x float64) (y, radius float64) {
	if !(math.Abs(x) <= expLimit) {
		return 0, math.Inf(1)
	}
	k := math.Round(x * (1 / math.Ln2))
	r := x - float64(k*ln2High)
	r -= float64(k * ln2Low)
	p := 1.0 / 6227020800
	for _, c := range [...]float64{1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
		1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1} {
		p = p*r + c
	}
	y = p * math.Float64frombits(uint64(1023+int(k))<<52)
	return y, y * relative
}

// Log returns log x for finite x > 0; elsewhere the radius is infinite.
//
// Write x = 2^k f with f in [0.707, 1.415); then log f = 2 atanh(s) with s = (f-1)/(f+1),
// |s| <= 0.172. The difference f-1 is exact (Sterbenz), the sum and the quotient round
// once each, so s is off by a factor within 1 +- 2.01 u and w = s^2 by one within
// 1 +- 5.1 u. P(w) = sum w^i/(2i+1) up to i = 10 leaves out less than w^11/23/(1-w) <
// 2e-19, w being below 0.0296; its coefficients and Horner's rule make 21.1 u P(0.0296)
// <= 21.4 u of P >= 1, and the error of w 5.1 u w P'(w) < u. So 2 s P is off by a factor
// within 1 +- 26 u. For k = 0 that is all. Else |log x| >= log 2 - 0.3466 >= |log f|
// up to a factor of 1.001, k*ln2High is exact, and k*ln2Low, the constants and two sums
// add at most 2.1 u |log x|. In all the relative error is below 29 u < 2^-48, of which
// the radius is four times as much. (A result of 0 is exact: x = 1.)
func Log(x float64) (y, radius float64) {
	if !(x > 0 && x <= math.MaxFloat64) {
		return 0, math.Inf(1)
	}
	f, exponent := math.Frexp(x) // f in [0.5, 1)
	if f < math.Sqrt2/2 {
		f, exponent = 2*f, exponent-1
	}
	k := float64(exponent)
	s := (f - 1) / (f + 1)
	w := s * s
	p := 1.0 / 21
	for _, c := range [...]float64{1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1} {
		p = p*w + c
	}
	y = float64(k*ln2High) + (float64(k*ln2Low) + float64(2*s*p))
	return y, math.Abs(y) * relative
}

// decay returns e^-|x| within an absolute error of 2^-46.
func decay(x float64) float64 {
	if !(math.Abs(x) <= expLimit) {
		return 0
	}
	e, _ := Exp(-math.Abs(x))
	return e
}

// Tanh returns the hyperbolic tangent. With E = e^-2|x| it is (1-E)/(1+E), whose
// derivative in E is at most 2 in absolute value: E makes an error of at most 2^-45, and
// three roundings of numbers of at most 2 make less than 2^-50.
func Tanh(x float64) (y, radius float64) {
	if math.IsNaN(x) {
		return 0, 1
	}
	e := decay(2 * x)
	return math.Copysign((1-e)/(1+e), x), 0x1p-44
}

// Sigmoid returns 1/(1 + e^-x). With E = e^-|x| it is 1/(1+E) or E/(1+E), whose
// derivatives in E are at most 1: E makes an error of at most 2^-46, and three roundings
// less than 2^-50.
func Sigmoid(x float64) (y, radius float64) {
	if math.IsNaN(x) {
		return 0.5, 0.5
	}
	e := decay(x)
	if x < 0 {
		return e / (1 + e), 0x1p-45
	}
	return 1 / (1 + e), 0x1p-45
}

// Softplus returns log(1 + e^x). With E = e^-|x| it is max(x, 0) + log(1+E). E and the
// sum 1+E make an error of at most 2^-46 + 2^-52, Log one of at most 2^-48 of 0.7, and
// the last sum rounds once.
func Softplus(x float64) (y, radius float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return max(x, 0), math.Inf(1)
	}
	l, _ := Log(1 + decay(x))
	y = max(x, 0) + l
	return y, 0x1p-44 + y*0x1p-52
}
