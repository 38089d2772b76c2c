package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// Affine is the map x e^s + shift with a raw log-scale r softly clipped to
// s = r/(1 + |r|/Bound), so that |s| < Bound: the elementwise part of RealNVP (Dinh
// et al., 2017) and MAF.
type Affine struct {
	Bound float64
}

// Params returns 2, the shift and the raw log-scale.
func (a Affine) Params() int { return 2 }

// Forward records x e^s + shift and s.
func (a Affine) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	y := t.Affine(x, h, a.Bound)
	return t.Slice(y, 0, x.Cols()), t.Slice(y, x.Cols(), 2*x.Cols())
}

// Inverse records (z - shift) e^-s and -s.
func (a Affine) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	y := t.AffineInverse(z, h, a.Bound)
	return t.Slice(y, 0, z.Cols()), t.Slice(y, z.Cols(), 2*z.Cols())
}

// AffineKind is the transformation "affine" of descriptions.
func AffineKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "affine",
		Summary: "Scales and shifts.",
		Settings: []setting.Setting{
			{Name: "log_scale_bound", Type: setting.Float, Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the log-scale"},
		},
		Build: func(s setting.Values) (Elementwise, error) { return Affine{Bound: s.Float("log_scale_bound")}, nil },
	}
}
