package ad

import (
	"math"

	"flowcert/internal/kernel"
)

// copyGradient passes the columns of the step's gradient that begin at first on
// to its i-th input.
func (a *Arena[T]) copyGradient(s *step[T], i, first int) {
	if !s.want[i] {
		return
	}
	g, d := a.gradients[s.id], a.gradients[s.n.in[i]]
	for q := range d.Panels {
		to := d.Panel(q)
		from := g.Panel(q)[first*kernel.Lanes:][:len(to)]
		if s.add[i] {
			a.k.Add(to, to, from)
		} else {
			copy(to, from)
		}
	}
}

func concat[T kernel.Float](a *Arena[T], s *step[T]) {
	y := a.values[s.id]
	for q := range y.Panels {
		to := y.Panel(q)
		for _, in := range s.n.in {
			to = to[copy(to, a.values[in].Panel(q)):]
		}
	}
}

func concatBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	first := 0
	for i, in := range s.n.in {
		a.copyGradient(s, i, first)
		first += a.values[in].Cols
	}
}

func gather[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) {
		for j, from := range s.n.index {
			copy(y[j*kernel.Lanes:][:kernel.Lanes], x[0][from*kernel.Lanes:])
		}
	})
}

func gatherBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	g, d := a.gradients[s.id], a.gradients[s.n.in[0]]
	for q := range d.Panels {
		from, to := g.Panel(q), d.Panel(q)
		if !s.add[0] {
			clear(to)
		}
		for j, at := range s.n.index {
			column := to[at*kernel.Lanes:][:kernel.Lanes]
			a.k.Add(column, column, from[j*kernel.Lanes:][:kernel.Lanes])
		}
	}
}

func sumColumns[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) {
		clear(y)
		for c := 0; c < len(x[0]); c += kernel.Lanes {
			a.k.Add(y, y, x[0][c:c+kernel.Lanes])
		}
	})
}

func sumColumnsBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	g, d := a.gradients[s.id], a.gradients[s.n.in[0]]
	for q := range d.Panels {
		from, to := g.Panel(q), d.Panel(q)
		for c := 0; c < len(to); c += kernel.Lanes {
			column := to[c : c+kernel.Lanes]
			if s.add[0] {
				a.k.Add(column, column, from)
			} else {
				copy(column, from)
			}
		}
	}
}

// normal computes the sum over columns of -z^2/2 - log(2 pi)/2.
func normal[T kernel.Float](a *Arena[T], s *step[T]) {
	constant := T(-0.5 * math.Log(2*math.Pi) * float64(a.values[s.n.in[0]].Cols))
	a.each(s, func(y []T, x [2][]T) {
		clear(y)
		for c := 0; c < len(x[0]); c += kernel.Lanes {
			a.k.MulAdd(y, x[0][c:c+kernel.Lanes], x[0][c:c+kernel.Lanes])
		}
		a.k.ScaleShift(y, y, -0.5, constant)
	})
}

func normalBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T { return -g[j%kernel.Lanes] * x[0][j] })
}
