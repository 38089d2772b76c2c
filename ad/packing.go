package ad

import (
	"slices"

	"flowcert/internal/kernel"
)

// packing is the weights of one dense node in the kernels' order.
type packing[T kernel.Float] struct {
	param         int
	row, out, in  int   // rows row... of the parameter and its first in columns
	prefix        []int // by output: the inputs it depends on; nil is all of in
	dense         []T   // the weights, row-major; nil where the parameter itself is that
	forward, back []T   // packed for Dense and for DenseInput
}

// planPacking finds the distinct pieces of weights that dense nodes use, and the
// parameters whose gradient has several parts.
func (p *Program[T]) planPacking(t *Tape, used []bool, backward bool) {
	whole := make([]int, len(p.params)) // by parameter: 1 + its packing as a whole
	for id := range p.nodes {
		n := &p.nodes[id]
		if n.kind != opDense || !used[id] {
			continue
		}
		full := t.full(n)
		if full && whole[n.weight] > 0 {
			p.packs[id] = whole[n.weight] - 1
			continue
		}
		k := packing[T]{param: n.weight, row: n.row, out: n.cols, in: p.nodes[n.in[0]].cols, prefix: n.index}
		if !full {
			k.dense = make([]T, k.out*k.in)
			p.widest = max(p.widest, k.out)
			p.scratch = max(p.scratch, len(k.dense)+p.kernels.DenseWeightScratch(k.out, k.in, p.panels))
		}
		k.forward = make([]T, p.kernels.PackedLen(k.out, k.in))
		if backward {
			k.back = make([]T, p.kernels.PackedLen(k.in, k.out))
			p.scratch = max(p.scratch, p.kernels.DenseWeightScratch(k.out, k.in, p.panels))
		}
		p.packed = append(p.packed, k)
		p.packs[id] = len(p.packed) - 1
		if full {
			whole[n.weight] = len(p.packed)
		}
	}
	p.planShared(used)
}

// planShared finds the layers to whose gradient more than one node adds. Weights and
// bias of a layer are cleared and added to, or assigned, together.
func (p *Program[T]) planShared(used []bool) {
	uses := make([][]int, len(p.params)) // by parameter and output of the layer
	for i, param := range p.params {
		uses[i] = make([]int, max(param.Rows, len(param.Data)))
	}
	more := func(uses []int) bool { return slices.ContainsFunc(uses, func(n int) bool { return n > 1 }) }
	dense := func(f func(n *node, param int)) {
		for id := range p.nodes {
			n := &p.nodes[id]
			if n.kind != opDense || !used[id] {
				continue
			}
			f(n, n.weight)
			if n.bias >= 0 {
				f(n, n.bias)
			}
		}
	}
	dense(func(n *node, param int) {
		for r := range n.cols {
			uses[param][n.row+r]++
		}
	})
	for id := range p.nodes {
		if n := &p.nodes[id]; n.kind == opParameter && used[id] {
			for r := range uses[n.bias] {
				uses[n.bias][r]++
			}
		}
		if v := p.means[id]; v != nil { // adds, whatever else there is
			for _, param := range v.params {
				for r := range uses[param] {
					uses[param][r] += 2
				}
			}
		}
	}
	dense(func(n *node, param int) {
		if more(uses[param]) {
			p.shared[n.weight] = true
			if n.bias >= 0 {
				p.shared[n.bias] = true
			}
		}
	})
	for param, uses := range uses {
		p.shared[param] = p.shared[param] || more(uses)
	}
}

// Packs returns the number of packed pieces of weights and of averages.
func (p *Program[T]) Packs() int {
	n := len(p.packed)
	for _, sub := range p.subs {
		if sub != nil {
			n += sub.Packs()
		}
	}
	for _, v := range p.means {
		if v != nil {
			n++
		}
	}
	return n
}

// Pack brings the i-th piece up to date with the parameters. Distinct pieces may
// be packed at once.
func (p *Program[T]) Pack(i int) {
	if i >= len(p.packed) {
		i -= len(p.packed)
		for _, sub := range p.subs {
			if sub == nil {
				continue
			}
			if i < sub.Packs() {
				sub.Pack(i)
				return
			}
			i -= sub.Packs()
		}
		for _, v := range p.means {
			if v == nil {
				continue
			}
			if i == 0 {
				v.update()
				return
			}
			i--
		}
	}
	k := &p.packed[i]
	w := p.weights[k.param]
	if k.dense != nil {
		cols := p.params[k.param].Cols
		for r := range k.out {
			// Entries beyond the prefix were never set and stay 0.
			copy(k.dense[r*k.in:][:k.prefix[r]], w[(k.row+r)*cols:])
		}
		w = k.dense
	}
	p.kernels.Pack(k.forward, w, k.out, k.in)
	if k.back != nil {
		p.kernels.PackTransposed(k.back, w, k.out, k.in)
	}
}
