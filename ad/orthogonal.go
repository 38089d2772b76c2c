package ad

import (
	"fmt"

	"flowcert/internal/kernel"
)

// Reflect records the reflections x - 2 v (v.x)/(v.v) of each row for the vectors v of
// x.Cols entries that lie side by side in h, the first applied first. Each is an
// orthogonal map and its own inverse. A vector whose length is not between 1e-6 and
// 1e18 stands for no reflection.
func (t *Tape) Reflect(x, h Value) Value { return t.reflections(x, h, 1) }

// ReflectInverse records the same reflections, the last applied first.
func (t *Tape) ReflectInverse(x, h Value) Value { return t.reflections(x, h, -1) }

func (t *Tape) reflections(x, h Value, direction float64) Value {
	if x.cols == 0 || h.cols%x.cols != 0 {
		panic(fmt.Sprintf("ad: vectors of %d columns in %d", x.cols, h.cols))
	}
	return t.record(node{kind: opReflect, cols: x.cols, scale: direction, saved: x.cols + 2}, h, x)
}

// Rotate records rotations of each row in the planes of pairs of columns, the first
// applied first: pair p turns by the angle a for which column p of h is tan(a/2). Any
// number is valid.
func (t *Tape) Rotate(x, h Value, pairs [][2]int) Value { return t.rotations(x, h, pairs, 1) }

// RotateInverse records the inverse of Rotate.
func (t *Tape) RotateInverse(x, h Value, pairs [][2]int) Value { return t.rotations(x, h, pairs, -1) }

func (t *Tape) rotations(x, h Value, pairs [][2]int, direction float64) Value {
	n := node{kind: opRotate, cols: x.cols, scale: direction, saved: x.cols}
	for _, p := range pairs {
		if p[0] == p[1] || min(p[0], p[1]) < 0 || max(p[0], p[1]) >= x.cols || h.cols != len(pairs) {
			panic(fmt.Sprintf("ad: rotation of columns %v of %d by one of %d angles, %d pairs", p, x.cols, h.cols, len(pairs)))
		}
		n.index = append(n.index, p[0], p[1])
	}
	return t.record(n, h, x)
}

// walk calls f with the numbers below n, from the first up or from the last down.
func walk(n int, up bool, f func(i int)) {
	for i := range n {
		if !up {
			i = n - 1 - i
		}
		f(i)
	}
}

// project turns the products of vectors with points, by lane, into
// those times 2/square, or into 0 where a vector is too short or too long for that:
// even if the product has overflowed.
func project[T kernel.Float](products, square []T) {
	for l, v := range square {
		if v > 1e-12 && v < 1e36 {
			products[l] *= 2 / v
		} else {
			products[l] = 0
		}
	}
}

func reflect[T kernel.Float](a *Arena[T], s *step[T]) {
	const lanes = kernel.Lanes
	y, h, x := a.values[s.id], a.values[s.n.in[0]], a.values[s.n.in[1]]
	for q := range y.Panels {
		yq, hq := y.Panel(q), h.Panel(q)
		copy(yq, x.Panel(q))
		square, b := a.column[:], a.saved[s.id].Panel(q)[:lanes]
		walk(h.Cols/y.Cols, s.n.scale > 0, func(i int) {
			v := hq[i*len(yq):][:len(yq)]
			clear(square)
			clear(b)
			for c := 0; c < len(v); c += lanes {
				a.k.MulAdd(square, v[c:c+lanes], v[c:c+lanes])
				a.k.MulAdd(b, v[c:c+lanes], yq[c:c+lanes])
			}
			project(b, square)
			a.k.ScaleShift(b, b, -1, 0)
			for c := 0; c < len(v); c += lanes {
				a.k.MulAdd(yq[c:c+lanes], v[c:c+lanes], b)
			}
		})
	}
}

// reflectBackward takes the reflections back, one after the other, from the output and
// from its gradient. With b = 2 (v.y)/(v.v) and d = 2 (v.g)/(v.v), y being what a
// reflection makes and g its gradient, v has the gradient b g - d y.
func reflectBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	const lanes = kernel.Lanes
	g, h := a.gradients[s.id], a.values[s.n.in[0]]
	for q := range g.Panels {
		gq, hq := g.Panel(q), h.Panel(q)
		yq, scratch := a.saved[s.id].Panel(q)[:len(gq)], a.saved[s.id].Panel(q)[len(gq):]
		copy(yq, a.values[s.id].Panel(q))
		dh := a.cleared(s, 0, q)
		square, b, d := a.column[:], scratch[:lanes], scratch[lanes:2*lanes]
		walk(h.Cols/g.Cols, s.n.scale < 0, func(i int) {
			v := hq[i*len(gq):][:len(gq)]
			clear(square)
			clear(scratch)
			for c := 0; c < len(v); c += lanes {
				a.k.MulAdd(square, v[c:c+lanes], v[c:c+lanes])
				a.k.MulAdd(b, v[c:c+lanes], yq[c:c+lanes])
				a.k.MulAdd(d, v[c:c+lanes], gq[c:c+lanes])
			}
			project(b, square)
			project(d, square)
			a.k.ScaleShift(d, d, -1, 0)
			for c := 0; c < len(v) && dh != nil; c += lanes {
				to := dh[i*len(gq)+c:][:lanes]
				a.k.MulAdd(to, gq[c:c+lanes], b)
				a.k.MulAdd(to, yq[c:c+lanes], d)
			}
			a.k.ScaleShift(b, b, -1, 0)
			for c := 0; c < len(v); c += lanes {
				a.k.MulAdd(yq[c:c+lanes], v[c:c+lanes], b)
				a.k.MulAdd(gq[c:c+lanes], v[c:c+lanes], d)
			}
		})
	}
	a.copyGradient(s, 1, 0)
}

// cleared returns panel q of the gradient of the step's i-th input, to be added to, or
// nil if that is not wanted.
func (a *Arena[T]) cleared(s *step[T], i, q int) []T {
	if !s.want[i] {
		return nil
	}
	d := a.gradients[s.n.in[i]].Panel(q)
	if !s.add[i] {
		clear(d)
	}
	return d
}

// turn rotates the entries of two columns by the angles of half-angle tangents r, or
// back.
func turn[T kernel.Float](x, y, r []T, back bool) {
	y, r = y[:len(x)], r[:len(x)]
	for l, v := range r {
		w := 2 / (1 + v*v)
		cos, sin := w-1, v*w
		if back {
			sin = -sin
		}
		x[l], y[l] = cos*x[l]-sin*y[l], sin*x[l]+cos*y[l]
	}
}

func rotate[T kernel.Float](a *Arena[T], s *step[T]) {
	const lanes = kernel.Lanes
	y, h, x := a.values[s.id], a.values[s.n.in[0]], a.values[s.n.in[1]]
	for q := range y.Panels {
		yq, hq := y.Panel(q), h.Panel(q)
		copy(yq, x.Panel(q))
		walk(h.Cols, s.n.scale > 0, func(p int) {
			i, j := s.n.index[2*p]*lanes, s.n.index[2*p+1]*lanes
			turn(yq[i:i+lanes], yq[j:j+lanes], hq[p*lanes:][:lanes], s.n.scale < 0)
		})
	}
}

// rotateBackward takes the rotations back, one after the other, from the output and
// from its gradient. The angle of a rotation to (y, z), with gradient (g, k), has the
// gradient k y - g z; its derivative with respect to r is 2/(1 + r^2).
func rotateBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	const lanes = kernel.Lanes
	y, g, h := a.saved[s.id], a.gradients[s.id], a.values[s.n.in[0]]
	sign := T(s.n.scale)
	for q := range g.Panels {
		yq, gq, hq := y.Panel(q), g.Panel(q), h.Panel(q)
		copy(yq, a.values[s.id].Panel(q))
		dh := a.cleared(s, 0, q)
		walk(h.Cols, s.n.scale < 0, func(p int) {
			i, j, r := s.n.index[2*p]*lanes, s.n.index[2*p+1]*lanes, hq[p*lanes:][:lanes]
			if dh != nil {
				for l, v := range r {
					dh[p*lanes+l] += sign * 2 / (1 + v*v) * (gq[j+l]*yq[i+l] - gq[i+l]*yq[j+l])
				}
			}
			turn(yq[i:i+lanes], yq[j:j+lanes], r, s.n.scale > 0)
			turn(gq[i:i+lanes], gq[j:j+lanes], r, s.n.scale > 0)
		})
	}
	a.copyGradient(s, 1, 0)
}
