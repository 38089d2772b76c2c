package density

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Marginal implements Marginaliser.
func (m *Mixture) Marginal(columns []int) (Model, error) {
	components := make([]normal, len(m.components))
	for k, c := range m.components {
		var err error
		if components[k], err = c.marginal(columns); err != nil {
			return nil, fmt.Errorf("mixture: marginal: component %d: %w", k+1, err)
		}
	}
	return newMixture(slices.Clone(m.weights), components), nil
}

// Given implements Conditioner: the weights become the components' shares of the density
// at the values.
func (m *Mixture) Given(columns []int, values []float64) (Model, error) {
	components, weights := make([]normal, len(m.components)), make([]float64, len(m.components))
	for k, c := range m.components {
		var err error
		if components[k], weights[k], err = c.given(columns, values); err != nil {
			return nil, fmt.Errorf("mixture: given: component %d: %w", k+1, err)
		}
		weights[k] += m.logWeights[k]
	}
	whole := floats.LogSumExp(weights)
	if math.IsInf(whole, -1) || math.IsNaN(whole) {
		return nil, errors.New("mixture: given: there is no density at the values")
	}
	for k, w := range weights {
		weights[k] = math.Exp(w - whole)
	}
	return newMixture(weights, components), nil
}

// CDF implements Cumulative.
func (m *Mixture) CDF(column int, x []float64) ([]float64, error) {
	p := make([]float64, len(x))
	for i, v := range x {
		for k, c := range m.components {
			p[i] += m.weights[k] * c.cdf(column, v)
		}
	}
	return p, nil
}

const (
	// modeSteps ends a climb; its steps shrink in size by a constant factor each.
	modeSteps = 10_000
	// modeMove is the step, in deviations, at which a climb has arrived.
	modeMove = 1e-10
)

// Mode implements ModeFinder: the best place that climbs from the components' means reach,
// by the fixed point of Carreira-Perpinan, Mode-finding for mixtures of Gaussian
// distributions, 2000. A mixture in two or more columns may have modes that no
// climb from a mean reaches.
func (m *Mixture) Mode() ([]float64, error) {
	precisions, err := m.precisions()
	if err != nil {
		return nil, fmt.Errorf("mixture: mode: %w", err)
	}
	var best []float64
	highest := math.Inf(-1)
	for k, c := range m.components {
		if m.weights[k] == 0 {
			continue
		}
		x, err := m.climb(c.mean, precisions)
		if err != nil {
			return nil, fmt.Errorf("mixture: mode: %w", err)
		}
		scores, err := m.LogDensity(mat.NewDense(1, len(x), x), Options{Workers: 1})
		if err != nil {
			return nil, err
		}
		if scores.LogDensity[0] > highest {
			best, highest = x, scores.LogDensity[0]
		}
	}
	return best, nil
}

// climb returns where the fixed point's steps from x end, given the components' precisions:
// x <- (sum_k r_k P_k)^-1 sum_k r_k P_k m_k, with r_k the shares at x.
func (m *Mixture) climb(from []float64, precisions []mat.SymDense) ([]float64, error) {
	dim, x := m.Dim(), slices.Clone(from)
	tile, shares, logDensity := newTile(dim), make([]float64, len(m.weights)*tileRows), make([]float64, 1)
	for range modeSteps {
		m.posterior(logDensity, shares, &tile, mat.NewDense(1, dim, x), 0, 1)
		sum, target := mat.NewSymDense(dim, nil), mat.NewVecDense(dim, nil)
		for k, c := range m.components {
			var part mat.SymDense
			part.ScaleSym(shares[k*tileRows], &precisions[k])
			sum.AddSym(sum, &part)
			var pull mat.VecDense
			pull.MulVec(&part, mat.NewVecDense(dim, c.mean))
			target.AddVec(target, &pull)
		}
		var cholesky mat.Cholesky
		if !cholesky.Factorize(sum) {
			return nil, errors.New("the precisions have no finite sum")
		}
		var next mat.VecDense
		if err := cholesky.SolveVecTo(&next, target); err != nil && !isCondition(err) {
			return nil, err
		}
		moved := 0.0
		for j := range x {
			moved = max(moved, math.Abs(next.AtVec(j)-x[j])*math.Sqrt(sum.At(j, j)))
		}
		copy(x, next.RawVector().Data)
		if moved < modeMove {
			break
		}
	}
	return x, nil
}

// precisions returns the inverses of the components' covariances.
func (m *Mixture) precisions() ([]mat.SymDense, error) {
	precisions := make([]mat.SymDense, len(m.components))
	for k, c := range m.components {
		var cholesky mat.Cholesky
		cholesky.Factorize(c.covariance) // as it did when the component was made
		if err := cholesky.InverseTo(&precisions[k]); err != nil && !isCondition(err) {
			return nil, fmt.Errorf("component %d: %w", k+1, err)
		}
	}
	return precisions, nil
}
