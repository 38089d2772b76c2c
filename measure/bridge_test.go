package measure_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"flowcert/measure"
)

// bridge compares q = mass times a normal density of deviation sigma, sampled with
// deviation drawn, with the standard normal density.
func bridge(r *rand.Rand, n int, mass, sigma, drawn float64) (overR, overQ []float64) {
	logQ := func(x float64) float64 { return math.Log(mass/sigma) - x*x/(2*sigma*sigma) }
	logR := func(x float64) float64 { return -x * x / 2 }
	for range n {
		x := r.NormFloat64()
		overR = append(overR, 1/(1+math.Exp(logR(x)-logQ(x))))
		x = drawn * r.NormFloat64()
		overQ = append(overQ, 1/(1+math.Exp(logQ(x)-logR(x))))
	}
	return overR, overQ
}

// TestBridgeFindsTheMass has the integral as its reference value; its interval covers at
// 95 % in at least 93 and at most 97 of a hundred sets, and a sound pair is never refuted.
func TestBridgeFindsTheMass(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const sets = 2000
	for _, sigma := range []float64{1, 0.5, 1.5} {
		covered := 0
		for range sets {
			overR, overQ := bridge(r, 200, 1, sigma, sigma)
			ratio, differ, err := measure.Bridge(overR, overQ, 0.95, 1e-6)
			if err != nil {
				t.Fatal(err)
			}
			if differ {
				t.Fatalf("sigma %g: a sound pair is refuted at %v", sigma, ratio)
			}
			if ratio.Lo <= 1 && 1 <= ratio.Hi {
				covered++
			}
		}
		// The densities of one distribution have no spread: all sets are exact.
		if share := float64(covered) / sets; sigma != 1 && (share < 0.93 || share > 0.97) || sigma == 1 && share != 1 {
			t.Errorf("sigma %g: covered %g", sigma, share)
		}
	}
	overR, overQ := bridge(r, 20_000, 1.5, 0.5, 0.5)
	if ratio, _, err := measure.Bridge(overR, overQ, 0.95, 1e-6); err != nil || math.Abs(ratio.Value-1.5) > 0.05 {
		t.Errorf("a mass of 1.5 is found to be %v, %v", ratio.Value, err)
	}
}

func TestBridgeSeesFaults(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, fault := range map[string][3]float64{
		"a mass of 1.5":                  {1.5, 0.5, 0.5},
		"a sampler of the other density": {1, 0.5, 1},
	} {
		overR, overQ := bridge(r, 4000, fault[0], fault[1], fault[2])
		if _, differ, _ := measure.Bridge(overR, overQ, 0.95, 1e-6); !differ {
			t.Errorf("%s is not seen", name)
		}
	}
	far := make([]float64, 100)
	if _, differ, err := measure.Bridge(far, far, 0.95, 1e-6); err == nil || differ {
		t.Error("densities that do not overlap are judged")
	}
}
