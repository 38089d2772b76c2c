package ad

import (
	"fmt"

	"flowcert/internal/kernel"
)

// Tangent records the derivative of y along the direction dx of x: the product of
// the Jacobian dy/dx with dx, row by row (forward mode). It consists of operations
// of the tape, so it can be differentiated again, by Backward or by Tangent. It
// panics where y depends on x through a spline or an affine map with recorded
// parameters.
func (t *Tape) Tangent(y, x, dx Value) Value {
	sameCols("tangent", x, dx)
	tangents := map[int]Value{x.id: dx}
	for id := x.id + 1; id <= y.id; id++ {
		var moves bool
		for _, in := range t.nodes[id].in {
			_, ok := tangents[in]
			moves = moves || ok
		}
		if moves {
			tangents[id] = t.tangent(id, tangents)
		}
	}
	if d, ok := tangents[y.id]; ok {
		return d
	}
	return t.Constant(y.cols, 0)
}

func (t *Tape) value(id int) Value { return Value{t, id, t.nodes[id].cols} }

// tangent records that of node id, given its inputs'; one that is missing is 0.
func (t *Tape) tangent(id int, tangents map[int]Value) Value {
	n, y := t.nodes[id], t.value(id)
	d := func(i int) Value {
		if d, ok := tangents[n.in[i]]; ok {
			return d
		}
		return t.Constant(t.nodes[n.in[i]].cols, 0)
	}
	x := func(i int) Value { return t.value(n.in[i]) }
	complement := func(y Value) Value { return t.Linear(y, -1, 1) }
	switch n.kind {
	case opAdd:
		return t.Add(d(0), d(1))
	case opSub:
		return t.Sub(d(0), d(1))
	case opMul:
		return t.Add(t.Mul(d(0), x(1)), t.Mul(x(0), d(1)))
	case opDiv:
		return t.Div(t.Sub(d(0), t.Mul(y, d(1))), x(1))
	case opLinear:
		return t.Linear(d(0), n.scale, 0)
	case opExp:
		return t.Mul(y, d(0))
	case opLog:
		return t.Div(d(0), x(0))
	case opTanh:
		return t.Mul(complement(t.Mul(y, y)), d(0))
	case opSigmoid:
		return t.Mul(t.Mul(y, complement(y)), d(0))
	case opSoftplus:
		return t.Mul(t.Sigmoid(x(0)), d(0))
	case opReLU:
		return t.Mul(t.Step(y), d(0))
	case opStep:
		return t.Constant(n.cols, 0)
	case opSoftClip: // the derivative is (1 - |y|/bound)^2
		root := complement(t.Linear(t.Add(t.ReLU(y), t.ReLU(t.Linear(y, -1, 0))), 1/n.scale, 0))
		return t.Mul(t.Mul(root, root), d(0))
	case opSin:
		return t.Mul(t.Cos(x(0)), d(0))
	case opCos:
		return t.Linear(t.Mul(t.Sin(x(0)), d(0)), -1, 0)
	case opConcat:
		var parts []Value
		for i := range n.in {
			parts = append(parts, d(i))
		}
		return t.Concat(parts...)
	case opGather:
		return t.Gather(d(0), n.index...)
	case opDetach:
		return t.Constant(n.cols, 0)
	case opSumColumns:
		return t.SumColumns(d(0))
	case opSumBlocks, opLogSumExp, opLogSoftmax:
		return t.blocksTangent(n, x(0), d(0))
	case opNormal:
		return t.Linear(t.SumColumns(t.Mul(x(0), d(0))), -1, 0)
	case opSlice:
		return t.sliceTangent(n, d)
	case opDense:
		return t.denseTangent(n, y, d(0))
	}
	panic(fmt.Sprintf("ad: no forward derivative of %v", n.kind))
}

// sliceTangent puts a slice's tangent together from those of the nodes that the
// slice views.
func (t *Tape) sliceTangent(n node, d func(i int) Value) Value {
	var parts []Value
	for i, in := range n.in {
		of := t.nodes[in]
		lo, hi := max(n.first, of.first), min(n.first+n.cols, of.first+of.cols)
		parts = append(parts, t.Slice(d(i), lo-of.first, hi-of.first))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return t.Concat(parts...)
}

// denseTangent records the layer without its bias, times the activation's derivative.
func (t *Tape) denseTangent(n node, y, dx Value) Value {
	d := t.record(node{kind: opDense, cols: n.cols, weight: n.weight, bias: -1, row: n.row, index: n.index}, dx)
	switch n.activation {
	case kernel.ReLU:
		return t.Mul(t.Step(y), d)
	case kernel.Tanh:
		return t.Mul(t.Linear(t.Mul(y, y), -1, 1), d)
	}
	return d
}
