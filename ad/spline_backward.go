package ad

import (
	"math"

	"flowcert/internal/kernel"
)

// partials are derivatives of a curve's value f and log-slope l.
type partials[T kernel.Float] struct {
	fh, fs, fleft, fright T
	lt, ls, lleft, lright T
	slope                 T // df/dx
}

func (b *bin[T]) partials(c *curve[T]) partials[T] {
	d2 := c.d * c.d
	dt := c.steep * (1 - 2*c.t)
	mt := 2*b.right*c.t + 2*c.s*(1-2*c.t) - 2*b.left*(1-c.t)
	return partials[T]{
		fh:     c.n / c.d,
		fs:     b.height * (c.t*c.t*c.d - c.n*(1-2*c.u)) / d2,
		fleft:  b.height * c.u * (c.d - c.n) / d2,
		fright: -b.height * c.n * c.u / d2,
		lt:     mt/c.m - 2*dt/c.d,
		ls:     2/c.s + 2*c.u/c.m - 2*(1-2*c.u)/c.d,
		lleft:  (1-c.t)*(1-c.t)/c.m - 2*c.u/c.d,
		lright: c.t*c.t/c.m - 2*c.u/c.d,
		slope:  c.slope(),
	}
}

// binGradient is the gradient with respect to a bin's description.
type binGradient[T kernel.Float] struct {
	x, y, width, height, left, right T
}

// pullback returns the gradient with respect to the point and the bin, given
// those of the value, gv, and of the log-slope, gl.
func (b *bin[T]) pullback(c *curve[T], p *partials[T], gv, gl T) (point T, g binGradient[T]) {
	gt := gv*p.slope*b.width + gl*p.lt
	gs := gv*p.fs + gl*p.ls
	point = gt / b.width
	g.x = -point
	g.y = gv
	g.width = -(point*c.t + gs*c.s/b.width)
	g.height = gv*p.fh + gs/b.width
	g.left = gv*p.fleft + gl*p.lleft
	g.right = gv*p.fright + gl*p.lright
	return point, g
}

// inversePullback does the same for the inverse, whose value is x(y) and whose
// log-slope is -log f'(x(y)): since f(x(y)) = y, dx/dy = 1/f' and dx/dbin = -f_bin/f'.
func (b *bin[T]) inversePullback(c *curve[T], p *partials[T], gv, gl T) (point T, g binGradient[T]) {
	point = (gv - gl*p.lt/b.width) / p.slope
	_, g = b.pullback(c, p, -point, -gl)
	return point, g
}

func splineBackward[T kernel.Float](a *Arena[T], st *step[T]) { a.splinePull(st, false) }

func splineInverseBackward[T kernel.Float](a *Arena[T], st *step[T]) { a.splinePull(st, true) }

// splinePull turns the gradients of the mapped entries and of their log-slopes
// into those of the entries and, through the bins, of the raw parameters.
func (a *Arena[T]) splinePull(st *step[T], inverse bool) {
	const lanes = kernel.Lanes
	s := st.n.spline
	x, saved, gradient := a.values[st.n.in[0]], a.saved[st.id], a.gradients[st.id]
	width := s.Params() * lanes
	for q := range gradient.Panels {
		xq, kq, gq := x.Panel(q), saved.Panel(q), gradient.Panel(q)
		n := len(xq)
		var dx, dh []T
		if st.want[0] {
			dx = a.gradients[st.n.in[0]].Panel(q)
		}
		if st.want[1] {
			if dh = a.gradients[st.n.in[1]].Panel(q); !st.add[1] {
				clear(dh)
			}
		}
		for j, v := range xq {
			at := j / lanes * width
			k := kq[at : at+width]
			point := gq[j]
			if b := findBin(s, k, j%lanes, v, inverse); b.inside {
				var g binGradient[T]
				point, g = b.gradients(v, gq[j], gq[n+j], inverse)
				if dh != nil {
					scatterBin(s, dh[at:at+width], k, j%lanes, b.index, &g)
				}
			}
			if dx == nil {
				continue
			}
			if st.add[0] {
				point += dx[j]
			}
			dx[j] = point
		}
	}
}

// gradients is pullback or inversePullback at the point v.
func (b *bin[T]) gradients(v, gv, gl T, inverse bool) (point T, g binGradient[T]) {
	if inverse {
		c := b.curve(b.solve(v))
		p := b.partials(&c)
		return b.inversePullback(&c, &p, gv, gl)
	}
	c := b.curve((v - b.x) / b.width)
	p := b.partials(&c)
	return b.pullback(&c, &p, gv, gl)
}

// scatterBin adds the gradient g of bin index of lane l to that of the column's
// raw parameters, dh. k is what splineKnots made.
func scatterBin[T kernel.Float](s Spline, dh, k []T, l, index int, g *binGradient[T]) {
	const lanes = kernel.Lanes
	rest := 2 * T(s.Bound) * T(1-float64(s.Bins)*s.MinBin)
	scatterSoftmax(dh[l:], k[l:], s.Bins, index, rest*g.x, rest*g.width)
	scatterSoftmax(dh[s.Bins*lanes+l:], k[s.Bins*lanes+l:], s.Bins, index, rest*g.y, rest*g.height)
	slopes := 2*s.Bins*lanes + l
	if index > 0 {
		at := slopes + (index-1)*lanes
		dh[at] += g.left * slopeDerivative(s, k[at])
	}
	if index < s.Bins-1 {
		at := slopes + index*lanes
		dh[at] += g.right * slopeDerivative(s, k[at])
	}
}

// scatterSoftmax adds the gradient of the softmax p of bins entries, kernel.Lanes
// apart, where the entries before index have the gradient before, entry index has
// at, and later ones 0.
func scatterSoftmax[T kernel.Float](dh, p []T, bins, index int, before, at T) {
	const lanes = kernel.Lanes
	dot := at * p[index*lanes]
	for i := range index {
		dot += before * p[i*lanes]
	}
	for i := range bins {
		g := -dot
		switch {
		case i < index:
			g += before
		case i == index:
			g += at
		}
		dh[i*lanes] += p[i*lanes] * g
	}
}

// slopeDerivative is d slope/d raw: the sigmoid, which is 1 - e^-softplus.
func slopeDerivative[T kernel.Float](s Spline, slope T) T {
	return T(-math.Expm1(s.MinSlope - float64(slope)))
}
