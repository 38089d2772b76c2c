package flow

import (
	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/setting"
)

// Triangular is the map z = T x + bias with a lower or upper triangular matrix T
// whose diagonal is e^s, s = r/(1 + |r|/bound) for a raw logarithm r, so T is
// invertible whatever the parameters; zeros are the identity. Both directions cost
// D(D-1)/2 multiply-adds in D columns; the inverse, by substitution, is a sequence of
// columns.
type Triangular struct {
	dim   int
	upper bool
	bound float64
	// weight holds T below its diagonal; the rest is not used. Of an upper matrix all is
	// counted from the last row and column.
	weight *ad.Param
	// scale holds the raw logarithms of the diagonal, in the same order as bias. Without
	// scale the diagonal is 1, and without bias that is 0.
	scale, bias *ad.Param
}

// NewTriangular returns the layer for dim columns, which starts as the identity.
func NewTriangular(name string, dim int, upper bool, bound float64) *Triangular {
	t := newUnitTriangular(name, dim, upper)
	t.bound, t.scale, t.bias = bound, ad.NewParam(name+".scale", 1, dim), ad.NewParam(name+".bias", 1, dim)
	return t
}

// newUnitTriangular returns the layer with ones on the diagonal and no bias.
func newUnitTriangular(name string, dim int, upper bool) *Triangular {
	return &Triangular{dim: dim, upper: upper, weight: ad.NewParam(name+".weight", dim, dim)}
}

// Forward records data to latent.
func (m *Triangular) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	t := p.Tape
	x = m.ordered(t, x)
	rest, prefix := t.Buffer(m.dim), m.prefix()
	ad.InPieces(m.dim, func(row, rows int) { rest.Dense(x, m.weight, m.bias, row, rows, prefix, kernel.Identity) })
	if m.scale != nil {
		s := t.SoftClip(t.Parameter(m.scale), m.bound)
		x, logDet = t.Mul(x, t.Exp(s)), t.SumColumns(s)
	}
	return m.ordered(t, t.Add(x, rest.Slice(0, m.dim))), logDet
}

// Inverse records latent to data, column after column.
func (m *Triangular) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	t := p.Tape
	z = m.ordered(t, z)
	var shrink ad.Value
	if m.scale != nil {
		s := t.Linear(t.SoftClip(t.Parameter(m.scale), m.bound), -1, 0)
		shrink, logDet = t.Exp(s), t.SumColumns(s)
	}
	columns, rest, prefix := t.Buffer(m.dim), t.Buffer(m.dim), m.prefix()
	for i := range m.dim {
		rest.Dense(columns.Slice(0, i), m.weight, m.bias, i, 1, prefix, kernel.Identity)
		column := t.Sub(t.Slice(z, i, i+1), rest.Slice(i, i+1))
		if m.scale != nil {
			column = t.Mul(column, t.Slice(shrink, i, i+1))
		}
		columns.Put(i, column)
	}
	return m.ordered(t, columns.Slice(0, m.dim)), logDet
}

// prefix says that column i depends on the i columns before it.
func (m *Triangular) prefix() []int {
	prefix := make([]int, m.dim)
	for i := range prefix {
		prefix[i] = i
	}
	return prefix
}

// ordered records the columns of x in the order that makes the matrix a lower one,
// or those in that order as they were.
func (m *Triangular) ordered(t *ad.Tape, x ad.Value) ad.Value {
	if !m.upper {
		return x
	}
	return t.Permute(x, Reverse(m.dim).index)
}

// Params returns the weights and, where the layer has them, the raw logarithms of the
// diagonal and the bias.
func (m *Triangular) Params() []*ad.Param {
	if m.scale == nil {
		return []*ad.Param{m.weight}
	}
	return []*ad.Param{m.weight, m.scale, m.bias}
}

// Shapes returns vectors.
func (m *Triangular) Shapes() (data, latent Shape) { return Vector(m.dim), Vector(m.dim) }

// Margins records the diagonal.
func (m *Triangular) Margins(p Pass, x ad.Value) ad.Value {
	if m.scale == nil {
		return ad.Value{} // ones
	}
	return p.Tape.Exp(p.Tape.SoftClip(p.Tape.Parameter(m.scale), m.bound))
}

// TriangularKind is the layer "triangular" of descriptions.
func TriangularKind() Kind {
	return Kind{
		Name:    "triangular",
		Summary: "Adds to every scaled column a weighted sum of those before it, or after it.",
		Settings: []setting.Setting{
			{Name: "triangle", Type: setting.Word, Default: "lower", Choices: []string{"lower", "upper"},
				Meaning: "where the matrix has weights: lower adds columns before, upper those after"},
			{Name: "log_scale_bound", Type: setting.Float, Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the diagonal's logarithm"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return NewTriangular(p.Name, p.Dim, s.Word("triangle") == "upper", s.Float("log_scale_bound")), nil
		},
	}
}
