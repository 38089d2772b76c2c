package flow_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/nn"
)

// splineReference is what testdata/reference_splines.py wrote.
type splineReference struct {
	Provenance string
	Cases      []splineCase
}

type splineCase struct {
	Layer    string
	Dim      int
	Settings struct {
		Bins  int
		Bound float64
		First bool
	}
	Parameters [][]float32 // in the order of the layer's
	X, Z       [][]float64
	LogDet     []float64 `json:"log_det"`
}

// bijector returns the layer of the case, with the case's parameters.
func (c splineCase) bijector(t *testing.T) flow.Bijector {
	t.Helper()
	b := c.layer()
	if b == nil {
		t.Fatalf("no layer %q", c.Layer)
	}
	if got, want := len(b.Params()), len(c.Parameters); got != want {
		t.Fatalf("%d parameters, the reference has %d", got, want)
	}
	for i, p := range b.Params() {
		if copy(p.Data, c.Parameters[i]) != len(p.Data) || len(c.Parameters[i]) != len(p.Data) {
			t.Fatalf("%q has %d entries, the reference %d", p.Name, len(p.Data), len(c.Parameters[i]))
		}
	}
	return b
}

// layer returns the layer of the case; the widths of hidden layers are the script's.
func (c splineCase) layer() flow.Bijector {
	s := c.Settings
	affine, rational := flow.Affine{Bound: s.Bound}, flow.RationalQuadratic{Bins: s.Bins, Bound: s.Bound}
	network := func(name string, first bool, e flow.Elementwise) nn.Conditioner {
		in, out := flow.CouplingWidths(c.Dim, first, e)
		return nn.Architecture{Hidden: []int{4, 3}}.Conditioner(name, 1, in, out)
	}
	split := func(first bool, e flow.Elementwise) flow.Bijector {
		return flow.NewCoupling(c.Dim, first, e, network("c", first, e))
	}
	masked := func(e flow.Elementwise) flow.Bijector {
		return flow.NewAutoregressive(c.Dim, e, nn.Architecture{Hidden: []int{6, 5}}.Masked("a", 1, c.Dim, 0, e.Params()))
	}
	switch c.Layer {
	case "linear-spline":
		return flow.NewMarginal("m", c.Dim, flow.LinearSpline{Bins: s.Bins, Bound: s.Bound})
	case "quadratic-spline":
		return flow.NewMarginal("m", c.Dim, flow.QuadraticSpline{Bins: s.Bins, Bound: s.Bound})
	case "cubic-spline":
		return flow.NewMarginal("m", c.Dim, flow.CubicSpline{Bins: s.Bins, Bound: s.Bound})
	case "linear-rational":
		return flow.NewMarginal("m", c.Dim, flow.LinearRational{Bins: s.Bins, Bound: s.Bound})
	case "circular-spline":
		return flow.NewMarginal("m", c.Dim, flow.CircularSpline{Bins: s.Bins, Bound: s.Bound})
	case "rational-quadratic":
		return flow.NewMarginal("m", c.Dim, rational)
	case "affine":
		return flow.NewMarginal("m", c.Dim, affine)
	case "affine coupling":
		return split(s.First, affine)
	case "nice":
		return split(s.First, flow.Additive{})
	case "gin":
		return flow.NewGIN(c.Dim, s.First, s.Bound, network("g", s.First, affine))
	case "spline coupling":
		return split(s.First, rational)
	case "realnvp":
		return flow.NewChain(split(false, affine), split(true, affine))
	case "maf":
		return flow.NewChain(masked(affine), flow.Reverse(c.Dim), masked(affine))
	case "spline autoregressive":
		return masked(rational)
	}
	return nil
}

// TestSplineReference compares with values that testdata/reference_splines.py computed,
// in both directions.
func TestSplineReference(t *testing.T) {
	raw, err := os.ReadFile("testdata/reference_splines.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference splineReference
	if err := json.Unmarshal(raw, &reference); err != nil {
		t.Fatal(err)
	}
	// Both sides lose a few digits where maps are steep.
	const tolerance = 1e-9
	seen := map[string]int{}
	for i, c := range reference.Cases {
		seen[c.Layer] += len(c.X)
		t.Run(fmt.Sprintf("%d/%s/dim=%d", i, c.Layer, c.Dim), func(t *testing.T) {
			b := c.bijector(t)
			z, l := mapRows(b, false, c.X)
			x, lBack := mapRows(b, true, c.Z)
			for i := range c.X {
				compareRow(t, fmt.Sprintf("image of point %d", i), z[i], c.Z[i], tolerance)
				compareRow(t, fmt.Sprintf("inverse of point %d", i), x[i], c.X[i], tolerance)
				compareRow(t, fmt.Sprintf("log-dets of point %d", i), []float64{l[i], -lBack[i]}, []float64{c.LogDet[i], c.LogDet[i]}, tolerance)
			}
		})
	}
	for _, layer := range []string{"linear-spline", "quadratic-spline", "cubic-spline", "linear-rational", "rational-quadratic",
		"circular-spline", "affine", "affine coupling", "nice", "gin", "spline coupling", "realnvp", "maf", "spline autoregressive"} {
		if seen[layer] < 10 {
			t.Errorf("%d points of %s", seen[layer], layer)
		}
	}
	if reference.Provenance == "" {
		t.Error("the reference does not say where it comes from")
	}
}

// compareRow checks numbers to a tolerance that is relative above 1.
func compareRow(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	for j := range want {
		if !(math.Abs(got[j]-want[j]) <= tolerance*max(1, math.Abs(want[j]))) {
			t.Errorf("%s: %v, the reference says %v", what, got, want)
			return
		}
	}
}

// mapRows maps rows in float64 and returns the log-dets beside.
func mapRows(b flow.Bijector, inverse bool, rows [][]float64) (y [][]float64, logDets []float64) {
	t, dim := ad.NewTape(), len(rows[0])
	record := b.Forward
	if inverse {
		record = b.Inverse
	}
	pass := flow.Pass{Tape: t}
	z, l := record(pass, t.Input(dim))
	p := ad.Compile(kernel.Best[float64](), t, ad.Config{Panels: 1}, z, flow.LogDet(pass, l))
	a := p.NewArena()
	for _, row := range rows {
		mapped, logDet := make([]float64, dim), make([]float64, 1)
		ad.LoadRows(a.Input(0), row, dim, 1)
		a.Forward(1)
		ad.StoreRows(mapped, dim, a.Output(0), 1)
		ad.StoreRows(logDet, 1, a.Output(1), 1)
		y, logDets = append(y, mapped), append(logDets, logDet[0])
	}
	return y, logDets
}
