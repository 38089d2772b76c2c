package flow

import (
	"math"

	"flowcert/ad"
	"flowcert/setting"
)

// Bernstein is the Bernstein polynomial of Sick, Hothorn and Dürr (Deep Transformation
// Models, 2020) and Ramasinghe et al. (A Robust Normalizing Flow using Bernstein-type
// Polynomials, 2021) on [-Bound, Bound],
//
//	z = shift + sum_j c_j (B_j(t) - B_j(1/2)), t = (x + Bound)/(2 Bound),
//
// where B_j, for j = 0, ..., Degree, is the j-th of the basis polynomials
// (Degree over j) t^j (1-t)^(Degree-j), and goes on as a line outside. The coefficients
// increase by at least 1e-3 of what the identity takes, so the map is increasing and
// onto for any parameters; it is the identity at raw zeros. Its slope at a point is an
// average of the coefficients' increases, and nothing is subtracted to compute it.
//
// Forward costs Degree softplus functions and a few multiplications for each, the
// inverse a numeric solution to full precision.
type Bernstein struct {
	Degree int
	Bound  float64
}

// Params returns Degree + 1: the raw increases and the shift.
func (b Bernstein) Params() int { return b.Degree + 1 }

// Forward records the polynomial and the logarithm of its derivative.
func (b Bernstein) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	raw, inside := rawOf(t, h, x), clamp(t, x, b.Bound)
	cols := x.Cols()
	increases := knotSlope(t, raw.take(b.Degree))
	left, right := t.Linear(inside, 0.5/b.Bound, 0.5), t.Linear(inside, -0.5/b.Bound, 0.5)
	rising, falling := powers(t, left, b.Degree, false), powers(t, right, b.Degree, true)

	basis := t.Mul(t.Mul(rising, falling), constants(t, cols, binomials(b.Degree, 1)))
	basis = t.Sub(basis, constants(t, cols, binomials(b.Degree, math.Ldexp(1, -b.Degree))))
	coefficients := cumulative(t, increases, cols)
	y := t.Linear(t.SumBlocks(t.Mul(coefficients, basis), cols), 2*b.Bound/float64(b.Degree), 0)

	lower := t.Mul(t.Slice(rising, 0, b.Degree*cols), t.Slice(falling, cols, (b.Degree+1)*cols))
	lower = t.Mul(lower, constants(t, cols, binomials(b.Degree-1, 1)))
	slope := t.SumBlocks(t.Mul(increases, lower), cols)
	return t.Add(continued(t, x, inside, y, slope), raw.take(1)), t.Log(slope)
}

// powers records x^0 to x^n in blocks, or from x^n down.
func powers(t *ad.Tape, x ad.Value, n int, down bool) ad.Value {
	blocks := make([]ad.Value, n+1)
	at := func(i int) *ad.Value {
		if down {
			i = n - i
		}
		return &blocks[i]
	}
	*at(0) = t.Constant(x.Cols(), 1)
	for i := 1; i <= n; i++ {
		*at(i) = t.Mul(*at(i - 1), x)
	}
	return t.Concat(blocks...)
}

// cumulative records 0 and the sums of the first block, the first two blocks and so on.
func cumulative(t *ad.Tape, x ad.Value, cols int) ad.Value {
	sums := []ad.Value{t.Constant(cols, 0)}
	for first := 0; first < x.Cols(); first += cols {
		sums = append(sums, t.Add(sums[len(sums)-1], t.Slice(x, first, first+cols)))
	}
	return t.Concat(sums...)
}

// binomials returns n over 0 to n over n, times scale.
func binomials(n int, scale float64) []float64 {
	all := []float64{scale}
	for j := range n {
		all = append(all, all[j]*float64(n-j)/float64(j+1))
	}
	return all
}

// Inverse records the numeric inverse.
func (b Bernstein) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	return solve(t, z, h, b.Forward)
}

// BernsteinKind is the transformation "bernstein" of descriptions.
func BernsteinKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "bernstein",
		Summary: "A polynomial drawn by a row of increasing control values.",
		Settings: []setting.Setting{
			{Name: "degree", Type: setting.Int, Default: 16, Min: 1, Max: 64, Meaning: "degree of the polynomial"},
			{Name: "bound", Type: setting.Float, Default: 5.0, Min: 0.1, Max: 1000, Meaning: "half the width of the box outside which the map is a line"},
		},
		Build: func(s setting.Values) (Elementwise, error) {
			return Bernstein{Degree: s.Int("degree"), Bound: s.Float("bound")}, nil
		},
	}
}
