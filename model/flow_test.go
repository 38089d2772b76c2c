package model_test

import (
	"testing"

	"flowcert/catalog"
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
