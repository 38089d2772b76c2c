package flow

import (
	"fmt"
	"slices"

	"flowcert/ad"
	"flowcert/setting"
)

// Curve is a fixed increasing map of one variable from an interval, its domain, onto
// the real line.
type Curve interface {
	// Forward records the map of x and the logarithm of its derivative, per column.
	// Outside the domain the logarithm is -Inf and the map is some finite number: a
	// flow's density is 0 there.
	Forward(t *ad.Tape, x ad.Value) (z, logDerivative ad.Value)
	// Inverse records the inverse map and the logarithm of its derivative.
	Inverse(t *ad.Tape, z ad.Value) (x, logDerivative ad.Value)
}

// Domain maps columns whose values lie in an interval onto the real line by a curve.
// It belongs at the data side of a flow; inverted, it takes the real line to the
// interval. Nothing is learned. Both directions cost one evaluation of the curve.
type Domain struct {
	dim   int
	curve Curve
	// mapped are the columns that the curve maps; nil are all. Column j of the result is
	// column placed[j] of all columns followed by the mapped ones.
	mapped, placed []int
}

// NewDomain returns the layer for dim columns of which the curve maps those given, or
// all of them if none are.
func NewDomain(dim int, curve Curve, columns ...int) *Domain {
	d := &Domain{dim: dim, curve: curve}
	if len(columns) == 0 {
		return d
	}
	d.mapped, d.placed = columns, make([]int, dim)
	for j := range d.placed {
		d.placed[j] = j
		if at := slices.Index(columns, j); at >= 0 {
			d.placed[j] = dim + at
		}
	}
	return d
}

// Forward records data to latent.
func (d *Domain) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	return d.apply(p.Tape, x, d.curve.Forward)
}

// Inverse records latent to data.
func (d *Domain) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	return d.apply(p.Tape, z, d.curve.Inverse)
}

func (d *Domain) apply(t *ad.Tape, x ad.Value, curve func(*ad.Tape, ad.Value) (y, l ad.Value)) (y, logDet ad.Value) {
	if d.mapped == nil {
		y, l := curve(t, x)
		return y, t.SumColumns(l)
	}
	y, l := curve(t, t.Gather(x, d.mapped...))
	return t.Gather(t.Concat(x, y), d.placed...), t.SumColumns(l)
}

// Params returns nothing.
func (d *Domain) Params() []*ad.Param { return nil }

// Shapes returns vectors.
func (d *Domain) Shapes() (data, latent Shape) { return Vector(d.dim), Vector(d.dim) }

// above records the distance of x from a lower bound of its domain, and the logarithm
// of whether x is above it: 0, or -Inf. Where it is not the distance is 1, of which
// every function here is finite.
func above(t *ad.Tape, x ad.Value, low float64) (distance, logInside ad.Value) {
	distance = t.Linear(x, 1, -low)
	inside := t.Step(t.Detach(distance))
	return t.Add(t.ReLU(distance), t.Linear(inside, -1, 1)), t.Log(inside)
}

// columnsSetting lists the columns that a curve maps.
func columnsSetting() setting.Setting {
	return setting.Setting{Name: "columns", Type: setting.Ints, Default: []int{}, Min: 1, Max: 1 << 20,
		Meaning: "numbers of the columns that are mapped, from 1 on; an empty list is all"}
}

// domain returns the layer for the columns that the setting lists.
func domain(p Place, curve Curve, s setting.Values) (Bijector, error) {
	var columns []int
	for _, n := range s.Ints("columns") {
		if n > p.Dim {
			return nil, fmt.Errorf("column %d is to be mapped, but there are %d", n, p.Dim)
		}
		if slices.Contains(columns, n-1) {
			return nil, fmt.Errorf("column %d is listed twice", n)
		}
		columns = append(columns, n-1)
	}
	return NewDomain(p.Dim, curve, columns...), nil
}
