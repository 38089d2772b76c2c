package flow_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"flowcert/flow"
)

// monotoneCase is one of those that testdata/reference_monotone.py wrote.
type monotoneCase struct {
	Layer    string
	Dim      int
	Settings struct {
		Units, Layers, Hidden, Nodes, Polynomials, Degree int
		Bound                                             float64
	}
	Parameters [][]float32 // in the order of the layer's
	X, Z       [][]float64
	LogDet     []float64 `json:"log_det"`
}

func (c monotoneCase) bijector() flow.Bijector {
	s := c.Settings
	var e flow.Elementwise
	switch c.Layer {
	case "deep-sigmoidal":
		e = flow.DeepSigmoidal{Units: s.Units, Layers: s.Layers}
	case "dense-sigmoidal":
		e = flow.DenseSigmoidal{Units: s.Units, Layers: s.Layers}
	case "unconstrained-monotonic":
		e = flow.UnconstrainedMonotonic{Units: s.Units, Nodes: s.Nodes, Bound: s.Bound}
	case "sum-of-squares":
		e = flow.SumOfSquares{Polynomials: s.Polynomials, Degree: s.Degree, Bound: s.Bound}
	case "bernstein":
		e = flow.Bernstein{Degree: s.Degree, Bound: s.Bound}
	case "block-autoregressive":
		return flow.NewBlockAutoregressive("b", 1, c.Dim, 0, s.Units, s.Hidden)
	default:
		return nil
	}
	return flow.NewMarginal("m", c.Dim, e)
}

// TestMonotoneReference compares with values that testdata/reference_monotone.py
// computed from the papers' formulas, in both directions.
func TestMonotoneReference(t *testing.T) {
	raw, err := os.ReadFile("testdata/reference_monotone.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Provenance string
		Cases      []monotoneCase
	}
	if err := json.Unmarshal(raw, &reference); err != nil {
		t.Fatal(err)
	}
	points := map[string]int{}
	for i, c := range reference.Cases {
		b := c.bijector()
		if b == nil || len(b.Params()) != len(c.Parameters) {
			t.Fatalf("case %d, %q: no such layer, or other parameters", i, c.Layer)
		}
		for j, p := range b.Params() {
			if copy(p.Data, c.Parameters[j]) != len(p.Data) || len(c.Parameters[j]) != len(p.Data) {
				t.Fatalf("case %d, %s: %q has %d entries, the reference %d", i, c.Layer, p.Name, len(p.Data), len(c.Parameters[j]))
			}
		}
		z, l, _ := evaluated[float64](b, denseOf(c.X), true)
		x, lBack, _ := evaluated[float64](b, denseOf(c.Z), false)
		name := fmt.Sprintf("case %d, %s", i, c.Layer)
		for i := range c.X {
			for j := range c.Dim {
				sameNumber(t, name+": forward", z.At(i, j), c.Z[i][j])
				sameNumber(t, name+": inverse", x.At(i, j), c.X[i][j])
			}
			sameNumber(t, name+": log-det", l[i], c.LogDet[i])
			sameNumber(t, name+": inverse's log-det", -lBack[i], c.LogDet[i])
		}
		points[c.Layer] += len(c.X)
	}
	for _, layer := range []string{"deep-sigmoidal", "dense-sigmoidal", "unconstrained-monotonic", "sum-of-squares", "bernstein", "block-autoregressive"} {
		if points[layer] < 20 {
			t.Errorf("the reference has only %d points of %s", points[layer], layer)
		}
	}
	if reference.Provenance == "" {
		t.Error("the reference does not say where it comes from")
	}
}
