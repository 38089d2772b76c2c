package ad

import (
	"fmt"

	"flowcert/internal/kernel"
)

// SumBlocks records the sum of x's blocks of cols columns: column j of the result is
// that of columns j, j+cols, j+2 cols and so on.
func (t *Tape) SumBlocks(x Value, cols int) Value {
	return t.record(node{kind: opSumBlocks, cols: block("sum", x, cols), block: cols}, x)
}

// LogSumExp records the logarithm of the sum of e^x over x's blocks of cols columns.
// It does not overflow, and what is far below the largest term does not matter.
func (t *Tape) LogSumExp(x Value, cols int) Value {
	return t.record(node{kind: opLogSumExp, cols: block("log-sum-exp", x, cols), block: cols, saved: x.cols + 2*cols}, x)
}

// LogNormalise records x less its LogSumExp, the logarithms of positive numbers that
// sum to 1 over the blocks, and the LogSumExp.
func (t *Tape) LogNormalise(x Value, cols int) (normalised, sum Value) {
	block("log-softmax", x, cols)
	y := t.record(node{kind: opLogSoftmax, cols: x.cols + cols, block: cols, saved: x.cols + 2*cols}, x)
	return t.Slice(y, 0, x.cols), t.Slice(y, x.cols, y.cols)
}

// LogSoftmax records the first of LogNormalise's results.
func (t *Tape) LogSoftmax(x Value, cols int) Value {
	y, _ := t.LogNormalise(x, cols)
	return y
}

func block(operation string, x Value, cols int) int {
	if cols < 1 || x.cols < cols || x.cols%cols != 0 {
		panic(fmt.Sprintf("ad: %s of %d columns in blocks of %d", operation, x.cols, cols))
	}
	return cols
}

// blocksTangent records that of a sum of blocks or of a log-sum-exp.
func (t *Tape) blocksTangent(n node, x, dx Value) Value {
	if n.kind == opSumBlocks {
		return t.SumBlocks(dx, n.block)
	}
	mean := t.SumBlocks(t.Mul(t.Exp(t.LogSoftmax(x, n.block)), dx), n.block)
	if n.kind == opLogSumExp {
		return mean
	}
	return t.Concat(t.Sub(dx, t.Repeat(mean, x.cols/n.block)), mean)
}

func sumBlocks[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) { a.addBlocks(y, x[0]) })
}

// addBlocks sets y to the sum of x's blocks.
func (a *Arena[T]) addBlocks(y, x []T) {
	copy(y, x)
	for x = x[len(y):]; len(x) > 0; x = x[len(y):] {
		a.k.Add(y, y, x[:len(y)])
	}
}

func sumBlocksBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	g, d := a.gradients[s.id], a.gradients[s.n.in[0]]
	for q := range d.Panels {
		from := g.Panel(q)
		for to := d.Panel(q); len(to) > 0; to = to[len(from):] {
			if s.add[0] {
				a.k.Add(to[:len(from)], to[:len(from)], from)
			} else {
				copy(to, from)
			}
		}
	}
}

// exponentials splits what a step saves for a panel into e^(x - top) of every entry,
// their sum over the blocks, and top, the largest entry, and fills all three.
func (a *Arena[T]) exponentials(s *step[T], q int) (e, sum, top []T) {
	x := a.values[s.n.in[0]].Panel(q)
	e, sum, top = a.savedBlocks(s, q)
	copy(top, x)
	for rest := x[len(top):]; len(rest) > 0; rest = rest[len(top):] {
		for j, v := range rest[:len(top)] {
			top[j] = max(top[j], v)
		}
	}
	for at := 0; at < len(x); at += len(top) {
		a.k.Sub(e[at:at+len(top)], x[at:at+len(top)], top)
	}
	a.k.Exp(e, e)
	a.addBlocks(sum, e)
	return e, sum, top
}

func (a *Arena[T]) savedBlocks(s *step[T], q int) (e, sum, top []T) {
	saved, width := a.saved[s.id].Panel(q), s.n.block*kernel.Lanes
	at := len(saved) - 2*width
	return saved[:at], saved[at : at+width], saved[at+width:]
}

func logSumExp[T kernel.Float](a *Arena[T], s *step[T]) {
	y := a.values[s.id]
	for q := range y.Panels {
		_, sum, top := a.exponentials(s, q)
		a.k.Log(y.Panel(q), sum)
		a.k.Add(y.Panel(q), y.Panel(q), top)
	}
}

func logSumExpBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	g, d := a.gradients[s.id], a.gradients[s.n.in[0]]
	for q := range d.Panels {
		e, sum, share := a.savedBlocks(s, q)
		a.k.Div(share, g.Panel(q), sum)
		for to := d.Panel(q); len(to) > 0; to, e = to[len(share):], e[len(share):] {
			if s.add[0] {
				a.k.MulAdd(to[:len(share)], e[:len(share)], share)
			} else {
				a.k.Mul(to[:len(share)], e[:len(share)], share)
			}
		}
	}
}

func logSoftmax[T kernel.Float](a *Arena[T], s *step[T]) {
	y, x := a.values[s.id], a.values[s.n.in[0]]
	for q := range y.Panels {
		_, sum, top := a.exponentials(s, q)
		to, from := y.Panel(q), x.Panel(q)
		total := to[len(from):]
		a.k.Log(total, sum)
		for ; len(from) > 0; to, from = to[len(top):], from[len(top):] {
			// The largest entry first, so that no digits are lost to its size.
			a.k.Sub(to[:len(top)], from[:len(top)], top)
			a.k.Sub(to[:len(top)], to[:len(top)], total)
		}
		a.k.Add(total, total, top)
	}
}

// logSoftmaxBackward passes on the gradient of x less its LogSumExp; what reaches the
// LogSumExp, whether from there or by itself, is shared out.
func logSoftmaxBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	g, d := a.gradients[s.id], a.gradients[s.n.in[0]]
	for q := range d.Panels {
		e, sum, share := a.savedBlocks(s, q)
		to, from := d.Panel(q), g.Panel(q)
		a.addBlocks(share, from[:len(to)])
		a.k.Sub(share, from[len(to):], share)
		a.k.Div(share, share, sum)
		for ; len(to) > 0; to, from, e = to[len(share):], from[len(share):], e[len(share):] {
			if s.add[0] {
				a.k.Add(to[:len(share)], to[:len(share)], from[:len(share)])
			} else {
				copy(to[:len(share)], from)
			}
			a.k.MulAdd(to[:len(share)], e[:len(share)], share)
		}
	}
}
