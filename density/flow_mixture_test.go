package density_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/density/densitytest"
	"flowcert/flow"
)

// twoFlows returns a mixture of different flows with unequal weights.
func twoFlows(dim, condition int) *flow.Mixture {
	m := flow.NewMixture("mixture", maf(dim, condition, 3, flow.Normal{}), coupled(dim, condition, 4, flow.NewLearnedStudent("base", dim, 8, true)))
	copy(m.Params()[0].Data, []float32{0.5, -0.3})
	return m
}

func TestMixturesOfFlowsObeyTheLaws(t *testing.T) {
	for _, dim := range []int{2, 3} {
		t.Run(fmt.Sprintf("dim=%d", dim), func(t *testing.T) { densitytest.Test(t, density.NewFlowMixture(twoFlows(dim, 0))) })
	}
	t.Run("conditional", func(t *testing.T) { densitytest.TestConditional(t, density.NewFlowMixture(twoFlows(1, 2))) })
}

// TestMixtureOfFlowsIsTheSumOfItsFlows compares with the scores of the flows alone.
func TestMixtureOfFlowsIsTheSumOfItsFlows(t *testing.T) {
	m := twoFlows(2, 0)
	x := normalRows(300, 2, 1)
	got := scores(t, density.NewFlowMixture(m), x)
	a, b := scores(t, density.NewFlow(m.Flows()[0]), x), scores(t, density.NewFlow(m.Flows()[1]), x)
	w := 1 / (1 + math.Exp(float64(float32(-0.3))-0.5))
	for i := range got {
		want := math.Log(w*math.Exp(a[i]) + (1-w)*math.Exp(b[i]))
		if math.Abs(got[i]-want) > 1e-9*(1+math.Abs(want)) {
			t.Fatalf("row %d scores %v, want %v", i, got[i], want)
		}
	}
}

// TestStandardErrorsOfMixtures: each flow's counts with its share of the density.
func TestStandardErrorsOfMixtures(t *testing.T) {
	resampled := flow.NewResampled("base", 1, 2, flow.ResampledOptions{Truncation: 10, Hidden: []int{6}, Draws: 1000, TrainingDraws: 100})
	m := flow.NewMixture("mixture", maf(2, 0, 3, flow.Normal{}), maf(2, 0, 4, resampled))
	copy(m.Params()[0].Data, []float32{0.5, -0.3})
	x := normalRows(50, 2, 1)
	score := func(m density.Model) density.Scores {
		s, err := m.LogDensity(x, density.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	got, exact, estimate := score(density.NewFlowMixture(m)), score(density.NewFlow(m.Flows()[0])), score(density.NewFlow(m.Flows()[1]))
	if got.Kind != density.Estimate || exact.Kind != density.Exact || estimate.Kind != density.Estimate {
		t.Fatalf("scores are %q, %q and %q", got.Kind, exact.Kind, estimate.Kind)
	}
	for i, e := range got.StandardError {
		share := m.Weights()[1] * math.Exp(estimate.LogDensity[i]-got.LogDensity[i])
		if want := share * estimate.StandardError[i]; !(math.Abs(e-want) <= 1e-9*want) {
			t.Fatalf("row %d has a standard error of %v, want %v", i, e, want)
		}
	}
}

func TestMixtureOfFlowsIsRestored(t *testing.T) {
	m := density.NewFlowMixture(twoFlows(2, 0))
	var tensors []density.Tensor
	names := map[string]bool{}
	for _, tensor := range m.Tensors() {
		tensor.F32 = slices.Clone(tensor.F32)
		tensors = append(tensors, tensor)
		names[tensor.Name] = true
	}
	if len(names) != len(tensors) {
		t.Fatalf("%d names for %d tensors", len(names), len(tensors))
	}
	fresh := twoFlows(2, 0)
	for _, p := range fresh.Params() {
		clear(p.Data)
	}
	again, err := density.RestoreFlowMixture(fresh, tensors)
	if err != nil {
		t.Fatal(err)
	}
	x := normalRows(100, 2, 1)
	if !slices.Equal(scores(t, m, x), scores(t, again, x)) {
		t.Error("scores differ after restoring")
	}
	want, _ := m.Sample(100, 1, density.Options{})
	if got, err := again.Sample(100, 1, density.Options{}); err != nil || !mat.Equal(got, want) {
		t.Errorf("samples differ after restoring (%v)", err)
	}
	if _, err := density.RestoreFlowMixture(twoFlows(2, 0), tensors[1:]); err == nil {
		t.Error("restored without the weights")
	}
}
