package density

import (
	"errors"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/taylor"
)

// Layers encloses a flow's map to latent codes layer by layer, functions of real numbers
// as Enclosure has them. It is for one goroutine.
type Layers struct {
	layers    []layerEnclosure
	bijectors []flow.Bijector
	// NormalBase is whether latent codes are standard normal.
	NormalBase bool
}

// layerEnclosure encloses a layer.
type layerEnclosure struct {
	// values encloses the layer's values and their derivatives, and the log-determinant
	// and its, if there is one.
	values *ad.TangentEnclosure
	logDet bool
}

// Layers returns the layers of the flow's map. The error says why they cannot be enclosed.
func (f *Flow) Layers() (*Layers, error) {
	if f.distribution.Condition > 0 {
		return nil, errors.New("the density depends on a condition")
	}
	_, normal := f.distribution.Base.(flow.Normal)
	l := &Layers{bijectors: flow.Layers(f.distribution.Bijector), NormalBase: normal}
	for i, b := range l.bijectors {
		e, err := encloseLayer(b, f.dim)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		l.layers = append(l.layers, e)
	}
	return l, nil
}

func encloseLayer(b flow.Bijector, dim int) (e layerEnclosure, err error) {
	forward := ad.NewTape()
	z, logDet := b.Forward(flow.Pass{Tape: forward}, forward.Input(dim))
	outputs := []ad.Value{z}
	if e.logDet = logDet.Present(); e.logDet {
		outputs = append(outputs, logDet)
	}
	e.values, err = ad.NewTangentEnclosure(forward, outputs...)
	return e, err
}

// Len returns the number of layers.
func (l *Layers) Len() int { return len(l.layers) }

// Work says how long a Map of each layer takes, about: in the unit of Enclosure.Work.
func (l *Layers) Work() (work int64) {
	const derivatives = 3 // of the work of values, per direction
	for i := range l.layers {
		e := l.layers[i].values
		work += e.Work() * int64(2+derivatives*len(e.Input(0)))
	}
	return work
}

// Map sets z to models of the values of layer i at the D points that x encloses, and j, by
// rows, to models of its Jacobian there: entry r D + c is the derivative of value r in
// entry c. z may be x.
func (l *Layers) Map(i int, z, j, x []taylor.Model) {
	all := l.layers[i].enclose(x, true)
	copy(z, all.values)
	copy(j, all.derivatives)
}

// enclosedLayer is what encloses a layer at points: its values and, behind them, the
// log-determinant if there is one; and their derivatives, by rows.
type enclosedLayer struct{ values, derivatives []taylor.Model }

// enclose encloses the layer at the points that x encloses, the derivatives too where they
// are wanted.
//
// Where x has radii, those of the values are narrowed by the mean value theorem: the values
// at the polynomials of x alone are off by at most the radii times the derivatives.
// Arithmetic on radii does not see how the values of hidden units go together.
func (e *layerEnclosure) enclose(x []taylor.Model, derivatives bool) enclosedLayer {
	dim := len(x)
	copy(e.values.Input(0), x)
	e.values.Run()
	all := enclosedLayer{values: e.outputs()}
	narrow := slices.ContainsFunc(x, func(m taylor.Model) bool { return m.Radius > 0 })
	if !narrow && !derivatives {
		return all
	}
	all.derivatives = make([]taylor.Model, len(all.values)*dim)
	for c := range dim {
		dx := e.values.InputTangent(0)
		clear(dx)
		dx[c] = taylor.Constant(1)
		e.values.Differentiate()
		for r, m := range e.values.OutputTangent(0) {
			all.derivatives[r*dim+c] = m
		}
		if e.logDet {
			all.derivatives[dim*dim+c] = e.values.OutputTangent(1)[0]
		}
	}
	if !narrow {
		return all
	}
	for c, m := range x {
		m.Radius = 0
		e.values.Input(0)[c] = m
	}
	e.values.Run()
	for r, m := range e.outputs() {
		for c := range x {
			if x[c].Radius > 0 {
				m.Radius = taylor.Wider(m.Radius, all.derivatives[r*dim+c].Range().Magnitude()*x[c].Radius)
			}
		}
		if m.Radius < all.values[r].Radius {
			all.values[r] = m
		}
	}
	return all
}

func (e *layerEnclosure) outputs() []taylor.Model {
	all := slices.Clone(e.values.Output(0))
	if e.logDet {
		all = append(all, e.values.Output(1)[0])
	}
	return all
}

// layeredEncloser is that of a flow's log-density, layer by layer.
type layeredEncloser struct {
	layers *Layers
	base   *ad.Enclosure
}

func newLayeredEncloser(f *Flow, layers *Layers) (*layeredEncloser, error) {
	t := ad.NewTape()
	base, err := ad.NewEnclosure(t, f.recordBase(flow.Pass{Tape: t}, t.Input(f.dim))[0])
	if err != nil {
		return nil, err
	}
	return &layeredEncloser{layers, base}, nil
}

func (l *layeredEncloser) enclose(x []taylor.Model) (logDensity taylor.Model, code []taylor.Model) {
	dim := len(x)
	for i := range l.layers.layers {
		e := &l.layers.layers[i]
		values := e.enclose(x, false).values
		x = values[:dim]
		if e.logDet {
			logDensity = taylor.Add(&logDensity, &values[dim])
		}
	}
	copy(l.base.Input(0), x)
	l.base.Run()
	return taylor.Add(&logDensity, &l.base.Output(0)[0]), x
}

func (l *layeredEncloser) work() int64 { return l.layers.Work() + l.base.Work() }

// Inputs returns the points that each layer takes, in float64, for rows x of the first.
func (l *Layers) Inputs(x *mat.Dense) ([]*mat.Dense, error) {
	if l.Len() == 1 {
		return []*mat.Dense{x}, nil
	}
	_, dim := x.Dims()
	r := &recorded{points: dim, record: func(p flow.Pass, x ad.Value) (all []ad.Value) {
		for _, b := range l.bijectors[:l.Len()-1] {
			x, _ = b.Forward(p, x)
			all = append(all, x)
		}
		return all
	}}
	out, err := r.run(x, Options{})
	if err != nil {
		return nil, fmt.Errorf("layers: %w", err)
	}
	return append([]*mat.Dense{x}, out...), nil
}

// RoundedLayers are Layers that bound, besides, by how much float64 evaluations are off.
type RoundedLayers struct {
	layers           *Layers
	forward, inverse []*ad.RoundingEnclosure // by layer
}

// RoundedLayers returns those of the flow's map. The error says why they cannot be enclosed
// or their roundings not bounded.
func (f *Flow) RoundedLayers() (*RoundedLayers, error) {
	layers, err := f.Layers()
	if err != nil {
		return nil, err
	}
	r := &RoundedLayers{layers: layers}
	for i, b := range layers.bijectors {
		for _, direction := range []struct {
			to     *[]*ad.RoundingEnclosure
			record func(p flow.Pass, x ad.Value) (y, logDet ad.Value)
		}{{&r.forward, b.Forward}, {&r.inverse, b.Inverse}} {
			t := ad.NewTape()
			y, _ := direction.record(flow.Pass{Tape: t}, t.Input(f.dim))
			e, err := ad.NewRoundingEnclosure(t, y)
			if err != nil {
				return nil, fmt.Errorf("layer %d: %w", i, err)
			}
			*direction.to = append(*direction.to, e)
		}
	}
	return r, nil
}

// Len returns the number of layers.
func (r *RoundedLayers) Len() int { return r.layers.Len() }

// Map is that of Layers.
func (r *RoundedLayers) Map(i int, z, j, x []taylor.Model) { r.layers.Map(i, z, j, x) }

// Errors returns how far, in Euclidean distance, float64 values of layer i at points that
// x encloses can be from its values there, and float64 values of its inverse at points
// that z encloses from the inverse's; +Inf where nothing is known.
func (r *RoundedLayers) Errors(i int, x, z []taylor.Model) (forward, inverse float64) {
	return r.forward[i].Error(x), r.inverse[i].Error(z)
}
