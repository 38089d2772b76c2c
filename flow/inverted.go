package flow

import (
	"slices"

	"flowcert/ad"
)

// Inverted is a bijector taken the other way round: its forward is the other's
// inverse. An inverted MAF is an inverse autoregressive flow (Kingma et al.,
// Improved Variational Inference with Inverse Autoregressive Flow, 2016).
type Inverted struct {
	of Bijector
}

// Invert returns b taken the other way round.
func Invert(b Bijector) *Inverted { return &Inverted{b} }

// Forward records the other's inverse.
func (i *Inverted) Forward(p Pass, x ad.Value) (z, logDet ad.Value) { return i.of.Inverse(p, x) }

// Inverse records the other's forward.
func (i *Inverted) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) { return i.of.Forward(p, z) }

// Params returns the other's parameters.
func (i *Inverted) Params() []*ad.Param { return i.of.Params() }

// Shapes returns the other's shapes, exchanged.
func (i *Inverted) Shapes() (data, latent Shape) {
	latent, data = i.of.Shapes()
	return data, latent
}

// Layers returns the layers that b is composed of, the first applied to the data first.
func Layers(b Bijector) []Bijector {
	switch b := b.(type) {
	case *Chain:
		var all []Bijector
		for _, layer := range b.layers {
			all = append(all, Layers(layer)...)
		}
		return all
	case *Inverted:
		all := Layers(b.of)
		slices.Reverse(all)
		for i, layer := range all {
			all[i] = Invert(layer)
		}
		return all
	}
	return []Bijector{b}
}
