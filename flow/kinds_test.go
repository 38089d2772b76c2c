package flow_test

import (
	"slices"
	"testing"

	"flowcert/flow"
	"flowcert/nn"
	"flowcert/setting"
)

// built returns the layer of a kind in five columns, with so many of its kind before it.
func built(t *testing.T, k flow.Kind, number int, given map[string]any) flow.Bijector {
	t.Helper()
	settings, err := setting.Resolve(k.Name, k.Settings, given)
	if err != nil {
		t.Fatal(err)
	}
	b, err := k.Build(flow.Place{
		Name: "layer", Number: number, Dim: 5, Seed: 1,
		Transformer: flow.Affine{Bound: 3}, Architecture: nn.Architecture{Hidden: []int{4}},
	}, settings)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCouplingsTakeTurns: of layers of one kind the first, the third and so on map the
// last columns, unless a half is named.
func TestCouplingsTakeTurns(t *testing.T) {
	for _, k := range []flow.Kind{flow.CouplingKind(), flow.GINKind()} {
		for number, half := range []string{"alternate", "alternate", "alternate", "first", "last", "alternate"} {
			b := built(t, k, number, map[string]any{"half": half})
			for _, p := range b.Params() {
				for i := range p.Data {
					p.Data[i] += 0.1
				}
			}
			z, _ := mapRows(b, false, [][]float64{{1, 1, 1, 1, 1}})
			first, last := z[0][0] != 1, z[0][4] != 1
			if want := half == "first" || half == "alternate" && number%2 == 1; first != want || last == want {
				t.Errorf("%s %d, half %q: the first column moves: %v, the last: %v", k.Name, number, half, first, last)
			}
		}
	}
}

// TestShufflesTakeTurns: only every third reorders, each in an order of its own.
func TestShufflesTakeTurns(t *testing.T) {
	row := []float64{1, 2, 3, 4, 5}
	var orders [][]float64
	for number := range 6 {
		z, _ := mapRows(built(t, flow.ShuffleKind(), number, map[string]any{"every": 3}), false, [][]float64{row})
		if moved := !slices.Equal(z[0], row); moved != (number%3 == 2) {
			t.Errorf("shuffle %d reorders: %v", number, moved)
		}
		orders = append(orders, z[0])
	}
	if slices.Equal(orders[2], orders[5]) {
		t.Error("two shuffles of a flow have one order")
	}
}
