package train

import (
	"context"
	"math"
	"testing"

	"flowcert/density"
	"flowcert/setting"
)

func TestRates(t *testing.T) {
	for _, c := range []struct {
		course           Course
		step, reductions int
		want             float64
	}{
		{"", warmUp / 2, 0, 0.5 * 0.5 * (1 + math.Cos(math.Pi*(warmUp/2-1)/1000))},
		{Cosine, 501, 0, 0.5},
		{Cosine, 1000, 0, 0.5 * (1 + math.Cos(math.Pi*0.999))},
		{Constant, 1, 0, 1.0 / warmUp},
		{Constant, 1000, 3, 1},
		{Plateau, 1000, 0, 1},
		{Plateau, 1000, 3, 0.001},
	} {
		s := Schedule{Steps: 1000, Rate: 2, Course: c.course, Reduce: 0.1}
		if got := s.rate(c.step, c.reductions); math.Abs(got-2*c.want) > 1e-12 {
			t.Errorf("%s: rate %v at step %d after %d reductions, want %v", c.course, got, c.step, c.reductions, 2*c.want)
		}
	}
	if got := (Schedule{Rate: 1, Course: Plateau}).rate(1000, 2); got != 0.25 {
		t.Errorf("after two reductions by the usual factor the rate is %v", got)
	}
}

// TestPlateauReducesTheRate where the validation rows are overfitted from the start.
func TestPlateauReducesTheRate(t *testing.T) {
	// An epoch is one step, and the rows are scored every 151 steps and at the end.
	for _, c := range []struct{ plateau, reductions, last int }{{50, 3, 400}, {200, 1, 302}} {
		s := Schedule{Steps: 400, Batch: 11, Rate: 2e-2, Patience: 1000, Course: Plateau, Plateau: c.plateau}
		tr, err := newLikelihood(build(2, 1), s, banana(11, 1), banana(500, 2), density.FitOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.engine.close()
		report, err := tr.run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if report.BestStep != 0 || tr.reductions != c.reductions || tr.reducedAt != c.last {
			t.Errorf("plateau of %d epochs: %d reductions, the last at %d; best step %d", c.plateau, tr.reductions, tr.reducedAt, report.BestStep)
		}
	}
}

func TestSpentBudgetEndsTheFit(t *testing.T) {
	asked := 0
	o := density.FitOptions{Spent: func() bool { asked++; return asked == 3 }}
	_, report := fit(t, Schedule{Steps: 1000, Batch: 128, Rate: 1e-3, Patience: 100}, o)
	every := Schedule{Batch: 128}.every(500)
	if report.Stopped != "budget" || report.Steps != 3*every || len(report.History) != 3 {
		t.Errorf("stopped by %q after %d steps", report.Stopped, report.Steps)
	}
}

func TestSettingsMakeSchedules(t *testing.T) {
	v, err := setting.Resolve("training", Settings(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := NewSchedule(v); s.Steps != 4000 || s.Batch != 256 || s.Rate != 2e-3 || s.Course != Cosine || s.optimiser() != (Adam{}) {
		t.Errorf("the defaults are %+v", s)
	}
	for name, want := range map[string]Optimiser{
		"adam": Adam{}, "adamw": AdamW{Decay: 0.5}, "sgd": SGD{Momentum: 0.25}, "lion": Lion{Decay: 0.5},
	} {
		v, err := setting.Resolve("training", Settings(), map[string]any{"optimiser": name, "weight_decay": 0.5, "momentum": 0.25})
		if err != nil {
			t.Fatal(err)
		}
		if got := NewSchedule(v).optimiser(); got != want || got.Name() != name {
			t.Errorf("optimiser %q is %#v, want %#v", name, got, want)
		}
	}
}
