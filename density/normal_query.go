package density

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// The formulas are those of the textbooks, such as Bishop, Pattern Recognition and
// Machine Learning, 2006, equations 2.81, 2.82 and 2.98.

// marginal returns the distribution of the columns. It fails where rounding has made
// their covariance singular.
func (n normal) marginal(columns []int) (normal, error) {
	return newNormal(take(n.mean, columns), pickSymmetric(n.covariance, columns))
}

// given returns the distribution of the other columns where the given ones have these
// values, and the log-density of the values.
func (n normal) given(columns []int, values []float64) (rest normal, logDensity float64, err error) {
	known, err := n.marginal(columns)
	if err != nil {
		return normal{}, 0, err
	}
	free := others(len(n.mean), columns)
	centred := mat.NewVecDense(len(values), nil)
	for i, v := range values {
		centred.SetVec(i, v-known.mean[i])
	}
	cross := mat.NewDense(len(columns), len(free), nil)
	for i, j := range columns {
		for k, l := range free {
			cross.Set(i, k, n.covariance.At(j, l))
		}
	}
	// With L L^T the covariance of the known columns, W = L^-1 cross and w = L^-1 centred:
	// the mean moves by W^T w, and W^T W is taken off the covariance.
	factor := mat.NewTriDense(len(columns), mat.Lower, known.factor.Data)
	var w mat.VecDense
	var whitened mat.Dense
	if err := w.SolveVec(factor, centred); err != nil && !isCondition(err) {
		return normal{}, 0, err
	}
	if err := whitened.Solve(factor, cross); err != nil && !isCondition(err) {
		return normal{}, 0, err
	}
	var shift mat.VecDense
	shift.MulVec(whitened.T(), &w)
	mean := take(n.mean, free)
	for i := range mean {
		mean[i] += shift.AtVec(i)
	}
	covariance := pickSymmetric(n.covariance, free)
	var explained mat.SymDense
	explained.SymOuterK(1, whitened.T())
	for i := range free {
		for j := range i + 1 {
			covariance.SetSym(i, j, covariance.At(i, j)-explained.At(i, j))
		}
	}
	rest, err = newNormal(mean, covariance)
	return rest, known.logDet - mat.Dot(&w, &w)/2 - float64(len(columns))*math.Log(2*math.Pi)/2, err
}

// isCondition says whether an error only warns of a large condition number.
func isCondition(err error) bool {
	_, ok := err.(mat.Condition)
	return ok
}

// cdf returns the probability that a column is at most x.
func (n normal) cdf(column int, x float64) float64 {
	return math.Erfc(-(x-n.mean[column])/math.Sqrt(2*n.covariance.At(column, column))) / 2
}

// pickSymmetric returns the given rows and columns of s.
func pickSymmetric(s *mat.SymDense, indices []int) *mat.SymDense {
	picked := mat.NewSymDense(len(indices), nil)
	for i, j := range indices {
		for k := range i + 1 {
			picked.SetSym(i, k, s.At(j, indices[k]))
		}
	}
	return picked
}
