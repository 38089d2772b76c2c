package kernel

import "math"

// partials are derivatives of a curve's value f and log-slope l.
type partials[T Float] struct {
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
type binGradient[T Float] struct {
	x, y, width, height, left, right T
}

// pullback returns the gradient with respect to the bin, given those of the value,
// gv, of the log-slope, gl, and of the point.
func (b *bin[T]) pullback(c *curve[T], p *partials[T], gv, gl, point T) (g binGradient[T]) {
	gs := gv*p.fs + gl*p.ls
	g.x = -point
	g.y = gv
	g.width = -(point*c.t + gs*c.s/b.width)
	g.height = gv*p.fh + gs/b.width
	g.left = gv*p.fleft + gl*p.lleft
	g.right = gv*p.fright + gl*p.lright
	return g
}

// gradients returns the gradient with respect to the point v and the bin.
func (b *bin[T]) gradients(v, gv, gl T, inverse bool) (point T, g binGradient[T]) {
	if !inverse {
		c := b.curve((v - b.x) / b.width)
		p := b.partials(&c)
		point = gv*p.slope + gl*p.lt/b.width
		return point, b.pullback(&c, &p, gv, gl, point)
	}
	// The inverse's value is x(y) and its log-slope -log f'(x(y)): since f(x(y)) = y,
	// dx/dy = 1/f' and dx/dbin = -f_bin/f'. To f the value is the point, and so the
	// other way round: its gradients are -point and -gv.
	c := b.curve(b.solve(v))
	p := b.partials(&c)
	point = (gv - gl*p.lt/b.width) / p.slope
	return point, b.pullback(&c, &p, -point, -gl, -gv)
}

func splineGradient[T Float](dx, dh, dy, dl, x, knots Block[T], s Spline, inverse, addX, addH bool) {
	checkSplineGradient(dx, dh, dy, dl, x, knots, s)
	width := s.Params() * Lanes
	for p := range x.Panels {
		xp, kp, gy, gl := x.Panel(p), knots.Panel(p), dy.Panel(p), dl.Panel(p)
		var toX, toH []T
		if dx.Data != nil {
			toX = dx.Panel(p)
		}
		if dh.Data != nil {
			if toH = dh.Panel(p); !addH {
				clear(toH)
			}
		}
		for j, v := range xp {
			at := j / Lanes * width
			k := kp[at : at+width]
			point := gy[j]
			if b := findBin(s, k, j%Lanes, v, inverse); b.inside {
				var g binGradient[T]
				point, g = b.gradients(v, gy[j], gl[j], inverse)
				if toH != nil {
					scatterBin(s, toH[at:at+width], k, j%Lanes, b.index, &g)
				}
			}
			if toX == nil {
				continue
			}
			if addX {
				point += toX[j]
			}
			toX[j] = point
		}
	}
}

// scatterBin adds the gradient g of bin index of lane l to that of the column's
// raw parameters, dh. k is what columnKnots made.
func scatterBin[T Float](s Spline, dh, k []T, l, index int, g *binGradient[T]) {
	_, share := sizes[T](s)
	scatterSoftmax(dh[l:], k[l:], s.Bins, index, share*g.x, share*g.width)
	scatterSoftmax(dh[s.Bins*Lanes+l:], k[s.Bins*Lanes+l:], s.Bins, index, share*g.y, share*g.height)
	slopes := 2*s.Bins*Lanes + l
	if index > 0 {
		at := slopes + (index-1)*Lanes
		dh[at] += g.left * slopeDerivative(s, k[at])
	}
	if index < s.Bins-1 {
		at := slopes + index*Lanes
		dh[at] += g.right * slopeDerivative(s, k[at])
	}
}

// scatterSoftmax adds the gradient of the softmax p of bins entries, Lanes apart,
// where the entries before index have the gradient before, entry index has at, and
// later ones 0.
func scatterSoftmax[T Float](dh, p []T, bins, index int, before, at T) {
	dot := at * p[index*Lanes]
	for i := range index {
		dot += before * p[i*Lanes]
	}
	for i := range bins {
		g := -dot
		switch {
		case i < index:
			g += before
		case i == index:
			g += at
		}
		dh[i*Lanes] += p[i*Lanes] * g
	}
}

// slopeDerivative is d slope/d raw: the sigmoid, which is 1 - e^-softplus.
func slopeDerivative[T Float](s Spline, slope T) T {
	return T(-math.Expm1(s.MinSlope - float64(slope)))
}
