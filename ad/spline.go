package ad

import (
	"math"

	"flowcert/internal/kernel"
)

// Spline is a monotone rational-quadratic spline on [-Bound, Bound] with the
// identity outside (Durkan, Bekasov, Murray and Papamakarios, Neural Spline
// Flows, 2019, equations 4 to 8). Each column takes Params raw parameters: Bins
// widths and Bins heights, which a softmax makes positive and summing to the box,
// and Bins-1 derivatives at the inner knots, which a softplus makes positive. The
// outer derivatives are 1. Raw zeros give the identity.
type Spline struct {
	Bins  int
	Bound float64
	// MinBin is the least width and height of a bin as a share of the box, and
	// MinSlope the least derivative at a knot.
	MinBin, MinSlope float64
}

// Params returns the number of raw parameters per column, 3 Bins - 1.
func (s Spline) Params() int { return 3*s.Bins - 1 }

// saved is the number of columns kept for the backward pass per column: the
// softmaxes of widths and heights and the knots' derivatives.
func (s Spline) saved() int { return s.Params() }

// slopeOffset makes a raw derivative of 0 stand for a slope of 1.
func (s Spline) slopeOffset() float64 { return math.Log(math.Expm1(1 - s.MinSlope)) }

// bin is the piece of a spline that a point falls into: its left edge, size and
// derivatives at both ends, and where it is.
type bin[T kernel.Float] struct {
	index         int
	x, y          T // lower left corner
	width, height T
	left, right   T // derivatives
	inside        bool
}

// splineKnots turns the raw parameters of one column and panel, h, into k: the
// softmaxes of widths and heights, and the derivatives at the inner knots. column
// is scratch of kernel.Lanes entries.
func splineKnots[T kernel.Float](ks *kernel.Set[T], s Spline, k, h, column []T) {
	const lanes = kernel.Lanes
	part := s.Bins * lanes
	for _, at := range [2]int{0, part} {
		softmax(ks, k[at:at+part], h[at:at+part], column)
	}
	slopes := k[2*part:]
	ks.ScaleShift(slopes, h[2*part:], 1, T(s.slopeOffset()))
	ks.Softplus(slopes, slopes)
	ks.ScaleShift(slopes, slopes, 1, T(s.MinSlope))
}

// softmax normalises over the rows of p, which are kernel.Lanes long, lane by lane.
func softmax[T kernel.Float](ks *kernel.Set[T], p, h, column []T) {
	const lanes = kernel.Lanes
	copy(column, h)
	for c := lanes; c < len(h); c += lanes {
		for l, v := range h[c : c+lanes] {
			column[l] = max(column[l], v)
		}
	}
	for c := 0; c < len(h); c += lanes {
		ks.Sub(p[c:c+lanes], h[c:c+lanes], column)
	}
	ks.Exp(p, p)
	clear(column)
	for c := 0; c < len(p); c += lanes {
		ks.Add(column, column, p[c:c+lanes])
	}
	for l, v := range column {
		column[l] = 1 / v
	}
	for c := 0; c < len(p); c += lanes {
		ks.Mul(p[c:c+lanes], p[c:c+lanes], column)
	}
}

// findBin returns the bin of lane l that holds v on the horizontal axis, or on the
// vertical one; k is what splineKnots made.
func findBin[T kernel.Float](s Spline, k []T, l int, v T, vertical bool) bin[T] {
	const lanes = kernel.Lanes
	bound := T(s.Bound)
	if !(v > -bound && v < bound) {
		return bin[T]{}
	}
	least, rest := 2*bound*T(s.MinBin), 2*bound*T(1-float64(s.Bins)*s.MinBin)
	b := bin[T]{x: -bound, y: -bound, left: 1, right: 1, inside: true}
	for i := range s.Bins {
		b.index = i
		b.width = least + rest*k[i*lanes+l]
		b.height = least + rest*k[(s.Bins+i)*lanes+l]
		if i == s.Bins-1 { // the last bin ends at the corner, whatever the rounding
			b.width, b.height = bound-b.x, bound-b.y
			break
		}
		if end := b.x + b.width; !vertical && v < end {
			break
		}
		if end := b.y + b.height; vertical && v < end {
			break
		}
		b.x += b.width
		b.y += b.height
	}
	if b.index > 0 {
		b.left = k[(2*s.Bins+b.index-1)*lanes+l]
	}
	if b.index < s.Bins-1 {
		b.right = k[(2*s.Bins+b.index)*lanes+l]
	}
	return b
}

// curve is the rational-quadratic function of a bin at the relative position t:
// value = y + height*n/d and slope = (height/width)^2 m/d^2.
type curve[T kernel.Float] struct {
	t, u    T // t and t(1-t)
	s       T // height/width
	n, d, m T
	steep   T // left + right - 2s
}

func (b *bin[T]) curve(t T) curve[T] {
	c := curve[T]{t: t, u: t * (1 - t), s: b.height / b.width}
	c.steep = b.left + b.right - 2*c.s
	c.n = c.s*t*t + b.left*c.u
	c.d = c.s + c.steep*c.u
	c.m = b.right*t*t + 2*c.s*c.u + b.left*(1-t)*(1-t)
	return c
}

func (c *curve[T]) slope() T {
	r := c.s / c.d
	return r * r * c.m
}

// solve returns the relative position at which the bin's value is v: the root of
// equation 29 of Durkan et al. in the form that does not cancel.
func (b *bin[T]) solve(v T) T {
	s := b.height / b.width
	steep := b.left + b.right - 2*s
	rise := v - b.y
	a := b.height*(s-b.left) + rise*steep
	h := b.height*b.left - rise*steep
	c := -s * rise
	// Rounding may take the discriminant just below 0, never the mathematics.
	root := T(math.Sqrt(float64(max(h*h-4*a*c, 0))))
	return min(max(2*c/(-h-root), 0), 1)
}

func splineForward[T kernel.Float](a *Arena[T], st *step[T]) { a.splineRun(st, false) }

func splineInverse[T kernel.Float](a *Arena[T], st *step[T]) { a.splineRun(st, true) }

// splineRun maps every entry by the curve of its bin, or backwards if inverse, and
// entries outside the box by the identity.
func (a *Arena[T]) splineRun(st *step[T], inverse bool) {
	const lanes = kernel.Lanes
	s := st.n.spline
	y, x, h, saved := a.values[st.id], a.values[st.n.in[0]], a.values[st.n.in[1]], a.saved[st.id]
	width := s.Params() * lanes
	for q := range y.Panels {
		yq, xq, hq, kq := y.Panel(q), x.Panel(q), h.Panel(q), saved.Panel(q)
		n := len(xq)
		for c := range x.Cols {
			splineKnots(a.k, s, kq[c*width:(c+1)*width], hq[c*width:(c+1)*width], a.column[:])
		}
		for j, v := range xq {
			c := j / lanes
			b := findBin(s, kq[c*width:(c+1)*width], j%lanes, v, inverse)
			switch {
			case !b.inside:
				yq[j], yq[n+j] = v, 1
			case inverse:
				c := b.curve(b.solve(v))
				yq[j], yq[n+j] = b.x+b.width*c.t, 1/c.slope()
			default:
				c := b.curve((v - b.x) / b.width)
				yq[j], yq[n+j] = b.y+b.height*c.n/c.d, c.slope()
			}
		}
		a.k.Log(yq[n:], yq[n:])
	}
}
