package ad

import "flowcert/internal/kernel"

// each calls f with the panels of the step's value and of its inputs.
func (a *Arena[T]) each(s *step[T], f func(y []T, x [2][]T)) {
	y := a.values[s.id]
	for q := range y.Panels {
		var x [2][]T
		for i, in := range s.n.in {
			x[i] = a.values[in].Panel(q)
		}
		f(y.Panel(q), x)
	}
}

// pull adds to the gradient of the step's i-th input (or writes it first) what
// f makes of the output's gradient g, the output y and the inputs x at entry j.
func (a *Arena[T]) pull(s *step[T], i int, f func(g, y []T, x [2][]T, j int) T) {
	if !s.want[i] {
		return
	}
	gradient, y, d := a.gradients[s.id], a.values[s.id], a.gradients[s.n.in[i]]
	for q := range y.Panels {
		var x [2][]T
		for k, in := range s.n.in {
			x[k] = a.values[in].Panel(q)
		}
		gq, yq, dq := gradient.Panel(q), y.Panel(q), d.Panel(q)
		if s.add[i] {
			for j := range dq {
				dq[j] += f(gq, yq, x, j)
			}
		} else {
			for j := range dq {
				dq[j] = f(gq, yq, x, j)
			}
		}
	}
}

func add[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Add(y, x[0], x[1]) })
}

func addBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.copyGradient(s, 0, 0)
	a.copyGradient(s, 1, 0)
}

func sub[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Sub(y, x[0], x[1]) })
}

func subBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.copyGradient(s, 0, 0)
	a.pull(s, 1, func(g, _ []T, _ [2][]T, j int) T { return -g[j] })
}

func mul[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Mul(y, x[0], x[1]) })
}

func mulBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	if s.n.in[0] == s.n.in[1] { // a square: both inputs are one gradient
		a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T { return 2 * g[j] * x[0][j] })
		return
	}
	a.pullProduct(s, 0)
	a.pullProduct(s, 1)
}

// pullProduct passes the step's gradient times the other of two inputs on to the i-th.
func (a *Arena[T]) pullProduct(s *step[T], i int) {
	if !s.want[i] {
		return
	}
	g, d, other := a.gradients[s.id], a.gradients[s.n.in[i]], a.values[s.n.in[1-i]]
	for q := range g.Panels {
		if s.add[i] {
			a.k.MulAdd(d.Panel(q), g.Panel(q), other.Panel(q))
		} else {
			a.k.Mul(d.Panel(q), g.Panel(q), other.Panel(q))
		}
	}
}

func div[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Div(y, x[0], x[1]) })
}

func divBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T { return g[j] / x[1][j] })
	a.pull(s, 1, func(g, y []T, x [2][]T, j int) T { return -g[j] * y[j] / x[1][j] })
}

func linear[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.ScaleShift(y, x[0], T(s.n.scale), T(s.n.offset)) })
}

func linearBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	c := T(s.n.scale)
	a.pull(s, 0, func(g, _ []T, _ [2][]T, j int) T { return c * g[j] })
}

func exp[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Exp(y, x[0]) })
}

func expBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, y []T, _ [2][]T, j int) T { return g[j] * y[j] })
}

func log[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Log(y, x[0]) })
}

func logBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T { return g[j] / x[0][j] })
}

func tanh[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Tanh(y, x[0]) })
}

func tanhBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, y []T, _ [2][]T, j int) T { return g[j] * (1 - y[j]*y[j]) })
}

func sigmoid[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Sigmoid(y, x[0]) })
}

func sigmoidBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, y []T, _ [2][]T, j int) T { return g[j] * y[j] * (1 - y[j]) })
}

func softplus[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.k.Softplus(y, x[0]) })
}

func softplusBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	sigmoid := a.column[:]
	a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T {
		if j%kernel.Lanes == 0 {
			a.k.Sigmoid(sigmoid, x[0][j:j+kernel.Lanes])
		}
		return g[j] * sigmoid[j%kernel.Lanes]
	})
}

func relu[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) {
		for j, v := range x[0] {
			y[j] = max(v, 0)
		}
	})
}

func reluBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.pull(s, 0, func(g, y []T, _ [2][]T, j int) T {
		if y[j] > 0 {
			return g[j]
		}
		return 0
	})
}

func stepForward[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) {
		for j, v := range x[0] {
			y[j] = 0
			if v > 0 {
				y[j] = 1
			}
		}
	})
}

// clip returns the soft clip of v and its derivative's square root.
func clip[T kernel.Float](v, bound T) (clipped, root T) {
	root = 1 / (1 + max(v, -v)/bound)
	return v * root, root
}

func softClip[T kernel.Float](a *Arena[T], s *step[T]) {
	bound := T(s.n.scale)
	a.each(s, func(y []T, x [2][]T) {
		for j, v := range x[0] {
			y[j], _ = clip(v, bound)
		}
	})
}

func softClipBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	bound := T(s.n.scale)
	a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T {
		_, root := clip(x[0][j], bound)
		return g[j] * root * root
	})
}
