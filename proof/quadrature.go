package proof

import (
	"math"

	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// The mean of e^q over the box [-1, 1]^D, q a quadratic polynomial, is that of its Taylor
// polynomial of degree order about q's constant term, a polynomial of degree 2*order in
// each variable, which Gauss quadrature with nodes > order nodes in each integrates
// exactly, and a remainder.
const (
	order = 6
	nodes = 7
)

// gauss returns the nodes of Gauss-Legendre quadrature with seven nodes, and the weights
// over 2, each correctly rounded (Abramowitz and Stegun, table 25.4).
func gauss() (x, w [nodes]float64) {
	return [nodes]float64{
			-0.9491079123427585245, -0.7415311855993944399, -0.4058451513773971669, 0,
			0.4058451513773971669, 0.7415311855993944399, 0.9491079123427585245},
		[nodes]float64{
			0.0647424830844348466, 0.1398526957446383340, 0.1909150252525594725, 0.2089795918367346939,
			0.1909150252525594725, 0.1398526957446383340, 0.0647424830844348466}
}

// quadrature holds the monomials of order 1 and 2 at the nodes, and the nodes' weights.
type quadrature struct {
	terms   int
	at      [][taylor.Terms]float64
	weights []float64
}

func newQuadrature(dim int) *quadrature {
	x, w := gauss()
	q := &quadrature{terms: 6}
	if dim > 2 {
		q.terms = taylor.Terms
	}
	count := 1
	for range dim {
		count *= nodes
	}
	for k := range count {
		var d [taylor.MaxVariables]float64
		weight := 1.0
		for i := range dim {
			d[i] = x[k%nodes]
			weight *= w[k%nodes]
			k /= nodes
		}
		q.at = append(q.at, [taylor.Terms]float64{1, d[0], d[1], d[0] * d[0], d[0] * d[1], d[1] * d[1],
			d[2], d[0] * d[2], d[1] * d[2], d[2] * d[2]})
		q.weights = append(q.weights, weight)
	}
	return q
}

// mean returns an interval that contains the mean over the box of e^f, for every function
// f that m encloses.
//
// Let v be what the polynomial adds to its constant term, S >= |v|, T the Taylor
// polynomial of e^v and u = 2^-53. T and its derivative are at most e^S, and what T leaves
// out is at most S^7/7! e^S. A node is off by at most u, so v there by at most 2 S u per
// variable; a monomial is rounded twice at most and the sum of its nine products adds 10
// roundings, 12 S u: together at most 18 S u in v, hence 18 S e^S u in T. Evaluating T by
// Horner's rule rounds 18 times, each intermediate result times what it is multiplied with
// being at most e^S. The weights are products of three numbers, each rounded, and the sum
// of up to 343 terms adds 344 roundings of at most e^S: in all less than (18 S + 370) e^S u.
func (q *quadrature) mean(m *taylor.Model) interval.Interval {
	if !m.Known() {
		return interval.Interval{Lo: 0, Hi: math.Inf(1)}
	}
	polynomial := taylor.Model{C: m.C}
	s := polynomial.Spread()
	if s > 2 { // the remainder would be as large
		return m.Range().Exp()
	}
	sum := 0.0
	for k := range q.at {
		v, at := 0.0, &q.at[k]
		for i := 1; i < q.terms; i++ {
			v += m.C[i] * at[i]
		}
		t := 1 + v*(1+v/2*(1+v/3*(1+v/4*(1+v/5*(1+v/6)))))
		sum += q.weights[k] * t
	}
	spread := interval.Point(s)
	growth := spread.Exp()
	rest := growth.Mul(interval.Point(1.0 / 5040))
	for range order + 1 {
		rest = rest.Mul(spread)
	}
	// Twice as much, which leaves room for the terms of second order.
	rounding := growth.Mul(interval.Point(370).Add(interval.Point(18).Mul(spread))).Mul(interval.Point(0x1p-52))
	around := interval.Around(sum, rest.Add(rounding).Hi)
	factor := interval.Around(m.C[0], m.Radius).Exp()
	mean := around.Mul(factor)
	return interval.Interval{Lo: max(mean.Lo, 0), Hi: mean.Hi}
}
