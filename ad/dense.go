package ad

import "flowcert/internal/kernel"

func dense[T kernel.Float](a *Arena[T], s *step[T]) {
	p, n := a.program, s.n
	a.k.Dense(a.values[s.id], a.values[n.in[0]], p.packed[n.weight].forward, p.weights[n.bias], n.activation)
}

// denseBackward turns the gradient of the layer's output into that of its
// affine part, in place, and from it makes the gradients of weights, bias and
// input. A ReLU's mask is applied by the layer above where that is the only
// consumer, as it writes the gradient.
func denseBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	p, n := a.program, s.n
	y, g, x := a.values[s.id], a.gradients[s.id], a.values[n.in[0]]
	if !s.masked {
		activationBackward(n.activation, g, y)
	}
	w, b := a.slot.Arrays[n.weight], a.slot.Arrays[n.bias]
	if s.addWeight == s.addBias {
		a.k.DenseWeight(w, b, x, g, a.scratch, s.addWeight || !a.slot.fresh)
	} else {
		panic("ad: a dense layer shares its weights or its bias, but not both, with another")
	}
	if !s.want[0] {
		return
	}
	var mask kernel.Block[T]
	if s.maskInput {
		mask = x
	}
	a.k.DenseInput(a.gradients[n.in[0]], g, p.packed[n.weight].transposed, mask, s.add[0])
}

func activationBackward[T kernel.Float](activation kernel.Activation, g, y kernel.Block[T]) {
	if activation == kernel.Identity {
		return
	}
	for q := range g.Panels {
		gq, yq := g.Panel(q), y.Panel(q)
		for j, v := range yq {
			switch {
			case activation == kernel.Tanh:
				gq[j] *= 1 - v*v
			case v <= 0:
				gq[j] = 0
			}
		}
	}
}
