package flow_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"flowcert/flow"
)

// TestCDFReference compares with values that testdata/reference_cdf.py computed from the
// papers' formulas, in both directions.
func TestCDFReference(t *testing.T) {
	raw, err := os.ReadFile("testdata/reference_cdf.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Cases []struct {
			Layer      string
			Dim        int
			Parameters map[string][]float32
			X, Z       [][]float64
			LogDet     []float64 `json:"log_det"`
		}
	}
	if err := json.Unmarshal(raw, &reference); err != nil {
		t.Fatal(err)
	}
	points := map[string]int{}
	for i, c := range reference.Cases {
		b := cdfLayer(c.Layer, c.Dim, c.Parameters)
		if b == nil || len(b.Params()) != len(c.Parameters) {
			t.Fatalf("%q: no such layer, or other parameters", c.Layer)
		}
		for _, p := range b.Params() {
			if copy(p.Data, c.Parameters[p.Name]) != len(p.Data) {
				t.Fatalf("%s: no parameter %q", c.Layer, p.Name)
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
	for _, layer := range []string{"planar", "radial", "sylvester", "mixture"} {
		if points[layer] < 20 {
			t.Errorf("the reference has only %d points of %s layers", points[layer], layer)
		}
	}
}

// cdfLayer returns the layer of a case, whose size its parameters tell.
func cdfLayer(layer string, dim int, parameters map[string][]float32) flow.Bijector {
	switch layer {
	case "planar":
		return flow.NewPlanar("layer", 0, dim, nil)
	case "radial":
		return flow.NewRadial("layer", 0, dim, nil)
	case "sylvester":
		return flow.NewSylvester("layer", 0, dim, len(parameters["layer.steps"])/3, nil)
	case "mixture":
		return flow.NewMarginal("layer", dim, flow.MixtureCDF{Components: len(parameters["layer.parameters"]) / dim / 3, Bound: 4})
	}
	return nil
}
