package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// Marginal maps every column by an elementwise transformation with learned
// parameters that are the same for all points. Both directions cost one evaluation
// of the transformation.
type Marginal struct {
	dim         int
	transformer Elementwise
	parameters  *ad.Param
}

// NewMarginal returns the layer for dim columns; it starts with zeros as parameters.
func NewMarginal(name string, dim int, transformer Elementwise) *Marginal {
	return &Marginal{dim, transformer, ad.NewParam(name+".parameters", 1, dim*transformer.Params())}
}

// Forward records data to latent.
func (m *Marginal) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	z, l := m.transformer.Forward(p.Tape, x, p.Tape.Parameter(m.parameters))
	return z, p.Tape.SumColumns(l)
}

// Inverse records latent to data.
func (m *Marginal) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	x, l := m.transformer.Inverse(p.Tape, z, p.Tape.Parameter(m.parameters))
	return x, p.Tape.SumColumns(l)
}

// Params returns the transformation's parameters.
func (m *Marginal) Params() []*ad.Param { return []*ad.Param{m.parameters} }

// Shapes returns vectors.
func (m *Marginal) Shapes() (data, latent Shape) { return Vector(m.dim), Vector(m.dim) }

// Margins records the slopes of all columns' maps.
func (m *Marginal) Margins(p Pass, x ad.Value) ad.Value {
	return slopes(p.Tape, m.transformer, x, p.Tape.Parameter(m.parameters))
}

// MarginalKind is the layer "marginal" of descriptions.
func MarginalKind() Kind {
	return Kind{
		Name:        "marginal",
		Summary:     "Maps every column by itself, in the same way for all points.",
		Transformer: true,
		Build: func(p Place, _ setting.Values) (Bijector, error) {
			return NewMarginal(p.Name, p.Dim, p.Transformer), nil
		},
	}
}
