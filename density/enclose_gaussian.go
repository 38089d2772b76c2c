package density

import (
	"errors"
	"math"

	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// normalEncloser encloses the normal distribution of a stored mean and covariance. The
// Cholesky factor is that of the covariance within bounds, not the rounded one.
type normalEncloser struct {
	mean    []float64
	factor  [][]interval.Interval // lower triangle, by rows; the diagonal as reciprocals
	scale   interval.Interval     // log of the density at the mean
	columns []taylor.Model        // scratch
}

// newNormalEncloser fails if rounding hides whether the covariance is positive definite.
func newNormalEncloser(n normal) (*normalEncloser, error) {
	dim := len(n.mean)
	if dim > taylor.MaxVariables {
		return nil, errWide
	}
	one := interval.Point(1)
	e := &normalEncloser{mean: n.mean, factor: make([][]interval.Interval, dim), columns: make([]taylor.Model, dim)}
	logRoot := logTwoPi().Mul(interval.Point(0.5))
	for i := range dim {
		row := make([]interval.Interval, i+1)
		rest := func(j int) interval.Interval { // of the covariance after j columns of the factor
			v := interval.Point(n.covariance.At(i, j))
			for k := range j {
				other := row
				if i != j {
					other = e.factor[j]
				}
				v = v.Sub(row[k].Mul(other[k]))
			}
			return v
		}
		for j := range i {
			row[j] = rest(j).Mul(e.factor[j][j])
		}
		square := rest(i)
		if !(square.Lo > 0) {
			return nil, errors.New("the covariance is too near to one without an inverse")
		}
		row[i] = one.Div(square.Sqrt())
		e.factor[i] = row
		e.scale = e.scale.Sub(logRoot).Sub(square.Log().Mul(interval.Point(0.5)))
	}
	return e, nil
}

// logTwoPi encloses log(2 pi). math.Pi is the nearest float64, so pi is between its
// neighbours.
func logTwoPi() interval.Interval {
	return interval.Around(math.Pi, 0).Mul(interval.Point(2)).Log()
}

// enclose whitens x by forward substitution.
func (e *normalEncloser) enclose(x []taylor.Model) (logDensity taylor.Model, code []taylor.Model) {
	z := e.columns
	for i, row := range e.factor {
		z[i] = taylor.Linear(&x[i], 1, -e.mean[i])
		for j, factor := range row[:i] {
			step := scaled(&z[j], factor)
			z[i] = taylor.Sub(&z[i], &step)
		}
		z[i] = scaled(&z[i], row[i])
		square := taylor.Square(&z[i])
		square = taylor.Linear(&square, -0.5, 0)
		logDensity = taylor.Add(&logDensity, &square)
	}
	return taylor.Shift(&logDensity, e.scale), z
}

// scaled returns x times a number in i.
func scaled(x *taylor.Model, i interval.Interval) taylor.Model {
	factor := taylor.Between(i)
	return taylor.Mul(&factor, x)
}

// operationWork is the work of an operation on a model; see ad.Enclosure.
const operationWork = 10

func (e *normalEncloser) work() int64 {
	dim := int64(len(e.factor))
	return operationWork * dim * (dim + 3)
}

// Enclosure implements Enclosable. Codes are the whitened rows.
func (g *Gaussian) Enclosure() (*Enclosure, error) {
	e, err := newNormalEncloser(g.n)
	if err != nil {
		return nil, err
	}
	return newEnclosure(g.Dim(), e, true), nil
}

// mixtureEncloser encloses the sum of weighted normal distributions.
type mixtureEncloser struct {
	logWeights []interval.Interval
	components []*normalEncloser
	terms      []taylor.Model // scratch
}

// Enclosure implements Enclosable. There is no code.
func (m *Mixture) Enclosure() (*Enclosure, error) {
	e := &mixtureEncloser{}
	for k, w := range m.weights {
		if w == 0 {
			continue
		}
		n, err := newNormalEncloser(m.components[k])
		if err != nil {
			return nil, err
		}
		e.logWeights, e.components = append(e.logWeights, interval.Point(w).Log()), append(e.components, n)
	}
	e.terms = make([]taylor.Model, len(e.components))
	return newEnclosure(m.Dim(), e, false), nil
}

func (e *mixtureEncloser) enclose(x []taylor.Model) (logDensity taylor.Model, code []taylor.Model) {
	for k, n := range e.components {
		e.terms[k], _ = n.enclose(x)
		e.terms[k] = taylor.Shift(&e.terms[k], e.logWeights[k])
	}
	return taylor.LogSumExp(e.terms), nil
}

func (e *mixtureEncloser) work() int64 {
	return int64(len(e.components)) * (e.components[0].work() + 4*operationWork)
}
