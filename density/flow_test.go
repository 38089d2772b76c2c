package density_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/catalog"
	"flowcert/density"
	"flowcert/density/densitytest"
	"flowcert/flow"
	"flowcert/internal/random"
	"flowcert/nn"
)

// randomised sets parameters to normal numbers of the deviation.
func randomised(params []*ad.Param, seed uint64, deviation float64) {
	for _, p := range params {
		r := random.New(seed, "test "+p.Name, 0, 0)
		for i := range p.Data {
			p.Data[i] = float32(deviation * r.NormFloat64())
		}
	}
}

// maf returns a small autoregressive flow with weights that are not the starting ones.
func maf(dim, condition int, seed uint64, b flow.Base) flow.Distribution {
	e := flow.Affine{Bound: 1}
	d := flow.Distribution{
		Base: b, Condition: condition,
		Bijector: flow.NewChain(
			flow.NewAutoregressive(dim, e, nn.Architecture{Hidden: []int{8}}.Masked("a", seed, dim, condition, e.Params())),
			flow.Reverse(dim),
			flow.NewAutoregressive(dim, e, nn.Architecture{Hidden: []int{8}}.Masked("b", seed, dim, condition, e.Params()))),
	}
	randomised(d.Params(), seed, 0.4)
	return d
}

// coupled is maf with splines in couplings.
func coupled(dim, condition int, seed uint64, b flow.Base) flow.Distribution {
	var layers []flow.Bijector
	for i, e := range []flow.Elementwise{flow.RationalQuadratic{Bins: 4, Bound: 3}, flow.Affine{Bound: 1}, flow.Affine{Bound: 1}} {
		in, out := flow.CouplingWidths(dim, i%2 == 1, e)
		layers = append(layers, flow.NewCoupling(dim, i%2 == 1, e, nn.Architecture{Hidden: []int{8}}.Conditioner(fmt.Sprint("net.", i), seed, in+condition, out)))
	}
	d := flow.Distribution{Base: b, Bijector: flow.NewChain(layers...), Condition: condition}
	randomised(d.Params(), seed, 0.3)
	return d
}

// bases are one of each kind, by its name in the catalogue, in dim columns.
func bases(dim int) map[string]flow.Base {
	return map[string]flow.Base{
		"normal":  flow.Normal{},
		"student": flow.NewLearnedStudent("base", dim, 6, true),
		"uniform": flow.Uniform{Bound: 2, Edge: 0.3},
		"mixture": flow.NewGaussianMixture("base", 1, dim, 3, 0.5),
		"resampled": flow.NewResampled("base", 1, dim, flow.ResampledOptions{
			Truncation: 10, Hidden: []int{6}, Draws: 1 << 16, TrainingDraws: 100}),
	}
}

// No base of the catalogue escapes the laws.
func TestEveryBaseIsTried(t *testing.T) {
	var names []string
	for _, kind := range catalog.Kinds().Bases {
		names = append(names, kind.Name)
	}
	slices.Sort(names)
	if tried := slices.Sorted(maps.Keys(bases(1))); !slices.Equal(names, tried) {
		t.Errorf("the catalogue has the bases %q, and those tried are %q", names, tried)
	}
}

func TestFlowsObeyTheLaws(t *testing.T) {
	for _, dim := range []int{1, 2, 3} {
		for name, b := range bases(dim) {
			if dim == 2 && name != "mixture" {
				continue // the cubature takes long
			}
			t.Run(fmt.Sprintf("%s/dim=%d", name, dim), func(t *testing.T) {
				densitytest.Test(t, density.NewFlow(maf(dim, 0, 3, b)))
			})
		}
	}
}

func TestConditionalFlowsObeyTheLaws(t *testing.T) {
	for _, dim := range []int{1, 2, 3} {
		for name, d := range map[string]flow.Distribution{
			"maf": maf(dim, 2, 3, flow.Normal{}), "coupling": coupled(dim, 2, 3, flow.Normal{}),
		} {
			if dim == 2 && name == "coupling" {
				continue // the cubature takes long
			}
			t.Run(fmt.Sprintf("%s/dim=%d", name, dim), func(t *testing.T) {
				densitytest.TestConditional(t, density.NewFlow(d))
			})
		}
	}
}

// conditionalRows are rows with conditions in units far from theirs; one column of the
// condition is constant.
func conditionalRows(n int) (x, condition *mat.Dense) {
	x, condition = bent(n, 1), normalRows(n, 3, 5)
	for i := range n {
		condition.Set(i, 1, 100+20*condition.At(i, 1))
		condition.Set(i, 2, 7)
	}
	return x, condition
}

// TestStandardisedConditionalFlows: the columns of the condition are scaled as well,
// and restored.
func TestStandardisedConditionalFlows(t *testing.T) {
	x, c := conditionalRows(200)
	o := density.FitOptions{TrainCondition: c, ValidationCondition: c}
	build := func() flow.Distribution { return maf(2, 3, 3, flow.Normal{}) }
	inner := density.NewFlow(build())
	restore := func(rest []density.Tensor) (density.Model, error) { return density.RestoreFlow(build(), rest) }
	for name, wrapped := range map[string]struct {
		fitter  density.Fitter
		restore func([]density.Tensor) (density.Model, error)
	}{
		"standardised": {density.Standardise(fixed{inner}), func(all []density.Tensor) (density.Model, error) {
			return density.RestoreStandardised(2, all, restore)
		}},
		"whitened": {density.Whiten(fixed{inner}), func(all []density.Tensor) (density.Model, error) {
			return density.RestoreWhitened(2, all, restore)
		}},
	} {
		m, _, err := wrapped.fitter.Fit(t.Context(), x, x, o)
		if err != nil {
			t.Fatal(err)
		}
		if name == "whitened" {
			densitytest.TestConditional(t, m)
		}
		again, err := wrapped.restore(m.Tensors())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		given := density.Options{Condition: c}
		want, err := m.LogDensity(x, given)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.LogDensity(x, given); err != nil || !slices.Equal(got.LogDensity, want.LogDensity) {
			t.Errorf("%s: scores differ after restoring (%v)", name, err)
		}
		for i, tensor := range m.Tensors() {
			if !strings.HasPrefix(tensor.Name, "standardise.condition.") {
				continue
			}
			if _, err := wrapped.restore(slices.Delete(m.Tensors(), i, i+1)); err == nil {
				t.Errorf("%s: restored without the tensor %q", name, tensor.Name)
			}
			wrong := m.Tensors()
			wrong[i].Shape, wrong[i].F64 = []int{2}, wrong[i].F64[:2]
			if _, err := wrapped.restore(wrong); err == nil {
				t.Errorf("%s: restored with two columns of %q", name, tensor.Name)
			}
		}
	}
}

// TestStandardisingAConditionChangesItsUnits: by hand it is the same.
func TestStandardisingAConditionChangesItsUnits(t *testing.T) {
	x, c := conditionalRows(50)
	inner := density.NewFlow(maf(2, 3, 3, flow.Normal{}))
	m, _, err := density.Standardise(fixed{inner}).Fit(t.Context(), x, x, density.FitOptions{TrainCondition: c, ValidationCondition: c})
	if err != nil {
		t.Fatal(err)
	}
	var mean, deviation float64
	for i := range 50 {
		mean += c.At(i, 1) / 50
	}
	for i := range 50 {
		deviation += (c.At(i, 1) - mean) * (c.At(i, 1) - mean) / 50
	}
	deviation = math.Sqrt(deviation)
	// Two conditions that differ in the second column alone.
	low, high := mat.NewDense(1, 3, []float64{c.At(0, 0), mean, 7}), mat.NewDense(1, 3, []float64{c.At(0, 0), mean + 2*deviation, 7})
	first := m.Tensors()[2]
	scaled := (c.At(0, 0) - first.F64[0]) / m.Tensors()[3].F64[0]
	for _, pair := range []struct {
		outer  *mat.Dense
		inside []float64
	}{{low, []float64{scaled, 0, 0}}, {high, []float64{scaled, 2, 0}}} {
		z, _, err := m.(density.Encoder).Encode(x, density.Options{Condition: pair.outer})
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := inner.Decode(z, density.Options{Condition: mat.NewDense(1, 3, pair.inside)})
		if err != nil {
			t.Fatal(err)
		}
		for j := range 2 {
			if want := (x.At(3, j) - m.Tensors()[0].F64[j]) / m.Tensors()[1].F64[j]; math.Abs(back.At(3, j)-want) > 1e-9 {
				t.Errorf("column %d is %v inside, want %v", j, back.At(3, j), want)
			}
		}
	}
}

func TestConditionsThatDoNotFitAreNamed(t *testing.T) {
	x := normalRows(5, 2, 1)
	conditional, plain := density.NewFlow(maf(2, 3, 1, flow.Normal{})), density.NewFlow(maf(2, 0, 1, flow.Normal{}))
	for _, c := range []struct {
		m         density.Model
		condition *mat.Dense
		want      string
	}{
		{conditional, nil, "want a condition of 3 columns"},
		{conditional, mat.NewDense(5, 2, nil), "the condition has 2 columns, the model takes 3"},
		{conditional, mat.NewDense(4, 3, nil), "5 rows have a condition of 4 rows"},
		{plain, mat.NewDense(5, 3, nil), "the model takes no condition"},
	} {
		o := density.Options{Condition: c.condition}
		if _, err := c.m.LogDensity(x, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("log-density: error %v, want one with %q", err, c.want)
		}
		if _, err := c.m.Sample(5, 1, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("sample: error %v, want one with %q", err, c.want)
		}
	}
	y, c := conditionalRows(20)
	if _, _, err := density.Standardise(fixed{conditional}).Fit(t.Context(), y, y, density.FitOptions{TrainCondition: c, ValidationCondition: mat.NewDense(20, 2, nil)}); err == nil {
		t.Error("a validation condition of other columns is accepted")
	}
}

// TestEstimatesAreMarked, through standardising and mixing too.
func TestEstimatesAreMarked(t *testing.T) {
	base := flow.NewResampled("base", 1, 2, flow.ResampledOptions{Truncation: 10, Hidden: []int{6}, Draws: 1000, TrainingDraws: 100})
	estimated, exact := maf(2, 0, 3, base), maf(2, 0, 4, flow.Normal{})
	x := bent(100, 1)
	f := density.NewFlow(estimated)
	m := fit(t, density.Whiten(fixed{f}), x, x, 0)
	mixture := density.NewFlowMixture(flow.NewMixture("mixture", estimated, exact))
	for name, m := range map[string]density.Model{"flow": f, "whitened": m, "mixture": mixture} {
		s, err := m.LogDensity(x, density.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s.Kind != density.Estimate || len(s.StandardError) != 100 || !(slices.Max(s.StandardError) > 1e-4) || !(slices.Max(s.StandardError) < 0.2) {
			t.Errorf("%s: scores are %q with standard errors %v", name, s.Kind, s.StandardError)
		}
	}
}

// TestFlowsIntoABox: an exact box leaves no density outside, and samples inside.
func TestFlowsIntoABox(t *testing.T) {
	box := density.NewFlow(flow.Distribution{Base: flow.Uniform{Bound: 1}, Bijector: flow.Reverse(2)})
	mixed := density.NewFlowMixture(flow.NewMixture("mixture",
		flow.Distribution{Base: flow.Uniform{Bound: 1}, Bijector: flow.Reverse(2)},
		flow.Distribution{Base: flow.Uniform{Bound: 2}, Bijector: flow.Reverse(2)}))
	x := mat.NewDense(3, 2, []float64{0.5, -0.9, 1.5, 0, 3, 0})
	for _, p := range []density.Precision{density.Float32, density.Float64} {
		got, err := box.LogDensity(x, density.Options{Precision: p})
		if err != nil {
			t.Fatal(err)
		}
		half, err := mixed.LogDensity(x, density.Options{Precision: p})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range [][2]float64{
			{math.Log(1.0 / 4), math.Log((1.0/4 + 1.0/16) / 2)}, {math.Inf(-1), math.Log(1.0 / 32)}, {math.Inf(-1), math.Inf(-1)},
		} {
			for k, v := range []float64{got.LogDensity[i], half.LogDensity[i]} {
				if v != want[k] && !(math.Abs(v-want[k]) < 1e-6) {
					t.Errorf("%s: log-density %d of row %d is %v, want %v", p, k, i, v, want[k])
				}
			}
		}
	}
	s, err := box.Sample(100, 1, density.Options{})
	if err != nil || slices.Max(s.RawMatrix().Data) > 1 || slices.Min(s.RawMatrix().Data) < -1 {
		t.Errorf("samples of the box: %v (%v)", s, err)
	}
}
