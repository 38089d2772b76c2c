package density

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/internal/usage"
)

// Standardise returns a fitter that gives f columns with mean 0 and deviation 1
// over the training rows. The model it fits takes and gives rows in the data's
// units, and so do its scores and the reported progress: the log-determinant of
// the scaling is put back.
//
// Fit fails with a *usage.Error if a column is constant in the training rows.
func Standardise(f Fitter) Fitter { return standardiser{f} }

type standardiser struct{ inner Fitter }

// Fit implements Fitter.
func (f standardiser) Fit(ctx context.Context, train, validation *mat.Dense, o FitOptions) (Model, Report, error) {
	_, dim := train.Dims()
	s := standardised{mean: make([]float64, dim), scale: make([]float64, dim)}
	for j := range dim {
		mean, variance := stat.PopMeanVariance(mat.Col(nil, j, train), nil)
		if s.mean[j], s.scale[j] = mean, math.Sqrt(variance); !(s.scale[j] > 0) {
			return nil, Report{}, usage.Errorf("standardise: column %d is constant in the training rows: drop it", j+1)
		}
	}
	logDet := s.logDet()
	inUnits := func(p Progress) Progress {
		p.Train += logDet
		p.Validation += logDet
		return p
	}
	inner := o
	if o.Progress != nil {
		inner.Progress = func(p Progress) { o.Progress(inUnits(p)) }
	}
	m, report, err := f.inner.Fit(ctx, s.forward(train), s.forward(validation), inner)
	if err != nil {
		return nil, Report{}, err
	}
	for i, p := range report.History {
		report.History[i] = inUnits(p)
	}
	s.inner = m
	report.Footprint.Parameters += 8 * 2 * int64(dim)
	return s.withAbilities(), report, nil
}

// RestoreStandardised rebuilds a model that was fitted through Standardise: it
// takes its own tensors and hands the others to restore, which rebuilds the
// model inside.
func RestoreStandardised(dim int, tensors []Tensor, restore func([]Tensor) (Model, error)) (Model, error) {
	var own, others []Tensor
	for _, t := range tensors {
		if t.Name == "standardise.mean" || t.Name == "standardise.scale" {
			own = append(own, t)
		} else {
			others = append(others, t)
		}
	}
	values, err := match(own, Tensor{Name: "standardise.mean", Shape: []int{dim}}, Tensor{Name: "standardise.scale", Shape: []int{dim}})
	if err != nil {
		return nil, err
	}
	s := standardised{mean: slices.Clone(values[0]), scale: slices.Clone(values[1])}
	for j, v := range s.scale {
		if v <= 0 {
			return nil, fmt.Errorf("standardise: scale of column %d is %v", j+1, v)
		}
	}
	if s.inner, err = restore(others); err != nil {
		return nil, err
	}
	return s.withAbilities(), nil
}

// standardised is a model of the rows (x - mean) / scale, seen from x.
type standardised struct {
	inner       Model
	mean, scale []float64
}

// withAbilities returns s with those optional abilities that the inner model has.
func (s standardised) withAbilities() Model {
	_, encodes := s.inner.(Encoder)
	_, counts := s.inner.(Footprinter)
	switch {
	case encodes && counts:
		return struct {
			Model
			Encoder
			Footprinter
		}{s, standardisedEncoder{s}, standardisedFootprinter{s}}
	case encodes:
		return struct {
			Model
			Encoder
		}{s, standardisedEncoder{s}}
	case counts:
		return struct {
			Model
			Footprinter
		}{s, standardisedFootprinter{s}}
	}
	return s
}

// logDet is that of the scaling, the same for every row.
func (s standardised) logDet() float64 {
	sum := 0.0
	for _, v := range s.scale {
		sum -= math.Log(v)
	}
	return sum
}

func (s standardised) forward(x *mat.Dense) *mat.Dense {
	y := mat.DenseCopyOf(x)
	for i := range y.RawMatrix().Rows {
		floats.Sub(y.RawRowView(i), s.mean)
		floats.Div(y.RawRowView(i), s.scale)
	}
	return y
}

// inverse works in place.
func (s standardised) inverse(y *mat.Dense) {
	for i := range y.RawMatrix().Rows {
		floats.Mul(y.RawRowView(i), s.scale)
		floats.Add(y.RawRowView(i), s.mean)
	}
}

// Dim implements Model.
func (s standardised) Dim() int { return s.inner.Dim() }

// LogDensity implements Model.
func (s standardised) LogDensity(x *mat.Dense, o Options) (Scores, error) {
	if _, columns := x.Dims(); columns != s.Dim() {
		return Scores{}, fmt.Errorf("standardise: got rows of %d columns, want %d", columns, s.Dim())
	}
	scores, err := s.inner.LogDensity(s.forward(x), o)
	floats.AddConst(s.logDet(), scores.LogDensity)
	return scores, err
}

// Sample implements Model.
func (s standardised) Sample(n int, seed uint64, o Options) (*mat.Dense, error) {
	y, err := s.inner.Sample(n, seed, o)
	if err != nil {
		return nil, err
	}
	s.inverse(y)
	return y, nil
}

// Tensors implements Model: "standardise.mean" and "standardise.scale", then
// those of the inner model.
func (s standardised) Tensors() []Tensor {
	return append([]Tensor{
		{Name: "standardise.mean", Shape: []int{len(s.mean)}, F64: slices.Clone(s.mean)},
		{Name: "standardise.scale", Shape: []int{len(s.scale)}, F64: slices.Clone(s.scale)},
	}, s.inner.Tensors()...)
}

type standardisedEncoder struct{ s standardised }

// Encode implements Encoder.
func (e standardisedEncoder) Encode(x *mat.Dense, o Options) (z *mat.Dense, logDet []float64, err error) {
	if _, columns := x.Dims(); columns != e.s.Dim() {
		return nil, nil, fmt.Errorf("standardise: got rows of %d columns, want %d", columns, e.s.Dim())
	}
	z, logDet, err = e.s.inner.(Encoder).Encode(e.s.forward(x), o)
	floats.AddConst(e.s.logDet(), logDet)
	return z, logDet, err
}

// Decode implements Encoder.
func (e standardisedEncoder) Decode(z *mat.Dense, o Options) (x *mat.Dense, logDet []float64, err error) {
	x, logDet, err = e.s.inner.(Encoder).Decode(z, o)
	if err != nil {
		return nil, nil, err
	}
	e.s.inverse(x)
	floats.AddConst(-e.s.logDet(), logDet)
	return x, logDet, nil
}

type standardisedFootprinter struct{ s standardised }

// Footprint implements Footprinter. The standardised copy of the rows counts
// with the rows, not here.
func (f standardisedFootprinter) Footprint(o Options) Footprint {
	p := f.s.inner.(Footprinter).Footprint(o)
	p.Parameters += 8 * 2 * int64(f.s.Dim())
	return p
}
