// Package interval is arithmetic on closed intervals of float64 whose results always
// contain the exact ones (Moore, Interval Analysis, 1966).
//
// An operation rounds to nearest, as Go's float64 operations do, and then moves either
// end one number outward: a correctly rounded result lies next to the exact one, or is
// it (IEEE 754, section 4.3). The elementary functions rest on their own evaluation
// with a proven error (see Exp), not on package math, which states none.
//
// An operation that has no finite result gives an interval without that end, and one
// that is not defined for all numbers of its operands gives all numbers.
package interval

import "math"

// Interval is all numbers from Lo to Hi.
type Interval struct{ Lo, Hi float64 }

// Point returns the interval of one number.
func Point(x float64) Interval { return Interval{x, x} }

// All returns the interval of all numbers.
func All() Interval { return Interval{math.Inf(-1), math.Inf(1)} }

// Around returns the interval of the numbers within radius >= 0 of x.
func Around(x, radius float64) Interval { return outward(x-radius, x+radius) }

// outward moves both ends by one number, and turns NaN into no end.
func outward(lo, hi float64) Interval {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return All()
	}
	return Interval{down(lo), up(hi)}
}

func down(x float64) float64 { return math.Nextafter(x, math.Inf(-1)) }

func up(x float64) float64 { return math.Nextafter(x, math.Inf(1)) }

// Contains reports whether x lies in i.
func (i Interval) Contains(x float64) bool { return i.Lo <= x && x <= i.Hi }

// Within reports whether all of i lies in j.
func (i Interval) Within(j Interval) bool { return j.Lo <= i.Lo && i.Hi <= j.Hi }

// Width returns at least Hi - Lo.
func (i Interval) Width() float64 { return up(i.Hi - i.Lo) }

// Magnitude returns the largest absolute value.
func (i Interval) Magnitude() float64 { return max(math.Abs(i.Lo), math.Abs(i.Hi)) }

// Middle returns a number near the middle and a radius such that Around(middle, radius)
// contains i.
func (i Interval) Middle() (middle, radius float64) {
	middle = i.Lo + (i.Hi-i.Lo)/2
	return middle, max(up(i.Hi-middle), up(middle-i.Lo))
}

// Hull returns the smallest interval that contains both.
func (i Interval) Hull(j Interval) Interval { return Interval{min(i.Lo, j.Lo), max(i.Hi, j.Hi)} }

// Neg returns -i.
func (i Interval) Neg() Interval { return Interval{-i.Hi, -i.Lo} }

// Add returns i + j.
func (i Interval) Add(j Interval) Interval { return outward(i.Lo+j.Lo, i.Hi+j.Hi) }

// Sub returns i - j.
func (i Interval) Sub(j Interval) Interval { return outward(i.Lo-j.Hi, i.Hi-j.Lo) }

// Mul returns i j.
func (i Interval) Mul(j Interval) Interval {
	a, b, c, d := i.Lo*j.Lo, i.Lo*j.Hi, i.Hi*j.Lo, i.Hi*j.Hi
	return outward(min(a, b, c, d), max(a, b, c, d))
}

// Div returns i / j, and all numbers if j contains 0.
func (i Interval) Div(j Interval) Interval {
	if j.Contains(0) {
		return All()
	}
	a, b, c, d := i.Lo/j.Lo, i.Lo/j.Hi, i.Hi/j.Lo, i.Hi/j.Hi
	return outward(min(a, b, c, d), max(a, b, c, d))
}

// Sqrt returns the square root. It needs Lo >= 0.
func (i Interval) Sqrt() Interval {
	if !(i.Lo >= 0) {
		return All()
	}
	r := outward(math.Sqrt(i.Lo), math.Sqrt(i.Hi)) // math.Sqrt rounds correctly
	return Interval{max(r.Lo, 0), r.Hi}
}

// Exp returns e^i.
func (i Interval) Exp() Interval { return Interval{expBetween(i.Lo).Lo, expBetween(i.Hi).Hi} }

// expBetween returns an interval that contains e^x.
func expBetween(x float64) Interval {
	switch {
	case math.IsNaN(x):
		return Interval{0, math.Inf(1)}
	case x > expLimit:
		return Interval{expBetween(expLimit).Lo, math.Inf(1)}
	case x < -expLimit:
		return Interval{0, expBetween(-expLimit).Hi}
	}
	return Around(Exp(x))
}

// Log returns the natural logarithm. It needs Lo >= 0.
func (i Interval) Log() Interval {
	if !(i.Lo >= 0) {
		return All()
	}
	return Interval{logBetween(i.Lo).Lo, logBetween(i.Hi).Hi}
}

// logBetween returns an interval that contains log x.
func logBetween(x float64) Interval {
	switch {
	case x == 0:
		return Interval{math.Inf(-1), math.Inf(-1)}
	case math.IsInf(x, 1):
		return Interval{math.MaxFloat64, math.Inf(1)}
	}
	return Around(Log(x))
}
