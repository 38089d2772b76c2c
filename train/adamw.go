package train

import "flowcert/internal/kernel"

// AdamW is Adam with decoupled decay: in each step all weights shrink by the share
// rate x Decay besides (Loshchilov and Hutter, Decoupled Weight Decay Regularization,
// 2019, algorithm 2, with the largest rate taken into the decay). Weights of zero are
// the identity in most flows, so the decay pulls towards it. It keeps two numbers a
// weight.
type AdamW struct {
	Adam  Adam
	Decay float64
}

// Name returns "adamw".
func (AdamW) Name() string { return "adamw" }

func (a AdamW) rule(k *kernel.Set[float32]) rule {
	return &adamW{adam: a.Adam.moments(k), decay: a.Decay}
}

type adamW struct {
	adam  *adam
	decay float64
	keep  float32 // the share of the weights that is left
}

func (a *adamW) states() int { return a.adam.states() }

func (a *adamW) begin(step int, rate float64, scale float32) {
	a.adam.begin(step, rate, scale)
	a.keep = float32(1 - rate*a.decay)
}

func (a *adamW) update(u *update) {
	a.adam.kernels.ScaleShift(u.w, u.w, a.keep, 0)
	a.adam.update(u)
}
