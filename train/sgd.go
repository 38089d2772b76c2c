package train

import "flowcert/internal/kernel"

// SGD goes down a running sum of the gradients, v = Momentum v + g and w = w - rate v
// (Polyak, Some Methods of Speeding Up the Convergence of Iteration Methods, 1964;
// Sutskever et al., On the Importance of Initialization and Momentum, 2013, equations
// 1 and 2, with the rate outside the sum). It keeps one number a weight.
type SGD struct {
	// Momentum is in [0, 1); 0 is plain gradient descent.
	Momentum float64
}

// Name returns "sgd".
func (SGD) Name() string { return "sgd" }

func (s SGD) rule(k *kernel.Set[float32]) rule {
	return &sgd{kernels: k, momentum: float32(s.Momentum)}
}

type sgd struct {
	kernels               *kernel.Set[float32]
	momentum, rate, scale float32
}

func (*sgd) states() int { return 1 }

func (s *sgd) begin(_ int, rate float64, scale float32) {
	s.rate, s.scale = float32(rate), scale
}

func (s *sgd) update(u *update) {
	v := u.states[0][:len(u.w)]
	for i, g := range sum(s.kernels, u.gradients)[:len(u.w)] {
		v[i] = faded(s.momentum*v[i] + s.scale*g)
		u.w[i] -= s.rate * v[i]
	}
}
