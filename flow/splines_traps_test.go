package flow_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"flowcert/flow"
	"flowcert/internal/kernel"
)

// knotted returns raw parameters that put the horizontal knots of a spline of four bins
// at -3, -1.5, 0, 1.5 and 3, which all types hold exactly.
func knotted(e flow.Elementwise, equal bool, seed uint64, deviation float64) []float64 {
	h := normalParameters(e, seed, deviation)
	if !equal {
		clear(h[:4])
	}
	return h
}

// TestSplineTraps tries points far outside the box, on its edge, on the knots, and next
// to all of them, with tame, wild and extreme parameters: everything must be finite,
// and the derivative of the image that of which the logarithm is returned.
func TestSplineTraps(t *testing.T) {
	for _, f := range splineFamilies {
		for _, deviation := range []float64{0, 1, 10, 1e4, 1e30} {
			if f.name == "rational-quadratic" && deviation > 1e4 {
				continue // its derivatives have no upper bound
			}
			e := f.of(4)
			h := knotted(e, f.equal, 1, deviation)
			t.Run(fmt.Sprintf("%s/deviation=%v/float64", f.name, deviation), func(t *testing.T) {
				// The derivative and its logarithm are computed in different ways.
				checkTraps[float64](t, e, h, math.Nextafter, 1e-9)
			})
			t.Run(fmt.Sprintf("%s/deviation=%v/float32", f.name, deviation), func(t *testing.T) {
				checkTraps[float32](t, e, h, func(x, to float64) float64 {
					return float64(math.Nextafter32(float32(x), float32(to)))
				}, 0)
			})
		}
	}
}

// checkTraps compares derivatives to the tolerance, if that is not 0.
func checkTraps[T kernel.Float](t *testing.T, e flow.Elementwise, h []float64, next func(x, to float64) float64, tolerance float64) {
	t.Helper()
	var knots []float64
	for i := range 5 {
		knots = append(knots, splineBound*(float64(i)/2-1))
	}
	images := atPoints[T](e, false, knots, h)
	directions(func(name string, inverse bool) {
		at := append([]float64(nil), knots...)
		if inverse {
			for i, p := range images {
				at[i] = p.y
			}
		}
		var x []float64
		for _, v := range at {
			x = append(x, v, v-1e-3, v+1e-3)
			below, above := v, v
			for range 20 {
				below, above = next(below, -math.MaxFloat64), next(above, math.MaxFloat64)
				x = append(x, below, above)
			}
		}
		for _, v := range []float64{3.5, 1e3, 1e6, 1e30} {
			x = append(x, v, -v)
		}
		for i, p := range atPoints[T](e, inverse, x, h) {
			numbers := append(append([]float64{p.y, p.l, p.dy, p.dl}, p.hy...), p.hl...)
			if slices.ContainsFunc(numbers, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
				t.Errorf("%s of %v: %+v", name, x[i], p)
			}
			if slope := math.Exp(p.l); tolerance > 0 && !(math.Abs(p.dy-slope) <= tolerance*(slope+1e-5)) {
				t.Errorf("%s of %v: the derivative is %v, of the logarithm %v", name, x[i], p.dy, slope)
			}
			if float64(T(x[i])) > splineBound || float64(T(x[i])) < -splineBound {
				checkIdentity(t, name, float64(T(x[i])), p)
			}
		}
	})
}

// TestQuadraticSplineSteepToFlat tries the inverse at every float32 near the upper end of a bin
// whose slope falls from about 500 to 1/1000: there the discriminant is all that is left
// of the difference of two large numbers, unless it is a sum.
func TestQuadraticSplineSteepToFlat(t *testing.T) {
	e := flow.QuadraticSpline{Bins: 4, Bound: splineBound}
	for i := range 20 { // different roundings of the knots
		outer := float64(float32(-5 - 0.1*float64(i)))
		// A wide last bin, so that the knot before it is near 0, where numbers are so
		// dense that offsets from the bin's lower end round to its height.
		h := []float64{outer, -40, -40, 0, -40, 0, -40}
		last := 2 * splineBound * (1e-3 + (1-4e-3)/(1+math.Exp(outer)))
		knot := atPoints[float64](e, false, []float64{splineBound - last}, h)[0]
		if slope := math.Exp(knot.l); !(slope < 2e-3) {
			t.Fatalf("slope %v at the knot", slope)
		}
		z := []float64{knot.y}
		for range 200 {
			below := math.Nextafter32(float32(z[len(z)-1]), -9)
			z = append(z, float64(below))
		}
		for j, p := range atPoints[float32](e, true, z, h) {
			if math.IsNaN(p.y) || math.IsInf(p.l, 0) || math.IsNaN(p.l+p.dy+p.dl) || math.Abs(p.y-(splineBound-last)) > 0.1 {
				t.Errorf("outer width %v, %d below the knot: %+v", outer, j, p)
			}
		}
	}
}

// checkIdentity checks a point outside of the box.
func checkIdentity(t *testing.T, name string, x float64, p splinePoint) {
	t.Helper()
	const tolerance = 1e-6 // a slope of 1 that float32 computes
	still := func(h []float64) bool { return !slices.ContainsFunc(h, func(v float64) bool { return v != 0 }) }
	if p.y != x || math.Abs(p.l) > tolerance || math.Abs(p.dy-1) > tolerance || p.dl != 0 || !still(p.hy) || !still(p.hl) {
		t.Errorf("%s of %v, outside the box: %+v", name, x, p)
	}
}

// TestSplineContinuity: the maps have no gap at the knots nor at the edge of the box,
// in either direction, and stay within the box.
func TestSplineContinuity(t *testing.T) {
	for _, f := range splineFamilies {
		if f.name == "circular" {
			continue // see TestCircularSeam
		}
		for _, deviation := range []float64{1, 10} {
			e := f.of(4)
			h := knotted(e, f.equal, 2, deviation)
			for i := range 5 {
				knot := splineBound * (float64(i)/2 - 1)
				at := []float64{math.Nextafter(knot, -9), knot, math.Nextafter(knot, 9)}
				p := atPoints[float64](e, false, at, h)
				for _, side := range []int{0, 2} {
					// One unit in the last place times the slope, and rounding.
					tolerance := 1e-15 * (10 + math.Exp(p[side].l))
					if d := p[side].y - p[1].y; !(math.Abs(d) <= tolerance) {
						t.Errorf("%s: a gap of %v at %v", f.name, d, knot)
					}
				}
				back := atPoints[float64](e, true, []float64{p[1].y}, h)[0]
				// Rounding of the image, stretched; the knot may be taken for either bin.
				stretch := math.Exp(max(back.l, -p[0].l, -p[1].l, -p[2].l))
				if d := back.y - knot; !(math.Abs(d) <= 1e-14*(1+stretch)) {
					t.Errorf("%s: the inverse at the image of %v is off by %v", f.name, knot, d)
				}
			}
		}
	}
}

// TestSplineSlopes: slopes keep what the families promise, for any parameters.
func TestSplineSlopes(t *testing.T) {
	for _, f := range splineFamilies {
		for _, bins := range []int{2, 5} {
			for _, deviation := range []float64{1, 10, 1e4} {
				e := f.of(bins)
				x := grid(2000, -splineBound, splineBound)
				p := atPoints[float64](e, false, x, normalParameters(e, 4, deviation))
				for i := range p {
					if !(math.Exp(p[i].l) >= 0.9*f.leastSlope) || math.IsInf(p[i].l, 0) {
						t.Errorf("%s with deviation %v: slope %v at %v", f.name, deviation, math.Exp(p[i].l), x[i])
					}
					if i > 0 && f.name != "circular" && !(p[i].y >= p[i-1].y) {
						t.Errorf("%s with deviation %v decreases from %v to %v", f.name, deviation, x[i-1], x[i])
					}
				}
			}
		}
	}
}

// TestSplineInverseAfterWildParameters maps images back and forth again in both types:
// what comes out is off by a few units in the last place of the box, times the slope
// where that is above 1.
func TestSplineInverseAfterWildParameters(t *testing.T) {
	for _, f := range splineFamilies {
		units := 32.0
		if f.name == "rational-quadratic" {
			// Its inverse takes the root in a form that loses digits where both terms
			// cancel, at wild parameters about a thousandfold.
			units = 1 << 14
		}
		for _, deviation := range []float64{1, 3, 10, 1000} {
			for seed := range uint64(3) {
				e := f.of(8)
				h := normalParameters(e, 100+seed, deviation)
				if off := roundTripError[float32](e, h); !(off <= units*0x1p-24) {
					t.Errorf("%s with deviation %v, seed %d, float32: off by %v units", f.name, deviation, seed, off/0x1p-24)
				}
				if off := roundTripError[float64](e, h); !(off <= units*0x1p-53) {
					t.Errorf("%s with deviation %v, seed %d, float64: off by %v units", f.name, deviation, seed, off/0x1p-53)
				}
			}
		}
	}
}

// roundTripError inverts in type T and maps the points forward in float64. It returns the
// largest deviation relative to the bound and to the slope there, if that is above 1.
func roundTripError[T kernel.Float](e flow.Elementwise, h []float64) (worst float64) {
	z := grid(500, -splineBound, splineBound)
	x := make([]float64, len(z))
	back := atPoints[T](e, true, z, h)
	for i, p := range back {
		x[i] = p.y
	}
	for i, p := range atPoints[float64](e, false, x, h) {
		slope := math.Exp(max(0, p.l, -back[i].l))
		off := math.Abs(circleDistance(p.y, z[i])) / splineBound / slope
		if !(off <= worst) {
			worst = off
		}
	}
	return worst
}

// circleDistance is a - b, modulo the circle's length.
func circleDistance(a, b float64) float64 { return math.Remainder(a-b, 2*splineBound) }
