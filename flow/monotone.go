package flow

import (
	"gonum.org/v1/gonum/integrate/quad"

	"flowcert/ad"
)

// rawParameters are the raw parameters of an elementwise map, to be taken part by
// part in blocks: a block holds one parameter of every mapped column.
type rawParameters struct {
	t          *ad.Tape
	h          ad.Value
	cols, next int
}

// rawOf regroups h, in which the parameters of one column of x lie together.
func rawOf(t *ad.Tape, h, x ad.Value) *rawParameters {
	cols := x.Cols()
	n := h.Cols() / cols
	if cols == 1 { // as they are
		return &rawParameters{t: t, h: h, cols: cols}
	}
	index := make([]int, h.Cols())
	for i := range index {
		index[i] = i%cols*n + i/cols
	}
	return &rawParameters{t: t, h: t.Gather(h, index...), cols: cols}
}

// take returns the next n blocks.
func (r *rawParameters) take(n int) ad.Value {
	first := r.next
	r.next += n * r.cols
	return r.t.Slice(r.h, first, r.next)
}

// constants records a block of the given columns for each of the numbers.
func constants(t *ad.Tape, cols int, numbers []float64) ad.Value {
	blocks := make([]ad.Value, len(numbers))
	for i, c := range numbers {
		blocks[i] = t.Constant(cols, c)
	}
	return t.Concat(blocks...)
}

// repeatBlocks records every block of the given columns n times in a row.
func repeatBlocks(t *ad.Tape, x ad.Value, cols, n int) ad.Value {
	index := make([]int, n*x.Cols())
	for i := range index {
		block := i / cols
		index[i] = block/n*cols + i%cols
	}
	return t.Gather(x, index...)
}

// clamp records x within [-bound, bound], and the bound itself outside, however far.
func clamp(t *ad.Tape, x ad.Value, bound float64) ad.Value {
	above := t.ReLU(t.Linear(x, 1, bound))
	return t.Linear(t.ReLU(t.Linear(above, -1, 2*bound)), -1, bound)
}

// continued records y inside the box that x was clamped to, and outside the line that
// goes on with the slope at the edge.
func continued(t *ad.Tape, x, clamped, y, slope ad.Value) ad.Value {
	return t.Add(y, t.Mul(t.Sub(x, clamped), slope))
}

// legendre returns the nodes and weights in (0, 1) of the Gauss-Legendre rule, which
// integrates polynomials of degree 2n-1 exactly.
func legendre(n int) (nodes, weights []float64) {
	nodes, weights = make([]float64, n), make([]float64, n)
	quad.Legendre{}.FixedLocations(nodes, weights, 0, 1)
	return nodes, weights
}

// solve records the inverse of forward and the logarithm of the inverse's derivative.
func solve(t *ad.Tape, z, h ad.Value, forward ad.Increasing) (x, logDerivative ad.Value) {
	x = t.Solve(z, h, forward)
	_, l := forward(t, x, h)
	return x, t.Linear(l, -1, 0)
}
