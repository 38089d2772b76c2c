package density

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
)

// Margin is how far a part of a model is from violating what the theorems about its
// family suppose: a number that must be positive.
type Margin struct {
	// Part counts the layers of a flow from 0, the first applied to the data first, or
	// the components of a mixture.
	Part  int
	Value float64
}

// Checked is the optional ability to state margins.
type Checked interface {
	// Margins returns the least of every part's margins over the rows of x, of all parts
	// that suppose something; NaN where one is not a number.
	Margins(x *mat.Dense, o Options) ([]Margin, error)
}

// Margins returns m's margins at the rows of x. It is ErrNotOffered where m has no such
// ability.
func Margins(m Model, x *mat.Dense, o Options) ([]Margin, error) {
	if c, ok := m.(Checked); ok {
		return c.Margins(x, o)
	}
	return nil, ErrNotOffered
}

// Margins implements Checked, by what the layers state.
func (f *Flow) Margins(x *mat.Dense, o Options) ([]Margin, error) {
	var parts []int
	r := recorded{points: f.dim, condition: f.ConditionDim(), record: func(p flow.Pass, x ad.Value) []ad.Value {
		var all []ad.Value
		// Of parameters that do not depend on the row a program has no row either.
		none := p.Tape.Linear(p.Tape.SumColumns(x), 0, 0)
		parts = nil
		for i, v := range flow.Margins(p, f.distribution.Bijector, x) {
			if v.Present() {
				parts, all = append(parts, i), append(all, p.Tape.Add(v, p.Tape.Repeat(none, v.Cols())))
			}
		}
		return append(all, none)
	}}
	out, err := r.run(x, o)
	if err != nil {
		return nil, fmt.Errorf("margins: %w", err)
	}
	margins := make([]Margin, len(parts))
	for i, part := range parts {
		margins[i] = Margin{part, least(out[i].RawMatrix().Data)}
	}
	return margins, nil
}

// Margins implements Checked: the flows' layers, one flow after the other.
func (f *FlowMixture) Margins(x *mat.Dense, o Options) ([]Margin, error) {
	var all []Margin
	for _, part := range f.flows {
		margins, err := part.Margins(x, o)
		if err != nil {
			return nil, err
		}
		from := len(all)
		for i, m := range margins {
			all = append(all, Margin{from + i, m.Value})
		}
	}
	return all, nil
}

// Margins implements Checked: the diagonal of the covariance's factor.
func (g *Gaussian) Margins(*mat.Dense, Options) ([]Margin, error) {
	return []Margin{{0, g.n.margin()}}, nil
}

// Margins implements Checked: the diagonals of the covariances' factors.
func (m *Mixture) Margins(*mat.Dense, Options) ([]Margin, error) {
	margins := make([]Margin, len(m.components))
	for k, c := range m.components {
		margins[k] = Margin{k, c.margin()}
	}
	return margins, nil
}

// Margins implements Checked, if the inner model does.
func (s standardised) Margins(x *mat.Dense, o Options) ([]Margin, error) {
	y, o, err := s.enter(x, o)
	if err != nil {
		return nil, err
	}
	return Margins(s.inner, y, o)
}

// margin returns the least entry of the factor's diagonal, as a share of the column's
// deviation: 0 where the column follows from those before it.
func (n normal) margin() float64 {
	shares := make([]float64, len(n.mean))
	for j := range shares {
		shares[j] = n.factor.Data[j*n.factor.Stride+j] / math.Sqrt(n.covariance.At(j, j))
	}
	return least(shares)
}

// least returns the least of the values; NaN is less than any number.
func least(values []float64) float64 {
	low := math.Inf(1)
	for _, v := range values {
		if math.IsNaN(v) {
			return v
		}
		low = min(low, v)
	}
	return low
}
