package ad

import (
	"fmt"
	"unsafe"

	"flowcert/internal/kernel"
)

// Average records the mean of what f records, one column, over fixed points of cols
// numbers each, which lie one after the other and must not change. It is one number,
// the same for all rows, and is computed when the parameters change instead of for each
// tile, so a program's Cost leaves it out; gradients reach the parameters that f uses.
func (t *Tape) Average(points []float64, cols int, f func(t *Tape, x Value) Value) Value {
	if len(points) == 0 || len(points)%cols != 0 {
		panic(fmt.Sprintf("ad: average over %d numbers as points of %d", len(points), cols))
	}
	sub := NewTape()
	y := f(sub, sub.Input(cols))
	if y.cols != 1 {
		panic(fmt.Sprintf("ad: average of %d columns", y.cols))
	}
	for _, p := range sub.params {
		t.param(p)
	}
	return t.record(node{kind: opAverage, cols: 1, sub: sub, outputs: [2]int{y.id}, points: points})
}

// average is what a program knows of a node of the kind opAverage.
type average[T kernel.Float] struct {
	points  []float64
	program *Program[T]
	arena   *Arena[T]
	value   T
	// gradient is that of the value; nil in a program without gradients. params are its
	// arrays' indices in the program of the node.
	gradient *Gradients[T]
	params   []int
}

func (p *Program[T]) newAverage(n *node, gradient bool) *average[T] {
	v := &average[T]{points: n.points}
	v.program = compile(p.kernels, n.sub, Config{Gradient: gradient}, p, []Value{n.sub.value(n.outputs[0])})
	v.arena = v.program.NewArena()
	if gradient {
		v.gradient = v.program.NewGradients()
		for _, param := range n.sub.params {
			v.params = append(v.params, p.param(param))
		}
	}
	return v
}

// update computes the value, and the gradient, with the parameters as they are.
func (v *average[T]) update() {
	for i := range v.program.Packs() {
		v.program.Pack(i)
	}
	input := v.arena.Input(0)
	rows, tile := len(v.points)/input.Cols, v.program.Rows()
	if v.gradient != nil {
		v.gradient.Reset()
	}
	var sum float64
	for from := 0; from < rows; from += tile {
		n := min(tile, rows-from)
		LoadRows(v.arena.Input(0), v.points[from*input.Cols:], input.Cols, n)
		v.arena.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
		y := v.arena.Output(0)
		for i := range n {
			sum += float64(y.Panel(i / kernel.Lanes)[i%kernel.Lanes])
		}
		if v.gradient != nil {
			v.backward(n, 1/T(rows))
		}
	}
	v.value = T(sum / float64(rows))
}

// backward adds the gradient of the first n rows of a tile, each with the given weight.
func (v *average[T]) backward(n int, weight T) {
	seed := v.arena.Seed(0)
	for q := range seed.Panels {
		panel := seed.Panel(q)
		clear(panel)
		for l := range min(kernel.Lanes, n-q*kernel.Lanes) {
			panel[l] = weight
		}
	}
	v.arena.Backward(v.gradient)
}

// SharedBytes returns the size of the arrays of averages, which all arenas share.
func (p *Program[T]) SharedBytes() (bytes int64) {
	for _, v := range p.means {
		if v == nil {
			continue
		}
		bytes += 8*int64(len(v.points)) + v.arena.bytes + v.program.SharedBytes()
		if v.gradient != nil {
			for _, g := range v.gradient.Arrays {
				bytes += int64(len(g)) * int64(unsafe.Sizeof(T(0)))
			}
		}
	}
	return bytes
}

func averageForward[T kernel.Float](a *Arena[T], s *step[T]) {
	y, value := a.values[s.id], a.program.means[s.id].value
	for q := range y.Panels {
		panel := y.Panel(q)
		for l := range panel {
			panel[l] = value
		}
	}
}

// averageBackward adds to gradients that the backward pass clears first; see planShared.
func averageBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	v, g := a.program.means[s.id], a.gradients[s.id]
	var sum T
	for q := range g.Panels {
		for _, x := range g.Panel(q) {
			sum += x
		}
	}
	for i, at := range v.params {
		a.k.AddScaled(a.slot.Arrays[at], v.gradient.Arrays[i], sum)
	}
}
