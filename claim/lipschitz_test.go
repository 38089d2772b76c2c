package claim_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/claim"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/nn"
)

// stretched is a flow whose codes in float64 are other than its weights define by a factor.
type stretched struct {
	*density.Flow
	factor float64
}

func (s stretched) Encode(x *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	z, logDet, err := s.Flow.Encode(x, o)
	if err == nil {
		z.Scale(s.factor, z)
	}
	return z, logDet, err
}

// TestLipschitz proves the stretch of a flow on the rows' box, and refutes one whose codes
// are others than its weights say.
func TestLipschitz(t *testing.T) {
	const bound, inverse, condition, layers = "guarantees.lipschitz.proved", "guarantees.lipschitz_inverse.proved", "guarantees.condition.proved", "guarantees.layers.proved"
	certificate := func(m density.Model) *cert.Certificate {
		e := examination(t)
		e.Model = m
		return certify(t, e, claim.Likelihood(), claim.Lipschitz(), claim.LayerStretch())
	}
	f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: newCouplings(1)})
	sound := certificate(f)
	r, c := rowOf(t, sound, bound), rowOf(t, sound, condition)
	if r.Strength != cert.Proved || c.Strength != cert.Proved || !(*r.Value > 0.1 && *r.Value < 10 && *c.Value >= 1 && *c.Value < 1e4) {
		t.Errorf("%s %v (%s), %s %v (%s)", r.Strength, r.Value, r.Reason, c.Strength, c.Value, c.Reason)
	}
	if r := rowOf(t, sound, inverse); r.Strength != cert.Proved || !(*r.Value > 0.1 && *r.Value < 1e3) {
		t.Errorf("inverse: %s %v (%s)", r.Strength, r.Value, r.Reason)
	}
	if r := rowOf(t, sound, layers); r.Strength != cert.Proved || !(*r.Value > 0.1 && *r.Value < 1e3) {
		t.Errorf("layers: %s %v (%s)", r.Strength, r.Value, r.Reason)
	}
	if r := rowOf(t, certificate(stretched{f, 2}), bound); r.Strength != cert.Refuted {
		t.Errorf("codes twice as far apart: %s, %v", r.Strength, *r.Value)
	}
	if r := rowOf(t, certificate(stretched{f, 0.1}), inverse); r.Strength != cert.Refuted {
		t.Errorf("codes ten times as near: %s, %v", r.Strength, *r.Value)
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
	c := certify(t, e, claim.Likelihood(), claim.Lipschitz(), claim.Balls())
	// Soft-clipping takes -2 to -2/(1 + 2/1000).
	if r, want := rowOf(t, c, "guarantees.lipschitz.proved"), math.Exp(-2/1.002); r.Strength != cert.Proved || math.Abs(*r.Value-want) > 1e-5 {
		t.Errorf("%s, %v, want %v", r.Reason, r.Value, want)
	}
	if r := rowOf(t, c, "guarantees.total_variation.proved"); r.Strength != cert.Bounded || !(*r.Value > 0.2 && *r.Value < 1) {
		t.Errorf("%s: %s, %v", r.Strength, r.Reason, *r.Value)
	}
	e.Truth = nil
	c = certify(t, e, claim.Balls())
	if r := rowOf(t, c, "guarantees.total_variation.proved"); r.Strength != cert.NotAssessed {
		t.Errorf("without a truth: %s", r.Strength)
	}
}

// TestGap: a model that lies elsewhere than the truth, with a map that stretches nothing,
// has mass in balls where the truth has none: in one of radius 2 around its middle
// 1 - exp(-2).
func TestGap(t *testing.T) {
	marginal := flow.NewMarginal("m", 2, flow.Affine{Bound: 3})
	marginal.Params()[0].Data[0] = 8
	e := examination(t)
	e.Model = density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: marginal})
	c := certify(t, e, claim.Likelihood(), claim.Balls())
	if r := rowOf(t, c, "guarantees.total_variation.proved"); r.Strength != cert.Bounded || !(*r.Value > 0.3 && *r.Value < 1-math.Exp(-2)) {
		t.Errorf("%s: %s, %v", r.Strength, r.Reason, *r.Value)
	}
}

// inexact is a flow whose points of codes are off.
type inexact struct{ *density.Flow }

func (s inexact) Decode(z *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	x, logDet, err := s.Flow.Decode(z, o)
	if err == nil {
		x.Set(0, 0, x.At(0, 0)+1e-9)
	}
	return x, logDet, err
}

// TestRounding proves how far float64 round trips of a flow go astray, and refutes one that
// goes farther.
func TestRounding(t *testing.T) {
	const line = "guarantees.round_trip.proved"
	e := examination(t)
	affine := flow.Affine{Bound: 3}
	var layers []flow.Bijector
	for _, first := range []bool{false, true} {
		in, out := flow.CouplingWidths(2, first, affine)
		layers = append(layers, flow.NewCoupling(2, first, affine, nn.Architecture{Hidden: []int{6}, Activation: "tanh"}.Conditioner("c", 1, in, out)))
	}
	f := density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: flow.NewChain(layers...)})
	e.Model = f
	// Some hundred units of 1e-16, each taken several times.
	if r := rowOf(t, certify(t, e, claim.Likelihood(), claim.Rounding()), line); r.Strength != cert.Proved || !(*r.Value > 1e-15 && *r.Value < 1e-11) {
		t.Errorf("%s %v (%s)", r.Strength, r.Value, r.Reason)
	}
	e.Model = inexact{f}
	if r := rowOf(t, certify(t, e, claim.Likelihood(), claim.Rounding()), line); r.Strength != cert.Refuted {
		t.Errorf("off by 1e-9: %s %v (%s)", r.Strength, r.Value, r.Reason)
	}
}
