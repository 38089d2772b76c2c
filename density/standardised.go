package density

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Standardise returns a fitter that gives f columns with mean 0 and deviation 1
// over the training rows, and so for the columns of the condition. The model it fits
// takes and gives rows in the data's units, and so do its scores and the reported
// progress: the log-determinant of the scaling is put back.
//
// Fit fails with a *usage.Error if a column is constant in the training rows. A column
// of the condition that is constant there is only centred.
func Standardise(f Fitter) Fitter { return standardiser{inner: f} }

// Whiten returns a fitter that, beyond what Standardise does, gives f columns
// that are uncorrelated over the training rows, by the inverse of the Cholesky
// factor of their correlations. A flow that starts as the identity then starts as
// the full-covariance Gaussian.
func Whiten(f Fitter) Fitter { return standardiser{inner: f, whiten: true} }

type standardiser struct {
	inner  Fitter
	whiten bool
}

// Fit implements Fitter.
func (f standardiser) Fit(ctx context.Context, train, validation *mat.Dense, o FitOptions) (Model, Report, error) {
	_, dim := train.Dims()
	s := standardised{mean: make([]float64, dim), scale: make([]float64, dim)}
	for j := range dim {
		mean, variance := stat.PopMeanVariance(mat.Col(nil, j, train), nil)
		s.mean[j], s.scale[j] = mean, math.Sqrt(variance)
		if err := checkDeviation(j, s.scale[j]); err != nil {
			return nil, Report{}, err
		}
	}
	o, err := s.scaleConditions(o)
	if err != nil {
		return nil, Report{}, err
	}
	if f.whiten {
		if s.factor, err = correlationFactor(s.forward(train)); err != nil {
			return nil, Report{}, err
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
	if s.ConditionDim() == 0 {
		s.condition = nil
	}
	report.Footprint.Parameters += bytesOf(s.own())
	return s.withAbilities(), report, nil
}

// scaleConditions sets the scale of the condition, if there is one, and returns o with
// the conditions scaled.
func (s *standardised) scaleConditions(o FitOptions) (FitOptions, error) {
	if o.TrainCondition == nil {
		return o, nil
	}
	var err error
	if s.condition, err = newConditionScale(o.TrainCondition); err != nil {
		return o, err
	}
	if o.ValidationCondition, err = s.condition.forward(o.ValidationCondition); err != nil {
		return o, err
	}
	o.TrainCondition, err = s.condition.forward(o.TrainCondition)
	return o, err
}

// correlationFactor returns the Cholesky factor of the columns' correlations.
func correlationFactor(columns *mat.Dense) (*mat.TriDense, error) {
	var correlation mat.SymDense
	stat.CorrelationMatrix(&correlation, columns, nil)
	if err := makeDefinite(&correlation); err != nil {
		return nil, err
	}
	var c mat.Cholesky
	c.Factorize(&correlation)
	factor := mat.NewTriDense(correlation.SymmetricDim(), mat.Lower, nil)
	c.LTo(factor)
	return factor, nil
}

// RestoreStandardised rebuilds a model that was fitted through Standardise: it
// takes its own tensors and hands the others to restore, which rebuilds the
// model inside.
func RestoreStandardised(dim int, tensors []Tensor, restore func([]Tensor) (Model, error)) (Model, error) {
	return restoreStandardised(dim, tensors, restore)
}

// RestoreWhitened rebuilds a model that was fitted through Whiten.
func RestoreWhitened(dim int, tensors []Tensor, restore func([]Tensor) (Model, error)) (Model, error) {
	return restoreStandardised(dim, tensors, restore, Tensor{Name: "standardise.factor", Shape: []int{dim, dim}})
}

func restoreStandardised(dim int, tensors []Tensor, restore func([]Tensor) (Model, error), factor ...Tensor) (Model, error) {
	var own, condition, others []Tensor
	for _, t := range tensors {
		switch {
		case strings.HasPrefix(t.Name, "standardise.condition."):
			condition = append(condition, t)
		case strings.HasPrefix(t.Name, "standardise."):
			own = append(own, t)
		default:
			others = append(others, t)
		}
	}
	wanted := append([]Tensor{{Name: "standardise.mean", Shape: []int{dim}}, {Name: "standardise.scale", Shape: []int{dim}}}, factor...)
	values, err := match(own, wanted...)
	if err != nil {
		return nil, err
	}
	s := standardised{mean: slices.Clone(values[0]), scale: slices.Clone(values[1])}
	if err := checkScale(s.scale); err != nil {
		return nil, err
	}
	if s.condition, err = restoreConditionScale(condition); err != nil {
		return nil, err
	}
	if len(factor) > 0 {
		if s.factor, err = lowerFactor(dim, values[2]); err != nil {
			return nil, err
		}
	}
	if s.inner, err = restore(others); err != nil {
		return nil, err
	}
	if got, want := s.condition.columns(), s.ConditionDim(); got != want {
		return nil, fmt.Errorf("standardise: the condition has %d columns, the model takes %d", got, want)
	}
	return s.withAbilities(), nil
}

func checkScale(scale []float64) error {
	for j, v := range scale {
		if v <= 0 {
			return fmt.Errorf("standardise: scale of column %d is %v, want a positive one", j+1, v)
		}
	}
	return nil
}

// lowerFactor returns the lower triangular matrix of the entries, which must have a
// positive diagonal and zeros above it.
func lowerFactor(dim int, entries []float64) (*mat.TriDense, error) {
	factor := mat.NewTriDense(dim, mat.Lower, slices.Clone(entries))
	for i := range dim {
		if !(factor.At(i, i) > 0) {
			return nil, fmt.Errorf("standardise: factor has %v on its diagonal, want positive numbers", factor.At(i, i))
		}
		for _, v := range entries[i*dim+i+1 : (i+1)*dim] {
			if v != 0 {
				return nil, fmt.Errorf("standardise: factor has %v above its diagonal, want zeros", v)
			}
		}
	}
	return factor, nil
}

// standardised is a model of the rows L^-1 ((x - mean) / scale), seen from x.
type standardised struct {
	inner       Model
	mean, scale []float64
	factor      *mat.TriDense   // L; nil means the identity
	condition   *conditionScale // nil leaves a condition as it is
}

// withAbilities returns s with those optional abilities that the inner model has.
func (s standardised) withAbilities() Model {
	_, encodes := s.inner.(Encoder)
	_, counts := s.inner.(Footprinter)
	switch {
	case encodes && counts:
		return struct {
			standardised
			standardisedEncoder
			standardisedFootprinter
		}{s, standardisedEncoder{s}, standardisedFootprinter{s}}
	case encodes:
		return struct {
			standardised
			standardisedEncoder
		}{s, standardisedEncoder{s}}
	case counts:
		return struct {
			standardised
			standardisedFootprinter
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
	if s.factor != nil {
		for j := range s.scale {
			sum -= math.Log(s.factor.At(j, j))
		}
	}
	return sum
}

func (s standardised) forward(x *mat.Dense) *mat.Dense {
	y := mat.DenseCopyOf(x)
	for i := range y.RawMatrix().Rows {
		floats.Sub(y.RawRowView(i), s.mean)
		floats.Div(y.RawRowView(i), s.scale)
	}
	if s.factor != nil {
		blas64.Trsm(blas.Right, blas.Trans, 1, s.factor.RawTriangular(), y.RawMatrix())
	}
	return y
}

// inverse works in place.
func (s standardised) inverse(y *mat.Dense) {
	if s.factor != nil {
		blas64.Trmm(blas.Right, blas.Trans, 1, s.factor.RawTriangular(), y.RawMatrix())
	}
	for i := range y.RawMatrix().Rows {
		floats.Mul(y.RawRowView(i), s.scale)
		floats.Add(y.RawRowView(i), s.mean)
	}
}

// options returns o as it is for the inner model.
func (s standardised) options(o Options) (Options, error) {
	var err error
	o.Condition, err = s.condition.forward(o.Condition)
	return o, err
}

// enter returns rows and options as they are for the inner model.
func (s standardised) enter(x *mat.Dense, o Options) (*mat.Dense, Options, error) {
	if _, columns := x.Dims(); columns != s.Dim() {
		return nil, o, fmt.Errorf("standardise: got rows of %d columns, want %d", columns, s.Dim())
	}
	o, err := s.options(o)
	return s.forward(x), o, err
}

// Dim implements Model.
func (s standardised) Dim() int { return s.inner.Dim() }

// ConditionDim implements Conditional.
func (s standardised) ConditionDim() int { return ConditionDim(s.inner) }

// LogDensity implements Model.
func (s standardised) LogDensity(x *mat.Dense, o Options) (Scores, error) {
	y, o, err := s.enter(x, o)
	if err != nil {
		return Scores{}, err
	}
	scores, err := s.inner.LogDensity(y, o)
	floats.AddConst(s.logDet(), scores.LogDensity)
	return scores, err
}

// Sample implements Model.
func (s standardised) Sample(n int, seed uint64, o Options) (*mat.Dense, error) {
	o, err := s.options(o)
	if err != nil {
		return nil, err
	}
	y, err := s.inner.Sample(n, seed, o)
	if err != nil {
		return nil, err
	}
	s.inverse(y)
	return y, nil
}

// Tensors implements Model: its own, whose names begin with "standardise.", then
// those of the inner model.
func (s standardised) Tensors() []Tensor { return append(s.own(), s.inner.Tensors()...) }

func (s standardised) own() []Tensor {
	dim := len(s.mean)
	own := []Tensor{
		{Name: "standardise.mean", Shape: []int{dim}, F64: slices.Clone(s.mean)},
		{Name: "standardise.scale", Shape: []int{dim}, F64: slices.Clone(s.scale)},
	}
	if s.factor != nil {
		full := mat.DenseCopyOf(s.factor)
		own = append(own, Tensor{Name: "standardise.factor", Shape: []int{dim, dim}, F64: full.RawMatrix().Data})
	}
	if s.condition != nil {
		own = append(own, s.condition.tensors()...)
	}
	return own
}

type standardisedEncoder struct{ s standardised }

// Encode implements Encoder.
func (e standardisedEncoder) Encode(x *mat.Dense, o Options) (z *mat.Dense, logDet []float64, err error) {
	y, o, err := e.s.enter(x, o)
	if err != nil {
		return nil, nil, err
	}
	z, logDet, err = e.s.inner.(Encoder).Encode(y, o)
	floats.AddConst(e.s.logDet(), logDet)
	return z, logDet, err
}

// Decode implements Encoder.
func (e standardisedEncoder) Decode(z *mat.Dense, o Options) (x *mat.Dense, logDet []float64, err error) {
	if o, err = e.s.options(o); err != nil {
		return nil, nil, err
	}
	x, logDet, err = e.s.inner.(Encoder).Decode(z, o)
	if err != nil {
		return nil, nil, err
	}
	e.s.inverse(x)
	floats.AddConst(-e.s.logDet(), logDet)
	return x, logDet, nil
}

// BaseLogDensity implements Based.
func (e standardisedEncoder) BaseLogDensity(z *mat.Dense, o Options) ([]float64, error) {
	o, err := e.s.options(o)
	if err != nil {
		return nil, err
	}
	return BaseLogDensity(e.s.inner.(Encoder), z, o)
}

type standardisedFootprinter struct{ s standardised }

// Footprint implements Footprinter. The standardised copy of the rows counts
// with the rows, not here.
func (f standardisedFootprinter) Footprint(o Options) Footprint {
	p := f.s.inner.(Footprinter).Footprint(o)
	p.Parameters += bytesOf(f.s.own())
	return p
}
