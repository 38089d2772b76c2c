package flow

import (
	"math/rand/v2"

	"flowcert/ad"
	"flowcert/setting"
)

// Normal is the standard normal distribution.
type Normal struct{}

// LogDensity records the sum over columns of -z^2/2 - log(2 pi)/2.
func (Normal) LogDensity(p Pass, z ad.Value) ad.Value { return p.Tape.NormalLogDensity(z) }

// Sampler returns the sampler of standard normal numbers.
func (Normal) Sampler() func(z []float64, r *rand.Rand) {
	return func(z []float64, r *rand.Rand) {
		for j := range z {
			z[j] = r.NormFloat64()
		}
	}
}

// Params returns nothing.
func (Normal) Params() []*ad.Param { return nil }

// NormalKind is the base "normal" of descriptions.
func NormalKind() BaseKind {
	return BaseKind{
		Name:    "normal",
		Summary: "The standard normal distribution.",
		Build:   func(Place, setting.Values) (Base, error) { return Normal{}, nil },
	}
}
