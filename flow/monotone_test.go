package flow_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/setting"
)

// monotoneFamilies are the monotone networks and polynomials, small, by name.
var monotoneFamilies = []struct {
	name string
	e    flow.Elementwise
}{
	{"deep sigmoidal", flow.DeepSigmoidal{Units: 3, Layers: 2}},
	{"dense sigmoidal", flow.DenseSigmoidal{Units: 2, Layers: 2}},
	{"unconstrained monotonic", flow.UnconstrainedMonotonic{Units: 3, Nodes: 8, Bound: 3}},
	{"sum of squares", flow.SumOfSquares{Polynomials: 2, Degree: 3, Bound: 3}},
	{"bernstein", flow.Bernstein{Degree: 6, Bound: 3}},
}

func TestMonotoneLaws(t *testing.T) {
	for _, f := range monotoneFamilies {
		for name, b := range map[string]flow.Bijector{
			"coupling/dim=1":       coupling("c", 1, false, f.e),
			"coupling/dim=2":       coupling("c", 2, true, f.e),
			"autoregressive/dim=3": autoregressive("a", 3, f.e),
			"coupling/dim=7":       coupling("c", 7, true, f.e),
		} {
			t.Run(f.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				flowtest.Randomise(b, 2, 0.3)
				flowtest.Test(t, b, flowtest.Laws{})
			})
		}
	}
}

// monotoneKinds are those families with their default settings, and how far from the
// identity they are at raw zeros.
func monotoneKinds(t *testing.T) map[flow.Elementwise]float64 {
	const rounding = 1e-13
	kinds := map[flow.Elementwise]float64{}
	for _, k := range []struct {
		kind flow.ElementwiseKind
		off  float64
	}{
		{flow.DeepSigmoidalKind(), 0.05}, // two layers
		{flow.DenseSigmoidalKind(), 0.05},
		{flow.UnconstrainedMonotonicKind(), rounding},
		{flow.SumOfSquaresKind(), rounding},
		{flow.BernsteinKind(), rounding},
	} {
		s, err := setting.Resolve(k.kind.Name, k.kind.Settings, nil)
		if err != nil {
			t.Fatal(err)
		}
		e, err := k.kind.Build(s)
		if err != nil {
			t.Fatal(err)
		}
		kinds[e] = k.off
	}
	return kinds
}

func TestMonotoneStarts(t *testing.T) {
	x := append(grid(100, -12, 12), 1e6, -1e6)
	for e, off := range monotoneKinds(t) {
		directions(func(name string, inverse bool) {
			for i, p := range atPoints[float64](e, inverse, x, make([]float64, e.Params())) {
				if !(math.Abs(p.y-x[i]) <= off*max(1, math.Abs(x[i])) && math.Abs(p.l) <= off) {
					t.Errorf("%T, %s: %v becomes %v with log-derivative %v", e, name, x[i], p.y, p.l)
				}
			}
		})
	}
}

// TestMonotoneUnitsDiffer: raw parameters whose gradients are the same at the start
// would remain the same for ever.
func TestMonotoneUnitsDiffer(t *testing.T) {
	x := grid(16, -3, 3)
	for e := range monotoneKinds(t) {
		points := atPoints[float64](e, false, x, make([]float64, e.Params()))
		// along is the gradient at all points with respect to one parameter.
		along := func(parameter int) (g []float64) {
			for _, p := range points {
				g = append(g, p.hy[parameter], p.hl[parameter])
			}
			return g
		}
		for i := range e.Params() {
			for j := range i {
				a, b := along(i), along(j)
				size := slices.Max(a) - slices.Min(a)
				same := func(v, w float64) bool { return math.Abs(v-w) <= 1e-6*size }
				if size > 0 && slices.EqualFunc(a, b, same) {
					t.Errorf("%T: parameters %d and %d of %d have the same gradient", e, j, i, e.Params())
				}
			}
		}
	}
}

// deviations are those of raw parameters from usual to absurd.
var deviations = []float64{0.3, 3, 30, 1000}

func TestMonotoneFarOut(t *testing.T) {
	x := mat.NewDense(9, 1, []float64{1e6, -1e6, 3e3, -3e3, 0, 3, -3, 1e-30, 40})
	for _, f := range monotoneFamilies {
		b := flow.NewMarginal("m", 1, f.e)
		noNaN(t, b, x, true)
		for _, deviation := range deviations {
			flowtest.Randomise(b, 2, deviation)
			noNaN(t, b, x, true)
		}
	}
}

// farPoints reach from the middle, in steps within which nothing saturates, to where
// everything has.
func farPoints() []float64 {
	x := grid(640, -40, 40)
	for _, far := range []float64{100, 1e3, 1e6} {
		x = append(append([]float64{-far}, x...), far)
	}
	return x
}

// TestMonotoneSlopes holds the log-derivative against the derivative of the value that
// the reverse mode gives, and the value against the ones before it, also where sigmoids
// saturate: a derivative that is too large there is a likelihood above the true one.
func TestMonotoneSlopes(t *testing.T) {
	x := farPoints()
	for _, f := range monotoneFamilies {
		for _, deviation := range deviations {
			for seed := range uint64(3) {
				h := normalParameters(f.e, seed, deviation)
				if err := checkSlopes(f.e, x, h); err != nil {
					t.Errorf("%s, deviation %v: %v", f.name, deviation, err)
				}
			}
		}
	}
	// The test has to reach where a floor under the slope matters.
	h := normalParameters(floored{}, 1, 30)
	if checkSlopes(floored{}, x, h) == nil {
		t.Error("vacuous: a log-derivative that is cut off at -5 passes")
	}
}

func checkSlopes(e flow.Elementwise, x, h []float64) error {
	before := math.Inf(-1)
	for i, p := range atPoints[float64](e, false, x, h) {
		if !(p.y >= before) {
			return fmt.Errorf("the image of %v is %v, after %v", x[i], p.y, before)
		}
		before = p.y
		// Slopes below the smallest normal number have too few digits; rounding of the
		// sigmoids' arguments costs the digits of the point's size.
		tolerance := 1e-9 + 1e-15*math.Abs(x[i])
		if p.l > -700 && !(math.Abs(math.Log(p.dy)-p.l) <= tolerance*max(1, math.Abs(p.l))) {
			return fmt.Errorf("at %v the slope is %v and its logarithm is said to be %v", x[i], p.dy, p.l)
		}
	}
	return nil
}

// floored is a deep sigmoidal flow whose log-derivative ends at -5, as it does where
// sigmoids are kept from 0 and 1 by a small number.
type floored struct{}

func (floored) Params() int { return flow.DeepSigmoidal{Units: 3, Layers: 2}.Params() }

func (floored) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	z, l := flow.DeepSigmoidal{Units: 3, Layers: 2}.Forward(t, x, h)
	return z, t.Linear(t.ReLU(t.Linear(l, 1, 5)), 1, -5)
}

func (floored) Inverse(*ad.Tape, ad.Value, ad.Value) (x, logDerivative ad.Value) {
	panic("forward only")
}

// TestMonotoneIntegrals: the integral of the slope is how far the value goes.
func TestMonotoneIntegrals(t *testing.T) {
	nodes, weights := make([]float64, 20), make([]float64, 20)
	quad.Legendre{}.FixedLocations(nodes, weights, 0, 1)
	for _, f := range monotoneFamilies {
		for _, deviation := range []float64{0.5, 3} {
			h := normalParameters(f.e, 5, deviation)
			const lo, hi, cells = -12, 12, 480
			x, width := []float64{lo, hi}, float64(hi-lo)/cells
			for c := range cells {
				for _, node := range nodes {
					x = append(x, lo+width*(float64(c)+node))
				}
			}
			points := atPoints[float64](f.e, false, x, h)
			var area float64
			for i, p := range points[2:] {
				area += width * weights[i%len(nodes)] * math.Exp(p.l)
			}
			// At the edge of a box the slope has a kink, which a cell's rule sees to 1e-5
			// of the cell; the cells here end at the edges.
			if way := points[1].y - points[0].y; !(math.Abs(area-way) <= 1e-8*way) {
				t.Errorf("%s, deviation %v: from %v to %v the value goes %v, the slope says %v", f.name, deviation, lo, hi, way, area)
			}
		}
	}
}

// TestMonotoneRoundTrips maps far points there and back.
func TestMonotoneRoundTrips(t *testing.T) {
	for _, f := range monotoneFamilies {
		for _, deviation := range []float64{0.3, 3} {
			h := normalParameters(f.e, 7, deviation)
			x := farPoints()
			forward := atPoints[float64](f.e, false, x, h)
			z := make([]float64, len(x))
			for i, p := range forward {
				z[i] = p.y
			}
			for i, p := range atPoints[float64](f.e, true, z, h) {
				// What the value's last digits are worth in the point.
				tolerance := 1e-13 * (math.Abs(x[i]) + (1+math.Abs(z[i]))*math.Exp(-forward[i].l))
				if !(math.Abs(p.y-x[i]) <= tolerance) {
					t.Errorf("%s, deviation %v: %v comes back as %v by %v", f.name, deviation, x[i], p.y, z[i])
				}
			}
		}
	}
}
