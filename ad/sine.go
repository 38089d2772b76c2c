package ad

import (
	"math"

	"flowcert/internal/kernel"
)

// Sin records the sine of x, in radians.
func (t *Tape) Sin(x Value) Value { return t.record(node{kind: opSin, cols: x.cols}, x) }

// Cos records the cosine of x, in radians.
func (t *Tape) Cos(x Value) Value { return t.record(node{kind: opCos, cols: x.cols}, x) }

func sin[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) {
		for j, v := range x[0] {
			y[j] = T(math.Sin(float64(v)))
		}
	})
}

func sinBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T { return g[j] * T(math.Cos(float64(x[0][j]))) })
}

func cos[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) {
		for j, v := range x[0] {
			y[j] = T(math.Cos(float64(v)))
		}
	})
}

func cosBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T { return -g[j] * T(math.Sin(float64(x[0][j]))) })
}
