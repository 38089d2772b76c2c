package train

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/random"
	"flowcert/nn"
)

// apart draws from two normals of deviation 1/4 at (1, 1) and (-1, -1), the first three
// times as often.
func apart(rows int, seed uint64) *mat.Dense {
	x := mat.NewDense(rows, 2, nil)
	for i := range rows {
		r, at := random.New(seed, "apart", 0, uint64(i)), 1.0
		if r.Float64() < 0.25 {
			at = -1
		}
		x.SetRow(i, []float64{at + r.NormFloat64()/4, at + r.NormFloat64()/4})
	}
	return x
}

// TestMixtureOfFlowsFindsThePieces: two flows that can each be one normal only make the
// two normals of the data, with their weights.
func TestMixtureOfFlowsFindsThePieces(t *testing.T) {
	var flows []flow.Distribution
	for k := range 2 {
		// Different starts come from the base's means; a flow of one layer has no others.
		e := flow.Affine{Bound: 3}
		layer := flow.NewAutoregressive(2, e, nn.Architecture{Hidden: []int{4}}.Masked("a", uint64(k), 2, 0, e.Params()))
		copy(layer.Params()[len(layer.Params())-1].Data, []float32{0.3 - 0.6*float32(k)})
		flows = append(flows, flow.Distribution{Base: flow.Normal{}, Bijector: layer})
	}
	f := FlowMixture{flow.NewMixture("mixture", flows...), Schedule{Steps: 1000, Batch: 128, Rate: 3e-2, Patience: 100}}
	m, report, err := f.Fit(context.Background(), apart(2000, 1), apart(500, 2), density.FitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	test := apart(4000, 3)
	s, err := m.LogDensity(test, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	entropy := 1 + math.Log(2*math.Pi) - 2*math.Log(4) - 0.25*math.Log(0.25) - 0.75*math.Log(0.75)
	// The mean of 4,000 rows has a standard error of 0.018.
	if excess := -mean(s.LogDensity) - entropy; !(excess < 0.08) || !(excess > -0.06) {
		t.Errorf("excess %.3f nats after %d steps (best %d)", excess, report.Steps, report.BestStep)
	}
	if w := f.Mixture.Weights(); math.Abs(max(w[0], w[1])-0.75) > 0.05 {
		t.Errorf("weights %.3f, want 3/4 and 1/4", w)
	}
}

// TestBasesAreLearnt: with a flow that does nothing, the base alone fits the rows.
func TestBasesAreLearnt(t *testing.T) {
	student := distuv.StudentsT{Sigma: 1, Nu: 2}
	draw := map[string]func(seed uint64) *mat.Dense{
		"student": func(seed uint64) *mat.Dense {
			student.Src = random.New(seed, "student", 0, 0)
			x := mat.NewDense(4000, 1, nil)
			x.Apply(func(_, _ int, _ float64) float64 { return student.Rand() }, x)
			return x
		},
		"mixture": func(seed uint64) *mat.Dense { return apart(4000, seed) },
		"resampled": func(seed uint64) *mat.Dense { // normal numbers with a gap about 0
			x, r := mat.NewDense(4000, 1, nil), random.New(seed, "gap", 0, 0)
			x.Apply(func(_, _ int, _ float64) float64 {
				v := r.NormFloat64()
				for math.Abs(v) < 1 {
					v = r.NormFloat64()
				}
				return v
			}, x)
			return x
		},
	}
	two := distuv.UnitNormal.CDF(-1) * 2
	for name, c := range map[string]struct {
		base flow.Base
		// entropy is that of the rows, and room what the fit may be above it.
		entropy, room float64
	}{
		"student": {flow.NewLearnedStudent("base", 1, 10, true), 3 - 1.5*math.Ln2, 0.05},
		"mixture": {flow.NewGaussianMixture("base", 1, 2, 4, 0.5),
			1 + math.Log(2*math.Pi) - 2*math.Log(4) - 0.25*math.Log(0.25) - 0.75*math.Log(0.75), 0.08},
		"resampled": {flow.NewResampled("base", 1, 1, flow.ResampledOptions{Truncation: 100, Hidden: []int{16}, Draws: 1 << 14, TrainingDraws: 1 << 10}),
			0.5*math.Log(2*math.Pi) + math.Log(two) + (two+2*distuv.UnitNormal.Prob(1))/two/2, 0.15},
	} {
		rows := draw[name](1)
		_, dim := rows.Dims()
		d := flow.Distribution{Base: c.base, Bijector: flow.Reverse(dim)}
		schedule := Schedule{Steps: 1000, Batch: 256, Rate: 3e-2, Patience: 100}
		if _, err := Likelihood(t.Context(), d, schedule, rows, draw[name](2), density.FitOptions{Seed: 1}); err != nil {
			t.Fatal(err)
		}
		s, err := density.NewFlow(d).LogDensity(draw[name](3), density.Options{})
		if err != nil {
			t.Fatal(err)
		}
		excess := -mean(s.LogDensity) - c.entropy
		if !(excess < c.room) || !(excess > -0.06) {
			t.Errorf("%s: excess %.3f nats", name, excess)
		}
		if b, ok := c.base.(*flow.Student); ok && math.Abs(b.Degrees()[0]-2) > 0.4 {
			t.Errorf("degrees of freedom %.2f, want 2", b.Degrees()[0])
		}
	}
}
