package density

import (
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Marginal implements Marginaliser: columns that are scaled one by one are left out one by
// one; columns that are mixed, as whitened ones are, cannot be.
func (s standardised) Marginal(columns []int) (Model, error) {
	if s.factor != nil {
		return nil, ErrNotOffered
	}
	inner, err := Marginal(s.inner, columns)
	if err != nil {
		return nil, err
	}
	return s.of(inner, columns), nil
}

// Given implements Conditioner, for columns that are scaled one by one.
func (s standardised) Given(columns []int, values []float64) (Model, error) {
	if s.factor != nil {
		return nil, ErrNotOffered
	}
	scaled := slices.Clone(values)
	for i, j := range columns {
		scaled[i] = (values[i] - s.mean[j]) / s.scale[j]
	}
	inner, err := Given(s.inner, columns, scaled)
	if err != nil {
		return nil, err
	}
	return s.of(inner, others(s.Dim(), columns)), nil
}

// of returns a model of some of the inner columns in the data's units.
func (s standardised) of(inner Model, columns []int) Model {
	return standardised{inner: inner, mean: take(s.mean, columns), scale: take(s.scale, columns), condition: s.condition}.withAbilities()
}

// Mode implements ModeFinder: the scaling changes all densities by the same factor.
func (s standardised) Mode() ([]float64, error) {
	y, err := Mode(s.inner)
	if err != nil {
		return nil, err
	}
	x := mat.NewDense(1, len(y), y)
	s.inverse(x)
	return x.RawRowView(0), nil
}

// CDF implements Cumulative, for columns that are scaled one by one.
func (s standardised) CDF(column int, x []float64) ([]float64, error) {
	if s.factor != nil {
		return nil, ErrNotOffered
	}
	scaled := make([]float64, len(x))
	for i, v := range x {
		scaled[i] = (v - s.mean[column]) / s.scale[column]
	}
	return CDF(s.inner, column, scaled)
}
