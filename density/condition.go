package density

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/internal/usage"
)

// conditionScale maps the columns of a condition to (c - mean) / scale.
type conditionScale struct {
	mean, scale []float64
}

// newConditionScale returns the scale that gives the columns mean 0 and deviation 1. A
// constant column, such as the mark of a class that no row has, keeps its unit.
func newConditionScale(condition *mat.Dense) (*conditionScale, error) {
	_, columns := condition.Dims()
	c := &conditionScale{make([]float64, columns), make([]float64, columns)}
	for j := range columns {
		mean, variance := stat.PopMeanVariance(mat.Col(nil, j, condition), nil)
		c.mean[j], c.scale[j] = mean, math.Sqrt(variance)
		if c.scale[j] == 0 {
			c.scale[j] = 1
		}
		if !(c.scale[j] > 0) || math.IsInf(c.scale[j], 1) {
			return nil, usage.Errorf("fit: column %d of the condition has no finite deviation in the training rows: give it in a larger unit", j+1)
		}
	}
	return c, nil
}

// columns returns the number of columns; 0 without a scale.
func (c *conditionScale) columns() int {
	if c == nil {
		return 0
	}
	return len(c.mean)
}

// forward returns the scaled columns. Without a scale, or a condition, it returns what
// it was given.
func (c *conditionScale) forward(condition *mat.Dense) (*mat.Dense, error) {
	if c == nil || condition == nil {
		return condition, nil
	}
	if _, columns := condition.Dims(); columns != len(c.mean) {
		return nil, fmt.Errorf("standardise: the condition has %d columns, want %d", columns, len(c.mean))
	}
	return standardised{mean: c.mean, scale: c.scale}.forward(condition), nil
}

func (c *conditionScale) tensors() []Tensor {
	shape := []int{len(c.mean)}
	return []Tensor{
		{Name: "standardise.condition.mean", Shape: shape, F64: slices.Clone(c.mean)},
		{Name: "standardise.condition.scale", Shape: shape, F64: slices.Clone(c.scale)},
	}
}

// restoreConditionScale returns nil if there are no tensors.
func restoreConditionScale(tensors []Tensor) (*conditionScale, error) {
	if len(tensors) == 0 {
		return nil, nil
	}
	if len(tensors[0].Shape) != 1 || tensors[0].Shape[0] < 1 {
		return nil, errors.New("standardise: the condition has no columns")
	}
	values, err := match(tensors,
		Tensor{Name: "standardise.condition.mean", Shape: tensors[0].Shape},
		Tensor{Name: "standardise.condition.scale", Shape: tensors[0].Shape})
	if err != nil {
		return nil, err
	}
	c := &conditionScale{slices.Clone(values[0]), slices.Clone(values[1])}
	return c, checkScale(c.scale)
}
