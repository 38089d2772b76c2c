package train

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/nn"
)

// optimisers are all rules, each with a rate at which it learns.
var optimisers = []struct {
	optimiser Optimiser
	rate      float64
}{
	{Adam{}, 5e-3},
	{AdamW{Decay: 0.01}, 5e-3},
	{SGD{Momentum: 0.9}, 2e-2},
	{SGD{}, 5e-2},
	{Lion{Decay: 0.01}, 1e-3},
}

// name tells apart the rules of the table.
func name(o Optimiser) string { return fmt.Sprintf("%s%+v", o.Name(), o) }

// bytesOf returns the bytes of a model's weights.
func bytesOf(t *testing.T, m density.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, tensor := range m.Tensors() {
		if err := binary.Write(&b, binary.LittleEndian, tensor.F32); err != nil {
			t.Fatal(err)
		}
	}
	if b.Len() == 0 {
		t.Fatal("no weights")
	}
	return b.Bytes()
}

// TestSameBytesForAnyNumberOfWorkers holds for every rule, with clipped gradients and
// averaged weights too.
func TestSameBytesForAnyNumberOfWorkers(t *testing.T) {
	for _, c := range optimisers {
		for _, extras := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/extras=%v", name(c.optimiser), extras), func(t *testing.T) {
				s := Schedule{Steps: 60, Batch: 200, Rate: c.rate, Patience: 60, Optimiser: c.optimiser}
				if extras {
					s.Clip, s.Average, s.Course, s.Plateau = 0.5, 0.9, Plateau, 1
				}
				var first []byte
				for _, workers := range []int{1, 2, 7} {
					m, report := fit(t, s, density.FitOptions{Seed: 4, Workers: workers})
					if report.BestStep == 0 {
						t.Fatal("vacuous: the starting weights are the best")
					}
					if got := bytesOf(t, m); first == nil {
						first = got
					} else if !bytes.Equal(first, got) {
						t.Errorf("%d workers give other weights than 1", workers)
					}
				}
				m, _ := fit(t, s, density.FitOptions{Seed: 5})
				if bytes.Equal(first, bytesOf(t, m)) {
					t.Error("another seed gives the same weights")
				}
			})
		}
	}
}

// TestEveryOptimiserLearns, and Adam on every course: the best Gaussian is 0.8 nats above the entropy.
func TestEveryOptimiserLearns(t *testing.T) {
	for _, c := range optimisers {
		courses := []Course{Cosine}
		if c.optimiser == (Adam{}) {
			courses = append(courses, "", Constant, Plateau)
		}
		for _, course := range courses {
			t.Run(name(c.optimiser)+"/"+string(course), func(t *testing.T) {
				t.Parallel()
				s := Schedule{Steps: 600, Batch: 128, Rate: c.rate, Patience: 100, Optimiser: c.optimiser, Course: course}
				_, report := fit(t, s, density.FitOptions{Seed: 1, Workers: 1})
				best := math.Inf(-1)
				for _, p := range report.History {
					best = max(best, p.Validation)
				}
				if excess := -best - bananaEntropy; !(excess < 0.4) {
					t.Errorf("excess %.3f nats after %d steps (best %d, %s)", excess, report.Steps, report.BestStep, report.Stopped)
				}
			})
		}
	}
}

// TestDivergenceIsReported with an absurd rate, and the kept weights are usable.
func TestDivergenceIsReported(t *testing.T) {
	for _, c := range optimisers {
		for _, extras := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/extras=%v", name(c.optimiser), extras), func(t *testing.T) {
				s := Schedule{Steps: 500, Batch: 64, Rate: 1e30, Patience: 500, Optimiser: c.optimiser}
				if extras {
					s.Clip, s.Average, s.Course = 1, 0.5, Constant
				}
				m, report := fit(t, s, density.FitOptions{Seed: 1})
				if report.Stopped != "diverged" {
					t.Fatalf("stopped by %q after %d steps", report.Stopped, report.Steps)
				}
				s64, err := m.LogDensity(banana(100, 3), density.Options{})
				if err != nil || !finite(mean(s64.LogDensity)) {
					t.Errorf("the kept weights score %v (%v)", mean(s64.LogDensity), err)
				}
			})
		}
	}
}

// newTest returns a training of the small flow on rows of the banana.
func newTest(t *testing.T, s Schedule, x *mat.Dense, o density.FitOptions) *training {
	t.Helper()
	got, err := newLikelihood(build(2, 1), s, x, x, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(got.engine.close)
	return got
}

func (t *training) take(step int) float64 {
	t.batches.next(step)
	return t.engine.step(step, t.batches, t.engine.schedule.rate(step, t.reductions))
}

func TestStepsAllocateNothing(t *testing.T) {
	for _, c := range optimisers {
		s := Schedule{Steps: 1000, Batch: 256, Rate: 1e-3, Optimiser: c.optimiser, Clip: 1, Average: 0.9}
		tr := newTest(t, s, banana(2000, 1), density.FitOptions{Workers: 2})
		step := 0
		// An epoch's shuffle makes a generator; 7 steps stay within the first.
		if n := testing.AllocsPerRun(5, func() { step++; tr.take(step) }); n != 0 {
			t.Errorf("%s: %v allocations a step", name(c.optimiser), n)
		}
	}
}

// TestClippedStepsAreBounded: plain gradient descent moves the weights by the rate times
// the gradient, whose norm the limit bounds, and not at all less where that is shorter.
func TestClippedStepsAreBounded(t *testing.T) {
	length := func(clip float64) float64 {
		tr := newTest(t, Schedule{Steps: 10, Batch: 200, Rate: 1, Optimiser: SGD{}, Course: Constant, Clip: clip}, banana(500, 1), density.FitOptions{})
		before := tr.weights()
		tr.take(warmUp) // where the rate is whole
		var squares float64
		for i, w := range tr.weights() {
			squares += (w - before[i]) * (w - before[i])
		}
		return math.Sqrt(squares)
	}
	free := length(0)
	for _, clip := range []float64{free / 100, free / 2} {
		// The weights round to float32.
		if got := length(clip); math.Abs(got-clip) > 1e-4*clip {
			t.Errorf("clipped at %v the step is %v long", clip, got)
		}
	}
	if got := length(2 * free); math.Abs(got-free) > 1e-6*free {
		t.Errorf("clipped at twice its length the step is %v long, was %v", got, free)
	}
}

// TestDropoutChangesWithTheStep and with the tile, and with nothing else.
func TestDropoutChangesWithTheStep(t *testing.T) {
	d := flow.Distribution{Base: flow.Normal{}, Bijector: flow.NewAutoregressive(2, flow.Affine{Bound: 3},
		nn.Architecture{Hidden: []int{16}, Dropout: 0.5}.Masked("net", 1, 2, 0, 2))}
	for _, p := range d.Params() { // the last layer would hide it
		for i := range p.Data {
			p.Data[i] += 0.5
		}
	}
	x := mat.NewDense(256, 2, nil) // four tiles of equal rows
	for i := range 256 {
		x.SetRow(i, []float64{1, -1})
	}
	tr, err := newLikelihood(d, Schedule{Batch: 256}, x, x, density.FitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.engine.close()
	scores := map[float64]bool{}
	for _, step := range []int{1, 2, 1} {
		tr.engine.step(step, tr.validation, 0)
		for _, sum := range tr.engine.sums {
			scores[sum] = true
		}
	}
	if len(tr.engine.sums) != 4 || len(scores) != 8 {
		t.Errorf("two steps of %d tiles have %d different scores, want 8", len(tr.engine.sums), len(scores))
	}
}

// weights returns copies of all weights.
func (t *training) weights() (all []float64) {
	for _, p := range t.engine.params {
		for _, w := range p.Data {
			all = append(all, float64(w))
		}
	}
	return all
}

// TestAverageIsThatOfTheWeights follows the weights from outside.
func TestAverageIsThatOfTheWeights(t *testing.T) {
	s := Schedule{Steps: 100, Batch: 100, Rate: 1e-2, Average: 0.8}
	tr := newTest(t, s, banana(500, 1), density.FitOptions{})
	if err := tr.start(); err != nil {
		t.Fatal(err)
	}
	want := tr.weights()
	for step := 1; step <= 50; step++ {
		tr.take(step)
		d := min(0.8, float64(1+step)/float64(10+step))
		for i, w := range tr.weights() {
			want[i] = d*want[i] + (1-d)*w
		}
		tr.engine.exchange()
		for i, got := range tr.weights() {
			if math.Abs(got-want[i]) > 1e-6 {
				t.Fatalf("average %d is %v after step %d, want %v", i, got, step, want[i])
			}
		}
		tr.engine.exchange()
	}
	raw := tr.weights()
	tr.engine.exchange()
	differ := false
	for i, got := range tr.weights() {
		differ = differ || math.Abs(got-raw[i]) > 1e-4
	}
	if !differ {
		t.Error("vacuous: the average is the weights")
	}
	averaged := tr.engine.score(tr.validation)
	tr.engine.exchange()
	for i, got := range tr.weights() {
		if got != raw[i] {
			t.Fatal("the weights did not come back")
		}
	}
	if again := tr.engine.score(tr.validation); again == averaged {
		t.Error("the average scores as the weights do")
	}
}
