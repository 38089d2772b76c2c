package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A splineCase is what splines are given, and what the gradients are added to.
type splineCase[T Float] struct {
	spline          Spline
	inverse         bool
	x, h, dy, dl    view[T]
	dxWas, dhWas    view[T]
	addX, addH      bool
	leaveX, leaveH  bool // out
	knots, y, slope view[T]
	dx, dh          view[T]
}

func newSplineCase(r *rand.Rand, s Spline, cols, panels int) *splineCase[float32] {
	c := &splineCase[float32]{spline: s}
	for _, v := range c.points() {
		*v = newView[float32](r, cols, panels)
	}
	for _, v := range c.raw() {
		*v = newView[float32](r, cols*s.Params(), panels)
	}
	for p := range panels {
		for i, v := range c.x.Panel(p) {
			c.x.Panel(p)[i] = v * float32(s.Bound/2) // one in twenty is outside
		}
	}
	return c
}

// points and raw are the views with a column for every point and for every raw
// parameter.
func (c *splineCase[T]) points() []*view[T] {
	return []*view[T]{&c.x, &c.dy, &c.dl, &c.dxWas, &c.y, &c.slope, &c.dx}
}

func (c *splineCase[T]) raw() []*view[T] {
	return []*view[T]{&c.h, &c.dhWas, &c.knots, &c.dh}
}

// magnify makes the raw parameters so large that exponentials overflow or vanish.
func (c *splineCase[T]) magnify() {
	for i := range c.h.Data {
		c.h.Data[i] *= 60
	}
}

// run computes everything with s, and moves the knots by up to so many units in their
// last place of float32 before it uses them.
func (c *splineCase[T]) run(s *Set[T], r *rand.Rand, units float64) {
	s.SplineKnots(c.knots.Block, c.h.Block, c.spline)
	move(r, c.knots.Data, 0, units)
	s.Spline(c.y.Block, c.slope.Block, c.x.Block, c.knots.Block, c.spline, c.inverse)
	copy(c.dx.parent, c.dxWas.parent)
	copy(c.dh.parent, c.dhWas.parent)
	dx, dh := c.dx.Block, c.dh.Block
	if c.leaveX {
		dx = Block[T]{}
	}
	if c.leaveH {
		dh = Block[T]{}
	}
	s.SplineGradient(dx, dh, c.dy.Block, c.dl.Block, c.x.Block, c.knots.Block, c.spline, c.inverse, c.addX, c.addH)
}

// converted returns a copy in another type, whose points and raw parameters are
// moved by up to so many units in the last place of float32: of the box for the
// points, which go into sums with its edges.
func converted[T Float](c *splineCase[float32], r *rand.Rand, units float64) *splineCase[T] {
	to := &splineCase[T]{spline: c.spline, inverse: c.inverse,
		addX: c.addX, addH: c.addH, leaveX: c.leaveX, leaveH: c.leaveH}
	change := func(to []*view[T], from []*view[float32]) {
		for i, v := range from {
			to[i].Block = Block[T]{Cols: v.Cols, Stride: v.Stride, Panels: v.Panels}
			to[i].parent = make([]T, len(v.parent))
			for j, x := range v.parent {
				to[i].parent[j] = T(x)
			}
			if v.Panels > 0 {
				to[i].Data = to[i].parent[margin : len(v.parent)-margin]
			}
		}
	}
	change(to.points(), c.points())
	change(to.raw(), c.raw())
	move(r, to.x.Data, c.spline.Bound, units)
	move(r, to.h.Data, 1, units)
	return to
}

// move moves values at random, by up to so many units in the last place of float32
// that they or a value of the given size have.
func move[T Float](r *rand.Rand, x []T, size, units float64) {
	for i, v := range x {
		if units > 0 {
			x[i] = T(float64(v) + units*0x1p-24*max(size, math.Abs(float64(v)))*(2*r.Float64()-1))
		}
	}
}

// testSpline holds s to the portable version in float64. What rounding may do is
// measured: by as much as the portable version in float32 is off when the inputs are
// moved by a few roundings, in the worst of some trials, since another order of
// operations rounds like other inputs. At knots, where the gradient jumps, the trials
// find both sides. Four times that and eight units in the last place for a margin.
func testSpline(t *testing.T, s *Set[float32], c *splineCase[float32], r *rand.Rand) {
	t.Helper()
	const trials, units, factor = 24, 8, 4
	exact := converted[float64](c, r, 0)
	exact.run(Portable[float64](), r, 0)
	off := make([][]float64, 5)
	for range trials {
		trial := converted[float32](c, r, units)
		trial.run(Portable[float32](), r, units)
		for i, got := range trial.results() {
			if off[i] == nil {
				off[i] = make([]float64, len(got.Data))
			}
			for j, v := range got.Data {
				off[i][j] = max(off[i][j], math.Abs(float64(v)-exact.results()[i].Data[j]))
			}
		}
	}
	c.run(s, r, 0)
	for i, got := range c.results() {
		got.check(t)
		for j, want := range exact.results()[i].Data {
			tolerance := factor*off[i][j] + 8*0x1p-24*max(1, math.Abs(want))
			if v := float64(got.Data[j]); !(math.Abs(v-want) <= tolerance) && v != want && !(v != v && want != want) {
				t.Fatalf("%s, %+v, inverse %t: %s %d is %g, want %g within %g", s.Name, c.spline, c.inverse,
					[]string{"knot", "image", "log-slope", "point's gradient", "raw gradient"}[i], j, v, want, tolerance)
			}
		}
	}
}

func (c *splineCase[T]) results() []*view[T] {
	return []*view[T]{&c.knots, &c.y, &c.slope, &c.dx, &c.dh}
}

func TestSpline(t *testing.T) {
	for _, s := range sets(t) {
		for _, bins := range []int{1, 2, 3, 5, 8, 16, 64} {
			for cols := range 4 {
				for i := range 18 {
					r := rand.New(rand.NewPCG(uint64(bins), uint64(i)))
					c := newSplineCase(r, Spline{Bins: bins, Bound: 1 + 1.5*float64(cols), MinBin: 1e-3, MinSlope: 1e-3}, cols, i%3)
					c.inverse, c.addX, c.addH = i%2 > 0, i/2%2 > 0, i/4%2 > 0
					c.leaveX, c.leaveH = i == 12, i == 13
					if i >= 14 {
						c.magnify()
					}
					testSpline(t, s, c, r)
				}
			}
		}
	}
}

// Points on the knots and at both sides of them and of the box's edges.
func TestSplineAtKnots(t *testing.T) {
	const cols = 3
	for _, s := range sets(t) {
		for _, bins := range []int{1, 2, 5, 8, 16} {
			for i := range 8 {
				r := rand.New(rand.NewPCG(uint64(bins), uint64(i)))
				c := newSplineCase(r, Spline{Bins: bins, Bound: 3, MinBin: 1e-3, MinSlope: 1e-3}, cols, 1)
				c.inverse, c.addH = i%2 > 0, i/2%2 > 0
				Portable[float32]().SplineKnots(c.knots.Block, c.h.Block, c.spline)
				for j := range c.x.Panel(0) {
					k := c.knots.Panel(0)[j/Lanes*c.spline.Params()*Lanes:]
					at := c.spline.knot(k, j%Lanes, r.IntN(bins+1), c.inverse)
					switch r.IntN(3) {
					case 0:
						at = math.Nextafter32(at, 10)
					case 1:
						at = math.Nextafter32(at, -10)
					}
					c.x.Panel(0)[j] = at
				}
				testSpline(t, s, c, r)
			}
		}
	}
}

// knot returns the place of the i-th knot of a lane.
func (s Spline) knot(k []float32, lane, i int, vertical bool) float32 {
	if i == s.Bins {
		return float32(s.Bound)
	}
	if vertical {
		k = k[s.Bins*Lanes:]
	}
	least, share := sizes[float32](s)
	at := -float32(s.Bound)
	for j := range i {
		at += least + share*k[j*Lanes+lane]
	}
	return at
}

// TestSplineInverseReturns: the curve in float64 leads from the inverse's image back to
// the point but for a few roundings: those of the box, and that of the image, which the
// slope magnifies. So it is where bins are steep or flat and derivatives are far from
// their slope, where the quadratic formula loses all digits.
func TestSplineInverseReturns(t *testing.T) {
	const units = 16 // some 8 sums of sizes of bins, each rounded, in either direction
	for _, s := range sets(t) {
		for _, scale := range []float32{1, 4, 10} {
			worst := 0.0
			for i := range 40 {
				r := rand.New(rand.NewPCG(7, uint64(i)))
				c := newSplineCase(r, Spline{Bins: 8, Bound: 3, MinBin: 1e-3, MinSlope: 1e-3}, 4, 4)
				for j := range c.h.Data {
					c.h.Data[j] *= scale
				}
				s.SplineKnots(c.knots.Block, c.h.Block, c.spline)
				s.Spline(c.y.Block, c.slope.Block, c.x.Block, c.knots.Block, c.spline, true)
				exact := converted[float64](c, r, 0)
				Portable[float64]().Spline(exact.dx.Block, exact.slope.Block, exact.y.Block, exact.knots.Block, c.spline, false)
				for p := range c.x.Panels {
					for j, x := range c.x.Panel(p) {
						rounding := 0x1p-24 * c.spline.Bound * (1 + math.Exp(exact.slope.Panel(p)[j]))
						worst = max(worst, math.Abs(exact.dx.Panel(p)[j]-float64(x))/rounding)
					}
				}
			}
			t.Logf("%s, parameters of about %v: %.1f roundings", s.Name, scale, worst)
			if !(worst <= units) {
				t.Errorf("%s, parameters of about %v: a point returns with %.1f roundings (want %d)", s.Name, scale, worst, units)
			}
		}
	}
}

// Where the curve is nearly flat the position in the bin is at its end but for rounding;
// the image stays in the box and the gradient is a number all the same.
func TestSplineNearlyFlat(t *testing.T) {
	for _, s := range sets(t) {
		for i := range 200 {
			r := rand.New(rand.NewPCG(6, uint64(i)))
			c := newSplineCase(r, Spline{Bins: 3, Bound: 3, MinBin: 1e-3, MinSlope: 1e-9}, 4, 1)
			c.inverse = true
			for j := range c.h.Data {
				if j/Lanes%c.spline.Params() >= 2*c.spline.Bins {
					c.h.Data[j] = -20
				}
			}
			s.SplineKnots(c.knots.Block, c.h.Block, c.spline)
			for j := range c.x.Data {
				k := c.knots.Data[j/Lanes*c.spline.Params()*Lanes:]
				c.x.Data[j] = math.Nextafter32(c.spline.knot(k, j%Lanes, 1+r.IntN(2), true), -10)
			}
			c.run(s, r, 0)
			for j, x := range c.y.Data {
				if dx := c.dx.Data[j]; !(x >= -3 && x <= 3) || dx != dx {
					t.Fatalf("%s: the inverse's image of %g is %g, its gradient %g", s.Name, c.x.Data[j], x, dx)
				}
			}
		}
	}
}

// The identity is exact outside the box, and what parameters nobody looks at or other
// rows hold does not get in. Raw parameters that are not numbers are not hidden
// either.
func TestSplineOutside(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	outside := []float32{3, -3, math.Nextafter32(3, 4), 50, -50, math.MaxFloat32, inf, -inf, nan}
	for _, s := range sets(t) {
		for i := range 16 {
			r := rand.New(rand.NewPCG(4, uint64(i)))
			c := newSplineCase(r, Spline{Bins: 1 + i%5, Bound: 3, MinBin: 1e-3, MinSlope: 1e-3}, 2, 1)
			c.inverse, c.addX, c.addH = i%2 > 0, i/2%2 > 0, i/4%2 > 0
			copy(c.x.Data, outside)
			for j := range c.h.Panel(0) {
				if lane := j % Lanes; i >= 8 && (lane < len(outside) || lane == Lanes-1) {
					c.h.Panel(0)[j] = nan
				}
			}
			c.x.Data[Lanes-1] = 1
			c.run(s, r, 0)
			for j, x := range outside {
				dx := c.dy.Data[j]
				if c.addX {
					dx += c.dxWas.Data[j]
				}
				if y := c.y.Data[j]; !same(y, x) || c.slope.Data[j] != 0 || c.dx.Data[j] != dx {
					t.Errorf("%s: image of %g is %g, log-slope %g, gradient %g; want itself, 0, %g",
						s.Name, x, y, c.slope.Data[j], c.dx.Data[j], dx)
				}
				for p := range c.spline.Params() {
					want := float32(0)
					if c.addH {
						want = c.dhWas.Data[p*Lanes+j]
					}
					if got := c.dh.Data[p*Lanes+j]; got != want {
						t.Errorf("%s: raw gradient %d of %g is %g, want %g", s.Name, p, x, got, want)
					}
				}
			}
			if i >= 8 && c.spline.Bins > 1 && (c.y.Data[Lanes-1] == c.y.Data[Lanes-1] || c.dh.Data[Lanes-1] == c.dh.Data[Lanes-1]) {
				t.Errorf("%s: image %g and raw gradient %g of raw parameters NaN", s.Name, c.y.Data[Lanes-1], c.dh.Data[Lanes-1])
			}
		}
	}
}

func same(a, b float32) bool { return a == b || a != a && b != b }

// A row comes out as the same bytes whatever is in the others.
func TestSplineRows(t *testing.T) {
	for _, s := range sets(t) {
		for i := range 4 {
			r := rand.New(rand.NewPCG(5, uint64(i)))
			c := newSplineCase(r, Spline{Bins: 4, Bound: 3, MinBin: 1e-3, MinSlope: 1e-3}, 3, 2)
			c.inverse, c.addH = i%2 > 0, i/2 > 0
			other := converted[float32](newSplineCase(r, c.spline, 3, 2), r, 0)
			other.inverse, other.addH = c.inverse, c.addH
			const lane = 11
			fill := func(to, from []*view[float32]) {
				for v := range to {
					for p := range to[v].Panels {
						for j := lane; j < len(to[v].Panel(p)); j += Lanes {
							to[v].Panel(p)[j] = from[v].Panel(p)[j]
						}
					}
				}
			}
			fill(other.points(), c.points())
			fill(other.raw(), c.raw())
			c.run(s, r, 0)
			other.run(s, r, 0)
			for v, got := range other.results() {
				for p := range got.Panels {
					for j := lane; j < len(got.Panel(p)); j += Lanes {
						if want := c.results()[v].Panel(p)[j]; got.Panel(p)[j] != want {
							t.Fatalf("%s: a row has %g among others and %g among these", s.Name, got.Panel(p)[j], want)
						}
					}
				}
			}
		}
	}
}

func FuzzSpline(f *testing.F) {
	f.Add(uint8(8), uint8(2), uint8(1), uint8(0), uint64(1))
	f.Add(uint8(0), uint8(1), uint8(2), uint8(3), uint64(2))
	f.Add(uint8(99), uint8(3), uint8(1), uint8(13), uint64(3))
	f.Fuzz(func(t *testing.T, bins, cols, panels, mode uint8, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := Spline{Bins: 1 + int(bins)%100, Bound: 0.5 + 5*r.Float64(), MinBin: 1e-3, MinSlope: 1e-3}
		c := newSplineCase(r, s, int(cols%4), int(panels%4))
		c.inverse, c.addX, c.addH = mode&1 > 0, mode&2 > 0, mode&4 > 0
		c.leaveX, c.leaveH = mode&8 > 0, mode&16 > 0
		if mode&32 > 0 {
			c.magnify()
		}
		for _, s := range sets(t) {
			testSpline(t, s, c, r)
		}
	})
}
