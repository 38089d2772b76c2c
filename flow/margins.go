package flow

import "flowcert/ad"

// Checked is the optional ability of a layer to state how far it is from violating what
// the theorem that makes it a bijection supposes of its parameters.
type Checked interface {
	// Margins records numbers that must be positive for the layer to be what it should,
	// for its parameters as they are at the data points x.
	Margins(p Pass, x ad.Value) ad.Value
}

// Margins records the margins of every layer of b at the data points x, in the order of
// the layers; absent of a layer that supposes nothing.
func Margins(p Pass, b Bijector, x ad.Value) []ad.Value {
	switch b := b.(type) {
	case *Chain:
		var all []ad.Value
		for _, layer := range b.layers {
			all = append(all, Margins(p, layer, x)...)
			x, _ = layer.Forward(p, x)
		}
		return all
	case *Inverted:
		x, _ = b.of.Inverse(p, x)
		return Margins(p, b.of, x)
	case Checked:
		return []ad.Value{b.Margins(p, x)}
	}
	return []ad.Value{{}}
}

// slopes records the derivatives of an elementwise map at x and at places in its
// middle: the map must rise at all of them.
func slopes(t *ad.Tape, e Elementwise, x, h ad.Value) ad.Value {
	all := make([]ad.Value, 0, 10)
	record := func(x ad.Value) {
		_, l := e.Forward(t, x, h)
		all = append(all, t.Exp(l))
	}
	record(x)
	for place := -4.0; place <= 4; place++ {
		record(t.Linear(x, 0, place))
	}
	return t.Concat(all...)
}

// Margins records the slopes of the map of the columns that are mapped.
func (c *Coupling) Margins(p Pass, x ad.Value) ad.Value {
	var all ad.Value
	c.apply(p, x, func(t *ad.Tape, x, h ad.Value) (y, l ad.Value) {
		all = slopes(t, c.transformer, x, h)
		return x, x
	})
	return all
}

// Margins records the scales, and the share of what rounding allows that the sum of their
// logarithms leaves.
func (g *GIN) Margins(p Pass, x ad.Value) ad.Value {
	const rounding = 1e-9 // of a sum of some hundred numbers of about 1
	var all ad.Value
	g.coupling.apply(p, x, func(t *ad.Tape, x, h ad.Value) (y, l ad.Value) {
		_, s := g.coupling.transformer.Forward(t, x, h)
		all = t.Concat(t.Exp(s), t.Linear(absolute(t, t.SumColumns(s)), -1/rounding, 1))
		return x, x
	})
	return all
}

// Margins records the slopes of all columns' maps.
func (a *Autoregressive) Margins(p Pass, x ad.Value) ad.Value {
	input := x
	if p.Condition.Present() {
		input = p.Tape.Concat(p.Condition, x)
	}
	return slopes(p.Tape, a.transformer, x, a.network.Apply(p.Tape, input))
}

// Margins records the slopes of all columns' maps.
func (m *Marginal) Margins(p Pass, x ad.Value) ad.Value {
	return slopes(p.Tape, m.transformer, x, p.Tape.Parameter(m.parameters))
}

// Margins records 1 + w.u'.
func (f *Planar) Margins(p Pass, _ ad.Value) ad.Value { return f.plane(p).slope }

// Margins records alpha and 1 + beta/alpha.
func (f *Radial) Margins(p Pass, _ ad.Value) ad.Value {
	b := f.ball(p)
	return p.Tape.Concat(b.alpha, b.s)
}

// Margins records 1 + S_ii R_ii.
func (s *Sylvester) Margins(p Pass, _ ad.Value) ad.Value { return s.directions(p).slope }

// Margins records the diagonal.
func (m *Triangular) Margins(p Pass, x ad.Value) ad.Value {
	if m.scale == nil {
		return ad.Value{} // ones
	}
	return p.Tape.Exp(p.Tape.SoftClip(p.Tape.Parameter(m.scale), m.bound))
}

// Margins records the scales.
func (a *ActNorm) Margins(p Pass, x ad.Value) ad.Value {
	_, l := a.affine.Inverse(p.Tape, x, p.Tape.Parameter(a.parameters))
	return p.Tape.Exp(l)
}

// Margins records the learned scales.
func (b *BatchNorm) Margins(p Pass, x ad.Value) ad.Value { return b.affine.Margins(p, x) }

// Margins records the weights within columns and those of the residual, without which
// the map is not onto.
func (b *BlockAutoregressive) Margins(p Pass, _ ad.Value) ad.Value {
	w := b.weights(p.Tape)
	all := []ad.Value{p.Tape.Exp(w.logScale)}
	for _, logs := range w.blocks {
		all = append(all, p.Tape.Exp(logs))
	}
	return p.Tape.Concat(all...)
}
