package densitytest

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/density"
	"flowcert/internal/random"
)

func gaussian(t *testing.T, mean []float64, covariance ...float64) *density.Gaussian {
	t.Helper()
	g, err := density.NewGaussian(mean, mat.NewSymDense(len(mean), covariance))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestCheckNamesTheLawsBroken plants every fault and expects the law's name in
// what a user of Check reads, and no word of what is not broken.
func TestCheckNamesTheLawsBroken(t *testing.T) {
	for _, m := range []density.Model{
		gaussian(t, []float64{3}, 4),
		gaussian(t, []float64{1, 0}, 3, 1, 1, 2),
		gaussian(t, []float64{1, 0, 0}, 3, 1, 0, 1, 2, 0, 0, 0, 5),
	} {
		if err := Check(m); err != nil {
			t.Fatalf("a right model in %d-D: %v", m.Dim(), err)
		}
		for _, mutant := range Mutants(m) {
			err := Check(mutant.Model)
			if err == nil {
				t.Errorf("%d-D: Check sees nothing although %s", m.Dim(), mutant.Fault)
				continue
			}
			for _, law := range mutant.laws {
				if !strings.Contains(err.Error(), law+": ") {
					t.Errorf("%d-D: %s, and law %q is not in %q", m.Dim(), mutant.Fault, law, err)
				}
			}
			if strings.Contains(err.Error(), "scores: ") {
				t.Errorf("%d-D: %s, which breaks no law on the form of scores: %v", m.Dim(), mutant.Fault, err)
			}
		}
	}
}

// TestVolumePreservingIsVacuous: a map without log-det cannot show that a wrong
// one would be seen.
func TestVolumePreservingIsVacuous(t *testing.T) {
	err := Survivors(gaussian(t, []float64{0, 0}, 1, 0, 0, 1))
	if err == nil {
		t.Fatal("the log-det of the identity is no test, yet no fault survives")
	}
	for _, fault := range []string{"the log-det has the wrong sign", "the log-det is dropped"} {
		for _, law := range []string{`"log-det"`, `"integral"`} {
			if !strings.Contains(err.Error(), law+" does not see that "+fault) {
				t.Errorf("%q does not say that %s is not seen by law %s", err, fault, law)
			}
		}
	}
	if err := Survivors(gaussian(t, []float64{0, 0}, 4, 0, 0, 1)); err != nil {
		t.Error(err)
	}
}

// TestQuadratureMeetsClosedForms integrates densities with narrow peaks, far
// means, columns of unlike scales and steep edges.
func TestQuadratureMeetsClosedForms(t *testing.T) {
	const ln2pie = 2.8378770664093453 // log(2 pi e)
	// By the midpoint rule in one dimension, 2,000,000 points, twice.
	const softBoxEntropy = 1.4043583068701655
	cases := map[string]struct {
		m       density.Model
		entropy float64
		// tolerance is what cellTolerance leaves; steeper densities have more cells.
		tolerance float64
	}{
		"narrow in 1-D":   {gaussian(t, []float64{1e4}, 1e-8), ln2pie/2 + math.Log(1e-4), 1e-6},
		"correlated":      {gaussian(t, []float64{0, 50}, 1, 0.999, 0.999, 1), ln2pie + math.Log(1-0.999*0.999)/2, 1e-5},
		"scales of 1e-10": {gaussian(t, []float64{0, 0}, 1e10, 0, 0, 1e-10), ln2pie, 1e-6},
		"steep edges":     {softBox{0.01}, softBoxEntropy, 1e-5},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := newSubject(c.m, cellTolerance)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.integral()
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.value-1) > c.tolerance || math.Abs(got.entropy-c.entropy) > 4*c.tolerance {
				t.Errorf("integral %.9f, entropy %.9f, want 1, %.9f", got.value, got.entropy, c.entropy)
			}
			if math.Abs(got.halved) > integralTolerance/2 {
				t.Errorf("halving all cells changed the integral by %v", got.halved)
			}
		})
	}
}

// softBox is the uniform distribution on a square plus normal noise: a plateau
// with steep edges.
type softBox struct{ noise float64 }

func (softBox) Dim() int                  { return 2 }
func (softBox) Tensors() []density.Tensor { return nil }

func (b softBox) LogDensity(x *mat.Dense, _ density.Options) (density.Scores, error) {
	n, _ := x.Dims()
	s := density.Scores{Kind: density.Exact, LogDensity: make([]float64, n)}
	for i := range n {
		for _, v := range x.RawRowView(i) {
			// Both terms as lower tails, so that far out they do not cancel.
			v = math.Abs(v)
			p := distuv.UnitNormal.CDF((1-v)/b.noise) - distuv.UnitNormal.CDF((-1-v)/b.noise)
			s.LogDensity[i] += math.Log(p / 2)
		}
	}
	return s, nil
}

func (b softBox) Sample(n int, seed uint64, _ density.Options) (*mat.Dense, error) {
	x := mat.NewDense(n, 2, nil)
	x.Apply(func(i, j int, _ float64) float64 {
		r := random.New(seed, "soft box", uint64(j), uint64(i))
		return 2*r.Float64() - 1 + b.noise*r.NormFloat64()
	}, x)
	return x, nil
}
