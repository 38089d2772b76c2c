package flow

import (
	"math"

	"flowcert/ad"
	"flowcert/setting"
)

// SumOfSquares is the sum-of-squares polynomial of Jaini, Selby and Yu (Sum-of-Squares
// Polynomial Flow, 2019),
//
//	z = shift + integral from 0 to x of (sum_k p_k(t)^2) dt,
//
// with Polynomials polynomials p_k of the given degree, so that z is one of degree
// 2 Degree + 1. Three things differ from the paper. The polynomials are of t/Bound,
// and outside [-Bound, Bound] the map goes on as a line, because a polynomial flings
// points far out still further. The sum gets a least slope, 1e-3, because all p_k may
// share a root; with it the map is increasing and onto for any parameters. And the
// coefficients are softly clipped to 30.
//
// A Gauss-Legendre rule of Degree + 1 nodes integrates such squares exactly. The map
// is the identity at raw zeros. Forward costs as many multiply-adds as there are pairs
// of a coefficient and a node, the inverse a numeric solution to full precision.
type SumOfSquares struct {
	Polynomials, Degree int
	Bound               float64
}

// coefficientBound leaves coefficients far more room than they need and keeps slopes
// representable.
const coefficientBound = 30

// Params returns Polynomials (Degree + 1) + 1: the coefficients and the shift.
func (s SumOfSquares) Params() int { return s.Polynomials*(s.Degree+1) + 1 }

// Forward records the polynomial and the logarithm of its derivative.
func (s SumOfSquares) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	raw, inside := rawOf(t, h, x), clamp(t, x, s.Bound)
	cols := x.Cols()
	nodes, weights := legendre(s.Degree + 1)
	nodes = append(nodes, 1) // for the slope at x itself
	places := t.Mul(t.Repeat(t.Linear(inside, 1/s.Bound, 0), len(nodes)), constants(t, cols, nodes))
	slopes := t.Linear(s.squares(raw, places), 1-minSlope, minSlope)
	last := (len(nodes) - 1) * cols
	mean := t.SumBlocks(t.Mul(t.Slice(slopes, 0, last), constants(t, cols, weights)), cols)
	slope := t.Slice(slopes, last, last+cols)
	z = continued(t, x, inside, t.Mul(inside, mean), slope)
	return t.Add(z, raw.take(1)), t.Log(slope)
}

// squares records the sum of the squared polynomials at the places, by Horner's rule.
func (s SumOfSquares) squares(raw *rawParameters, places ad.Value) ad.Value {
	t, cols := raw.t, raw.cols
	at := t.Repeat(places, s.Polynomials)
	var p ad.Value
	for power := s.Degree; power >= 0; power-- {
		a := t.SoftClip(raw.take(s.Polynomials), coefficientBound)
		if power == 0 {
			a = t.Add(a, constants(t, cols, s.start()))
		}
		a = repeatBlocks(t, a, cols, places.Cols()/cols)
		if !p.Present() {
			p = a
			continue
		}
		p = t.Add(t.Mul(p, at), a)
	}
	return t.SumBlocks(t.Mul(p, p), places.Cols())
}

// start returns the constant terms at raw zeros. Their squares sum to 1, and they
// differ, so that the polynomials learn different things.
func (s SumOfSquares) start() []float64 {
	terms, n := make([]float64, s.Polynomials), float64(s.Polynomials)
	for k := range terms {
		terms[k] = math.Sqrt(2 * float64(k+1) / (n * (n + 1)))
	}
	return terms
}

// Inverse records the numeric inverse.
func (s SumOfSquares) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	return solve(t, z, h, s.Forward)
}

// SumOfSquaresKind is the transformation "sum-of-squares" of descriptions.
func SumOfSquaresKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "sum-of-squares",
		Summary: "A polynomial that can only increase, because its slope is a sum of squares.",
		Settings: []setting.Setting{
			{Name: "polynomials", Type: setting.Int, Default: 3, Min: 1, Max: 64, Meaning: "polynomials whose squares are summed"},
			{Name: "degree", Type: setting.Int, Default: 4, Min: 0, Max: 32, Meaning: "degree of each; that of the map is twice as high and one more"},
			{Name: "bound", Type: setting.Float, Default: 5.0, Min: 0.1, Max: 1000, Meaning: "half the width of the box outside which the map is a line"},
		},
		Build: func(s setting.Values) (Elementwise, error) {
			return SumOfSquares{Polynomials: s.Int("polynomials"), Degree: s.Int("degree"), Bound: s.Float("bound")}, nil
		},
	}
}
