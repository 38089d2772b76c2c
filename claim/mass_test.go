package claim_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"flowcert/ad"
	"flowcert/cert"
	"flowcert/claim"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/nn"
)

// couplings is a bijector of two affine couplings with random weights. It widens the
// data, so a log-determinant of the wrong sign makes too much mass.
type couplings struct {
	flow.Bijector
	sign float64
}

func newCouplings(sign float64) couplings {
	affine := flow.Affine{Bound: 3}
	r := rand.New(rand.NewPCG(3, 1))
	var layers []flow.Bijector
	for _, first := range []bool{false, true} {
		in, out := flow.CouplingWidths(2, first, affine)
		layer := flow.NewCoupling(2, first, affine, nn.Architecture{Hidden: []int{6}, Activation: "tanh"}.Conditioner("c", 1, in, out))
		params := layer.Params()
		for _, p := range params {
			for i := range p.Data {
				p.Data[i] = float32(0.4 * r.NormFloat64())
			}
		}
		params[len(params)-1].Data[1] = -1 // the bias of the raw log-scale
		layers = append(layers, layer)
	}
	return couplings{flow.NewChain(layers...), sign}
}

func (c couplings) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	z, logDet = c.Bijector.Forward(p, x)
	return z, p.Tape.Linear(logDet, c.sign, 0)
}

// TestMass proves the mass of a flow and refutes the same flow with a log-determinant of
// the wrong sign, or none.
func TestMass(t *testing.T) {
	const line = "guarantees.mass.proved"
	row := func(m density.Model) cert.Row {
		e := examination(t)
		e.Model, e.Truth, e.Thorough = m, nil, true
		return rowOf(t, certify(t, e, claim.Mass()), line)
	}
	of := func(sign float64) density.Model {
		return density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: newCouplings(sign)})
	}
	r := row(of(1))
	if r.Strength != cert.Proved || !(*r.Lo > 0.97 && *r.Lo <= 1 && *r.Hi <= 1.02 && *r.Hi-*r.Lo <= 0.021) {
		t.Errorf("%s: %s from %v to %v", r.Strength, r.Reason, r.Lo, r.Hi)
	}
	if r := row(of(-1)); r.Strength != cert.Refuted || !strings.Contains(r.Reason, "more than 1") {
		t.Errorf("log-det negated: %s, %q", r.Strength, r.Reason)
	}
	if r := row(of(0)); r.Strength != cert.Refuted {
		t.Errorf("log-det dropped: %s, %q", r.Strength, r.Reason)
	}
	if r := row(examination(t).Model); r.Strength != cert.Proved || !(*r.Lo > 0.97 && *r.Hi-*r.Lo <= 0.021) {
		t.Errorf("a Gaussian: %s, %q, from %v to %v", r.Strength, r.Reason, r.Lo, r.Hi)
	}
	inverted := flow.Invert(flow.NewMarginal("m", 2, flow.MixtureCDF{Components: 3, Bound: 2}))
	if r := row(density.NewFlow(flow.Distribution{Base: flow.Normal{}, Bijector: inverted})); r.Strength != cert.NotAssessed || !strings.Contains(r.Reason, "mixture CDF inverse") {
		t.Errorf("an operation that cannot be enclosed: %s, %q", r.Strength, r.Reason)
	}
}
