package claim_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/claim"
	"flowcert/density"
	"flowcert/flow"
)

// stretched is a flow whose codes in float64 are twice what its weights define.
type stretched struct{ *density.Flow }

func (s stretched) Encode(x *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	z, logDet, err := s.Flow.Encode(x, o)
	if err == nil {
		z.Scale(2, z)
	}
	return z, logDet, err
}

// TestLipschitz proves the stretch of a flow on the rows' box, and refutes one whose codes
// are others than its weights say.
func TestLipschitz(t *testing.T) {
	const bound, condition = "guarantees.lipschitz.proved", "guarantees.condition.proved"
	certificate := func(m density.Model) *cert.Certificate {
		e := examination(t)
		e.Model = m
		return certify(t, e, claim.Likelihood(), claim.Lipschitz())
	}
	f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: newCouplings(1)})
	sound := certificate(f)
	r, c := rowOf(t, sound, bound), rowOf(t, sound, condition)
	if r.Strength != cert.Proved || c.Strength != cert.Proved || !(*r.Value > 0.1 && *r.Value < 10 && *c.Value >= 1 && *c.Value < 1e4) {
		t.Errorf("%s %v (%s), %s %v (%s)", r.Strength, r.Value, r.Reason, c.Strength, c.Value, c.Reason)
	}
	if r := rowOf(t, certificate(stretched{f}), bound); r.Strength != cert.Refuted {
		t.Errorf("codes twice as far apart: %s, %v", r.Strength, *r.Value)
	}
	if r := rowOf(t, certificate(examination(t).Model), bound); r.Strength != cert.NotAssessed || r.Reason == "" {
		t.Errorf("a Gaussian: %s, %q", r.Strength, r.Reason)
	}
}

// TestSmoothness: a map that shrinks all by a factor of e^-2 spreads the model so thinly
// that it misses most of what the truth has in any ball. With a ball of radius 1 it has at
// most 1 - exp(-e^-4/2), a hundredth, and with one of radius 2 four.
func TestSmoothness(t *testing.T) {
	marginal := flow.NewMarginal("m", 2, flow.Affine{Bound: 1000})
	scale := marginal.Params()[0].Data
	for i := 1; i < len(scale); i += 2 {
		scale[i] = -2
	}
	e := examination(t)
	e.Model = density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: marginal})
	c := certify(t, e, claim.Likelihood(), claim.Lipschitz())
	// Soft-clipping takes -2 to -2/(1 + 2/1000).
	if r, want := rowOf(t, c, "guarantees.lipschitz.proved"), math.Exp(-2/1.002); r.Strength != cert.Proved || math.Abs(*r.Value-want) > 1e-5 {
		t.Errorf("%s, %v, want %v", r.Reason, r.Value, want)
	}
	if r := rowOf(t, c, "guarantees.total_variation.proved"); r.Strength != cert.Bounded || !(*r.Value > 0.2 && *r.Value < 1) {
		t.Errorf("%s: %s, %v", r.Strength, r.Reason, *r.Value)
	}
	e.Truth = nil
	c = certify(t, e, claim.Lipschitz())
	if r := rowOf(t, c, "guarantees.total_variation.proved"); r.Strength != cert.NotAssessed {
		t.Errorf("without a truth: %s", r.Strength)
	}
}
