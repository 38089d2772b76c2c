package train

import (
	"context"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/ad"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
	"flowcert/nn"
)

// TestWeightsCountRows: whole weights are rows that occur so often.
func TestWeightsCountRows(t *testing.T) {
	x := banana(40, 1)
	var weights []float64
	var repeated []float64
	for i := range 40 {
		weights = append(weights, 5*float64(i%4)) // only the ratios count
		for range i % 4 {
			repeated = append(repeated, x.RawRowView(i)...)
		}
	}
	y := mat.NewDense(len(repeated)/2, 2, repeated)
	s := Schedule{Steps: 10, Batch: 1000, Rate: 0.1, Course: Constant, Optimiser: SGD{}}
	run := func(x *mat.Dense, o density.FitOptions) (scores, weights []float64) {
		tr, err := newLikelihood(build(2, 1), s, x, x, o)
		if err != nil {
			t.Fatal(err)
		}
		defer tr.engine.close()
		for step := range 20 { // all rows each time
			scores = append(scores, tr.take(step+1), tr.engine.score(tr.validation))
		}
		return scores, tr.weights()
	}
	got, moved := run(x, density.FitOptions{TrainWeights: weights, ValidationWeights: weights})
	want, movedTo := run(y, density.FitOptions{})
	plain, _ := run(x, density.FitOptions{})
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-5*(1+math.Abs(want[i])) {
			t.Fatalf("score %d is %v, of repeated rows %v", i, got[i], want[i])
		}
	}
	for i := range movedTo {
		if math.Abs(moved[i]-movedTo[i]) > 1e-4 {
			t.Fatalf("weight %d is %v, by repeated rows %v", i, moved[i], movedTo[i])
		}
	}
	if math.Abs(plain[0]-want[0]) < 1e-3 {
		t.Error("vacuous: the weights change nothing")
	}
}

// conditional returns a flow of two couplings given a condition.
func conditional(dim, condition int) flow.Distribution {
	var layers []flow.Bijector
	for i := range 4 {
		in, out := flow.CouplingWidths(dim, i%2 == 1, flow.Affine{Bound: 3})
		net := nn.Architecture{Hidden: []int{16, 16}}.Conditioner(string(rune('a'+i)), 1, in+condition, out)
		layers = append(layers, flow.NewCoupling(dim, i%2 == 1, flow.Affine{Bound: 3}, net))
	}
	return flow.Distribution{Base: flow.Normal{}, Bijector: flow.NewChain(layers...), Condition: condition}
}

// around draws points with a deviation of 0.2 around the condition and its negative.
func around(rows int, seed uint64) (x, condition *mat.Dense) {
	x, condition = mat.NewDense(rows, 2, nil), mat.NewDense(rows, 1, nil)
	for i := range rows {
		r := random.New(seed, "around", 0, uint64(i))
		c := r.NormFloat64()
		condition.Set(i, 0, c)
		x.SetRow(i, []float64{c + 0.2*r.NormFloat64(), -c + 0.2*r.NormFloat64()})
	}
	return x, condition
}

func TestConditionIsLearnt(t *testing.T) {
	x, c := around(2000, 1)
	v, vc := around(500, 2)
	s := Schedule{Steps: 600, Batch: 128, Rate: 5e-3, Patience: 100}
	o := density.FitOptions{Seed: 1, TrainCondition: c, ValidationCondition: vc}
	report, err := Likelihood(context.Background(), conditional(2, 1), s, x, v, o)
	if err != nil {
		t.Fatal(err)
	}
	best := math.Inf(-1)
	for _, p := range report.History {
		best = max(best, p.Validation)
	}
	// Without the condition the best density is 1.2 nats worse: the points lie along a
	// line with a deviation of the root of 2.
	entropy := math.Log(2*math.Pi) + 1 + 2*math.Log(0.2)
	if excess := -best - entropy; !(excess < 0.2) || !(excess > -0.15) {
		t.Errorf("excess %.3f nats over the entropy given the condition", excess)
	}
}

// TestRowsThatDoNotFit are errors.
func TestRowsThatDoNotFit(t *testing.T) {
	x, c := around(10, 1)
	s := Schedule{Steps: 1, Batch: 5, Rate: 1e-3, Patience: 1}
	plain, given := build(2, 1), conditional(2, 1)
	ones := func(n int) []float64 {
		w := make([]float64, n)
		for i := range w {
			w[i] = 1
		}
		return w
	}
	set := func(v float64) []float64 { w := ones(10); w[3] = v; return w }
	for name, fit := range map[string]struct {
		d flow.Distribution
		x *mat.Dense
		o density.FitOptions
	}{
		"columns":              {plain, mat.NewDense(10, 3, nil), density.FitOptions{}},
		"a condition too many": {plain, x, density.FitOptions{TrainCondition: c, ValidationCondition: c}},
		"no condition":         {given, x, density.FitOptions{}},
		"no validation's":      {given, x, density.FitOptions{TrainCondition: c}},
		"too few conditions":   {given, x, density.FitOptions{TrainCondition: c.Slice(0, 9, 0, 1).(*mat.Dense), ValidationCondition: c}},
		"too wide a condition": {given, x, density.FitOptions{TrainCondition: x, ValidationCondition: x}},
		"too few weights":      {plain, x, density.FitOptions{TrainWeights: ones(9)}},
		"a negative weight":    {plain, x, density.FitOptions{TrainWeights: set(-1)}},
		"a weight of NaN":      {plain, x, density.FitOptions{ValidationWeights: set(math.NaN())}},
		"a weight of infinity": {plain, x, density.FitOptions{TrainWeights: set(math.Inf(1))}},
		"weights of zero":      {plain, x, density.FitOptions{ValidationWeights: make([]float64, 10)}},
	} {
		if _, err := Likelihood(context.Background(), fit.d, s, fit.x, x, fit.o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// shown is a layer that standardises points by fixed parameters, of which it makes the
// scale twice as large each time that it observes rows.
type shown struct {
	flow.Bijector
	weights, biases, logScales *ad.Param
	calls                      []bool
	rows, cols                 int
}

func newShown(b flow.Bijector) *shown {
	s := &shown{Bijector: b, weights: ad.NewParam("weights", 2, 2), biases: ad.NewParam("biases", 1, 2), logScales: ad.NewParam("scales", 1, 2)}
	for _, p := range []*ad.Param{s.weights, s.biases, s.logScales} {
		p.Fixed = true
	}
	s.weights.Data[0], s.weights.Data[3] = 1, 1
	return s
}

func (s *shown) Observe(x *mat.Dense, first bool) {
	s.calls = append(s.calls, first)
	s.rows, s.cols = x.Dims()
	for j := range 2 {
		mean, deviation := stat.MeanStdDev(mat.Col(nil, j, x), nil)
		scale := deviation / 8 * math.Pow(2, float64(len(s.calls)))
		s.weights.Data[3*j], s.biases.Data[j] = float32(1/scale), float32(-mean/scale)
		s.logScales.Data[j] = float32(math.Log(scale))
	}
}

func (s *shown) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	t := p.Tape
	z, logDet = s.Bijector.Forward(p, t.Dense(x, s.weights, s.biases, kernel.Identity))
	return z, t.Sub(logDet, t.SumColumns(t.Parameter(s.logScales)))
}

func (s *shown) Params() []*ad.Param {
	return append(s.Bijector.Params(), s.weights, s.biases, s.logScales)
}

// TestObserversAreShownRows before the first step and at each validation, with their
// conditions. What they set is seen at once, kept with the best weights, and changed by
// nothing else.
func TestObserversAreShownRows(t *testing.T) {
	x, c := around(5000, 1)
	for i := range 5000 {
		x.Set(i, 0, x.At(i, 0)+50) // hopeless unless the layer has seen it
	}
	d := conditional(2, 1)
	layer := newShown(d.Bijector)
	d.Bijector = layer
	// The other weights hardly move.
	s := Schedule{Steps: 198, Batch: 500, Rate: 1e-9, Patience: 100, Average: 0.5}
	o := density.FitOptions{Seed: 1, TrainCondition: c, ValidationCondition: c}
	report, err := Likelihood(context.Background(), d, s, x, x, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.History) != 6 || len(layer.calls) != 7 || !layer.calls[0] || layer.calls[1] {
		t.Fatalf("observed %v in %d validations", layer.calls, len(report.History))
	}
	if layer.rows != observed || layer.cols != 3 {
		t.Errorf("observed %d x %d", layer.rows, layer.cols)
	}
	// At the start the columns have a deviation of 4.
	start := -16 - math.Log(2*math.Pi)
	for j := range 2 {
		start -= math.Log(stat.StdDev(mat.Col(nil, j, x), nil) / 4)
	}
	if got := report.History[0].Train; math.Abs(got-start) > 0.3 {
		t.Errorf("the first batches score %v, want %v", got, start)
	}
	// Between two validations the batches are scored with what the first has set. The
	// scale is right at the second validation, and wrong by 2 nats at the next.
	for i, p := range report.History[1:] {
		if before := report.History[i].Validation; math.Abs(p.Train-before) > 0.1 {
			t.Errorf("batches score %v after a validation of %v", p.Train, before)
		}
	}
	if report.BestStep != report.History[1].Step || math.Abs(math.Exp(float64(layer.logScales.Data[0]))-1) > 0.1 {
		t.Errorf("best step %d, with scales of e^%v", report.BestStep, layer.logScales.Data)
	}
}

// TestEpochsTakeEveryRowOnce, and a step's batch depends on the step alone.
func TestEpochsTakeEveryRowOnce(t *testing.T) {
	x := banana(35, 1)
	b := newBatches(rows{x: x}, 1, 10)
	var taken []int
	for step := 1; step <= 7; step++ {
		b.next(step)
		taken = append(taken, b.batch...)
		alone := newBatches(rows{x: x}, 1, 10)
		alone.next(step)
		if !slices.Equal(alone.batch, b.batch) {
			t.Errorf("step %d has another batch after a restart", step)
		}
	}
	first, second := slices.Clone(taken[:35]), slices.Clone(taken[35:])
	if slices.Equal(first, second) {
		t.Error("two epochs have the same order")
	}
	for _, epoch := range [][]int{first, second} {
		slices.Sort(epoch)
		for i, row := range epoch {
			if row != i {
				t.Fatalf("an epoch takes the rows %v", epoch)
			}
		}
	}
}
