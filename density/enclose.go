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
	recording *ad.Enclosure
	// NormalBase is whether latent codes are standard normal.
	NormalBase bool
}

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
		return nil, errors.New("there are more than three dimensions")
	}
	t := ad.NewTape()
	out := f.recordForward(flow.Pass{Tape: t}, t.Input(f.dim))
	e, err := ad.NewEnclosure(t, out[2], out[0])
	if err != nil {
		return nil, err
	}
	_, normal := f.distribution.Base.(flow.Normal)
	return &Enclosure{recording: e, NormalBase: normal}, nil
}

// Work says how long an enclosure takes, about: in units of a weight of a dense layer.
func (e *Enclosure) Work() int64 { return e.recording.Work() }

// Enclose returns a Taylor model of the log-density, in nats, at the points centre + half
// d with d in [-1, 1]^D.
func (e *Enclosure) Enclose(centre, half []float64) taylor.Model {
	e.run(centre, half)
	return e.recording.Output(0)[0]
}

// Encode returns Taylor models of the latent code at the same points, until the next call.
func (e *Enclosure) Encode(centre, half []float64) []taylor.Model {
	e.run(centre, half)
	return e.recording.Output(1)
}

func (e *Enclosure) run(centre, half []float64) {
	x := e.recording.Input(0)
	for i := range x {
		x[i] = taylor.Variable(i, centre[i], half[i])
	}
	e.recording.Run()
}
