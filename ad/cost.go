package ad

import (
	"unsafe"

	"flowcert/internal/kernel"
)

// Cost is what a program does for one row, counted from its operations.
type Cost struct {
	// MultiplyAdds are those of the dense layers, forward and, in a program with
	// gradients, backward, and forward those of reflections and rotations. Masked layers
	// count the pieces that are computed.
	MultiplyAdds int64 `json:"multiply_adds"`
	// Elementary counts exponentials, logarithms, square roots and the like of the
	// forward pass.
	Elementary int64 `json:"elementary"`
	// Iterative means that a numeric inverse evaluates its function as often as it
	// takes: the counts hold one evaluation, and the work is a multiple of it.
	Iterative bool `json:"iterative,omitempty"`
	// Bytes is the size of the row's values and, with gradients, their gradients.
	Bytes int64 `json:"bytes"`
}

// Cost returns the program's cost per row.
func (p *Program[T]) Cost() Cost {
	var c Cost
	used := p.reachable()
	for id := range p.nodes {
		n := &p.nodes[id]
		if !used[id] {
			continue
		}
		c.Elementary += p.elementary(n)
		c.Iterative = c.Iterative || n.kind == opMixtureInverse
		switch n.kind {
		case opDense:
			k := p.packed[p.packs[id]]
			c.MultiplyAdds += int64(k.out * k.in)
		case opReflect: // two scalar products and a sum for each vector
			c.MultiplyAdds += 3 * int64(p.nodes[n.in[0]].cols)
		case opRotate:
			c.MultiplyAdds += 2 * int64(len(n.index)) // 4 for each pair
		}
		if sub := p.subs[id]; sub != nil {
			once := sub.Cost()
			c.MultiplyAdds += once.MultiplyAdds
			c.Elementary += once.Elementary
			c.Bytes += once.Bytes
			c.Iterative = true
		}
		if n.root == id {
			c.Bytes += int64(n.cols+n.saved) * int64(unsafe.Sizeof(T(0)))
			if p.needs != nil {
				c.Bytes += int64(n.cols) * int64(unsafe.Sizeof(T(0)))
			}
		}
	}
	for _, s := range p.backward {
		if s.want == nil || s.n.kind != opDense {
			continue
		}
		k := p.packed[p.packs[s.id]]
		c.MultiplyAdds += int64(k.out * k.in) // the weights' gradient
		if s.want[0] {
			c.MultiplyAdds += int64(k.out * k.in)
		}
	}
	return c
}

func (p *Program[T]) elementary(n *node) int64 {
	switch n.kind {
	case opExp, opLog, opTanh, opSigmoid, opSoftplus, opSin, opCos:
		return int64(n.cols)
	case opDense:
		if n.activation == kernel.Tanh {
			return int64(n.cols)
		}
	case opLogSumExp, opLogSoftmax:
		return int64(n.saved - n.block)
	case opAffine, opAffineInverse:
		return int64(n.cols / 2)
	case opSpline: // the softmaxes, the slopes, and the logarithm of the derivative
		return int64(n.cols / 2 * (n.spline.Params() + 1))
	case opSplineInverse: // and the root of a quadratic
		return int64(n.cols / 2 * (n.spline.Params() + 2))
	case opBins: // the softmaxes
		_, knots, _, _ := n.division.bins.parts()
		return int64(n.cols / len(n.division.values) * knots)
	case opMixture, opMixtureInverse: // scale, weight and density of each component, and a quantile by two steps
		return int64(n.cols / 2 * (3*len(n.mixture.means) + 13))
	}
	return 0
}
