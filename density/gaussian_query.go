package density

import (
	"fmt"
	"slices"
)

// Marginal implements Marginaliser.
func (g *Gaussian) Marginal(columns []int) (Model, error) {
	n, err := g.n.marginal(columns)
	if err != nil {
		return nil, fmt.Errorf("gaussian: marginal: %w", err)
	}
	return &Gaussian{n}, nil
}

// Given implements Conditioner.
func (g *Gaussian) Given(columns []int, values []float64) (Model, error) {
	n, _, err := g.n.given(columns, values)
	if err != nil {
		return nil, fmt.Errorf("gaussian: given: %w", err)
	}
	return &Gaussian{n}, nil
}

// Mode implements ModeFinder.
func (g *Gaussian) Mode() ([]float64, error) { return slices.Clone(g.n.mean), nil }

// CDF implements Cumulative.
func (g *Gaussian) CDF(column int, x []float64) ([]float64, error) {
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = g.n.cdf(column, v)
	}
	return p, nil
}
