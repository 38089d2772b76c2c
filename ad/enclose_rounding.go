package ad

import (
	"fmt"
	"math"

	"flowcert/internal/taylor"
)

// RoundingEnclosure bounds, over boxes, by how much a float64 evaluation of what an
// Enclosure encloses is off: a running error analysis (Higham, Accuracy and Stability of
// Numerical Algorithms, 2nd ed., section 3.3) by the rules of TangentEnclosure. Along a
// chain of operations errors are propagated as derivatives are, by the mean value theorem,
// and each operation adds its own.
//
// It supposes that sums, products, quotients and roots are rounded to nearest, in any order
// and fused or not, and that exp, expm1, log, log1p and tanh are right to two units in the last
// place, which are at most four of 2^-53 of the value; the standard library documents less
// than one. Nothing may overflow or underflow.
//
// The derivatives have to hold between a value and what an evaluation makes of it, so the
// models of all values are made wider by slack; where an error exceeds that, nothing is
// known. It is for one goroutine.
type RoundingEnclosure struct {
	tangents *TangentEnclosure
}

const (
	// float64Unit is the unit roundoff.
	float64Unit = 0x1p-53
	// slack is far more than errors are and far less than the sides of boxes.
	slack = 0x1p-24
	// A sum, product, quotient or root adds one unit; three more are for squares of the unit,
	// and for what an evaluation multiplies in another order than the rule does. Exponentials
	// and their kind add four, a sigmoid e/(1+e) or a softplus ten at most.
	plain, elementary = 4, 16
)

// NewRoundingEnclosure prepares that of outputs; see NewEnclosure. The error names an
// operation whose roundings cannot be bounded.
func NewRoundingEnclosure(tape *Tape, outputs ...Value) (*RoundingEnclosure, error) {
	t, err := NewTangentEnclosure(tape, outputs...)
	if err != nil {
		return nil, err
	}
	bounded := roundingsBounded()
	for id := range tape.nodes {
		if kind := tape.nodes[id].kind; t.used[id] && !bounded[kind] {
			return nil, fmt.Errorf("the roundings of the operation %q are not bounded", kind)
		}
	}
	t.unit, t.slack = float64Unit, slack
	return &RoundingEnclosure{t}, nil
}

// Error returns how far, in Euclidean distance, the first output can be from its exact
// value at any inputs that x encloses; +Inf where nothing is known.
func (r *RoundingEnclosure) Error(x []taylor.Model) float64 {
	t := r.tangents
	copy(t.Input(0), x)
	t.Run()
	clear(t.InputTangent(0))
	t.Differentiate()
	sum := 0.0
	for _, m := range t.OutputTangent(0) {
		e := m.Range().Magnitude()
		sum += e * e
	}
	return math.Sqrt(sum) * (1 + 0x1p-30)
}

// roundingsBounded says, by kind, of which operations the rules add all roundings: they
// are exact, or call round or roundBy, or are made of jets in the steps of the evaluation.
func roundingsBounded() (bounded [kinds]bool) {
	for _, kind := range []kind{
		opInput, opSlice, opBuffer, opConstant, opParameter, opConcat, opDetach, opDropout, opGather,
		opDense, opAdd, opSub, opMul, opDiv, opLinear, opExp, opLog, opTanh, opSigmoid, opSoftplus, opReLU, opSoftClip,
		opSumColumns, opSumBlocks, opAffine, opAffineInverse, opRotate, opSpline, opSplineInverse,
	} {
		bounded[kind] = true
	}
	return bounded
}

// forgetLargeErrors makes errors unknown for which the models were not made wide enough.
func (t *TangentEnclosure) forgetLargeErrors(errors []taylor.Model) {
	for j := range errors {
		if !(errors[j].Range().Magnitude() <= t.slack) {
			errors[j] = taylor.Unknown()
		}
	}
}

// round adds to the error d so many units of the value v.
func (t *TangentEnclosure) round(d, v *taylor.Model, units float64) {
	if t.unit > 0 {
		t.roundBy(d, v.Range().Magnitude(), units)
	}
}

// roundBy adds to the error d so many units of numbers of the given size.
func (t *TangentEnclosure) roundBy(d *taylor.Model, size, units float64) {
	if t.unit > 0 {
		widen(d, units*t.unit*size)
	}
}

// widen makes m enclose what is off by as much.
func widen(m *taylor.Model, by float64) { m.Radius = taylor.Wider(m.Radius, by) }

// rounded and roundedBy do so for jets.
func (x jet) rounded(units float64) jet {
	if x.unit > 0 {
		return x.roundedBy(x.v.Range().Magnitude(), units)
	}
	return x
}

func (x jet) roundedBy(size, units float64) jet {
	if x.unit > 0 {
		widen(&x.d, units*x.unit*size)
	}
	return x
}

// roundDense adds to the error d of the sum of a dense layer's output j its roundings: of n
// products and a bias at most n+2 units of their sizes (package taylor).
func (t *TangentEnclosure) roundDense(d *taylor.Model, n *node, j, inputs int) {
	if t.unit == 0 {
		return
	}
	x, w, size := t.in(n, 0), t.tape.params[n.weight], 0.0
	for i, v := range w.Data[(n.row+j)*w.Cols:][:inputs] {
		if v != 0 {
			size += math.Abs(float64(v)) * x[i].Range().Magnitude()
		}
	}
	if n.bias >= 0 {
		size += math.Abs(float64(t.tape.params[n.bias].Data[n.row+j]))
	}
	t.roundBy(d, size, float64(inputs+2))
}

// roundSum does so for a sum of columns.
func (t *TangentEnclosure) roundSum(d *taylor.Model, x []taylor.Model) {
	if t.unit == 0 {
		return
	}
	size := 0.0
	for i := range x {
		size += x[i].Range().Magnitude()
	}
	t.roundBy(d, size, float64(len(x)))
}

// roundRotations adds what rotations by given angles round. Of one, the cosine and the sine
// are off by at most 17 and 10 units: w = 2/(1 + r^2), at most 2, by 4 of its own. Rotations
// keep the Euclidean norm, so what one adds, at most 30 units of either entry, the later
// ones make no larger.
func (t *TangentEnclosure) roundRotations(n *node, dy []taylor.Model) {
	norm := 0.0
	for i := range t.in(n, 1) {
		norm += t.in(n, 1)[i].Range().Magnitude()
	}
	for j := range dy {
		t.roundBy(&dy[j], norm, 60*float64(len(t.in(n, 0))))
	}
}
