package proof_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"flowcert/ad"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/interval"
	"flowcert/internal/taylor"
	"flowcert/nn"
	"flowcert/proof"
)

// normal is the standard normal density.
type normal struct{}

func (normal) Enclose(centre, half []float64) taylor.Model {
	sum := taylor.Constant(0)
	for i := range centre {
		x := taylor.Variable(i, centre[i], half[i])
		x = taylor.Square(&x)
		x = taylor.Linear(&x, -0.5, -math.Log(2*math.Pi)/2)
		sum = taylor.Add(&sum, &x)
	}
	return sum
}

func ofNormal() (proof.LogDensity, error) { return normal{}, nil }

func TestMassOfTheNormalDistribution(t *testing.T) {
	for _, c := range []struct {
		lo, hi      []float64
		evaluations int
		width       float64
	}{
		{[]float64{-1}, []float64{2}, 2000, 1e-8},
		{[]float64{-1, 0}, []float64{2, 0.5}, 4000, 1e-6},
		{[]float64{-8, -8}, []float64{8, 8}, 10_000, 2e-3},
		{[]float64{-1, 0, -1}, []float64{2, 0.5, 1}, 4000, 1e-4},
	} {
		want := 1.0
		for i := range c.lo {
			want *= (math.Erf(c.hi[i]/math.Sqrt2) - math.Erf(c.lo[i]/math.Sqrt2)) / 2
		}
		mass, err := proof.Integrate(t.Context(), ofNormal, c.lo, c.hi, proof.Options{Evaluations: c.evaluations})
		if err != nil {
			t.Fatal(err)
		}
		// math.Erf and the constant in normal are good to 1e-15.
		total := mass.Total()
		if total.Lo > want+1e-14 || total.Hi < want-1e-14 || total.Width() > c.width {
			t.Errorf("from %v to %v: %v, want %v within %v", c.lo, c.hi, total, want, c.width)
		}
		if mass.Evaluations > c.evaluations || mass.Cells > mass.Evaluations {
			t.Errorf("%d cells of %d evaluations, of %d", mass.Cells, mass.Evaluations, c.evaluations)
		}
	}
}

func TestStopsAtWidth(t *testing.T) {
	mass, err := proof.Integrate(t.Context(), ofNormal, []float64{-4, -4}, []float64{4, 4}, proof.Options{Evaluations: 1_000_000, Width: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	if w := mass.Total().Width(); w > 0.02 || mass.Evaluations > 10_000 {
		t.Errorf("a width of %v after %d evaluations", w, mass.Evaluations)
	}
}

func TestSameForAnyNumberOfWorkers(t *testing.T) {
	var first proof.Mass
	for _, workers := range []int{1, 2, 5} {
		mass, err := proof.Integrate(t.Context(), ofNormal, []float64{-4, -4}, []float64{4, 4}, proof.Options{Evaluations: 3000, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if workers == 1 {
			first = mass
		} else if !reflect.DeepEqual(mass, first) {
			t.Errorf("%d workers give another result than 1", workers)
		}
	}
}

func TestErrors(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	fails := func() (proof.LogDensity, error) { return nil, errors.New("no such density") }
	for want, f := range map[string]func() (proof.Mass, error){
		"multiple of 2^-10": func() (proof.Mass, error) {
			return proof.Integrate(t.Context(), ofNormal, []float64{0.1}, []float64{1}, proof.Options{})
		},
		"at most 2^8": func() (proof.Mass, error) {
			return proof.Integrate(t.Context(), ofNormal, []float64{0}, []float64{math.Inf(1)}, proof.Options{})
		},
		"1 to 3 dimensions": func() (proof.Mass, error) {
			return proof.Integrate(t.Context(), ofNormal, make([]float64, 4), make([]float64, 4), proof.Options{})
		},
		"from 1 to 1": func() (proof.Mass, error) {
			return proof.Integrate(t.Context(), ofNormal, []float64{1}, []float64{1}, proof.Options{})
		},
		"no such density": func() (proof.Mass, error) {
			return proof.Integrate(t.Context(), fails, []float64{0}, []float64{1}, proof.Options{})
		},
		"context canceled": func() (proof.Mass, error) {
			return proof.Integrate(ended, ofNormal, []float64{0}, []float64{1}, proof.Options{Evaluations: 1000})
		},
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	lo, hi := proof.OnGrid([]float64{0.1, -0.1}, []float64{0.3, 1})
	if _, err := proof.Integrate(t.Context(), ofNormal, lo, hi, proof.Options{}); err != nil || lo[0] > 0.1 || lo[1] > -0.1 || hi[0] < 0.3 || hi[1] != 1 {
		t.Errorf("on the grid: %v to %v, %v", lo, hi, err)
	}
}

// flipped is a bijector whose log-determinant has the wrong sign.
type flipped struct{ flow.Bijector }

func (f flipped) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	z, logDet = f.Bijector.Forward(p, x)
	return z, p.Tape.Linear(logDet, -1, 0)
}

// couplings is a flow of two affine couplings with random weights that contracts.
func couplings() flow.Bijector {
	r := rand.New(rand.NewPCG(3, 1))
	affine := flow.Affine{Bound: 3}
	var layers []flow.Bijector
	for _, first := range []bool{false, true} {
		in, out := flow.CouplingWidths(2, first, affine)
		layers = append(layers, flow.NewCoupling(2, first, affine, nn.Architecture{Hidden: []int{8}, Activation: "tanh"}.Conditioner("c", 1, in, out)))
	}
	for _, layer := range layers {
		params := layer.Params()
		for _, p := range params {
			for i := range p.Data {
				p.Data[i] = float32(0.5 * r.NormFloat64())
			}
		}
		params[len(params)-1].Data[1] -= 1 // the bias of the raw log-scale
	}
	return flow.NewChain(layers...)
}

// TestLogDetSign: a flow's mass is at most 1, provably, and that of one whose
// log-determinant has the wrong sign is more than 1, provably.
func TestLogDetSign(t *testing.T) {
	mass := func(b flow.Bijector) interval.Interval {
		f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: b})
		m, err := proof.Integrate(t.Context(), func() (proof.LogDensity, error) { return f.Enclosure() },
			[]float64{-24, -24}, []float64{24, 24}, proof.Options{Evaluations: 12_000, Width: 0.02})
		if err != nil {
			t.Fatal(err)
		}
		return m.Total()
	}
	if m := mass(couplings()); m.Lo > 1 || m.Hi < 0.9 || m.Width() > 0.05 {
		t.Errorf("a flow has a mass in %v", m)
	}
	if m := mass(flipped{couplings()}); !(m.Lo > 1) {
		t.Errorf("the flow with the wrong sign has a mass in %v, want more than 1", m)
	}
}

func ExampleIntegrate() {
	mass, err := proof.Integrate(context.Background(), ofNormal, []float64{-1}, []float64{1}, proof.Options{Evaluations: 1000, Width: 1e-4})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f to %.3f\n", mass.Total().Lo, mass.Total().Hi)
	// Output: 0.683 to 0.683
}
