package density

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/parallel"
	"flowcert/internal/random"
)

// Flow is a normalizing flow as a density model. Its scores are exact, unless those of
// its base are estimates: then they are estimates with the base's standard error.
type Flow struct {
	distribution           flow.Distribution
	dim                    int
	forward, inverse, base recorded
}

// NewFlow returns the model of a flow between vectors. The flow's parameters must not
// change afterwards.
func NewFlow(d flow.Distribution) *Flow {
	f := &Flow{distribution: d}
	f.dim, _ = d.Columns()
	f.forward = recorded{points: f.dim, condition: d.Condition, record: f.recordForward}
	f.inverse = recorded{points: f.dim, condition: d.Condition, record: f.recordInverse}
	f.base = recorded{points: f.dim, condition: d.Condition, record: f.recordBase}
	return f
}

// recordForward returns the code of x, the log-det, the log-density and, for estimates,
// its standard error.
func (f *Flow) recordForward(p flow.Pass, x ad.Value) []ad.Value {
	z, logDet := f.distribution.Bijector.Forward(p, x)
	logDet = flow.LogDet(p, logDet)
	base := f.recordBase(p, z)
	return append([]ad.Value{z, logDet, p.Tape.Add(base[0], logDet)}, base[1:]...)
}

// recordInverse returns the point of z and the log-det.
func (f *Flow) recordInverse(p flow.Pass, z ad.Value) []ad.Value {
	x, logDet := f.distribution.Bijector.Inverse(p, z)
	return []ad.Value{x, flow.LogDet(p, logDet)}
}

// recordBase returns the base's log-density at z and, for estimates, its standard error.
func (f *Flow) recordBase(p flow.Pass, z ad.Value) []ad.Value {
	if e, ok := f.distribution.Base.(flow.Estimated); ok {
		logDensity, standardError := e.Estimate(p, z)
		return []ad.Value{logDensity, standardError}
	}
	return []ad.Value{f.distribution.Base.LogDensity(p, z)}
}

// Dim returns the number of columns.
func (f *Flow) Dim() int { return f.dim }

// ConditionDim returns the number of columns of the condition.
func (f *Flow) ConditionDim() int { return f.distribution.Condition }

// LogDensity scores the rows of x by the change of variables: the base's
// log-density of the latent code plus the log-det, both in o.Precision.
func (f *Flow) LogDensity(x *mat.Dense, o Options) (Scores, error) {
	out, err := f.forward.run(x, o)
	if err != nil {
		return Scores{}, fmt.Errorf("log-density: %w", err)
	}
	return scoresOf(out[2:]), nil
}

// scoresOf returns the scores of outputs: the log-densities and, for estimates, their
// standard errors.
func scoresOf(out []*mat.Dense) Scores {
	s := Scores{Kind: Exact, LogDensity: out[0].RawMatrix().Data}
	if len(out) > 1 {
		s.Kind, s.StandardError = Estimate, out[1].RawMatrix().Data
	}
	return s
}

// BaseLogDensity returns the log-density of the base at every row of z.
func (f *Flow) BaseLogDensity(z *mat.Dense, o Options) ([]float64, error) {
	out, err := f.base.run(z, o)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	return out[0].RawMatrix().Data, nil
}

// Encode maps data to latent.
func (f *Flow) Encode(x *mat.Dense, o Options) (z *mat.Dense, logDet []float64, err error) {
	out, err := f.forward.run(x, o)
	if err != nil {
		return nil, nil, fmt.Errorf("encode: %w", err)
	}
	return out[0], out[1].RawMatrix().Data, nil
}

// Decode maps latent to data. It is an error if a row has no finite inverse.
func (f *Flow) Decode(z *mat.Dense, o Options) (x *mat.Dense, logDet []float64, err error) {
	out, err := f.inverse.run(z, o)
	if err != nil {
		return nil, nil, fmt.Errorf("decode: %w", err)
	}
	for i, v := range out[0].RawMatrix().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, nil, fmt.Errorf("decode: row %d has no finite inverse", i/f.dim)
		}
	}
	return out[0], out[1].RawMatrix().Data, nil
}

// Sample draws points by decoding rows drawn from the base.
func (f *Flow) Sample(n int, seed uint64, o Options) (*mat.Dense, error) {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	x, _, err := f.Decode(f.sampleBase(rows, seed, o.Workers), o)
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	return x, nil
}

// sampleBase draws the base's points of the numbered rows.
func (f *Flow) sampleBase(rows []int, seed uint64, workers int) *mat.Dense {
	z, draw := mat.NewDense(len(rows), f.dim, nil), f.distribution.Base.Sampler()
	parallel.Each(tiles(len(rows)), workers, func(unit int) {
		for i := unit * tileRows; i < min((unit+1)*tileRows, len(rows)); i++ {
			draw(z.RawRowView(i), random.New(seed, "sample", 0, uint64(rows[i])))
		}
	})
	return z
}

// Tensors returns the flow's parameters.
func (f *Flow) Tensors() []Tensor { return tensorsOf(f.distribution.Params()) }

func tensorsOf(params []*ad.Param) []Tensor {
	var all []Tensor
	for _, p := range params {
		all = append(all, Tensor{Name: p.Name, Shape: []int{p.Rows, p.Cols}, F32: p.Data})
	}
	return all
}

// RestoreFlow sets the flow's parameters to the tensors, which must be exactly those
// that Tensors returns for such a flow, and returns the model.
func RestoreFlow(d flow.Distribution, tensors []Tensor) (*Flow, error) {
	if err := restoreParams(d.Params(), tensors); err != nil {
		return nil, fmt.Errorf("restore flow: %w", err)
	}
	return NewFlow(d), nil
}

func restoreParams(params []*ad.Param, tensors []Tensor) error {
	byName := map[string]Tensor{}
	for _, t := range tensors {
		byName[t.Name] = t
	}
	for _, p := range params {
		t, ok := byName[p.Name]
		if !ok || len(t.F32) != len(p.Data) || len(t.Shape) != 2 || t.Shape[0] != p.Rows || t.Shape[1] != p.Cols {
			return fmt.Errorf("tensor %q is not a float32 array of %d x %d", p.Name, p.Rows, p.Cols)
		}
		copy(p.Data, t.F32)
	}
	if len(tensors) != len(params) {
		return fmt.Errorf("%d tensors, want %d", len(tensors), len(params))
	}
	return nil
}

// Cost is what a model does for one row, in float32: in a training step, for a
// log-density and for a sample. It leaves out the updates of the weights, which
// cost the same for any number of rows, the draws from the base and the whitening of
// the columns.
type Cost struct {
	Training   ad.Cost `json:"training"`
	Evaluation ad.Cost `json:"evaluation"`
	Sampling   ad.Cost `json:"sampling"`
}

// FlowCost counts the operations of a flow.
func FlowCost(d flow.Distribution) Cost {
	f := NewFlow(d)
	return costOf(&f.forward, &f.inverse)
}

// costOf counts the operations of a density, whose log-density is among what it
// records, and of its sampler.
func costOf(density, sampler *recorded) Cost {
	return Cost{
		Training:   compile[float32](density, ad.Config{Gradient: true}).Cost(),
		Evaluation: compile[float32](density, ad.Config{}).Cost(),
		Sampling:   compile[float32](sampler, ad.Config{}).Cost(),
	}
}

// Footprint counts the weights and the arenas of an evaluation.
func (f *Flow) Footprint(o Options) Footprint { return f.forward.footprint(f.Tensors(), o) }
