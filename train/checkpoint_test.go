package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
)

// countdown is a context that is cancelled after so many steps.
type countdown struct {
	context.Context
	steps int
}

func (c *countdown) Err() error {
	c.steps--
	if c.steps < 0 {
		return context.Canceled
	}
	return nil
}

// fitInParts runs fit with a context that is cancelled after so many steps, goes on
// from the checkpoint that this leaves, and so on; the last part runs to the end.
func fitInParts(t *testing.T, parts []int, fit func(context.Context, density.FitOptions) (density.Model, density.Report, error)) (density.Model, density.Report) {
	t.Helper()
	var o density.FitOptions
	o.Seed = 3
	for i, steps := range parts {
		var left []byte
		o.Workers = i%2 + 1
		o.Checkpoint = func(state func() ([]byte, error), final bool) (err error) {
			if final {
				left, err = state()
			}
			return err
		}
		if _, _, err := fit(&countdown{context.Background(), steps}, o); !errors.Is(err, context.Canceled) || left == nil {
			t.Fatalf("stopped after %d steps: %v, with a checkpoint of %d bytes", steps, err, len(left))
		}
		o.Resume = left
	}
	m, report, err := fit(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return m, report
}

// observing returns the small flow behind a layer that observes the rows.
func observing(dim int, seed uint64) flow.Distribution {
	d := build(dim, seed)
	d.Bijector = flow.NewChain(flow.NewBatchNorm("norm", dim, 3), d.Bijector)
	return d
}

// TestInterruptedTrainingsAreTheSame stops trainings at several steps, within and at
// the ends of epochs and validations.
func TestInterruptedTrainingsAreTheSame(t *testing.T) {
	x, validation := banana(300, 1), banana(100, 2)
	for _, c := range optimisers {
		for _, extras := range []bool{false, true} {
			s := Schedule{Steps: 47, Batch: 64, Rate: c.rate, Patience: 100, Optimiser: c.optimiser}
			if extras {
				s.Clip, s.Average, s.Course, s.Plateau = 0.5, 0.9, Plateau, 1
			}
			t.Run(fmt.Sprintf("%s/extras=%v", name(c.optimiser), extras), func(t *testing.T) {
				testInterrupted(t, func(ctx context.Context, o density.FitOptions) (density.Model, density.Report, error) {
					return Flow{observing(2, o.Seed), s}.Fit(ctx, x, validation, o)
				})
			})
		}
	}
}

// TestInterruptedPlateausAreTheSame where the few rows are overfitted and the rate has
// been reduced before and after.
func TestInterruptedPlateausAreTheSame(t *testing.T) {
	x, validation := banana(11, 1), banana(20, 2)
	s := Schedule{Steps: 47, Batch: 11, Rate: 0.1, Patience: 1000, Course: Plateau, Plateau: 10}
	reductions := map[int]bool{}
	testInterrupted(t, func(ctx context.Context, o density.FitOptions) (density.Model, density.Report, error) {
		d := build(2, o.Seed)
		tr, err := newLikelihood(d, s, x, validation, o)
		if err != nil {
			return nil, density.Report{}, err
		}
		defer tr.engine.close()
		report, err := tr.run(ctx)
		reductions[tr.reductions] = true
		return density.NewFlow(d), report, err
	})
	if len(reductions) < 3 {
		t.Errorf("vacuous: trainings stopped after %v reductions", reductions)
	}
}

// testInterrupted compares trainings of 47 steps.
func testInterrupted(t *testing.T, fit func(context.Context, density.FitOptions) (density.Model, density.Report, error)) {
	t.Helper()
	want, report := fitInParts(t, nil, fit)
	if report.BestStep == 0 || report.Steps != 47 {
		t.Fatalf("vacuous: %d steps, best %d", report.Steps, report.BestStep)
	}
	report.Footprint = density.Footprint{} // of another number of workers
	for _, parts := range [][]int{{0}, {1}, {5}, {23}, {46}, {7, 8, 9}} {
		got, again := fitInParts(t, parts, fit)
		again.Footprint = density.Footprint{}
		if !bytes.Equal(bytesOf(t, want), bytesOf(t, got)) {
			t.Errorf("stopped after %v steps: other weights", parts)
		}
		if !reflect.DeepEqual(report, again) {
			t.Errorf("stopped after %v steps: report %+v, want %+v", parts, again, report)
		}
	}
}

func TestCheckpointsComeBack(t *testing.T) {
	for _, c := range []Checkpoint{
		{},
		{
			Task: "a", Step: 7, BestStep: 5, Reductions: 1, ReducedAt: 6, Best: -1.5, Sum: math.Inf(-1),
			History: []density.Progress{{Step: 5, Steps: 9, Train: 1, Validation: -2}},
			Arrays:  []density.Tensor{{Name: "weights/a", Shape: []int{1, 2}, F32: []float32{1, float32(math.Inf(1))}}, {Name: "weights/none", Shape: []int{0, 2}, F32: []float32{}}},
		},
	} {
		raw, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeCheckpoint(raw)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, c) {
			t.Errorf("got %+v, want %+v", got, c)
		}
		if again, err := got.Encode(); err != nil || !bytes.Equal(raw, again) {
			t.Errorf("encoded again: other bytes (%v)", err)
		}
	}
}

// TestResumeRefuses what is not a checkpoint of the same training.
func TestResumeRefuses(t *testing.T) {
	s := Schedule{Steps: 20, Batch: 64, Rate: 1e-3, Patience: 100}
	x := banana(100, 1)
	var state []byte
	o := density.FitOptions{Seed: 1, Checkpoint: func(encode func() ([]byte, error), _ bool) (err error) {
		state, err = encode()
		return err
	}}
	fit := func(s Schedule, x *mat.Dense, o density.FitOptions) error {
		_, _, err := Flow{build(2, 1), s}.Fit(context.Background(), x, x, o)
		return err
	}
	if err := fit(s, x, o); err != nil || state == nil {
		t.Fatal(err)
	}
	resume := density.FitOptions{Seed: 1, Resume: state}
	if err := fit(s, x, resume); err != nil {
		t.Fatalf("the same training: %v", err)
	}
	otherSeed := resume
	otherSeed.Seed = 2
	weighted := resume
	weighted.TrainWeights = make([]float64, 100)
	weighted.TrainWeights[0] = 1
	garbage := resume
	garbage.Resume = state[:len(state)-1]
	empty := resume
	empty.Resume = []byte{}
	given := func(c *mat.Dense, o density.FitOptions) error {
		o.TrainCondition, o.ValidationCondition = c, c
		_, _, err := Flow{conditional(2, 1), s}.Fit(context.Background(), x, x, o)
		return err
	}
	_, condition := around(100, 1)
	if err := given(condition, o); err != nil {
		t.Fatal(err)
	}
	resumeGiven := density.FitOptions{Seed: 1, Resume: state}
	if err := given(condition, resumeGiven); err != nil {
		t.Fatalf("the same training given a condition: %v", err)
	}
	_, otherCondition := around(100, 2)
	longer, other := s, s
	longer.Steps++
	other.Optimiser = AdamW{}
	for name, err := range map[string]error{
		"another seed":         fit(s, x, otherSeed),
		"other rows":           fit(s, banana(100, 2), resume),
		"another condition":    given(otherCondition, resumeGiven),
		"weights":              fit(s, x, weighted),
		"more steps":           fit(longer, x, resume),
		"another optimiser":    fit(other, x, resume),
		"a truncated file":     fit(s, x, garbage),
		"a file of no content": fit(s, x, empty),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "resume: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestErrorsOfCheckpointsEndTheFit(t *testing.T) {
	full := errors.New("disk full")
	o := density.FitOptions{Checkpoint: func(func() ([]byte, error), bool) error { return full }}
	_, _, err := Flow{build(2, 1), Schedule{Steps: 20, Batch: 64, Rate: 1e-3, Patience: 100}}.Fit(context.Background(), banana(100, 1), banana(100, 2), o)
	if !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

// FuzzDecodeCheckpoint: whatever is read does not panic, and what decodes comes back.
func FuzzDecodeCheckpoint(f *testing.F) {
	raw, err := Checkpoint{Step: 3, History: []density.Progress{{Step: 1}}, Arrays: []density.Tensor{{Name: "w", Shape: []int{1, 1}, F32: []float32{1}}}}.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := DecodeCheckpoint(raw)
		if err != nil {
			return
		}
		once, err := c.Encode()
		if err != nil {
			return // such as a name that occurs twice
		}
		again, err := DecodeCheckpoint(once)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := fmt.Sprint(again), fmt.Sprint(c); a != b { // a NaN is not equal to itself
			t.Errorf("%s\n%s", a, b)
		}
		if _, err := json.Marshal(c); err != nil {
			t.Error(err)
		}
	})
}
