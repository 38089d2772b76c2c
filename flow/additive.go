package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// Additive is the map x + shift: the elementwise part of NICE (Dinh, Krueger and Bengio,
// NICE, 2014). It preserves volume. Both directions cost one addition.
type Additive struct{}

// Params returns 1, the shift.
func (Additive) Params() int { return 1 }

// Forward records x + h and zeros.
func (Additive) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	return t.Add(x, h), t.Constant(x.Cols(), 0)
}

// Inverse records z - h and zeros.
func (Additive) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	return t.Sub(z, h), t.Constant(z.Cols(), 0)
}

// AdditiveKind is the transformation "additive" of descriptions.
func AdditiveKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "additive",
		Summary: "Shifts.",
		Build:   func(setting.Values) (Elementwise, error) { return Additive{}, nil },
	}
}
