package flow

import (
	"math"
	"math/rand/v2"

	"flowcert/ad"
	"flowcert/setting"
)

// Uniform is the uniform distribution on the box [-Bound, Bound] in every column, whose
// edges are smooth: the sum of a uniform number and a logistic one of scale Edge, with
// the density (s((z+Bound)/Edge) - s((z-Bound)/Edge)) / (2 Bound) for the logistic
// function s. It is positive everywhere and falls off like e^(-|z|/Edge) outside the
// box, where its gradient leads back inside.
//
// Edge 0 is the exact box. Its log-density is -Inf outside, and has no gradient
// anywhere. Maximum likelihood then ends as diverged as soon as one training row lies
// outside, or does not start at all; nothing leads a row back. It is of use only behind
// a bijector whose latent points cannot leave the box.
type Uniform struct {
	Bound, Edge float64
}

// LogDensity records the sum over columns of the density's logarithm, in a form without
// differences: with a = (z+Bound)/Edge and b = (z-Bound)/Edge,
//
//	log(s(a) - s(b)) = log s(a) + log s(-b) + log(1 - e^(b-a))
func (u Uniform) LogDensity(p Pass, z ad.Value) ad.Value {
	t, columns := p.Tape, float64(z.Cols())
	if u.Edge == 0 {
		beyond := t.Linear(absolute(t, z), 1, -u.Bound)
		outside := t.Step(t.SumColumns(t.Step(beyond)))
		return t.Linear(t.Log(t.Linear(outside, -1, 1)), 1, -columns*math.Log(2*u.Bound))
	}
	left := t.Softplus(t.Linear(z, -1/u.Edge, -u.Bound/u.Edge))
	right := t.Softplus(t.Linear(z, 1/u.Edge, -u.Bound/u.Edge))
	flat := math.Log(-math.Expm1(-2*u.Bound/u.Edge)) - math.Log(2*u.Bound)
	return t.Linear(t.SumColumns(t.Add(left, right)), -1, columns*flat)
}

// Sampler returns the sampler.
func (u Uniform) Sampler() func(z []float64, r *rand.Rand) {
	return func(z []float64, r *rand.Rand) {
		for j := range z {
			z[j] = u.Bound * (2*r.Float64() - 1)
			if u.Edge > 0 {
				v := (float64(r.Uint64N(1<<52)) + 0.5) / (1 << 52) // neither 0 nor 1
				z[j] += u.Edge * (math.Log(v) - math.Log1p(-v))
			}
		}
	}
}

// Params returns nothing.
func (u Uniform) Params() []*ad.Param { return nil }

// UniformKind is the base "uniform" of descriptions.
func UniformKind() BaseKind {
	return BaseKind{
		Name:    "uniform",
		Summary: "The uniform distribution on a box with smooth edges.",
		Settings: []setting.Setting{
			{Name: "bound", Type: setting.Float, Default: 3.0, Min: 0.01, Max: 1000, Meaning: "half the width of the box"},
			{Name: "edge", Type: setting.Float, Default: 0.1, Min: 0, Max: 1000,
				Meaning: "width over which the density falls off by a factor e; 0 is a box with no density outside, which cannot be trained unless the flow ends inside it"},
		},
		Build: func(_ Place, s setting.Values) (Base, error) {
			return Uniform{Bound: s.Float("bound"), Edge: s.Float("edge")}, nil
		},
	}
}
