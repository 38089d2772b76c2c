// Package density holds the interface that every probabilistic model meets, so
// that flows, mixtures and comparators are trained, measured and certified by
// the same code.
//
// Rows are points: a matrix of n rows and D columns holds n points of dimension
// D, in the data's own units. Log-densities are in nats and refer to those
// units.
package density

import (
	"context"
	"errors"

	"gonum.org/v1/gonum/mat"
)

// Kind says what a model's scores are. Scores of different kinds are never
// ranked against each other unmarked.
type Kind string

const (
	// Exact scores are the log-density itself, up to rounding.
	Exact Kind = "exact"
	// LowerBound scores are at most the log-density.
	LowerBound Kind = "lower bound"
	// Estimate scores are unbiased or consistent estimates with a standard error.
	Estimate Kind = "estimate"
)

// Precision is the floating-point type in which a model is evaluated.
type Precision string

const (
	// Float64 is for judging; the zero Options mean it.
	Float64 Precision = "float64"
	// Float32 is the type that flows are trained and deployed in.
	Float32 Precision = "float32"
)

// Options say how to evaluate. The zero value is float64, all processors, and
// no condition.
type Options struct {
	Precision Precision
	// Workers is the number of goroutines; 0 means all processors. It never
	// changes a result.
	Workers int
	// Condition holds one row of conditioning variables per point, or a single row for
	// all of them; nil for unconditional models.
	Condition *mat.Dense
}

// Scores are the log-densities of a matrix of points.
type Scores struct {
	Kind Kind
	// LogDensity has one entry per row, in nats, in the data's units.
	LogDensity []float64
	// StandardError has one entry per row for estimates and is nil otherwise.
	StandardError []float64
}

// Model is a fitted density of Dim variables. It is safe for concurrent use.
type Model interface {
	// Dim returns the number of columns.
	Dim() int
	// LogDensity scores every row of x. Rows of any finite values are valid;
	// a density of zero scores -Inf.
	LogDensity(x *mat.Dense, o Options) (Scores, error)
	// Sample draws n >= 1 points. Row i depends on (seed, i) alone.
	Sample(n int, seed uint64, o Options) (*mat.Dense, error)
	// Tensors returns what has to be stored to rebuild the model, in a fixed order.
	Tensors() []Tensor
}

// Encoder is the optional ability to map points to latent codes and back, both
// with the log-absolute-determinant of the map's Jacobian per row, in nats. The
// directions are each other's inverses. Under the model codes are standard normal,
// or follow the base that a Based encoder states: the log-density of a point is that
// of this distribution at its code, plus the log-det of Encode.
type Encoder interface {
	// Encode maps data to latent (the forward direction).
	Encode(x *mat.Dense, o Options) (z *mat.Dense, logDet []float64, err error)
	// Decode maps latent to data (the inverse direction).
	Decode(z *mat.Dense, o Options) (x *mat.Dense, logDet []float64, err error)
}

// Based is the optional ability of an Encoder whose codes need not be standard normal.
type Based interface {
	// BaseLogDensity returns the log-density of the base at every row of z, in nats.
	BaseLogDensity(z *mat.Dense, o Options) ([]float64, error)
}

// Conditional is the optional ability to depend on a condition. A model without it
// takes none.
type Conditional interface {
	// ConditionDim returns the number of columns of the condition; 0 for none.
	ConditionDim() int
}

// Footprint is memory in exact bytes, counted from the arrays themselves.
type Footprint struct {
	// Parameters are the stored weights.
	Parameters int64 `json:"parameters"`
	// Optimiser is the state that training keeps beside the weights; 0 when evaluating.
	Optimiser int64 `json:"optimiser"`
	// Arena is the scratch memory of activations and gradients, over all workers.
	Arena int64 `json:"arena"`
}

// Footprinter is the optional ability to state the memory of an evaluation.
type Footprinter interface {
	Footprint(o Options) Footprint
}

// Tensor is a named array in row-major order, in exactly one of the two types.
type Tensor struct {
	Name  string
	Shape []int
	F32   []float32
	F64   []float64
}

// FitOptions say how to fit. Workers never changes the result.
type FitOptions struct {
	Seed    uint64
	Workers int
	// Progress, if not nil, is called now and then from the fitting goroutine.
	Progress func(Progress)
	// TrainCondition and ValidationCondition hold one row of conditioning variables
	// per row; nil for none.
	TrainCondition, ValidationCondition *mat.Dense
	// TrainWeights and ValidationWeights hold a weight of at least 0 per row, of which
	// only the ratios count: likelihoods are weighted means. nil weighs all rows alike.
	// A fitter that cannot weigh rows refuses them.
	TrainWeights, ValidationWeights []float64
	// Spent, if not nil, is asked now and then: true ends the fit as one that has used
	// its budget, with the best so far.
	Spent func() bool
	// Checkpoint, if not nil, is called now and then and, with final, when the context
	// ends the fit. state encodes what a later fit of the same model to the same rows
	// needs as Resume to go on to the same bytes; nothing is encoded unless it is
	// called, which must be before Checkpoint returns. An error ends the fit.
	Checkpoint func(state func() ([]byte, error), final bool) error
	// Resume, if not nil, is a state to go on from.
	Resume []byte
}

// unweighted is the error of a fitter that cannot weigh rows, if it is asked to.
func (o FitOptions) unweighted() error {
	if o.TrainWeights != nil || o.ValidationWeights != nil {
		return errors.New("fit: this model takes no weights of rows")
	}
	return nil
}

// Progress is how far a fit has come.
type Progress struct {
	Step  int `json:"step"`
	Steps int `json:"steps"`
	// Train and Validation are mean log-likelihoods in nats per row, in the
	// units the fitter works in.
	Train      float64 `json:"train"`
	Validation float64 `json:"validation"`
}

// Report is what happened in a fit.
type Report struct {
	// Steps were taken; the weights kept are those after BestStep.
	Steps    int `json:"steps"`
	BestStep int `json:"best_step"`
	// Stopped is "budget", "no improvement", "converged" or "diverged".
	Stopped   string     `json:"stopped"`
	History   []Progress `json:"history,omitempty"`
	Footprint Footprint  `json:"footprint"`
}

// Fitter fits a model to training rows; the validation rows choose when to stop
// and which weights to keep. A cancelled context ends it with the context's error.
type Fitter interface {
	Fit(ctx context.Context, train, validation *mat.Dense, o FitOptions) (Model, Report, error)
}
