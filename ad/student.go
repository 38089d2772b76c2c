package ad

import (
	"math"

	"flowcert/internal/kernel"
)

// StudentNormaliser records the logarithm of the factor that makes Student's density
// with nu > 0 degrees of freedom integrate to 1, entry by entry:
//
//	log Gamma((nu+1)/2) - log Gamma(nu/2) - log(nu pi)/2
//
// It is computed in float64, without the cancellation of the two gamma functions at
// large nu.
func (t *Tape) StudentNormaliser(nu Value) Value {
	return t.record(node{kind: opStudent, cols: nu.cols}, nu)
}

// studentNormaliser returns the normaliser and its derivative. With x = nu/2 and
// L(x) = log Gamma(x+1/2) - log Gamma(x), from x = 20 on the asymptotic series of
// L(x) - log(x)/2 is exact to 1e-14 (DLMF 5.11.8 with h = 1/2 and 0), and
// L(x) = L(x+1) - log((x+1/2)/x) leads there.
func studentNormaliser(nu float64) (value, derivative float64) {
	x, shift, slope := nu/2, 0.0, 0.0
	for ; x < 20; x++ {
		shift -= math.Log1p(0.5 / x)
		slope += 0.5 / (x * (x + 0.5))
	}
	u := 1 / (x * x)
	series := -(1.0/8 - u*(1.0/192-u*(1.0/640-u*17.0/14336))) / x
	bend := u * (1.0/8 - u*(3.0/192-u*(5.0/640-u*7*17.0/14336)))
	value = math.Log(x/(nu/2))/2 + shift + series - math.Log(2*math.Pi)/2
	return value, (0.5/x - 1/nu + slope + bend) / 2
}

// Degrees of freedom that are a parameter are the same in all rows, and are computed
// once for each.
func student[T kernel.Float](a *Arena[T], s *step[T]) {
	a.each(s, func(y []T, x [2][]T) {
		for j, v := range x[0] {
			if j > 0 && v == x[0][j-1] {
				y[j] = y[j-1]
				continue
			}
			value, _ := studentNormaliser(float64(v))
			y[j] = T(value)
		}
	})
}

func studentBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	var last, derivative T
	a.pull(s, 0, func(g, _ []T, x [2][]T, j int) T {
		if v := x[0][j]; v != last {
			_, d := studentNormaliser(float64(v))
			last, derivative = v, T(d)
		}
		return g[j] * derivative
	})
}
