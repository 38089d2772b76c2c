package proof_test

import (
	"math"
	"testing"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/taylor"
	"flowcert/proof"
)

// linear is the map (x + 1/4, 2 y).
type linear struct{}

func (linear) Encode(centre, half []float64) []taylor.Model {
	x, y := taylor.Variable(0, centre[0], half[0]), taylor.Variable(1, centre[1], half[1])
	return []taylor.Model{taylor.Linear(&x, 1, 0.25), taylor.Linear(&y, 2, 0)}
}

func TestCoverOfALinearMap(t *testing.T) {
	o := proof.Options{Evaluations: 2000, Width: 0.01}
	of := func() (proof.Map, error) { return linear{}, nil }
	// The nearest edge is x = 1 or -1, at 1.25 or 0.75.
	r, err := proof.Cover(t.Context(), of, []float64{-1, -1}, []float64{1, 1}, []float64{0, 0}, o)
	if err != nil || !(r <= 0.75 && r > 0.74) {
		t.Errorf("radius %v, %v, want 0.75", r, err)
	}
	// A box whose image does not contain 0: its points are no nearer than its edges.
	r, err = proof.Cover(t.Context(), of, []float64{1, 1}, []float64{2, 2}, []float64{1.5, 1.5}, o)
	if err != nil || r != 0 {
		t.Errorf("radius %v, %v, want none", r, err)
	}
}

func TestBallMass(t *testing.T) {
	for _, r := range []float64{0, 0.01, 0.75, 2, 5, 100} {
		erf, density := math.Erf(r/math.Sqrt2), math.Exp(-r*r/2)
		for dim, want := range map[int]float64{1: erf, 2: -math.Expm1(-r * r / 2), 3: erf - math.Sqrt(2/math.Pi)*r*density} {
			got, err := proof.BallMass(t.Context(), dim, r)
			// The radius is rounded down to 2^-10.
			if err != nil || got > want+1e-15 || got < want-1e-3 {
				t.Errorf("%d dimensions, radius %v: at least %v, %v, want %v", dim, r, got, err, want)
			}
		}
	}
}

// TestCoverRefutesLostMass: the mass of a flow that the boundary alone proves is within
// what its density has there, and exceeds that of a density whose log-determinant has the
// wrong sign.
func TestCoverRefutesLostMass(t *testing.T) {
	lo, hi, centre := []float64{-6, -6}, []float64{6, 6}, make([]float64, 2)
	f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: flow.Invert(couplings())})
	r, err := proof.Cover(t.Context(), func() (proof.Map, error) { return f.Enclosure() }, lo, hi, centre, proof.Options{Evaluations: 4000, Width: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	ball, err := proof.BallMass(t.Context(), 2, r)
	if err != nil {
		t.Fatal(err)
	}
	mass := func(b flow.Bijector) proof.Mass {
		f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: b})
		m, err := proof.Integrate(t.Context(), func() (proof.LogDensity, error) { return f.Enclosure() }, lo, hi, proof.Options{Evaluations: 12_000, Width: 0.02})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	sound, wrong := mass(flow.Invert(couplings())).Total(), mass(flipped{flow.Invert(couplings())}).Total()
	t.Logf("radius %v: at least %v; mass in %v, with the wrong sign in %v", r, ball, sound, wrong)
	if !(ball > 0.5) || sound.Hi < ball {
		t.Errorf("the boundary proves a mass of %v, the density has %v", ball, sound)
	}
	if !(wrong.Hi < ball) {
		t.Errorf("the density with the wrong sign has %v, the boundary proves %v", wrong, ball)
	}
}
