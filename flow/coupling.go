package flow

import (
	"flowcert/ad"
	"flowcert/nn"
	"flowcert/setting"
)

// Coupling leaves some columns alone and maps each of the others by an
// elementwise transformation whose parameters a conditioner computes from the
// columns left alone (Dinh, Krueger and Bengio, NICE, 2014; Dinh, Sohl-Dickstein
// and Bengio, Density Estimation Using Real NVP, 2017, equations 4 to 8). The
// Jacobian is triangular; both directions cost one evaluation of the conditioner.
type Coupling struct {
	dim, split  int
	first       bool
	transformer Elementwise
	conditioner nn.Conditioner
}

// NewCoupling returns a coupling of dim columns that maps the last dim - dim/2, or
// the first dim/2 if first. With one column there is nothing to condition on and
// the map is the same everywhere. The conditioner takes the columns left alone,
// followed by those of the condition, and must return the columns that CouplingWidths says.
func NewCoupling(dim int, first bool, transformer Elementwise, conditioner nn.Conditioner) *Coupling {
	return &Coupling{dim: dim, split: dim / 2, first: first && dim > 1, transformer: transformer, conditioner: conditioner}
}

// CouplingWidths returns how many columns the conditioner of such a coupling takes,
// without a condition, and how many it returns.
func CouplingWidths(dim int, first bool, transformer Elementwise) (in, out int) {
	mapped := dim - dim/2
	if first && dim > 1 {
		mapped = dim / 2
	}
	return dim - mapped, mapped * transformer.Params()
}

// Forward records data to latent.
func (c *Coupling) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	return c.apply(p, x, c.transformer.Forward)
}

// Inverse records latent to data.
func (c *Coupling) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	return c.apply(p, z, c.transformer.Inverse)
}

func (c *Coupling) apply(p Pass, x ad.Value, transform func(t *ad.Tape, x, h ad.Value) (y, l ad.Value)) (y, logDet ad.Value) {
	t := p.Tape
	head, tail := t.Slice(x, 0, c.split), t.Slice(x, c.split, c.dim)
	mapped, alone := tail, head
	if c.first {
		mapped, alone = head, tail
	}
	input := alone
	if p.Condition.Present() {
		input = t.Concat(alone, p.Condition)
	}
	mapped, l := transform(t, mapped, c.conditioner.Apply(t, input))
	if c.first {
		return t.Concat(mapped, alone), t.SumColumns(l)
	}
	return t.Concat(alone, mapped), t.SumColumns(l)
}

// Params returns the conditioner's parameters.
func (c *Coupling) Params() []*ad.Param { return c.conditioner.Params() }

// Shapes returns vectors.
func (c *Coupling) Shapes() (data, latent Shape) { return Vector(c.dim), Vector(c.dim) }

// Margins records the slopes of the map of the columns that are mapped.
func (c *Coupling) Margins(p Pass, x ad.Value) ad.Value {
	var all ad.Value
	c.apply(p, x, func(t *ad.Tape, x, h ad.Value) (y, l ad.Value) {
		all = slopes(t, c.transformer, x, h)
		return x, x
	})
	return all
}

// halfSetting is the half that a layer maps; layer is what its meaning calls that.
func halfSetting(layer string) setting.Setting {
	return setting.Setting{Name: "half", Type: setting.Word, Default: "alternate", Choices: []string{"alternate", "first", "last"},
		Meaning: "which half of the columns is mapped; alternate takes the last half in the first " + layer + " of a flow, the first half in the next, and so on"}
}

// mapsFirst reports whether the layer at p maps the first half, by halfSetting.
func mapsFirst(p Place, s setting.Values) bool {
	return s.Word("half") == "first" || s.Word("half") == "alternate" && p.Number%2 == 1
}

// CouplingKind is the layer "coupling" of descriptions.
func CouplingKind() Kind {
	return Kind{
		Name:        "coupling",
		Summary:     "Maps some of the columns, steered by the others.",
		Transformer: true,
		Network:     true,
		Conditional: true,
		Settings: []setting.Setting{
			halfSetting("coupling"),
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			first := mapsFirst(p, s)
			in, out := CouplingWidths(p.Dim, first, p.Transformer)
			return NewCoupling(p.Dim, first, p.Transformer, p.Architecture.Conditioner(p.Name, p.Seed, in+p.Condition, out)), nil
		},
	}
}
