package densitytest

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
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

// TestCheckOfNoDensity: scores that are no numbers are said to be so, and stop nothing.
func TestCheckOfNoDensity(t *testing.T) {
	err := Check(hollow{gaussian(t, []float64{0, 0}, 1, 0, 0, 1)})
	for _, want := range []string{"scores: ", "integral: the density integrates to NaN", "samples: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

// hollow has no density on the left.
type hollow struct{ density.Model }

func (h hollow) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	s, err := h.Model.LogDensity(x, o)
	for i := range s.LogDensity {
		if x.At(i, 0) < 0 {
			s.LogDensity[i] = math.NaN()
		}
	}
	return s, err
}

// TestCheckOfNoSamples: samples that are no points are refused before any law.
func TestCheckOfNoSamples(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		err := Check(lost{gaussian(t, []float64{0, 0}, 4, 0, 0, 1), v})
		if err == nil || !strings.Contains(err.Error(), "sample: row 5 is ") {
			t.Errorf("a sample of %v: %v", v, err)
		}
	}
}

// lost has a coordinate of one sample elsewhere.
type lost struct {
	density.Model
	at float64
}

func (l lost) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	x, err := l.Model.Sample(n, seed, o)
	if err == nil {
		x.Set(5, 1, l.at)
	}
	return x, err
}
