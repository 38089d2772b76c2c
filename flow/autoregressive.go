package flow

import (
	"flowcert/ad"
	"flowcert/nn"
	"flowcert/setting"
)

// Autoregressive maps column i by an elementwise transformation whose parameters
// depend on the columns before it (Papamakarios, Pavlakou and Murray, Masked
// Autoregressive Flow, 2017; with splines, RQ-NSF (AR) of Durkan et al., 2019). The
// Jacobian is triangular. Forward costs one evaluation of the network; the inverse
// is a sequence of columns, and because the network's units are computed each as
// soon as what it depends on is known, it costs one evaluation too.
type Autoregressive struct {
	dim         int
	transformer Elementwise
	network     *nn.MADE
}

// NewAutoregressive returns a flow of dim columns whose network has dim groups of
// transformer.Params() outputs.
func NewAutoregressive(dim int, transformer Elementwise, network *nn.MADE) *Autoregressive {
	return &Autoregressive{dim, transformer, network}
}

// Forward records data to latent.
func (a *Autoregressive) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	z, l := a.transformer.Forward(p.Tape, x, a.parameters(p, x))
	return z, p.Tape.SumColumns(l)
}

// parameters records those of the transformation at the data points x.
func (a *Autoregressive) parameters(p Pass, x ad.Value) ad.Value {
	if p.Condition.Present() {
		x = p.Tape.Concat(p.Condition, x)
	}
	return a.network.Apply(p.Tape, x)
}

// Inverse records latent to data.
func (a *Autoregressive) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	t := p.Tape
	columns, logDerivatives := t.Buffer(a.dim), t.Buffer(a.dim)
	a.network.Sequence(t, p.Condition, func(i int, h ad.Value) ad.Value {
		xi, l := a.transformer.Inverse(t, t.Slice(z, i, i+1), h)
		columns.Put(i, xi)
		logDerivatives.Put(i, l)
		return xi
	})
	return columns.Slice(0, a.dim), t.SumColumns(logDerivatives.Slice(0, a.dim))
}

// Params returns the network's parameters.
func (a *Autoregressive) Params() []*ad.Param { return a.network.Params() }

// Shapes returns vectors.
func (a *Autoregressive) Shapes() (data, latent Shape) { return Vector(a.dim), Vector(a.dim) }

// Margins records the slopes of all columns' maps.
func (a *Autoregressive) Margins(p Pass, x ad.Value) ad.Value {
	return slopes(p.Tape, a.transformer, x, a.parameters(p, x))
}

// AutoregressiveKind is the layer "autoregressive" of descriptions.
func AutoregressiveKind() Kind {
	return Kind{
		Name:        "autoregressive",
		Summary:     "Maps every column, steered by those before it.",
		Transformer: true,
		Network:     true,
		Conditional: true,
		Build: func(p Place, _ setting.Values) (Bijector, error) {
			network := p.Architecture.Masked(p.Name, p.Seed, p.Dim, p.Condition, p.Transformer.Params())
			return NewAutoregressive(p.Dim, p.Transformer, network), nil
		},
	}
}
