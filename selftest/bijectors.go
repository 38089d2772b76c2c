package selftest

import (
	"math"

	"flowcert/ad"
	"flowcert/flow"
)

// misstated is a bijector that states another log-determinant than its own, in both
// directions.
type misstated struct {
	flow.Bijector
	change func(t *ad.Tape, logDet ad.Value) ad.Value
}

// Forward implements flow.Bijector.
func (m misstated) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	z, logDet = m.Bijector.Forward(p, x)
	return z, m.change(p.Tape, logDet)
}

// Inverse implements flow.Bijector.
func (m misstated) Inverse(p flow.Pass, z ad.Value) (x, logDet ad.Value) {
	x, logDet = m.Bijector.Inverse(p, z)
	return x, m.change(p.Tape, logDet)
}

// bounded is a bijector followed by 2 tanh(z/2), with its log-determinant: one-to-one, but
// its codes never leave a box.
type bounded struct{ flow.Bijector }

// Forward implements flow.Bijector.
func (b bounded) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	t := p.Tape
	y, l := b.Bijector.Forward(p, x)
	u := t.Linear(y, 0.5, 0)
	return t.Linear(t.Tanh(u), 2, 0), t.Add(l, b.logSlope(t, u))
}

// Inverse implements flow.Bijector; it is NaN outside the box.
func (b bounded) Inverse(p flow.Pass, z ad.Value) (x, logDet ad.Value) {
	t := p.Tape
	u := t.Linear(t.Sub(t.Log(t.Linear(z, 0.5, 1)), t.Log(t.Linear(z, -0.5, 1))), 0.5, 0)
	x, l := b.Bijector.Inverse(p, t.Linear(u, 2, 0))
	return x, t.Sub(l, b.logSlope(t, u))
}

// logSlope records the sum over the columns of log sech(u)^2 = 2 (log 2 + u - log(1 + e^2u)).
func (b bounded) logSlope(t *ad.Tape, u ad.Value) ad.Value {
	return t.SumColumns(t.Linear(t.Sub(u, t.Softplus(t.Linear(u, 2, 0))), 2, 2*math.Ln2))
}

// folding is a planar layer z = x + u' tanh(w.x + b) whose u' is corrected wrongly. Its
// log-determinant is right wherever it is one-to-one.
type folding struct {
	dim int
	flow.Bijector
	correct func(t *ad.Tape, w, u ad.Value) ad.Value
}

// wrongNorm records u + (m(w.u) - w.u) w/|w|, where the square of |w| belongs.
func wrongNorm(t *ad.Tape, w, u ad.Value) ad.Value {
	along, square := dot(t, w, u), dot(t, w, w)
	// m as in package flow.
	m := t.Linear(t.Softplus(t.Linear(along, 1, math.Log(math.Expm1(1-1e-3)))), 1, 1e-3-1)
	length := t.Exp(t.Linear(t.Log(square), 0.5, 0))
	scale := t.Div(t.Sub(m, along), length)
	return t.Add(u, t.Mul(t.Repeat(scale, w.Cols()), w))
}

func unconstrained(_ *ad.Tape, _, u ad.Value) ad.Value { return u }

// plane records w, u', b and w.u'.
func (f folding) plane(t *ad.Tape) (w, u, b, along ad.Value) {
	raw := t.Parameter(f.Params()[0])
	w, u, b = t.Slice(raw, 0, f.dim), t.Slice(raw, f.dim, 2*f.dim), t.Slice(raw, 2*f.dim, 2*f.dim+1)
	u = f.correct(t, w, u)
	return w, u, b, dot(t, w, u)
}

// Forward implements flow.Bijector.
func (f folding) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	t := p.Tape
	w, u, b, along := f.plane(t)
	tanh, logDet := ridge(t, t.Add(dot(t, w, x), b), along)
	return t.Add(x, t.Mul(t.Repeat(tanh, f.dim), u)), logDet
}

// Inverse implements flow.Bijector: one of the points that Forward sends to z, or NaN.
func (f folding) Inverse(p flow.Pass, z ad.Value) (x, logDet ad.Value) {
	t := p.Tape
	w, u, b, along := f.plane(t)
	y := t.Solve(t.Add(dot(t, w, z), b), along, func(t *ad.Tape, y, along ad.Value) (sum, logSlope ad.Value) {
		tanh, l := ridge(t, y, along)
		return t.Add(y, t.Mul(along, tanh)), l
	})
	tanh, l := ridge(t, y, along)
	return t.Sub(z, t.Mul(t.Repeat(tanh, f.dim), u)), t.Linear(l, -1, 0)
}

// ridge records tanh(y) and log|1 + along (1 - tanh(y)^2)|.
func ridge(t *ad.Tape, y, along ad.Value) (tanh, logSlope ad.Value) {
	tanh = t.Tanh(y)
	slope := t.Linear(t.Mul(along, t.Linear(t.Mul(tanh, tanh), -1, 1)), 1, 1)
	return tanh, logSize(t, slope)
}

func dot(t *ad.Tape, x, y ad.Value) ad.Value { return t.SumColumns(t.Mul(x, y)) }

func logSize(t *ad.Tape, x ad.Value) ad.Value { return t.Linear(t.Log(t.Mul(x, x)), 0.5, 0) }

// descending is a spline followed by one of straight pieces through (-0.5, -0.5), (0, -1)
// and (0.5, 0.5), the identity outside: its middle knot lies below the first.
type descending struct{ flow.Elementwise }

// Forward implements flow.Elementwise.
func (d descending) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	y, l := d.Elementwise.Forward(t, x, h)
	z, slope := y, t.Constant(y.Cols(), 1)
	for _, knot := range []struct{ at, turn float64 }{{-0.5, -2}, {0, 4}, {0.5, -2}} {
		beyond := t.Linear(y, 1, -knot.at)
		z = t.Add(z, t.Linear(t.ReLU(beyond), knot.turn, 0))
		slope = t.Add(slope, t.Linear(t.Step(beyond), knot.turn, 0))
	}
	return z, t.Add(l, logSize(t, slope))
}

// Inverse implements flow.Elementwise: of the points that Forward sends to z the one on
// the rising piece.
func (d descending) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	inside := t.Sub(t.Step(t.Linear(z, 1, 0.5)), t.Step(t.Linear(z, 1, -0.5)))
	y := t.Add(z, t.Mul(inside, t.Linear(z, 1.0/3-1, 1.0/3)))
	x, l := d.Elementwise.Inverse(t, y, h)
	return x, t.Sub(l, t.Linear(inside, math.Log(3), 0))
}
