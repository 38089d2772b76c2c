package kernel

import "math"

// AdamCoefficients are the constants of one step of Adam. The corrections of the
// moments' bias are folded into Rate and Epsilon, as at the end of section 2 of
// Kingma and Ba 2015:
//
//	g = Scale * sum of the gradients
//	m = Beta1*m + (1-Beta1)*g
//	v = Beta2*v + (1-Beta2)*g*g
//	w = w - Rate * m / (sqrt(v) + Epsilon)
type AdamCoefficients[T Float] struct {
	Beta1, Beta2 T
	// OneMinusBeta1 and OneMinusBeta2 are rounded once, from float64.
	OneMinusBeta1, OneMinusBeta2 T
	Rate, Epsilon                T
	// Scale multiplies the gradients' sum; one unless gradients are clipped.
	Scale T
}

// NewAdamCoefficients returns the coefficients of a step, counted from one, with the
// given rate, decay rates of the moments and epsilon, and a Scale of one.
func NewAdamCoefficients[T Float](rate, beta1, beta2, epsilon float64, step int) AdamCoefficients[T] {
	bias1 := 1 - math.Pow(beta1, float64(step))
	bias2 := math.Sqrt(1 - math.Pow(beta2, float64(step)))
	return AdamCoefficients[T]{
		Beta1:         T(beta1),
		Beta2:         T(beta2),
		OneMinusBeta1: T(1 - beta1),
		OneMinusBeta2: T(1 - beta2),
		Rate:          T(rate * bias2 / bias1),
		Epsilon:       T(epsilon * bias2),
		Scale:         1,
	}
}
