package density

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// match returns the values of the float64 tensors of the names and shapes
// wanted, in that order. It refuses tensors that are missing, superfluous,
// of another shape or type, or not finite.
func match(tensors []Tensor, wanted ...Tensor) ([][]float64, error) {
	values := make([][]float64, len(wanted))
	for i, w := range wanted {
		at := slices.IndexFunc(tensors, func(t Tensor) bool { return t.Name == w.Name })
		if at < 0 {
			return nil, fmt.Errorf("tensor %q is missing", w.Name)
		}
		size := 1
		for _, n := range w.Shape {
			size *= n
		}
		got := tensors[at]
		if !slices.Equal(got.Shape, w.Shape) || len(got.F64) != size {
			return nil, fmt.Errorf("tensor %q has %d float64 values in shape %v: want %d in %v",
				w.Name, len(got.F64), got.Shape, size, w.Shape)
		}
		for _, v := range got.F64 {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("tensor %q holds the value %v: want finite numbers", w.Name, v)
			}
		}
		values[i] = got.F64
	}
	for _, t := range tensors {
		if !slices.ContainsFunc(wanted, func(w Tensor) bool { return w.Name == t.Name }) {
			return nil, fmt.Errorf("tensor %q does not belong to the model", t.Name)
		}
	}
	if len(tensors) != len(wanted) {
		return nil, fmt.Errorf("got %d tensors, want %d", len(tensors), len(wanted))
	}
	return values, nil
}

// symmetric returns a copy of a full dim x dim matrix, which must be symmetric.
func symmetric(dim int, full []float64) (*mat.SymDense, error) {
	s := mat.NewSymDense(dim, slices.Clone(full))
	for i := range dim {
		for j := range i {
			if s.At(i, j) != full[i*dim+j] {
				return nil, fmt.Errorf("covariance is not symmetric in row %d, column %d", i+1, j+1)
			}
		}
	}
	return s, nil
}

// appendFull appends all entries of s, row by row.
func appendFull(dst []float64, s *mat.SymDense) []float64 {
	n := s.SymmetricDim()
	for i := range n {
		for j := range n {
			dst = append(dst, s.At(i, j))
		}
	}
	return dst
}

// bytesOf is the size of all values.
func bytesOf(tensors []Tensor) int64 {
	var n int64
	for _, t := range tensors {
		n += 4*int64(len(t.F32)) + 8*int64(len(t.F64))
	}
	return n
}
