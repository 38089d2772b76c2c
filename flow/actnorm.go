package flow

import (
	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/setting"
)

// ActNorm scales and shifts every column by learned numbers that start so that the
// first rows it is shown have mean 0 and deviation 1 (Kingma and Dhariwal, Glow,
// 2018, section 3.1). The map is (x - shift) e^-s, the paper's scale and bias in
// other parameters, which lose nothing in columns far from 0. |s| is softly clipped
// below a bound, so any parameters are valid; zeros are the identity. Both directions
// cost one multiplication per column.
type ActNorm struct {
	affine     Affine
	parameters *ad.Param
}

// NewActNorm returns the layer for dim columns, which starts as the identity until it
// is shown rows.
func NewActNorm(name string, dim int, bound float64) *ActNorm {
	return &ActNorm{Affine{bound}, ad.NewParam(name+".parameters", 1, 2*dim)}
}

// Observe sets the start if first.
func (a *ActNorm) Observe(x *mat.Dense, first bool) {
	if first {
		standardise(a.parameters.Data, x, a.affine.Bound)
	}
}

// Forward records data to latent.
func (a *ActNorm) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	z, l := a.affine.Inverse(p.Tape, x, p.Tape.Parameter(a.parameters))
	return z, p.Tape.SumColumns(l)
}

// Inverse records latent to data.
func (a *ActNorm) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	x, l := a.affine.Forward(p.Tape, z, p.Tape.Parameter(a.parameters))
	return x, p.Tape.SumColumns(l)
}

// Params returns shift and raw log-scale of every column.
func (a *ActNorm) Params() []*ad.Param { return []*ad.Param{a.parameters} }

// Shapes returns vectors.
func (a *ActNorm) Shapes() (data, latent Shape) {
	dim := len(a.parameters.Data) / 2
	return Vector(dim), Vector(dim)
}

// Margins records the scales.
func (a *ActNorm) Margins(p Pass, x ad.Value) ad.Value {
	_, l := a.affine.Inverse(p.Tape, x, p.Tape.Parameter(a.parameters))
	return p.Tape.Exp(l)
}

// ActNormKind is the layer "actnorm" of descriptions.
func ActNormKind() Kind {
	return Kind{
		Name:    "actnorm",
		Summary: "Shifts and scales every column, at the start to mean 0 and deviation 1.",
		Settings: []setting.Setting{
			{Name: "log_scale_bound", Type: setting.Float, Default: 10.0, Min: 0.1, Max: 20, Meaning: "bound of the log-scale"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return NewActNorm(p.Name, p.Dim, s.Float("log_scale_bound")), nil
		},
	}
}
