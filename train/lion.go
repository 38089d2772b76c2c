package train

import "flowcert/internal/kernel"

// Lion moves every weight by the rate itself, in the direction of the sign of a mean
// of the gradients (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023,
// algorithm 2). Its rates are three to ten times smaller than Adam's, and its decays
// larger by as much. It keeps one number a weight.
type Lion struct {
	// Beta1 is the share of the old mean in the direction, Beta2 in the next mean; 0
	// means 0.9 and 0.99.
	Beta1, Beta2 float64
	// Decay shrinks all weights by the share rate x Decay besides.
	Decay float64
}

// Name returns "lion".
func (Lion) Name() string { return "lion" }

func (l Lion) rule(k *kernel.Set[float32]) rule {
	beta1, beta2 := or(l.Beta1, 0.9), or(l.Beta2, 0.99)
	return &lion{
		kernels: k, decay: l.Decay,
		beta1: float32(beta1), fresh1: float32(1 - beta1),
		beta2: float32(beta2), fresh2: float32(1 - beta2),
	}
}

type lion struct {
	kernels                      *kernel.Set[float32]
	decay                        float64
	beta1, fresh1, beta2, fresh2 float32
	rate, keep, scale            float32
}

func (*lion) states() int { return 1 }

func (l *lion) begin(_ int, rate float64, scale float32) {
	l.rate, l.keep, l.scale = float32(rate), float32(1-rate*l.decay), scale
}

func (l *lion) update(u *update) {
	m := u.states[0][:len(u.w)]
	for i, g := range sum(l.kernels, u.gradients)[:len(u.w)] {
		g *= l.scale
		u.w[i] = l.keep*u.w[i] - l.rate*sign(l.beta1*m[i]+l.fresh1*g)
		m[i] = faded(l.beta2*m[i] + l.fresh2*g)
	}
}

// sign returns 1, -1 or 0; a NaN stays one, so that divergence shows.
func sign(x float32) float32 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}
