package flow_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/internal/kernel"
	"flowcert/internal/numeric"
	"flowcert/setting"
)

func TestBlockAutoregressiveLaws(t *testing.T) {
	for _, dim := range []int{1, 2, 3, 7} {
		t.Run(fmt.Sprintf("dim=%d", dim), func(t *testing.T) {
			t.Parallel()
			b := flow.NewBlockAutoregressive("b", 1, dim, 0, 3, 2)
			if err := flowtest.Check(b, flowtest.Laws{}); err != nil {
				t.Errorf("untrained: %v", err)
			}
			flowtest.Randomise(b, 2, 0.5)
			flowtest.Test(t, b, flowtest.Laws{})

			b = flow.NewBlockAutoregressive("b", 1, dim, 2, 4, 1)
			flowtest.Randomise(b, 2, 0.5)
			if err := flowtest.Check(b, flowtest.Laws{Condition: 2}); err != nil {
				t.Errorf("with a condition: %v", err)
			}
		})
	}
}

// TestBlockAutoregressiveStarts: the untrained flow is the identity to within 0.02.
func TestBlockAutoregressiveStarts(t *testing.T) {
	for _, dim := range []int{1, 2, 7} {
		b := flow.NewBlockAutoregressive("b", 1, dim, 0, 8, 2)
		x := normalRows(64, dim, 2)
		for _, forward := range []bool{true, false} {
			y, l, _ := evaluated[float64](b, x, forward)
			for i := range l {
				if !(math.Abs(l[i]) <= 0.05*float64(dim)) {
					t.Errorf("dim %d: log-det %v", dim, l[i])
				}
			}
			if !mat.EqualApprox(y, x, 0.021) {
				t.Errorf("dim %d, forward %v: %v becomes %v", dim, forward, x.RawRowView(0), y.RawRowView(0))
			}
		}
	}
}

// TestBlockAutoregressiveOrder moves one column at a time: the columns before it stay,
// and it moves the same way.
func TestBlockAutoregressiveOrder(t *testing.T) {
	const dim = 4
	b := flow.NewBlockAutoregressive("b", 1, dim, 0, 3, 2)
	flowtest.Randomise(b, 2, 0.5)
	for j := range dim {
		x := normalRows(32, dim, 2)
		z, _, _ := evaluated[float64](b, x, true)
		for i := range 32 {
			x.Set(i, j, x.At(i, j)+0.5)
		}
		moved, _, _ := evaluated[float64](b, x, true)
		later := 0
		for i := range 32 {
			for k := range dim {
				by := moved.At(i, k) - z.At(i, k)
				if k < j && by != 0 || k == j && by <= 0 {
					t.Errorf("column %d moves column %d by %v", j, k, by)
				}
				if k > j && by != 0 {
					later++
				}
			}
		}
		if later < 32*(dim-1-j) {
			t.Errorf("column %d moves only %d later entries", j, later)
		}
	}
}

func TestBlockAutoregressiveFarOut(t *testing.T) {
	x := mat.NewDense(6, 3, []float64{1e6, 1e6, 1e6, -1e6, -1e6, -1e6, 0, 0, 0, 1e6, 0, -1e6, 1e-30, -1e-30, 1, -30, 40, 1e3})
	b := flow.NewBlockAutoregressive("b", 1, 3, 0, 4, 2)
	noNaN(t, b, x, true)
	for _, deviation := range deviations {
		flowtest.Randomise(b, 2, deviation)
		noNaN(t, b, x, true)
	}
}

// bounded ends a flow in a map onto an interval, as tanh does.
type bounded struct{ flow.Bijector }

func (b bounded) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	z, logDet = b.Bijector.Forward(p, x)
	y := p.Tape.SoftClip(z, 1.5)
	slope := p.Tape.Linear(p.Tape.Log(p.Tape.Linear(p.Tape.Add(p.Tape.ReLU(z), p.Tape.ReLU(p.Tape.Linear(z, -1, 0))), 1/1.5, 1)), -2, 0)
	return y, p.Tape.Add(flow.LogDet(p, logDet), p.Tape.SumColumns(slope))
}

// TestBlockAutoregressiveIntegrates: under a normal base the density integrates to 1.
// A flow that is not onto has less.
func TestBlockAutoregressiveIntegrates(t *testing.T) {
	for _, dim := range []int{1, 2} {
		for _, trained := range []bool{false, true} {
			b := flow.NewBlockAutoregressive("b", 1, dim, 0, 4, 2)
			if trained {
				flowtest.Randomise(b, 2, 0.5)
			}
			sample, _, _ := evaluated[float64](b, normalRows(256, dim, 1), false)
			if got := mass(t, b, sample); !(math.Abs(got-1) <= 1e-5) {
				t.Errorf("dim %d, trained %v: the density integrates to %v", dim, trained, got)
			}
			if got := mass(t, bounded{b}, sample); !(got < 0.95) {
				t.Errorf("dim %d, trained %v: vacuous: that of a bounded flow integrates to %v", dim, trained, got)
			}
		}
	}
}

// mass returns the integral of a flow's density under a normal base, of which a sample
// tells mean and deviation.
func mass(t *testing.T, b flow.Bijector, sample *mat.Dense) float64 {
	t.Helper()
	_, dim := sample.Dims()
	tape := ad.NewTape()
	pass := flow.Pass{Tape: tape}
	z, l := b.Forward(pass, tape.Input(dim))
	p := ad.Compile(kernel.Best[float64](), tape, ad.Config{}, tape.Add(tape.NormalLogDensity(z), flow.LogDet(pass, l)))
	a := p.NewArena()
	centre, spread := make([]float64, dim), make([]float64, dim)
	for j := range dim {
		centre[j], spread[j] = stat.MeanStdDev(mat.Col(nil, j, sample), nil)
	}
	// The cells start wide everywhere but at one point, and are halved where need be.
	space := numeric.NewSpace(mat.NewDense(1, dim, centre), centre, spread)
	integral, err := space.Integrate(func(x *mat.Dense) ([]float64, error) {
		rows, _ := x.Dims()
		scores := make([]float64, rows)
		for from := 0; from < rows; from += p.Rows() {
			n := min(p.Rows(), rows-from)
			ad.LoadRows(a.Input(0), x.RawMatrix().Data[from*dim:], dim, n)
			a.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
			ad.StoreRows(scores[from:], 1, a.Output(0), n)
		}
		return scores, nil
	}, 1e-6, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return integral.Value
}

func TestBlockAutoregressiveKind(t *testing.T) {
	k := flow.BlockAutoregressiveKind()
	s, err := setting.Resolve(k.Name, k.Settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := k.Build(flow.Place{Name: "layer", Dim: 3, Condition: 2, Seed: 1}, s)
	if err != nil {
		t.Fatal(err)
	}
	if data, latent := b.Shapes(); data != flow.Vector(3) || latent != data {
		t.Errorf("shapes %v and %v", data, latent)
	}
	for _, p := range b.Params() {
		if !strings.HasPrefix(p.Name, "layer.") {
			t.Errorf("a parameter is named %q", p.Name)
		}
	}
}
