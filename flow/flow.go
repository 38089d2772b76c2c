// Package flow holds normalizing flows: invertible maps with tractable Jacobian
// determinants, one file per family.
//
// Direction, everywhere: forward maps data to latent, inverse maps latent to
// data. With the base density p and the forward map f the model's density is
// p(f(x)) |det Df(x)|.
package flow

import (
	"fmt"

	"flowcert/ad"
)

// Shape is the form of a point: channels of height x width, or a vector of
// Channels entries with height and width 1. Columns are in that order.
type Shape struct {
	Channels, Height, Width int
}

// Vector returns the shape of a point of dim entries.
func Vector(dim int) Shape { return Shape{dim, 1, 1} }

// Size returns the number of columns.
func (s Shape) Size() int { return s.Channels * s.Height * s.Width }

// Pass is what a bijector needs beside its input while it is recorded.
type Pass struct {
	Tape *ad.Tape
	// Condition is the variables conditioned on; the zero Value for none.
	Condition ad.Value
	// Training is false when the model is evaluated.
	Training bool
}

// Bijector is an invertible map. Both directions are recorded on a tape, so both
// can be evaluated and differentiated.
type Bijector interface {
	// Forward records z = f(x) and log|det Df(x)|, one column in nats. A log-det
	// that is absent (the zero Value) is 0.
	Forward(p Pass, x ad.Value) (z, logDet ad.Value)
	// Inverse records x = f^-1(z) and log|det Df^-1(z)|.
	Inverse(p Pass, z ad.Value) (x, logDet ad.Value)
	// Params returns the trainable arrays in a fixed order.
	Params() []*ad.Param
	// Shapes returns the form of the data and of the latent points; the sizes agree.
	Shapes() (data, latent Shape)
}

// Chain is the composition of bijectors, the first applied to the data first.
type Chain struct {
	layers []Bijector
}

// NewChain returns the composition of at least one bijector. It panics if the
// shape that one makes is not the shape that the next takes.
func NewChain(layers ...Bijector) *Chain {
	for i := 1; i < len(layers); i++ {
		_, made := layers[i-1].Shapes()
		if taken, _ := layers[i].Shapes(); made != taken {
			panic(fmt.Sprintf("flow: layer %d makes %v and layer %d takes %v", i-1, made, i, taken))
		}
	}
	return &Chain{layers}
}

// Forward records the layers from first to last.
func (c *Chain) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	for _, layer := range c.layers {
		var l ad.Value
		x, l = layer.Forward(p, x)
		logDet = sum(p.Tape, logDet, l)
	}
	return x, logDet
}

// Inverse records the layers' inverses from last to first.
func (c *Chain) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	for i := len(c.layers) - 1; i >= 0; i-- {
		var l ad.Value
		z, l = c.layers[i].Inverse(p, z)
		logDet = sum(p.Tape, logDet, l)
	}
	return z, logDet
}

// Params returns the layers' parameters in their order.
func (c *Chain) Params() []*ad.Param {
	var all []*ad.Param
	for _, layer := range c.layers {
		all = append(all, layer.Params()...)
	}
	return all
}

// Shapes returns the first layer's data shape and the last one's latent shape.
func (c *Chain) Shapes() (data, latent Shape) {
	data, _ = c.layers[0].Shapes()
	_, latent = c.layers[len(c.layers)-1].Shapes()
	return data, latent
}

// sum adds log-dets of which either may be absent.
func sum(t *ad.Tape, a, b ad.Value) ad.Value {
	switch {
	case !a.Present():
		return b
	case !b.Present():
		return a
	}
	return t.Add(a, b)
}

// LogDet returns a log-det that is present: l, or a column of zeros if l is absent.
func LogDet(p Pass, l ad.Value) ad.Value {
	if l.Present() {
		return l
	}
	return p.Tape.Constant(1, 0)
}
