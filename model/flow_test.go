package model_test

import (
	"bytes"
	"testing"

	"flowcert/catalog"
	"flowcert/model"
	"flowcert/target"
)

// TestCostOfRealNVP compares the counts with the closed formula of its eight
// conditioners, which take 1, 64 and 64 units to 64, 64 and 2.
func TestCostOfRealNVP(t *testing.T) {
	entry, err := catalog.OpenModel("realnvp")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := entry.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	cost, err := entry.Cost(2, settings)
	if err != nil {
		t.Fatal(err)
	}
	const pass = 8 * (1*64 + 64*64 + 64*2)
	if cost.Evaluation.MultiplyAdds != pass || cost.Sampling.MultiplyAdds != pass {
		t.Errorf("a log-density takes %d and a sample %d multiply-adds, want %d", cost.Evaluation.MultiplyAdds, cost.Sampling.MultiplyAdds, pass)
	}
	// Backward takes two more passes, but for the inputs of the first conditioner,
	// which nothing trained comes before.
	if want := int64(3*pass - 1*64); cost.Training.MultiplyAdds != want {
		t.Errorf("a training row takes %d multiply-adds, want %d", cost.Training.MultiplyAdds, want)
	}
}

// TestFitToATarget: its power rises over a quarter of the steps, and the flow that is
// stored has its columns as they are.
func TestFitToATarget(t *testing.T) {
	entry, err := catalog.OpenModel("realnvp")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := entry.Resolve(map[string]any{"steps": 400})
	if err != nil {
		t.Fatal(err)
	}
	r, err := entry.Reverse(target.U1(), settings, 1)
	if err != nil || r.Schedule.Steps != 400 || r.Anneal != 100 {
		t.Errorf("the target's power rises over %d of %d steps, want 100 of 400 (%v)", r.Anneal, r.Schedule.Steps, err)
	}
	d := model.Description{Target: "u1"}
	if err := d.Describe(entry, settings); err != nil || !bytes.Contains(d.Flow, []byte(`"columns":"none"`)) {
		t.Errorf("the stored flow is %s (%v), want columns as they are", d.Flow, err)
	}
	_, err = model.Gaussian().Reverse(target.U1(), nil, 1)
	refused(t, err, "is no flow")
}
