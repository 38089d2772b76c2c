package proof_test

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/taylor"
	"flowcert/proof"
)

// scaling is a layer that multiplies by 1/magnified and is evaluated with errors.
type scaling struct{ magnified, forward, inverse float64 }

// scalings are such layers of two columns.
type scalings []scaling

func (s scalings) Len() int { return len(s) }

func (s scalings) Map(i int, z, j, x []taylor.Model) {
	clear(j)
	for k := range x {
		z[k] = taylor.Linear(&x[k], 1/s[i].magnified, 0)
		j[k*len(x)+k] = taylor.Constant(1 / s[i].magnified)
	}
}

func (s scalings) Errors(i int, _, _ []taylor.Model) (forward, inverse float64) {
	return s[i].forward, s[i].inverse
}

// TestRoundTripOfScalings compares with what the errors of layers add up to.
func TestRoundTripOfScalings(t *testing.T) {
	const a, b, c, d, e, f = 1e-12, 2e-12, 3e-12, 4e-12, 5e-12, 6e-12
	for name, test := range map[string]struct {
		layers scalings
		want   float64
	}{
		"one layer":    {scalings{{4, a, b}}, 4*a + b},
		"three layers": {scalings{{4, a, b}, {0.5, c, d}, {8, e, f}}, 4*(0.5*(8*e+f+c)+d+a) + b},
		"too far":      {scalings{{1e6, a, b}, {0.5, c, d}}, math.Inf(1)},
		"unknown":      {scalings{{4, math.Inf(1), b}}, math.Inf(1)},
	} {
		got, err := proof.RoundTrip(t.Context(), func() (proof.RoundedLayers, error) { return test.layers, nil },
			[]float64{-1, -1}, []float64{1, 1}, proof.Options{Evaluations: 64, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		// Powers of two are exact, and the rest rounds upwards.
		if most := slices.Max(got); !(most >= test.want && (most <= test.want*(1+1e-9) || math.IsInf(test.want, 1))) {
			t.Errorf("%s: %v, want %v", name, most, test.want)
		}
	}
}

// TestRoundTripOfFlow: no float64 round trip ends farther off than proved, and what is
// proved says something.
func TestRoundTripOfFlow(t *testing.T) {
	f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: couplings()})
	bounds, err := proof.RoundTrip(t.Context(), func() (proof.RoundedLayers, error) { return f.RoundedLayers() },
		[]float64{-2, -2}, []float64{2, 2}, proof.Options{Evaluations: 500})
	if err != nil {
		t.Fatal(err)
	}
	const side = 200
	x := mat.NewDense(side*side, 2, nil)
	for i := range side * side {
		x.SetRow(i, []float64{-2 + 4*(float64(i%side)+0.5)/side, -2 + 4*(float64(i/side)+0.5)/side})
	}
	z, _, err := f.Encode(x, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := f.Decode(z, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for i := range side * side {
		worst = max(worst, floats.Distance(x.RawRowView(i), back.RawRowView(i), 2))
	}
	bound := slices.Max(bounds)
	t.Logf("proved %.3g, met %.3g", bound, worst)
	// Errors of layers are bounded at some fifteen times what they are at most, and all of
	// them are supposed to be magnified in the worst direction.
	if !(worst <= bound) || !(bound <= 1e4*worst) {
		t.Errorf("round trips end %v off, the bound is %v", worst, bound)
	}
}
