package density

import (
	"errors"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/taylor"
)

// Enclosable is the optional ability to enclose log-densities on boxes.
type Enclosable interface {
	// Enclosure returns what encloses the model's log-density, for one goroutine. The
	// error says why that cannot be had.
	Enclosure() (*Enclosure, error)
}

// Enclosure encloses the log-density that a model's stored weights define, a function of
// real numbers, whatever an evaluation in float64 or float32 makes of it.
type Enclosure struct {
	density encloser
	x       []taylor.Model
	// NormalBase is whether latent codes are standard normal. It is false where there are
	// no codes.
	NormalBase bool
}

// encloser encloses a log-density and, if there is one, the latent code.
type encloser interface {
	enclose(x []taylor.Model) (logDensity taylor.Model, code []taylor.Model)
	work() int64
}

// recordedEncloser is that of a recording of the log-density and, if there is one, of the
// code.
type recordedEncloser struct{ recording *ad.Enclosure }

func (r recordedEncloser) enclose(x []taylor.Model) (logDensity taylor.Model, code []taylor.Model) {
	copy(r.recording.Input(0), x)
	r.recording.Run()
	if r.recording.Outputs() > 1 {
		code = r.recording.Output(1)
	}
	return r.recording.Output(0)[0], code
}

func (r recordedEncloser) work() int64 { return r.recording.Work() }

// newEnclosure returns the enclosure of a density of dim columns.
func newEnclosure(dim int, density encloser, normal bool) *Enclosure {
	return &Enclosure{density: density, x: make([]taylor.Model, dim), NormalBase: normal}
}

// errWide is the error of a density of more columns than package taylor has variables.
var errWide = errors.New("there are more than three dimensions")

// Core returns the model of standardised or whitened rows that m holds, or m itself if it
// holds none. With y = L^-1 ((x - mean)/scale), which is linear, the mass of m in any set
// of rows x is exactly that of the core in the set of their y.
func Core(m Model) Model {
	if s, ok := m.(interface{ core() Model }); ok {
		return Core(s.core())
	}
	return m
}

// CoreRows returns rows of m as the rows of its Core, rounded.
func CoreRows(m Model, x *mat.Dense) *mat.Dense {
	if s, ok := m.(interface {
		core() Model
		forward(x *mat.Dense) *mat.Dense
	}); ok {
		return CoreRows(s.core(), s.forward(x))
	}
	return x
}

func (s standardised) core() Model { return s.inner }

// Enclosure implements Enclosable. Flows with a condition, with a base whose density is an
// estimate, or with an operation that cannot be enclosed have none.
func (f *Flow) Enclosure() (*Enclosure, error) {
	if f.distribution.Condition > 0 {
		return nil, errors.New("the density depends on a condition")
	}
	if _, estimated := f.distribution.Base.(flow.Estimated); estimated {
		return nil, errors.New("the density of the base is an estimate")
	}
	if f.dim > taylor.MaxVariables {
		return nil, errWide
	}
	layers, err := f.Layers()
	if err != nil {
		return nil, err
	}
	e, err := newLayeredEncloser(f, layers)
	if err != nil {
		return nil, err
	}
	return newEnclosure(f.dim, e, layers.NormalBase), nil
}

// Enclosure implements Enclosable, as that of a Flow does. There is no code.
func (f *FlowMixture) Enclosure() (*Enclosure, error) {
	if f.ConditionDim() > 0 {
		return nil, errors.New("the density depends on a condition")
	}
	if f.Dim() > taylor.MaxVariables {
		return nil, errWide
	}
	t := ad.NewTape()
	out := f.record(flow.Pass{Tape: t}, t.Input(f.Dim()))
	if len(out) > 1 {
		return nil, errors.New("the density of a base is an estimate")
	}
	e, err := ad.NewEnclosure(t, out[0])
	if err != nil {
		return nil, err
	}
	return newEnclosure(f.Dim(), recordedEncloser{e}, false), nil
}

// Work says how long an enclosure takes, about: in units of a weight of a dense layer.
func (e *Enclosure) Work() int64 { return e.density.work() }

// Enclose returns a Taylor model of the log-density, in nats, at the points centre + half
// d with d in [-1, 1]^D.
func (e *Enclosure) Enclose(centre, half []float64) taylor.Model {
	logDensity, _ := e.run(centre, half)
	return logDensity
}

// Encode returns Taylor models of the latent code at the same points, until the next call;
// nil where there is none.
func (e *Enclosure) Encode(centre, half []float64) []taylor.Model {
	_, code := e.run(centre, half)
	return code
}

func (e *Enclosure) run(centre, half []float64) (logDensity taylor.Model, code []taylor.Model) {
	for i := range e.x {
		e.x[i] = taylor.Variable(i, centre[i], half[i])
	}
	return e.density.enclose(e.x)
}
