package kernel

import "math"

func splineKnots[T Float](knots, h Block[T], s Spline) {
	checkSplineKnots(knots, h, s)
	width := s.Params() * Lanes
	for p := range h.Panels {
		kp, hp := knots.Panel(p), h.Panel(p)
		for at := 0; at < len(hp); at += width {
			columnKnots(s, kp[at:at+width], hp[at:at+width])
		}
	}
}

// columnKnots turns the raw parameters of one column and panel, h, into k: the
// softmaxes of widths and heights, and the derivatives at the inner knots.
func columnKnots[T Float](s Spline, k, h []T) {
	part := s.Bins * Lanes
	softmax(k[:part], h[:part])
	softmax(k[part:2*part], h[part:2*part])
	slopes := k[2*part:]
	scaleShift(slopes, h[2*part:], 1, T(s.slopeOffset()))
	softplus(slopes, slopes)
	scaleShift(slopes, slopes, 1, T(s.MinSlope))
}

// softmax normalises over the rows of p, which are Lanes long, lane by lane.
func softmax[T Float](p, h []T) {
	var column [Lanes]T
	copy(column[:], h)
	for c := Lanes; c < len(h); c += Lanes {
		for l, v := range h[c : c+Lanes] {
			column[l] = max(column[l], v)
		}
	}
	for c := 0; c < len(h); c += Lanes {
		sub(p[c:c+Lanes], h[c:c+Lanes], column[:])
	}
	exp(p, p)
	clear(column[:])
	for c := 0; c < len(p); c += Lanes {
		add(column[:], column[:], p[c:c+Lanes])
	}
	for l, v := range column {
		column[l] = 1 / v
	}
	for c := 0; c < len(p); c += Lanes {
		mul(p[c:c+Lanes], p[c:c+Lanes], column[:])
	}
}

// bin is the piece of a spline that a point falls into: its left edge, size and
// derivatives at both ends, and where it is.
type bin[T Float] struct {
	index         int
	x, y          T // lower left corner
	width, height T
	left, right   T // derivatives
	inside        bool
}

// findBin returns the bin of lane l that holds v on the horizontal axis, or on the
// vertical one; k is what columnKnots made.
func findBin[T Float](s Spline, k []T, l int, v T, vertical bool) bin[T] {
	bound := T(s.Bound)
	if !(v > -bound && v < bound) {
		return bin[T]{}
	}
	least, share := sizes[T](s)
	b := bin[T]{x: -bound, y: -bound, left: 1, right: 1, inside: true}
	for i := range s.Bins {
		b.index = i
		b.width = least + share*k[i*Lanes+l]
		b.height = least + share*k[(s.Bins+i)*Lanes+l]
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
		b.left = k[(2*s.Bins+b.index-1)*Lanes+l]
	}
	if b.index < s.Bins-1 {
		b.right = k[(2*s.Bins+b.index)*Lanes+l]
	}
	return b
}

// curve is the rational-quadratic function of a bin at the relative position t:
// value = y + height*n/d and slope = (height/width)^2 m/d^2.
type curve[T Float] struct {
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

// squarable bounds what solve squares; derivatives that are larger have no digits there.
const squarable = 1e18

// solve returns the relative position t at which the bin's value is v. The ratio r of t
// to 1-t is the positive root of
//
//	s (1-u) r^2 + (left (1-u) - right u) r - s u = 0
//
// where u is the relative height of v: equation 29 of Durkan et al. with a discriminant
// of positive terms, so that nothing cancels in steep or flat bins.
func (b *bin[T]) solve(v T) T {
	u := min(max((v-b.y)/b.height, 0), 1)
	rest := 1 - u
	linear := min(max(b.left*rest-b.right*u, -squarable), squarable)
	s2 := 2 * b.height / b.width
	low, high := s2*u, s2*rest
	// Of the two forms of the root the one that adds.
	root := T(math.Sqrt(float64(linear*linear + low*high)))
	if linear < 0 {
		return (root - linear) / (root - linear + high)
	}
	return low / (root + linear + low)
}

func spline[T Float](y, logSlope, x, knots Block[T], s Spline, inverse bool) {
	checkSpline(s, x, knots, y, logSlope)
	width := s.Params() * Lanes
	for p := range x.Panels {
		yp, lp, xp, kp := y.Panel(p), logSlope.Panel(p), x.Panel(p), knots.Panel(p)
		for j, v := range xp {
			c := j / Lanes
			b := findBin(s, kp[c*width:(c+1)*width], j%Lanes, v, inverse)
			switch {
			case !b.inside:
				yp[j], lp[j] = v, 1
			case inverse:
				c := b.curve(b.solve(v))
				yp[j], lp[j] = b.x+b.width*c.t, 1/c.slope()
			default:
				c := b.curve((v - b.x) / b.width)
				yp[j], lp[j] = b.y+b.height*c.n/c.d, c.slope()
			}
		}
		log(lp, lp)
	}
}
