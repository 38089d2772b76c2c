package ad

import (
	"unsafe"

	"flowcert/internal/kernel"
)

// Arena is the memory in which one worker runs a program: values, gradients and
// scratch of one tile, allocated once.
type Arena[T kernel.Float] struct {
	program   *Program[T]
	k         *kernel.Set[T]
	values    []kernel.Block[T]
	gradients []kernel.Block[T]
	saved     []kernel.Block[T]
	scratch   []T
	biases    []T             // scratch for the bias of a piece
	column    [kernel.Lanes]T // scratch of one column; a local array would escape
	solvers   []*solver[T]    // by node
	key       uint64          // of dropout
	slot      *Gradients[T]
	bytes     int64
}

// Gradients holds one array per parameter of a program. The first backward pass
// after Reset assigns and the following ones add.
type Gradients[T kernel.Float] struct {
	Arrays [][]T
	fresh  bool
}

// Reset makes the next backward pass assign instead of add.
func (g *Gradients[T]) Reset() { g.fresh = true }

// NewGradients returns zero gradients for p's parameters.
func (p *Program[T]) NewGradients() *Gradients[T] {
	g := &Gradients[T]{Arrays: make([][]T, len(p.params)), fresh: true}
	for i, param := range p.params {
		g.Arrays[i] = make([]T, len(param.Data))
	}
	return g
}

// NewArena allocates the memory of one worker.
func (p *Program[T]) NewArena() *Arena[T] {
	a := &Arena[T]{
		program:   p,
		k:         p.kernels,
		values:    make([]kernel.Block[T], len(p.nodes)),
		gradients: make([]kernel.Block[T], len(p.nodes)),
		saved:     make([]kernel.Block[T], len(p.nodes)),
		solvers:   make([]*solver[T], len(p.nodes)),
		scratch:   make([]T, p.scratch),
		biases:    make([]T, p.widest),
	}
	used := p.reachable()
	a.bytes = int64(len(a.scratch)+len(a.biases)) * int64(unsafe.Sizeof(T(0)))
	for id := range p.nodes {
		n := &p.nodes[id]
		if !used[id] {
			continue
		}
		if n.root != id {
			a.values[id] = view(a.values[n.root], n.first, n.cols)
			a.gradients[id] = view(a.gradients[n.root], n.first, n.cols)
			continue
		}
		a.values[id] = a.block(n.cols)
		a.saved[id] = a.block(n.saved)
		if p.needs != nil {
			a.gradients[id] = a.block(n.cols)
		}
		if sub := p.subs[id]; sub != nil {
			a.solvers[id] = a.newSolver(sub, n.cols)
		}
		if n.kind == opConstant {
			for i := range a.values[id].Data {
				a.values[id].Data[i] = T(n.offset)
			}
		}
	}
	return a
}

func (a *Arena[T]) block(cols int) kernel.Block[T] {
	size := a.program.panels * cols * kernel.Lanes
	a.bytes += int64(size) * int64(unsafe.Sizeof(T(0)))
	return kernel.Block[T]{Data: make([]T, size), Cols: cols, Stride: cols * kernel.Lanes, Panels: a.program.panels}
}

// view returns columns first to first+cols-1 of b.
func view[T kernel.Float](b kernel.Block[T], first, cols int) kernel.Block[T] {
	if b.Data == nil {
		return b
	}
	b.Data, b.Cols = b.Data[min(first*kernel.Lanes, len(b.Data)):], cols
	return b
}

// Bytes returns the size of the arena's arrays in bytes.
func (a *Arena[T]) Bytes() int64 { return a.bytes }

// Input returns the i-th recorded input, to be filled before Forward.
func (a *Arena[T]) Input(i int) kernel.Block[T] { return a.values[a.program.inputs[i]] }

// Output returns the i-th output after Forward.
func (a *Arena[T]) Output(i int) kernel.Block[T] { return a.values[a.program.outputs[i]] }

// Seed returns the gradient of the i-th output, to be filled before Backward.
// Padding rows must get 0.
func (a *Arena[T]) Seed(i int) kernel.Block[T] { return a.gradients[a.program.outputs[i]] }

// InputGradient returns the gradient of the i-th input after Backward.
func (a *Arena[T]) InputGradient(i int) kernel.Block[T] { return a.gradients[a.program.inputs[i]] }

// Forward computes the outputs of the first panels panels.
func (a *Arena[T]) Forward(panels int) {
	if panels != a.values[a.program.outputs[0]].Panels {
		for id := range a.values {
			a.values[id].Panels, a.gradients[id].Panels, a.saved[id].Panels = panels, panels, panels
		}
	}
	for i := range a.program.forward {
		s := &a.program.forward[i]
		s.run(a, s)
	}
}

// Backward adds to slot the gradient with respect to the parameters of the sum
// over outputs and rows of seed times output, for the tile of the last Forward.
func (a *Arena[T]) Backward(slot *Gradients[T]) {
	a.slot = slot
	for i := range a.program.backward {
		s := &a.program.backward[i]
		s.run(a, s)
	}
	slot.fresh = false
}
