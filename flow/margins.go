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
