package train

import "flowcert/internal/kernel"

// Optimiser is a rule by which gradients change the weights.
type Optimiser interface {
	// Name returns what a description says, such as "adam".
	Name() string
	// rule returns the rule for one training, with the given kernels.
	rule(k *kernel.Set[float32]) rule
}

// rule changes weights step by step.
type rule interface {
	// states returns how many arrays of the weights' length are kept between steps;
	// they start at zero.
	states() int
	// begin prepares a step, counted from 1. scale multiplies the gradients.
	begin(step int, rate float64, scale float32)
	// update changes a stretch of weights. It is called for several at once.
	update(u *update)
}

// update is a stretch of one parameter with its part of the rule's states, of the
// gradients and of the weights' average.
type update struct {
	w      []float32
	states [][]float32
	// gradients are to be summed: all slots, or the first after clipping has summed
	// them there.
	slots, gradients [][]float32
	average          []float32
}

// sum adds up gradients, in their order and into the first, and returns that.
func sum(k *kernel.Set[float32], gradients [][]float32) []float32 {
	for _, g := range gradients[1:] {
		k.Add(gradients[0], gradients[0], g)
	}
	return gradients[0]
}

// least is where moments count as zero: those of units that have died fade into
// subnormal numbers, each of which would cost 150 cycles a step.
const least = 1e-30

// faded returns m, or 0 if it is about to become subnormal.
func faded(m float32) float32 {
	if m < least && m > -least {
		return 0
	}
	return m
}

// or returns x, or the usual value if x is 0.
func or(x, usual float64) float64 {
	if x == 0 {
		return usual
	}
	return x
}
