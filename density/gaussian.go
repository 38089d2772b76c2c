package density

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/internal/parallel"
	"flowcert/internal/random"
	"flowcert/internal/usage"
)

// GaussianFitter fits a Gaussian with a full covariance by maximum likelihood.
//
// If the correlation matrix has no Cholesky factor or a condition number above
// 1e12 (columns that follow from one another, or fewer rows than columns), every
// variance is increased by the smallest of 1e-9, 1e-8, ... of itself that cures it.
type GaussianFitter struct{}

// Gaussian is a multivariate normal distribution. It computes in float64;
// the precision Float32 rounds its scores.
type Gaussian struct {
	n normal
}

// NewGaussian returns the Gaussian of a mean and a covariance, which must be
// positive definite. It keeps both.
func NewGaussian(mean []float64, covariance *mat.SymDense) (*Gaussian, error) {
	if len(mean) != covariance.SymmetricDim() {
		panic("density: mean and covariance differ in dimension")
	}
	n, err := newNormal(mean, covariance)
	if err != nil {
		return nil, fmt.Errorf("gaussian: %w", err)
	}
	return &Gaussian{n}, nil
}

// RestoreGaussian rebuilds the Gaussian of dim variables that gave the tensors.
func RestoreGaussian(dim int, tensors []Tensor) (*Gaussian, error) {
	values, err := match(tensors, Tensor{Name: "mean", Shape: []int{dim}}, Tensor{Name: "covariance", Shape: []int{dim, dim}})
	if err != nil {
		return nil, err
	}
	covariance, err := symmetric(dim, values[1])
	if err != nil {
		return nil, err
	}
	return NewGaussian(slices.Clone(values[0]), covariance)
}

// Fit computes mean and covariance in one step; the validation rows are only scored.
// A constant column is a *usage.Error.
func (GaussianFitter) Fit(ctx context.Context, train, validation *mat.Dense, o FitOptions) (Model, Report, error) {
	if err := ctx.Err(); err != nil {
		return nil, Report{}, err
	}
	if err := o.unweighted(); err != nil {
		return nil, Report{}, err
	}
	rows, dim := train.Dims()
	mean := make([]float64, dim)
	for j := range mean {
		mean[j] = stat.Mean(mat.Col(nil, j, train), nil)
	}
	var covariance mat.SymDense
	stat.CovarianceMatrix(&covariance, train, nil)
	covariance.ScaleSym(float64(rows-1)/float64(rows), &covariance)
	if err := makeDefinite(&covariance); err != nil {
		return nil, Report{}, err
	}
	g, err := NewGaussian(mean, &covariance)
	if err != nil {
		return nil, Report{}, err
	}

	p := Progress{Step: 1, Steps: 1, Train: meanLogDensity(g, train, o.Workers), Validation: meanLogDensity(g, validation, o.Workers)}
	if o.Progress != nil {
		o.Progress(p)
	}
	footprint := g.Footprint(Options{Workers: o.Workers})
	// CovarianceMatrix centres a copy of the rows.
	footprint.Arena = max(footprint.Arena, int64(8*rows*dim))
	return g, Report{Steps: 1, BestStep: 1, Stopped: "converged", History: []Progress{p}, Footprint: footprint}, nil
}

// makeDefinite increases the variances of an ill-conditioned covariance. It
// works on the correlations, so that the units of the columns do not matter.
func makeDefinite(covariance *mat.SymDense) error {
	dim := covariance.SymmetricDim()
	deviation := make([]float64, dim)
	for j := range deviation {
		deviation[j] = math.Sqrt(covariance.At(j, j))
		if err := checkDeviation(j, deviation[j]); err != nil {
			return err
		}
	}
	correlation := mat.NewSymDense(dim, nil)
	for i := range dim {
		for j := range i {
			correlation.SetSym(i, j, covariance.At(i, j)/deviation[i]/deviation[j])
		}
	}
	for ridge := 0.0; ; ridge = max(1e-9, 10*ridge) {
		for j := range dim {
			correlation.SetSym(j, j, 1+ridge)
		}
		var cholesky mat.Cholesky
		if cholesky.Factorize(correlation) && cholesky.Cond() <= 1e12 {
			for j, d := range deviation {
				covariance.SetSym(j, j, d*d*(1+ridge))
			}
			return nil
		}
	}
}

// checkDeviation refuses a column whose deviation nothing can be divided by.
func checkDeviation(column int, deviation float64) error {
	switch {
	case deviation == 0:
		return usage.Errorf("fit: column %d is constant in the training rows: drop it", column+1)
	case !(deviation > 0) || math.IsInf(deviation, 1):
		return usage.Errorf("fit: column %d has no finite deviation in the training rows: give it in a larger unit", column+1)
	}
	return nil
}

// LogDensity implements Model.
func (g *Gaussian) LogDensity(x *mat.Dense, o Options) (Scores, error) {
	if err := checkRows(g.Dim(), x, o); err != nil {
		return Scores{}, fmt.Errorf("gaussian: %w", err)
	}
	rows, _ := x.Dims()
	scores := make([]float64, rows)
	eachTile(rows, o.Workers, func() func(lo, hi int) {
		tile := newTile(g.Dim())
		return func(lo, hi int) {
			load(&tile, x, lo, hi, g.n.mean)
			g.n.logDensity(scores[lo:hi], tile)
		}
	})
	return exactScores(scores, o), nil
}

// Encode implements Encoder: it whitens, so that codes are standard normal.
func (g *Gaussian) Encode(x *mat.Dense, o Options) (z *mat.Dense, logDet []float64, err error) {
	return g.transform(x, o, g.n.mean, make([]float64, g.Dim()), normal.whiten, g.n.logDet)
}

// Decode implements Encoder.
func (g *Gaussian) Decode(z *mat.Dense, o Options) (x *mat.Dense, logDet []float64, err error) {
	return g.transform(z, o, make([]float64, g.Dim()), g.n.mean, normal.colour, -g.n.logDet)
}

// transform subtracts a centre from every row, applies a linear map and adds another centre.
func (g *Gaussian) transform(x *mat.Dense, o Options, from, to []float64, linear func(normal, blas64.General), logDet float64) (*mat.Dense, []float64, error) {
	if err := checkRows(g.Dim(), x, o); err != nil {
		return nil, nil, fmt.Errorf("gaussian: %w", err)
	}
	rows, _ := x.Dims()
	y := mat.NewDense(rows, g.Dim(), nil)
	eachTile(rows, o.Workers, func() func(lo, hi int) {
		tile := newTile(g.Dim())
		return func(lo, hi int) {
			load(&tile, x, lo, hi, from)
			linear(g.n, tile)
			store(y, lo, tile, to)
		}
	})
	logDets := make([]float64, rows)
	for i := range logDets {
		logDets[i] = logDet
	}
	return y, logDets, nil
}

// Sample implements Model.
func (g *Gaussian) Sample(n int, seed uint64, o Options) (*mat.Dense, error) {
	z := mat.NewDense(n, g.Dim(), nil)
	eachTile(n, o.Workers, func() func(lo, hi int) {
		return func(lo, hi int) {
			for i := lo; i < hi; i++ {
				standardNormal(z.RawRowView(i), random.New(seed, "gaussian sample", 0, uint64(i)))
			}
		}
	})
	x, _, err := g.Decode(z, o)
	return x, err
}

// Dim implements Model.
func (g *Gaussian) Dim() int { return len(g.n.mean) }

// Tensors implements Model: "mean" and "covariance".
func (g *Gaussian) Tensors() []Tensor {
	dim := g.Dim()
	return []Tensor{
		{Name: "mean", Shape: []int{dim}, F64: slices.Clone(g.n.mean)},
		{Name: "covariance", Shape: []int{dim, dim}, F64: appendFull(nil, g.n.covariance)},
	}
}

// Footprint implements Footprinter.
func (g *Gaussian) Footprint(o Options) Footprint {
	return Footprint{
		Parameters: bytesOf(g.Tensors()),
		Arena:      8 * int64(parallel.Workers(o.Workers)) * int64(g.Dim()) * tileRows,
	}
}

func standardNormal(dst []float64, r *rand.Rand) {
	for j := range dst {
		dst[j] = r.NormFloat64()
	}
}

// meanLogDensity is the mean score of rows that are known to suit the model.
func meanLogDensity(m Model, x *mat.Dense, workers int) float64 {
	s, err := m.LogDensity(x, Options{Workers: workers})
	if err != nil {
		panic(err)
	}
	return stat.Mean(s.LogDensity, nil)
}
