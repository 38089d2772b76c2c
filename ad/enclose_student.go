package ad

import (
	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

func encloseStudent(e *Enclosure, n *node, y []taylor.Model) {
	for j := range y {
		y[j] = taylor.Between(studentNormaliserOn(e.in(n, 0)[j].Range()))
	}
}

// studentNormaliserOn encloses the normaliser for all degrees of freedom in an interval.
// Degrees are parameters, so this one is hardly wider than rounding makes it.
//
// With x = nu/2 and c(x) = log Gamma(x) - (x - 1/2) log x + x - log(2 pi)/2, the rest of
// Stirling's series, the normaliser is
//
//	x log(1 + 1/(2x)) - 1/2 + c(x + 1/2) - c(x) - log(2 pi)/2
//
// as log Gamma(x + 1/2) - log Gamma(x) - log(2 pi x)/2. For small x the same of x + 1 is
// shifted: log Gamma(x + 1/2) - log Gamma(x) is that of x + 1 less log(1 + 1/(2x)).
func studentNormaliserOn(nu interval.Interval) interval.Interval {
	if !(nu.Lo > 0) {
		return interval.All()
	}
	one, half := interval.Point(1), interval.Point(0.5)
	x := nu.Mul(half)
	first, shift := x, interval.Point(0)
	for x.Lo < 20 {
		shift = shift.Sub(one.Add(half.Div(x)).Log())
		x = x.Add(one)
	}
	value := stirlingRest(x.Add(half)).Sub(stirlingRest(x)).Sub(half).Sub(logRoot2PiBounds())
	value = value.Add(shift).Add(x.Div(first).Log().Mul(half))
	if x.Lo < 1<<10 {
		return value.Add(x.Mul(one.Add(half.Div(x)).Log()))
	}
	// Where 1 + 1/(2x) would round much off: with h = 1/(2x), half of log(1 + h)/h is
	// 1/2 - h/4 + h^2/6 - h^3/8 and at most h^4/10 more.
	h := half.Div(x)
	rest := h.Div(interval.Point(10)).Hull(interval.Point(0)).Sub(interval.Point(0.125))
	rest = h.Mul(rest).Add(one.Div(interval.Point(6)))
	rest = h.Mul(rest).Sub(interval.Point(0.25))
	return value.Add(half).Add(h.Mul(rest))
}

// stirlingRest encloses c(x) of x >= 20. Its series 1/(12 x) - 1/(360 x^3) + ... leaves
// out less than its next term, which has the same sign (DLMF 5.11.1 and section 5.11(ii)).
func stirlingRest(x interval.Interval) interval.Interval {
	one := interval.Point(1)
	u := one.Div(x)
	square := u.Mul(u)
	rest := one.Div(interval.Point(1188)).Mul(square).Hull(interval.Point(0))
	sum := rest
	for _, c := range []float64{-1680, 1260, -360, 12} {
		sum = one.Div(interval.Point(c)).Add(sum)
		if c != 12 {
			sum = sum.Mul(square)
		}
	}
	return sum.Mul(u)
}

// logRoot2PiBounds encloses log(2 pi)/2: the constant is correctly rounded.
func logRoot2PiBounds() interval.Interval { return interval.Around(logRoot2Pi, 0) }
