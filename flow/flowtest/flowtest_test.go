package flowtest

import (
	"strings"
	"testing"

	"flowcert/ad"
	"flowcert/flow"
)

// scaling is z = 2x in two dimensions: a bijector that the laws know all about.
type scaling struct{}

func (scaling) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	return p.Tape.Linear(x, 2, 0), p.Tape.Constant(1, 1.3862943611198906)
}

func (scaling) Inverse(p flow.Pass, z ad.Value) (x, logDet ad.Value) {
	return p.Tape.Linear(z, 0.5, 0), p.Tape.Constant(1, -1.3862943611198906)
}

func (scaling) Params() []*ad.Param { return nil }

func (scaling) Shapes() (data, latent flow.Shape) { return flow.Vector(2), flow.Vector(2) }

func TestSoundBijectorPasses(t *testing.T) { Test(t, scaling{}, Laws{}) }

func TestEachMutantIsNamed(t *testing.T) {
	for _, m := range mutants(Laws{}) {
		err := Check(mutant{scaling{}, m}, Laws{})
		if err == nil {
			t.Errorf("%s: not caught", m.name)
			continue
		}
		want := "log-det"
		if strings.Contains(m.name, "moved") {
			want = "round trip"
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %q does not speak of the %s", m.name, err, want)
		}
	}
}

// TestIdentityIsVacuous: a map whose log-det is 0 everywhere cannot show a log-det right.
func TestIdentityIsVacuous(t *testing.T) {
	if err := Check(flow.Shuffle(3, 1), Laws{}); err == nil || !strings.Contains(err.Error(), "declared volume-preserving") {
		t.Errorf("error %v", err)
	}
}
