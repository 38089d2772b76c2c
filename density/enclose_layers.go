package density

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/taylor"
)

// Layers encloses a flow's map to latent codes layer by layer, functions of real numbers
// as Enclosure has them, and bounds by how much float64 evaluations are off. It is for one
// goroutine.
type Layers struct {
	layers    []layerEnclosure
	bijectors []flow.Bijector
	// NormalBase is whether latent codes are standard normal.
	NormalBase bool
}

// layerEnclosure encloses a layer, and the errors of an evaluation of it and of its
// inverse, if those can be bounded.
type layerEnclosure struct {
	jacobian         *ad.TangentEnclosure
	forward, inverse *ad.RoundingEnclosure
	unbounded        error // why forward or inverse is nil
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
	z, _ := b.Forward(flow.Pass{Tape: forward}, forward.Input(dim))
	if e.jacobian, err = ad.NewTangentEnclosure(forward, z); err != nil {
		return e, err
	}
	inverse := ad.NewTape()
	x, _ := b.Inverse(flow.Pass{Tape: inverse}, inverse.Input(dim))
	if e.forward, e.unbounded = ad.NewRoundingEnclosure(forward, z); e.unbounded == nil {
		e.inverse, e.unbounded = ad.NewRoundingEnclosure(inverse, x)
	}
	return e, nil
}

// Len returns the number of layers.
func (l *Layers) Len() int { return len(l.layers) }

// Bounded returns nil if Errors has bounds for all layers, or why it has none.
func (l *Layers) Bounded() error {
	for i := range l.layers {
		if err := l.layers[i].unbounded; err != nil {
			return fmt.Errorf("layer %d: %w", i, err)
		}
	}
	return nil
}

// Work says how long the Jacobians of all layers take, about: in the unit of
// Enclosure.Work.
func (l *Layers) Work() (work int64) {
	const derivatives = 3 // of the work of values, per direction
	for i := range l.layers {
		e := l.layers[i].jacobian
		work += e.Work() * int64(1+derivatives*len(e.Input(0)))
	}
	return work
}

// Map sets z to models of the values of layer i at the D points that x encloses, and j, by
// rows, to models of its Jacobian there: entry r D + c is the derivative of value r in
// entry c.
func (l *Layers) Map(i int, z, j, x []taylor.Model) {
	e := l.layers[i].jacobian
	copy(e.Input(0), x)
	e.Run()
	copy(z, e.Output(0))
	for c := range x {
		dx := e.InputTangent(0)
		clear(dx)
		dx[c] = taylor.Constant(1)
		e.Differentiate()
		for r, m := range e.OutputTangent(0) {
			j[r*len(x)+c] = m
		}
	}
}

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

// Errors returns how far, in Euclidean distance, float64 values of layer i at points that
// x encloses can be from its values there, and float64 values of its inverse at points
// that z encloses from the inverse's; +Inf where nothing is known. It must be Bounded.
func (l *Layers) Errors(i int, x, z []taylor.Model) (forward, inverse float64) {
	return l.layers[i].forward.Error(x), l.layers[i].inverse.Error(z)
}
