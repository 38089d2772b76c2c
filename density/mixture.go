package density

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/internal/parallel"
	"flowcert/internal/random"
)

// Mixture is a mixture of Gaussians with full covariances. It computes in
// float64; the precision Float32 rounds its scores.
type Mixture struct {
	weights, logWeights []float64
	components          []normal
}

// NewMixture returns the mixture of len(weights) Gaussians. The weights must not
// be negative and must sum to 1, the covariances must be positive definite. It
// keeps what it is given.
func NewMixture(weights []float64, means [][]float64, covariances []*mat.SymDense) (*Mixture, error) {
	components := make([]normal, len(weights))
	for k, w := range weights {
		if w < 0 {
			return nil, fmt.Errorf("mixture: weight %d is %v, want at least 0", k+1, w)
		}
		var err error
		if components[k], err = newNormal(means[k], covariances[k]); err != nil {
			return nil, fmt.Errorf("mixture: component %d: %w", k+1, err)
		}
	}
	// Rounding stays far below this for any number of weights.
	if sum := floats.Sum(weights); !(math.Abs(sum-1) <= 1e-9) {
		return nil, fmt.Errorf("mixture: weights sum to %v, want 1", sum)
	}
	return newMixture(weights, components), nil
}

// newMixture returns the mixture of components with weights that sum to 1.
func newMixture(weights []float64, components []normal) *Mixture {
	m := &Mixture{weights, make([]float64, len(weights)), components}
	for k, w := range weights {
		m.logWeights[k] = math.Log(w)
	}
	return m
}

// RestoreMixture rebuilds the mixture of dim variables that gave the tensors. It
// must be of so many components, or of any number if that is 0.
func RestoreMixture(dim, components int, tensors []Tensor) (*Mixture, error) {
	if at := slices.IndexFunc(tensors, func(t Tensor) bool { return t.Name == "weights" }); components == 0 && at >= 0 {
		components = len(tensors[at].F64)
	}
	values, err := match(tensors,
		Tensor{Name: "weights", Shape: []int{components}},
		Tensor{Name: "means", Shape: []int{components, dim}},
		Tensor{Name: "covariances", Shape: []int{components, dim, dim}})
	if err != nil {
		return nil, err
	}
	means := make([][]float64, components)
	covariances := make([]*mat.SymDense, components)
	for k := range components {
		means[k] = slices.Clone(values[1][k*dim:][:dim])
		if covariances[k], err = symmetric(dim, values[2][k*dim*dim:][:dim*dim]); err != nil {
			return nil, fmt.Errorf("mixture: component %d: %w", k+1, err)
		}
	}
	return NewMixture(slices.Clone(values[0]), means, covariances)
}

// posterior sets logDensity to the log-densities of the rows lo to hi of x, and
// shares to the probabilities of the components given the row: that of component
// k for row lo+i is shares[k*tileRows+i]. The tile is scratch memory.
func (m *Mixture) posterior(logDensity, shares []float64, tile *blas64.General, x *mat.Dense, lo, hi int) {
	for k, c := range m.components {
		load(tile, x, lo, hi, c.mean)
		joint := shares[k*tileRows:][:hi-lo]
		c.logDensity(joint, *tile)
		floats.AddConst(m.logWeights[k], joint)
	}
	for i := range logDensity {
		// Subtracting the largest keeps the exponentials in range.
		largest := math.Inf(-1)
		for k := i; k < len(shares); k += tileRows {
			largest = max(largest, shares[k])
		}
		sum := 0.0
		for k := i; k < len(shares); k += tileRows {
			if !math.IsInf(shares[k], -1) {
				shares[k] = math.Exp(shares[k] - largest)
				sum += shares[k]
			} else {
				shares[k] = 0
			}
		}
		logDensity[i] = largest + math.Log(sum)
		if sum == 0 {
			continue
		}
		for k := i; k < len(shares); k += tileRows {
			shares[k] /= sum
		}
	}
}

// LogDensity implements Model.
func (m *Mixture) LogDensity(x *mat.Dense, o Options) (Scores, error) {
	if err := checkRows(m.Dim(), x, o); err != nil {
		return Scores{}, fmt.Errorf("mixture: %w", err)
	}
	rows, _ := x.Dims()
	scores := make([]float64, rows)
	eachTile(rows, o.Workers, func() func(lo, hi int) {
		tile, shares := newTile(m.Dim()), make([]float64, len(m.weights)*tileRows)
		return func(lo, hi int) { m.posterior(scores[lo:hi], shares, &tile, x, lo, hi) }
	})
	return exactScores(scores, o), nil
}

// Sample implements Model.
func (m *Mixture) Sample(n int, seed uint64, o Options) (*mat.Dense, error) {
	x := mat.NewDense(n, m.Dim(), nil)
	eachTile(n, o.Workers, func() func(lo, hi int) {
		return func(lo, hi int) {
			for i := lo; i < hi; i++ {
				r := random.New(seed, "mixture sample", 0, uint64(i))
				c := m.components[m.draw(r.Float64())]
				row := x.RawRowView(i)
				standardNormal(row, r)
				blas64.Trmv(blas.NoTrans, c.factor, blas64.Vector{N: len(row), Data: row, Inc: 1})
				floats.Add(row, c.mean)
			}
		}
	})
	return x, nil
}

// draw returns the component that the number u of [0, 1) falls to.
func (m *Mixture) draw(u float64) int {
	last := 0
	for k, w := range m.weights {
		if w == 0 {
			continue
		}
		last = k
		if u -= w; u < 0 {
			break
		}
	}
	return last
}

// Dim implements Model.
func (m *Mixture) Dim() int { return len(m.components[0].mean) }

// Tensors implements Model: "weights", "means" and "covariances", one row or
// matrix per component.
func (m *Mixture) Tensors() []Tensor {
	var means, covariances []float64
	for _, c := range m.components {
		means = append(means, c.mean...)
		covariances = appendFull(covariances, c.covariance)
	}
	k, dim := len(m.components), m.Dim()
	return []Tensor{
		{Name: "weights", Shape: []int{k}, F64: slices.Clone(m.weights)},
		{Name: "means", Shape: []int{k, dim}, F64: means},
		{Name: "covariances", Shape: []int{k, dim, dim}, F64: covariances},
	}
}

// Footprint implements Footprinter.
func (m *Mixture) Footprint(o Options) Footprint {
	return Footprint{
		Parameters: bytesOf(m.Tensors()),
		Arena:      8 * int64(parallel.Workers(o.Workers)) * int64(m.Dim()+len(m.weights)) * tileRows,
	}
}
