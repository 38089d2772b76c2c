package data

import "gonum.org/v1/gonum/mat"

// Columns returns the columns of x with the given indices, in that order; nil if there
// are none.
func Columns(x *mat.Dense, index []int) *mat.Dense {
	if len(index) == 0 {
		return nil
	}
	rows, _ := x.Dims()
	y := mat.NewDense(rows, len(index), nil)
	for i := range rows {
		for j, from := range index {
			y.Set(i, j, x.At(i, from))
		}
	}
	return y
}
