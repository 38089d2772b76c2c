package flow

import (
	"flowcert/ad"
	"flowcert/nn"
	"flowcert/setting"
)

// GIN is the volume-preserving affine coupling of Sorrenson, Rother and Koethe
// (Disentanglement by Nonlinear ICA with General Incompressible-flow Networks, 2020):
// RealNVP's, whose log-scales add up to 0. They are softly clipped to the bound, and then
// their mean over the mapped columns is subtracted, which treats all columns alike; a
// log-scale is thus less than twice the bound. With one mapped column the map is a
// shift. Both directions cost one evaluation of the conditioner.
type GIN struct {
	coupling *Coupling
}

// NewGIN returns a coupling as NewCoupling does. The conditioner must return the columns
// of CouplingWidths for Affine.
func NewGIN(dim int, first bool, bound float64, conditioner nn.Conditioner) *GIN {
	return &GIN{NewCoupling(dim, first, balancedAffine{bound}, conditioner)}
}

// Forward records data to latent; the log-det is absent.
func (g *GIN) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	z, _ = g.coupling.Forward(p, x)
	return z, ad.Value{}
}

// Inverse records latent to data; the log-det is absent.
func (g *GIN) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	x, _ = g.coupling.Inverse(p, z)
	return x, ad.Value{}
}

// Params returns the conditioner's parameters.
func (g *GIN) Params() []*ad.Param { return g.coupling.Params() }

// Shapes returns vectors.
func (g *GIN) Shapes() (data, latent Shape) { return g.coupling.Shapes() }

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

// balancedAffine is Affine with log-scales whose mean over the columns of a row is 0.
// It is no Elementwise for general use, as it maps columns that it is given together.
type balancedAffine struct {
	bound float64
}

// Params returns 2, the shift and the raw log-scale.
func (a balancedAffine) Params() int { return 2 }

// Forward records x e^s + shift and s.
func (a balancedAffine) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	shift, s := a.split(t, h)
	return t.Add(t.Mul(x, t.Exp(s)), shift), s
}

// Inverse records (z - shift) e^-s and -s.
func (a balancedAffine) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	shift, s := a.split(t, h)
	s = t.Linear(s, -1, 0)
	return t.Mul(t.Sub(z, shift), t.Exp(s)), s
}

func (a balancedAffine) split(t *ad.Tape, h ad.Value) (shift, s ad.Value) {
	s = t.SoftClip(group(t, h, 2, 1, 2), a.bound)
	mean := t.Linear(t.SumColumns(s), 1/float64(s.Cols()), 0)
	return group(t, h, 2, 0, 1), t.Sub(s, t.Repeat(mean, s.Cols()))
}

// GINKind is the layer "gin" of descriptions.
func GINKind() Kind {
	return Kind{
		Name:        "gin",
		Summary:     "Scales and shifts some of the columns, steered by the others, so that volumes stay the same.",
		Network:     true,
		Conditional: true,
		Settings: []setting.Setting{
			halfSetting("such layer"),
			{Name: "log_scale_bound", Type: setting.Float, Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the log-scale, before the mean is subtracted"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			first := mapsFirst(p, s)
			in, out := CouplingWidths(p.Dim, first, Affine{})
			conditioner := p.Architecture.Conditioner(p.Name, p.Seed, in+p.Condition, out)
			return NewGIN(p.Dim, first, s.Float("log_scale_bound"), conditioner), nil
		},
	}
}
