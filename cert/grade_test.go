package cert

import (
	"slices"
	"testing"
)

// TestScaleIsFrozen fails when a border is changed: that takes a new version.
func TestScaleIsFrozen(t *testing.T) {
	scale, named := CurrentScale()
	const frozen = "ea1e389d33522082bc534e0b817ce3722e4715dae7415613a2cb3d01ec3ff3e9"
	if named.Version != "2" || named.SHA256 != frozen {
		t.Errorf("scale %q has SHA-256 %s, which was frozen as %s", named.Version, named.SHA256, frozen)
	}
	for _, g := range scale.Grades {
		line, ok := lineOf(g.Row)
		if !ok || line.Block != g.Block {
			t.Errorf("the scale grades %q in block %q", g.Row, g.Block)
		}
		worsening := slices.Clone(g.Borders[:])
		if g.Better == "higher" {
			slices.Reverse(worsening)
		}
		if !slices.IsSorted(worsening) || g.Better != "higher" && g.Better != "lower" {
			t.Errorf("%s: borders %v, %q better", g.Row, g.Borders, g.Better)
		}
	}
}

func TestGrade(t *testing.T) {
	lower := Grading{Better: "lower", Borders: [4]float64{1, 10, 100, 1000}}
	higher := Grading{Better: "higher", Borders: [4]float64{0.9, 0.7, 0.4, 0.1}}
	p := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		g    Grading
		row  Row
		want string
	}{
		{lower, Row{Value: p(1)}, "A"},
		{lower, Row{Value: p(1.00001)}, "B"},
		{lower, Row{Value: p(1e9)}, "E"},
		{lower, Row{Value: p(50), Lo: p(5), Hi: p(500)}, "B–D"},
		{lower, Row{Lo: p(0.5), Hi: p(0.7)}, "A"},
		{higher, Row{Value: p(0.9)}, "A"},
		{higher, Row{Value: p(-3)}, "E"},
		{higher, Row{Value: p(0.82), Lo: p(0.69), Hi: p(0.91)}, "A–C"},
		{higher, Row{Value: p(0.95), Strength: Refuted}, ""},
	} {
		if got := c.g.grade(c.row); got != c.want {
			t.Errorf("%+v under %v gets %q, want %q", c.row, c.g.Borders, got, c.want)
		}
	}
}

func TestMark(t *testing.T) {
	c := sound(t)
	for block, want := range map[Block]string{
		Answers: "", Guarantees: "", Fit: "fit.excess_per_dimension", Samples: "samples.classifier", Numerics: "numerics.round_trip_float32",
		Time: "time.density", Memory: "memory.answering", Energy: "energy.density",
	} {
		row, g, ok := c.Mark(block)
		if row.ID != want || g.Row != want || ok != (want != "") {
			t.Errorf("block %s is marked by %q under %q, want %q", block, row.ID, g.Row, want)
		}
		if ok && row.Grade == "" {
			t.Errorf("%s has no grade", row.ID)
		}
	}
	// Without the truth skill takes the place of the excess.
	b := fixture()
	delete(b.arrays, "test.true_log_density")
	b.data.Truth = false
	b.Skip("fit.excess", "the true density is not known")
	b.Skip("fit.excess_per_dimension", "the true density is not known")
	b.Skip("fit.effective_samples", "the true density is not known")
	c, _, err := b.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	if row, _, _ := c.Mark(Fit); row.ID != "fit.skill" || row.Inputs[2] != "test.reference_log_density" {
		t.Errorf("without a truth, fit is marked by %q from %q", row.ID, row.Inputs)
	}
}
