package flow_test

import (
	"fmt"
	"math"
	"testing"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
)

// splineBound is half the width of the box of the splines under test.
const splineBound = 3

// splineFamilies are the splines on a box by name. Where the first raw parameters are
// widths they are as many as the bins.
var splineFamilies = []struct {
	name  string
	of    func(bins int) flow.Elementwise
	equal bool // the widths are equal, and no parameters
	// leastSlope is what is promised of the derivative.
	leastSlope float64
}{
	{"linear", func(bins int) flow.Elementwise { return flow.LinearSpline{Bins: bins, Bound: splineBound} }, true, 1e-3},
	{"quadratic", func(bins int) flow.Elementwise { return flow.QuadraticSpline{Bins: bins, Bound: splineBound} }, false, 1e-3},
	{"cubic", func(bins int) flow.Elementwise { return flow.CubicSpline{Bins: bins, Bound: splineBound} }, false, 1e-3},
	{"linear-rational", func(bins int) flow.Elementwise { return flow.LinearRational{Bins: bins, Bound: splineBound} }, false, 1e-9},
	{"rational-quadratic", func(bins int) flow.Elementwise { return flow.RationalQuadratic{Bins: bins, Bound: splineBound} }, false, 0},
	{"circular", func(bins int) flow.Elementwise { return flow.CircularSpline{Bins: bins, Bound: splineBound} }, false, 1e-9},
}

func TestSplineLaws(t *testing.T) {
	for _, f := range splineFamilies {
		if f.name == "rational-quadratic" {
			continue // see TestBijectors
		}
		e := f.of(5)
		layers := []struct {
			name string
			of   func(dim int) flow.Bijector
		}{
			{"coupling", func(dim int) flow.Bijector { return coupling("c", dim, dim%2 == 1, e) }},
			{"autoregressive", func(dim int) flow.Bijector { return autoregressive("a", dim, e) }},
			{"marginal", func(dim int) flow.Bijector { return flow.NewMarginal("m", dim, e) }},
		}
		for _, layer := range layers {
			for _, dim := range []int{1, 2, 3, 7} {
				t.Run(fmt.Sprintf("%s/%s/dim=%d", f.name, layer.name, dim), func(t *testing.T) {
					b := layer.of(dim)
					flowtest.Randomise(b, 2, 0.5)
					flowtest.Test(t, b, flowtest.Laws{})
				})
			}
		}
	}
}

// splinePoint is what a transformation of one column makes of one number.
type splinePoint struct {
	y, l   float64   // the image and its log-derivative
	dy, dl float64   // their derivatives with respect to the number
	hy, hl []float64 // and to the raw parameters
}

// atPoints applies a transformation, in one direction and in type T, to numbers that
// all have the raw parameters h.
func atPoints[T kernel.Float](e flow.Elementwise, inverse bool, x, h []float64) []splinePoint {
	t := ad.NewTape()
	xv, hv := t.Input(1), t.Input(len(h))
	record := e.Forward
	if inverse {
		record = e.Inverse
	}
	y, l := record(t, xv, hv)
	p := ad.Compile(kernel.Best[T](), t, ad.Config{Panels: 1, Gradient: true, InputGradient: true}, y, l)
	a, slot := p.NewArena(), p.NewGradients()
	points := make([]splinePoint, len(x))
	for first := 0; first < len(x); first += kernel.Lanes {
		rows := min(kernel.Lanes, len(x)-first)
		ad.LoadRows(a.Input(0), x[first:], 1, rows)
		for c, v := range h {
			for l := range kernel.Lanes {
				a.Input(1).Data[c*kernel.Lanes+l] = T(v)
			}
		}
		a.Forward(1)
		for out := range 2 {
			for l := range kernel.Lanes {
				a.Seed(out).Data[l], a.Seed(1 - out).Data[l] = 1, 0
			}
			a.Backward(slot)
			for l := range rows {
				p, dx := &points[first+l], float64(a.InputGradient(0).Data[l])
				var dh []float64
				for c := range h {
					dh = append(dh, float64(a.InputGradient(1).Data[c*kernel.Lanes+l]))
				}
				value := float64(a.Output(out).Data[l])
				if out == 0 {
					p.y, p.dy, p.hy = value, dx, dh
				} else {
					p.l, p.dl, p.hl = value, dx, dh
				}
			}
		}
	}
	return points
}

// normalParameters returns raw parameters that float32 holds exactly.
func normalParameters(e flow.Elementwise, seed uint64, deviation float64) []float64 {
	r, h := random.New(seed, "splines", 0, 0), make([]float64, e.Params())
	for i := range h {
		h[i] = float64(float32(deviation * r.NormFloat64()))
	}
	return h
}

// grid returns n numbers from lo to hi that float32 holds exactly.
func grid(n int, lo, hi float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(float32(lo + (hi-lo)*(float64(i)+0.5)/float64(n)))
	}
	return x
}

func directions(f func(name string, inverse bool)) {
	f("forward", false)
	f("inverse", true)
}

// TestSplinesStartAsTheIdentity: raw zeros are the identity to a few units in the last
// place of the box.
func TestSplinesStartAsTheIdentity(t *testing.T) {
	for _, f := range splineFamilies {
		for _, bins := range []int{2, 3, 8, 256} {
			e := f.of(bins)
			x := grid(100, -2*splineBound, 2*splineBound)
			directions(func(name string, inverse bool) {
				for i, p := range atPoints[float64](e, inverse, x, make([]float64, e.Params())) {
					// The knots are sums of as many widths.
					if tolerance := 1e-15 * float64(10+bins); !(math.Abs(p.y-x[i]) <= tolerance && math.Abs(p.l) <= 100*tolerance) {
						t.Errorf("%s of %d bins, %s: %v becomes %v with log-derivative %v", f.name, bins, name, x[i], p.y, p.l)
					}
				}
			})
		}
	}
}

// TestSplineGradients compares the derivatives of images and log-derivatives with
// central differences, in and outside of the box.
func TestSplineGradients(t *testing.T) {
	for _, f := range splineFamilies {
		e := f.of(5)
		h := normalParameters(e, 3, 1)
		x := grid(40, -splineBound-0.3, splineBound+0.3)
		directions(func(name string, inverse bool) {
			const step = 1e-6
			got := atPoints[float64](e, inverse, x, h)
			// compare checks one derivative of all points given values on both sides.
			compare := func(what string, up, down []splinePoint, of func(p splinePoint) (dy, dl float64)) {
				for i, p := range got {
					dy, dl := of(p)
					for _, d := range [][2]float64{{dy, (up[i].y - down[i].y) / (2 * step)}, {dl, (up[i].l - down[i].l) / (2 * step)}} {
						// Differences err by 1e-16/1e-6 times the largest derivatives here.
						if !(math.Abs(d[0]-d[1]) <= 1e-6*(1+math.Abs(d[1]))) {
							t.Errorf("%s, %s: the derivative by %s at %v is %v, differences say %v", f.name, name, what, x[i], d[0], d[1])
						}
					}
				}
			}
			moved := func(x []float64, by float64) []float64 {
				y := append([]float64(nil), x...)
				for i := range y {
					y[i] += by
				}
				return y
			}
			compare("the point", atPoints[float64](e, inverse, moved(x, step), h), atPoints[float64](e, inverse, moved(x, -step), h),
				func(p splinePoint) (float64, float64) { return p.dy, p.dl })
			for j := range h {
				up, down := append([]float64(nil), h...), append([]float64(nil), h...)
				up[j] += step
				down[j] -= step
				compare(fmt.Sprintf("parameter %d", j), atPoints[float64](e, inverse, x, up), atPoints[float64](e, inverse, x, down),
					func(p splinePoint) (float64, float64) { return p.hy[j], p.hl[j] })
			}
		})
	}
}
