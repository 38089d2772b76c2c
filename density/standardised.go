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
// over the training rows. The model it fits takes and gives rows in the data's
// units, and so do its scores and the reported progress: the log-determinant of
// the scaling is put back.
//
// Fit fails with a *usage.Error if a column is constant in the training rows.
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
	if f.whiten {
		var err error
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
	report.Footprint.Parameters += bytesOf(s.own())
	return s.withAbilities(), report, nil
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
	var own, others []Tensor
	for _, t := range tensors {
		if strings.HasPrefix(t.Name, "standardise.") {
			own = append(own, t)
		} else {
			others = append(others, t)
		}
	}
	wanted := append([]Tensor{{Name: "standardise.mean", Shape: []int{dim}}, {Name: "standardise.scale", Shape: []int{dim}}}, factor...)
	values, err := match(own, wanted...)
	if err != nil {
		return nil, err
	}
	s := standardised{mean: slices.Clone(values[0]), scale: slices.Clone(values[1])}
	for j, v := range s.scale {
		if v <= 0 {
			return nil, fmt.Errorf("standardise: scale of column %d is %v", j+1, v)
		}
	}
	if len(factor) > 0 {
		if s.factor, err = lowerFactor(dim, values[2]); err != nil {
			return nil, err
		}
	}
	if s.inner, err = restore(others); err != nil {
		return nil, err
	}
	return s.withAbilities(), nil
}

// lowerFactor returns the lower triangular matrix of the entries, which must have a
// positive diagonal and zeros above it.
func lowerFactor(dim int, entries []float64) (*mat.TriDense, error) {
	factor := mat.NewTriDense(dim, mat.Lower, slices.Clone(entries))
	for i := range dim {
		if !(factor.At(i, i) > 0) {
			return nil, fmt.Errorf("standardise: factor has %v on its diagonal", factor.At(i, i))
		}
		for _, v := range entries[i*dim+i+1 : (i+1)*dim] {
			if v != 0 {
				return nil, fmt.Errorf("standardise: factor has %v above its diagonal", v)
			}
		}
	}
	return factor, nil
}

// standardised is a model of the rows L^-1 ((x - mean) / scale), seen from x.
type standardised struct {
	inner       Model
	mean, scale []float64
	factor      *mat.TriDense // L; nil means the identity
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
	return own
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
	p.Parameters += bytesOf(f.s.own())
	return p
}
