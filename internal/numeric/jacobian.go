// Package numeric holds the numerical means by which models are checked from
// outside: Jacobians by differences, and integrals over all of space by cubature.
// It knows of a model no more than its outputs.
package numeric

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// StandardNormal returns the log-density of the standard normal distribution at z.
func StandardNormal(z []float64) float64 {
	return -floats.Dot(z, z)/2 - float64(len(z))*math.Log(2*math.Pi)/2
}

// LogDet is log|det J| at one point, from three sorts of differences. Where the map
// is smooth all agree; where a kink lies within a step the one-sided ones do not.
type LogDet struct {
	Central float64
	// Down and Up are of the differences to smaller and to larger coordinates.
	Down, Up float64
}

// LogDets returns log|det J| of f at every row of x. Column j is moved by steps[j]
// either way; f is called once, with 2D+1 rows for every row of D columns. The
// error is f's own.
func LogDets(f func(x *mat.Dense) (*mat.Dense, error), x *mat.Dense, steps []float64) ([]LogDet, error) {
	rows, dim := x.Dims()
	per := 2*dim + 1
	// Of every row first the moves down, then the moves up, then the row itself.
	moved := mat.NewDense(rows*per, dim, nil)
	for i := range rows * per {
		moved.SetRow(i, x.RawRowView(i/per))
	}
	for i := range rows {
		for j := range dim {
			moved.Set(i*per+j, j, x.At(i, j)-steps[j])
			moved.Set(i*per+dim+j, j, x.At(i, j)+steps[j])
		}
	}
	y, err := f(moved)
	if err != nil {
		return nil, err
	}
	dets := make([]LogDet, rows)
	jacobian := mat.NewDense(dim, dim, nil)
	for i := range dets {
		// between returns log|det J| where column j of J is the change from row from(j)
		// to row to(j), over the step as it came out after rounding.
		between := func(from, to func(j int) int) float64 {
			for j := range dim {
				a, b := i*per+from(j), i*per+to(j)
				width := moved.At(b, j) - moved.At(a, j)
				for k := range dim {
					jacobian.Set(k, j, (y.At(b, k)-y.At(a, k))/width)
				}
			}
			logDet, _ := mat.LogDet(jacobian)
			return logDet
		}
		down := func(j int) int { return j }
		up := func(j int) int { return dim + j }
		here := func(int) int { return 2 * dim }
		dets[i] = LogDet{Central: between(down, up), Down: between(down, here), Up: between(here, up)}
	}
	return dets, nil
}

// Jacobians returns the Jacobian of f at every row of x, by central differences: column j
// is moved by steps[j] either way. f is called once, with 2D rows for every row of D
// columns. The error is f's own.
func Jacobians(f func(x *mat.Dense) (*mat.Dense, error), x *mat.Dense, steps []float64) ([]*mat.Dense, error) {
	rows, dim := x.Dims()
	moved := mat.NewDense(rows*2*dim, dim, nil)
	for i := range rows * 2 * dim {
		j := i % (2 * dim) / 2
		moved.SetRow(i, x.RawRowView(i/(2*dim)))
		moved.Set(i, j, moved.At(i, j)+steps[j]*float64(2*(i%2)-1))
	}
	y, err := f(moved)
	if err != nil {
		return nil, err
	}
	_, outputs := y.Dims()
	jacobians := make([]*mat.Dense, rows)
	for i := range jacobians {
		jacobians[i] = mat.NewDense(outputs, dim, nil)
		for j := range dim {
			down, up := 2*(i*dim+j), 2*(i*dim+j)+1
			width := moved.At(up, j) - moved.At(down, j) // as it came out after rounding
			for k := range outputs {
				jacobians[i].Set(k, j, (y.At(up, k)-y.At(down, k))/width)
			}
		}
	}
	return jacobians, nil
}
