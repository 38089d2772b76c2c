package train

import "flowcert/internal/kernel"

// Adam divides a running mean of the gradients by the root of a running mean of their
// squares, both corrected for their start at zero (Kingma and Ba, Adam, 2015,
// algorithm 1). It keeps two numbers a weight.
type Adam struct {
	// Beta1 and Beta2 are the decay rates of the two means; 0 means 0.9 and 0.999.
	Beta1, Beta2 float64
	// Epsilon is added to the root; 0 means 1e-8.
	Epsilon float64
}

// Name returns "adam".
func (Adam) Name() string { return "adam" }

func (a Adam) rule(k *kernel.Set[float32]) rule { return a.moments(k) }

func (a Adam) moments(k *kernel.Set[float32]) *adam {
	return &adam{kernels: k, of: Adam{or(a.Beta1, 0.9), or(a.Beta2, 0.999), or(a.Epsilon, 1e-8)}}
}

type adam struct {
	kernels      *kernel.Set[float32]
	of           Adam
	coefficients kernel.AdamCoefficients[float32]
}

func (*adam) states() int { return 2 }

func (a *adam) begin(step int, rate float64, scale float32) {
	a.coefficients = kernel.NewAdamCoefficients[float32](rate, a.of.Beta1, a.of.Beta2, a.of.Epsilon, step)
	a.coefficients.Scale = scale
}

func (a *adam) update(u *update) {
	a.kernels.Adam(u.w, u.states[0], u.states[1], u.gradients, a.coefficients)
}
