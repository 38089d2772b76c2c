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

// TestBridgeIsTheBound tries means just nearer and just farther apart than the bound of
// Maurer and Pontil: sqrt(2 V ln(2/d)/n) + 7 ln(2/d)/(3(n - 1)) on each side, d being a
// quarter of the probability and V 0 for equal values, 25/99 for as many zeros as ones.
func TestBridgeIsTheBound(t *testing.T) {
	const n, probability = 100, 0.1
	log := math.Log(8 / probability)
	bound := math.Sqrt(2*25./99*log/n) + 2*7*log/(3*(n-1))
	halves, equal := make([]float64, n), make([]float64, n)
	for i := range halves {
		halves[i] = float64(i % 2)
	}
	for _, factor := range []float64{1 - 1e-9, 1 + 1e-9} {
		for i := range equal {
			equal[i] = 0.5 + factor*bound
		}
		for _, sides := range [][2][]float64{{equal, halves}, {halves, equal}} {
			_, differ, err := measure.Bridge(sides[0], sides[1], 0.95, probability)
			if err != nil || differ != (factor > 1) {
				t.Errorf("%v times the bound apart: differ %v, %v", factor, differ, err)
			}
		}
	}
}

// TestBridgeInterval has the closed form: of ten values with the mean 1/2 and very many
// that are 1/2, the logarithm of the ratio has the relative standard error of the ten, of
// nine degrees of freedom: t(0.975, 9) = 2.262157 (tables).
func TestBridgeInterval(t *testing.T) {
	few, many := []float64{0, 1, 0, 1, 0, 1, 0, 1, 0.5, 0.5}, make([]float64, 1000)
	for i := range many {
		many[i] = 0.5
	}
	// Squares of the differences from the mean add up to 2.
	relative := 2 * math.Sqrt(2./9/10)
	for _, sides := range [][2][]float64{{few, many}, {many, few}} {
		ratio, _, err := measure.Bridge(sides[0], sides[1], 0.95, 1e-6)
		if err != nil {
			t.Fatal(err)
		}
		half := 2.262157 * relative
		if math.Abs(math.Log(ratio.Hi)-half) > 1e-6 || math.Abs(math.Log(ratio.Lo)+half) > 1e-6 || ratio.Value != 1 {
			t.Errorf("ratio %+v, want 1 with the logarithm's half width %v", ratio, half)
		}
	}
	one := []float64{1, 0, 0, 0, 0, 0, 0, 0, 0, 0} // a mean of 0.1 with that standard error
	if ratio, _, err := measure.Bridge(one, one, 0.95, 1e-6); err == nil {
		t.Errorf("a mean that cannot be told from 0 gives %+v", ratio)
	}
}
