package ad

import "flowcert/internal/kernel"

// Parameter records p's entries as one row that is the same for every point, of
// len(p.Data) columns.
func (t *Tape) Parameter(p *Param) Value {
	return t.record(node{kind: opParameter, cols: len(p.Data), bias: t.param(p)})
}

func parameter[T kernel.Float](a *Arena[T], s *step[T]) {
	w, y := a.program.weights[s.n.bias], a.values[s.id]
	for q := range y.Panels {
		panel := y.Panel(q)
		for c, v := range w {
			column := panel[c*kernel.Lanes:][:kernel.Lanes]
			for l := range column {
				column[l] = v
			}
		}
	}
}

func parameterBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	g, d := a.gradients[s.id], a.slot.Arrays[s.n.bias]
	if !a.program.shared[s.n.bias] && a.slot.fresh {
		clear(d)
	}
	for q := range g.Panels {
		panel := g.Panel(q)
		for c := range d {
			var sum T
			for _, v := range panel[c*kernel.Lanes:][:kernel.Lanes] {
				sum += v
			}
			d[c] += sum
		}
	}
}

// Detach records x as it is, but nothing is differentiated through it.
func (t *Tape) Detach(x Value) Value { return t.record(node{kind: opDetach, cols: x.cols}, x) }

func detach[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { copy(y, x[0]) })
}
