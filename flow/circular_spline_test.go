package flow_test

import (
	"math"
	"testing"

	"flowcert/flow"
)

// circularCases are parameters with rotations of both signs, of nothing and of nearly
// half the circle.
func circularCases(e flow.Elementwise, f func(h []float64)) {
	for _, rotation := range []float64{0, 1, -1, 1e6, -1e6} {
		for _, deviation := range []float64{0, 1, 5} {
			h := normalParameters(e, 1, deviation)
			h[len(h)-1] = rotation
			f(h)
		}
	}
}

// TestCircularSeam: the two ends are one point, across which image and derivative are
// continuous, and all images are on the circle.
func TestCircularSeam(t *testing.T) {
	e := flow.CircularSpline{Bins: 4, Bound: splineBound}
	circularCases(e, func(h []float64) {
		directions(func(name string, inverse bool) {
			ends := []float64{-splineBound, splineBound, math.Nextafter(splineBound, 0), math.Nextafter(-splineBound, 0)}
			p := atPoints[float64](e, inverse, ends, h)
			for i := range p {
				// One unit in the last place times the slope, and rounding.
				if d := circleDistance(p[i].y, p[0].y); !(math.Abs(d) <= 1e-14*(1+math.Exp(p[0].l))) {
					t.Errorf("%s %v: the images of %v and %v differ by %v", name, h, ends[0], ends[i], d)
				}
				if d := p[i].l - p[0].l; !(math.Abs(d) <= 1e-14*(1+max(math.Abs(p[i].dl), math.Abs(p[0].dl)))) {
					t.Errorf("%s %v: the log-derivatives at %v and %v differ by %v", name, h, ends[0], ends[i], d)
				}
			}
			if p[0].y != p[1].y {
				t.Errorf("%s %v: the ends become %v and %v", name, h, p[0].y, p[1].y)
			}
			x, descents := grid(1000, -splineBound, splineBound), 0
			images := atPoints[float64](e, inverse, x, h)
			for i, p := range images {
				if !(p.y >= -splineBound && p.y < splineBound) {
					t.Errorf("%s %v: %v becomes %v", name, h, x[i], p.y)
				}
				if i > 0 && p.y < images[i-1].y {
					descents++
				}
			}
			if descents > 1 {
				t.Errorf("%s %v: images pass the end %d times", name, h, descents)
			}
		})
	})
}

// TestCircularRoundTrip: either direction undoes the other, modulo the circle, at the
// seam, next to it, and next to what is mapped to it.
func TestCircularRoundTrip(t *testing.T) {
	e := flow.CircularSpline{Bins: 4, Bound: splineBound}
	circularCases(e, func(h []float64) {
		directions(func(name string, inverse bool) {
			seam := []float64{-splineBound, splineBound, math.Nextafter(splineBound, 0), math.Nextafter(-splineBound, 0)}
			x := append(grid(200, -splineBound, splineBound), seam...)
			for _, p := range atPoints[float64](e, !inverse, seam, h) {
				x = append(x, p.y, math.Nextafter(p.y, 0), math.Nextafter(p.y, 9))
			}
			images := atPoints[float64](e, inverse, x, h)
			y := make([]float64, len(x))
			for i, p := range images {
				y[i] = p.y
			}
			for i, back := range atPoints[float64](e, !inverse, y, h) {
				if x[i] < -splineBound || x[i] > splineBound {
					continue
				}
				// Rounding of the image, stretched by the way back.
				if d := circleDistance(back.y, x[i]); !(math.Abs(d) <= 1e-14*(1+math.Exp(max(back.l, -images[i].l)))) {
					t.Errorf("%s %v: %v becomes %v and comes back off by %v", name, h, x[i], y[i], d)
				}
			}
		})
	})
}
