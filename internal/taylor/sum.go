package taylor

import (
	"math"

	"flowcert/internal/interval"
)

// negligible is the logarithm below which a term of a sum, in units of the largest, needs
// no model of its own.
const negligible = -600

// LogSumExp returns the logarithm of the sum of e^x over at least one x.
//
// A number near the largest entry is taken out of the sum, so that nothing overflows.
// Where much is left open, the ranges of the entries may say more: the result increases
// with every entry.
func LogSumExp(x []Model) Model {
	top := math.Inf(-1)
	for i := range x {
		top = max(top, x[i].C[0])
	}
	sum := Constant(0)
	for i := range x {
		var term Model
		if r := x[i].Range().Sub(interval.Point(top)); r.Hi < negligible {
			term = Between(r.Exp())
		} else {
			term = Linear(&x[i], 1, -top)
			term = Exp(&term)
		}
		sum = Add(&sum, &term)
	}
	sum = Log(&sum)
	sum = Linear(&sum, 1, top)
	if !(sum.Radius > coarse) {
		return sum
	}
	lo := logSumExp(x, func(r interval.Interval) float64 { return r.Lo }).Lo
	hi := logSumExp(x, func(r interval.Interval) float64 { return r.Hi }).Hi
	if c := Between(interval.Interval{Lo: lo, Hi: hi}); c.Radius < sum.Radius {
		return c
	}
	return sum
}

// logSumExp encloses that of one end of each range.
func logSumExp(x []Model, end func(r interval.Interval) float64) interval.Interval {
	top := math.Inf(-1)
	for i := range x {
		top = max(top, end(x[i].Range()))
	}
	if math.IsInf(top, 0) {
		return interval.All()
	}
	sum := interval.Point(0)
	for i := range x {
		sum = sum.Add(interval.Point(end(x[i].Range())).Sub(interval.Point(top)).Exp())
	}
	return sum.Log().Add(interval.Point(top))
}
