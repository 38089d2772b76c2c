package flow

import (
	"flowcert/ad"
	"flowcert/nn"
)

// steered are the raw parameters of a layer: an array, to which a network adds what
// the condition says, if there is a network. They are softly clipped, so that whatever
// is made of them stays finite for all arrays.
type steered struct {
	array   *ad.Param
	network nn.Conditioner
}

// rawBound is large enough not to be felt: it takes a thousandth off a parameter of 1.
const rawBound = 1000

func (s steered) record(p Pass) ad.Value {
	h := p.Tape.Parameter(s.array)
	if s.network != nil {
		h = p.Tape.Add(h, s.network.Apply(p.Tape, p.Condition))
	}
	return p.Tape.SoftClip(h, rawBound)
}

func (s steered) params() []*ad.Param {
	if s.network == nil {
		return []*ad.Param{s.array}
	}
	return append([]*ad.Param{s.array}, s.network.Params()...)
}

// network returns what steers count parameters of the layer at p by the condition: nil
// without a condition. Its last layer starts at zero.
func (p Place) network(count int) nn.Conditioner {
	if p.Condition == 0 {
		return nil
	}
	return p.Architecture.Conditioner(p.Name+".condition", p.Seed, p.Condition, count)
}

// bend records tanh(y) and the logarithm of 1 + (slope - 1) sech(y)^2, the derivative of
// y + (slope - 1) tanh(y), which increases without bounds as slope > 0.
func bend(t *ad.Tape, y, slope ad.Value) (tanh, logDerivative ad.Value) {
	tanh = t.Tanh(y)
	// The square of sech is 1 - tanh^2, but this keeps its digits far from 0.
	square := t.Mul(t.Sigmoid(t.Linear(y, 2, 0)), t.Sigmoid(t.Linear(y, -2, 0)))
	return tanh, t.Log(t.Add(t.Mul(tanh, tanh), t.Mul(t.Linear(square, 4, 0), slope)))
}

// unbend records the y for which y + (slope - 1) tanh(y) = v.
func unbend(t *ad.Tape, v, slope ad.Value) ad.Value {
	return t.Solve(v, slope, func(t *ad.Tape, y, slope ad.Value) (sum, logDerivative ad.Value) {
		tanh, l := bend(t, y, slope)
		return t.Add(y, t.Mul(t.Linear(slope, 1, -1), tanh)), l
	})
}

// dot records the scalar product of each row of x and y, as one column.
func dot(t *ad.Tape, x, y ad.Value) ad.Value { return t.SumColumns(t.Mul(x, y)) }

// addScaled records x + c y for a column c.
func addScaled(t *ad.Tape, x, c, y ad.Value) ad.Value {
	return t.Add(x, t.Mul(t.Repeat(c, y.Cols()), y))
}
