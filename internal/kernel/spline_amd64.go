//go:build amd64 && !purego

package kernel

import "unsafe"

// A splineCall is what the kernels for splines are told: the panels of one call, of
// which a kernel reads those that it has to do with, and the spline in numbers. dx
// and dh may be nil.
type splineCall struct {
	y, slope, x, knots, h *float32
	dx, dh, dy, dl        *float32
	size                  int // of the panel of x, in bytes; not zero
	bins                  int
	bound, least, share   float32
	minSlope, offset      float32
	addX, addH            int32 // zero or minus one
}

//go:noescape
func splineKnotsAVX2(c *splineCall)

//go:noescape
func splineMapAVX2(c *splineCall)

//go:noescape
func splineInverseMapAVX2(c *splineCall)

//go:noescape
func splineGradientAVX2(c *splineCall)

//go:noescape
func splineInverseGradientAVX2(c *splineCall)

func newSplineCall(s Spline, cols int) splineCall {
	c := splineCall{
		size: 4 * cols * Lanes, bins: s.Bins,
		bound: float32(s.Bound), minSlope: float32(s.MinSlope), offset: float32(s.slopeOffset()),
	}
	c.least, c.share = sizes[float32](s)
	return c
}

func splineKnotsAssembly(knots, h Block[float32], s Spline) {
	checkSplineKnots(knots, h, s)
	c := newSplineCall(s, h.Cols/s.Params())
	if c.size == 0 {
		return
	}
	for p := range h.Panels {
		c.knots, c.h = unsafe.SliceData(knots.Panel(p)), unsafe.SliceData(h.Panel(p))
		splineKnotsAVX2(&c)
	}
}

func splineAssembly(y, logSlope, x, knots Block[float32], s Spline, inverse bool) {
	checkSpline(s, x, knots, y, logSlope)
	c := newSplineCall(s, x.Cols)
	if c.size == 0 {
		return
	}
	for p := range x.Panels {
		slope := logSlope.Panel(p)
		c.x, c.knots = unsafe.SliceData(x.Panel(p)), unsafe.SliceData(knots.Panel(p))
		c.y, c.slope = unsafe.SliceData(y.Panel(p)), unsafe.SliceData(slope)
		if inverse {
			splineInverseMapAVX2(&c)
		} else {
			splineMapAVX2(&c)
		}
		logAVX2(slope, slope)
	}
}

func splineGradientAssembly(dx, dh, dy, dl, x, knots Block[float32], s Spline, inverse, addX, addH bool) {
	checkSplineGradient(dx, dh, dy, dl, x, knots, s)
	c := newSplineCall(s, x.Cols)
	if c.size == 0 {
		return
	}
	if addX {
		c.addX = -1
	}
	if addH {
		c.addH = -1
	}
	for p := range x.Panels {
		c.x, c.knots = unsafe.SliceData(x.Panel(p)), unsafe.SliceData(knots.Panel(p))
		c.dy, c.dl = unsafe.SliceData(dy.Panel(p)), unsafe.SliceData(dl.Panel(p))
		if dx.Data != nil {
			c.dx = unsafe.SliceData(dx.Panel(p))
		}
		if dh.Data != nil {
			c.dh = unsafe.SliceData(dh.Panel(p))
		}
		if inverse {
			splineInverseGradientAVX2(&c)
		} else {
			splineGradientAVX2(&c)
		}
	}
}
