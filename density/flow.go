package density

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/internal/parallel"
	"flowcert/internal/random"
)

// Flow is a normalizing flow with a standard normal base as a density model. Its
// scores are exact.
type Flow struct {
	bijector flow.Bijector
	dim      int
	in32     precision[float32]
	in64     precision[float64]
}

// precision holds the programs for one floating-point type, compiled on first use.
type precision[T kernel.Float] struct {
	forward, inverse machine[T]
}

// machine is a program with a store of arenas to run it in.
type machine[T kernel.Float] struct {
	once    sync.Once
	program *ad.Program[T]
	arenas  sync.Pool
}

// NewFlow returns the model of a bijector between vectors. The bijector's
// parameters must not change afterwards.
func NewFlow(b flow.Bijector) *Flow {
	data, _ := b.Shapes()
	return &Flow{bijector: b, dim: data.Size()}
}

// Dim returns the number of columns.
func (f *Flow) Dim() int { return f.dim }

// LogDensity scores the rows of x by the change of variables: the base's
// log-density of the latent code plus the log-det, both in o.Precision.
func (f *Flow) LogDensity(x *mat.Dense, o Options) (Scores, error) {
	out, err := f.run(x, o, true)
	if err != nil {
		return Scores{}, fmt.Errorf("log-density: %w", err)
	}
	return Scores{Kind: Exact, LogDensity: out[2].RawMatrix().Data}, nil
}

// Encode maps data to latent.
func (f *Flow) Encode(x *mat.Dense, o Options) (z *mat.Dense, logDet []float64, err error) {
	return f.mapped(x, o, true)
}

// Decode maps latent to data. It is an error if a row has no finite inverse.
func (f *Flow) Decode(z *mat.Dense, o Options) (x *mat.Dense, logDet []float64, err error) {
	return f.mapped(z, o, false)
}

func (f *Flow) mapped(x *mat.Dense, o Options, forward bool) (*mat.Dense, []float64, error) {
	out, err := f.run(x, o, forward)
	if err != nil {
		return nil, nil, err
	}
	if !forward {
		for i, v := range out[0].RawMatrix().Data {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, nil, fmt.Errorf("decode: row %d has no finite inverse", i/f.dim)
			}
		}
	}
	return out[0], out[1].RawMatrix().Data, nil
}

// Sample draws points by decoding standard normal rows.
func (f *Flow) Sample(n int, seed uint64, o Options) (*mat.Dense, error) {
	z := mat.NewDense(n, f.dim, nil)
	for i := range n {
		r, row := random.New(seed, "sample", 0, uint64(i)), z.RawRowView(i)
		for j := range row {
			row[j] = r.NormFloat64()
		}
	}
	x, _, err := f.Decode(z, o)
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	return x, nil
}

// Tensors returns the bijector's parameters.
func (f *Flow) Tensors() []Tensor {
	var all []Tensor
	for _, p := range f.bijector.Params() {
		all = append(all, Tensor{Name: p.Name, Shape: []int{p.Rows, p.Cols}, F32: p.Data})
	}
	return all
}

// RestoreFlow sets the bijector's parameters to the tensors, which must be exactly
// those that Tensors returns for such a bijector, and returns the model.
func RestoreFlow(b flow.Bijector, tensors []Tensor) (*Flow, error) {
	byName := map[string]Tensor{}
	for _, t := range tensors {
		byName[t.Name] = t
	}
	params := b.Params()
	for _, p := range params {
		t, ok := byName[p.Name]
		if !ok || len(t.F32) != len(p.Data) || len(t.Shape) != 2 || t.Shape[0] != p.Rows || t.Shape[1] != p.Cols {
			return nil, fmt.Errorf("restore flow: tensor %q is not a float32 array of %d x %d", p.Name, p.Rows, p.Cols)
		}
		copy(p.Data, t.F32)
	}
	if len(tensors) != len(params) {
		return nil, fmt.Errorf("restore flow: %d tensors, want %d", len(tensors), len(params))
	}
	return NewFlow(b), nil
}

// Cost is what a model does for one row, in float32: in a training step, for a
// log-density and for a sample. It leaves out the updates of the weights, which
// cost the same for any number of rows, and the whitening of the columns.
type Cost struct {
	Training   ad.Cost `json:"training"`
	Evaluation ad.Cost `json:"evaluation"`
	Sampling   ad.Cost `json:"sampling"`
}

// FlowCost counts the operations of a flow.
func FlowCost(b flow.Bijector) Cost {
	f := NewFlow(b)
	compile := func(forward bool, c ad.Config) ad.Cost {
		t := ad.NewTape()
		outputs := f.record(flow.Pass{Tape: t, Training: c.Gradient}, t.Input(f.dim), forward)
		return ad.Compile(kernel.Best[float32](), t, c, outputs...).Cost()
	}
	return Cost{
		Training:   compile(true, ad.Config{Gradient: true}),
		Evaluation: compile(true, ad.Config{}),
		Sampling:   compile(false, ad.Config{}),
	}
}

// Footprint counts the weights and the arenas of an evaluation.
func (f *Flow) Footprint(o Options) Footprint {
	fp := Footprint{Parameters: bytesOf(f.Tensors())}
	if o.Precision == Float32 {
		fp.Arena = arenaBytes(f, &f.in32, o)
	} else {
		fp.Arena = arenaBytes(f, &f.in64, o)
	}
	return fp
}

func arenaBytes[T kernel.Float](f *Flow, p *precision[T], o Options) int64 {
	m := p.machine(f, true)
	a := m.arenas.Get().(*ad.Arena[T])
	defer m.arenas.Put(a)
	return a.Bytes() * int64(parallel.Workers(o.Workers))
}

// run evaluates one direction and returns its outputs (see record).
func (f *Flow) run(x *mat.Dense, o Options, forward bool) ([]*mat.Dense, error) {
	if _, cols := x.Dims(); cols != f.dim {
		return nil, fmt.Errorf("rows have %d columns, the model %d", cols, f.dim)
	}
	if o.Condition != nil {
		return nil, errors.New("the model takes no condition")
	}
	if o.Precision == Float32 {
		return evaluate(f.in32.machine(f, forward), x, o.Workers), nil
	}
	return evaluate(f.in64.machine(f, forward), x, o.Workers), nil
}

func (p *precision[T]) machine(f *Flow, forward bool) *machine[T] {
	m := &p.inverse
	if forward {
		m = &p.forward
	}
	m.once.Do(func() {
		t := ad.NewTape()
		x := t.Input(f.dim)
		pass := flow.Pass{Tape: t}
		outputs := f.record(pass, x, forward)
		m.program = ad.Compile(kernel.Best[T](), t, ad.Config{}, outputs...)
		m.arenas.New = func() any { return m.program.NewArena() }
	})
	return m
}

// record returns the outputs of one direction: the mapped point, the log-det and,
// forward, the log-density.
func (f *Flow) record(p flow.Pass, x ad.Value, forward bool) []ad.Value {
	if !forward {
		y, logDet := f.bijector.Inverse(p, x)
		return []ad.Value{y, flow.LogDet(p, logDet)}
	}
	z, logDet := f.bijector.Forward(p, x)
	logDet = flow.LogDet(p, logDet)
	return []ad.Value{z, logDet, p.Tape.Add(p.Tape.NormalLogDensity(z), logDet)}
}

// evaluate runs all rows of x, tile by tile, and returns one matrix per output. A
// row's result does not depend on its tile, so it is the same for any number of
// workers.
func evaluate[T kernel.Float](m *machine[T], x *mat.Dense, workers int) []*mat.Dense {
	in := x.RawMatrix()
	var outputs []*mat.Dense
	for _, cols := range m.program.OutputCols() {
		outputs = append(outputs, mat.NewDense(in.Rows, cols, nil))
	}
	tile := m.program.Rows()
	parallel.Each((in.Rows+tile-1)/tile, workers, func(unit int) {
		a := m.arenas.Get().(*ad.Arena[T])
		defer m.arenas.Put(a)
		from := unit * tile
		n := min(tile, in.Rows-from)
		ad.LoadRows(a.Input(0), in.Data[from*in.Stride:], in.Stride, n)
		a.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
		for i, y := range outputs {
			out := y.RawMatrix()
			ad.StoreRows(out.Data[from*out.Stride:], out.Stride, a.Output(i), n)
		}
	})
	return outputs
}
