package ad

import "flowcert/internal/kernel"

func dense[T kernel.Float](a *Arena[T], s *step[T]) {
	p, n := a.program, s.n
	a.k.Dense(a.values[s.id], a.values[n.in[0]], p.packed[p.packs[s.id]].forward, biasOf(p.weights, n), n.activation)
}

// biasOf returns the node's part of its bias, or nil if it has none.
func biasOf[T kernel.Float](arrays [][]T, n *node) []T {
	if n.bias < 0 {
		return nil
	}
	return arrays[n.bias][n.row:][:n.cols]
}

// denseBackward turns the gradient of the layer's output into that of its
// affine part, in place, and from it makes the gradients of weights, bias and
// input. A ReLU's mask is applied by the layer above where that is the only
// consumer, as it writes the gradient.
func denseBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	p, n := a.program, s.n
	k := &p.packed[p.packs[s.id]]
	y, g, x := a.values[s.id], a.gradients[s.id], a.values[n.in[0]]
	if !s.masked {
		a.activationBackward(n.activation, g, y)
	}
	w, b := a.slot.Arrays[n.weight], biasOf(a.slot.Arrays, n)
	add := p.shared[n.weight] || !a.slot.fresh
	if k.dense == nil {
		a.k.DenseWeight(w, b, x, g, a.scratch, add)
	} else {
		a.maskedWeights(k, w, b, x, g, add)
	}
	if !s.want[0] {
		return
	}
	var mask kernel.Block[T]
	if s.maskInput {
		mask = x
	}
	a.k.DenseInput(a.gradients[n.in[0]], g, k.back, mask, s.add[0])
}

// maskedWeights sets the gradient of a piece of a masked layer's weights, or adds
// it. That of the weights beyond the prefixes is never set and stays zero.
func (a *Arena[T]) maskedWeights(k *packing[T], w, b []T, x, g kernel.Block[T], add bool) {
	piece, scratch := a.scratch[:k.out*k.in], a.scratch[k.out*k.in:]
	var bias []T
	if b != nil {
		bias = a.biases[:k.out]
	}
	a.k.DenseWeight(piece, bias, x, g, scratch, false)
	put := func(dst, x []T) { copy(dst, x) }
	if add {
		put = func(dst, x []T) { a.k.Add(dst, dst, x) }
	}
	put(b, bias)
	cols := a.program.params[k.param].Cols
	for r, n := range k.prefix {
		put(w[(k.row+r)*cols:][:n], piece[r*k.in:][:n])
	}
}

// activationBackward multiplies g by the derivative of the activation with output y.
func (a *Arena[T]) activationBackward(activation kernel.Activation, g, y kernel.Block[T]) {
	for q := range g.Panels {
		gq, yq := g.Panel(q), y.Panel(q)
		switch activation {
		case kernel.ReLU:
			a.k.MaskReLU(gq, gq, yq)
		case kernel.Tanh:
			for j, v := range yq {
				gq[j] *= 1 - v*v
			}
		}
	}
}
