package train

import "math"

// Schedule is a budget in steps and how it is spent. The zero values of all fields but
// the first four are the usual choice.
type Schedule struct {
	// Steps is the largest number of steps and Batch the rows of each.
	Steps, Batch int
	// Rate is the largest learning rate, which is reached after a short warm-up.
	Rate float64
	// Patience is the number of epochs without a new best score of the validation
	// rows that ends the training.
	Patience int
	// Course is how the rate goes on after the warm-up.
	Course Course
	// Plateau is the number of epochs without a new best score after which the course
	// of that name multiplies the rate by Reduce, and again after as many more; 0
	// means a quarter of Patience, and 0.5.
	Plateau int
	Reduce  float64
	// Optimiser is the rule of the updates; nil means Adam.
	Optimiser Optimiser
	// Clip is the largest norm of a step's gradient over all weights together: a
	// longer one is scaled down to it (Pascanu, Mikolov and Bengio, On the Difficulty
	// of Training Recurrent Neural Networks, 2013, algorithm 1). 0 leaves any.
	Clip float64
	// Average is the decay of a moving average of the weights (Polyak and Juditsky,
	// Acceleration of Stochastic Approximation by Averaging, 1992, with exponential
	// weights), which is then what is scored and kept. It is smaller in the first
	// steps, (1 + step)/(10 + step), so that the starting weights are forgotten. 0 is
	// no average.
	Average float64
}

// Course is the way of the learning rate after the warm-up.
type Course string

const (
	// Cosine falls to 0 along half a cosine (Loshchilov and Hutter, SGDR, 2017).
	Cosine Course = "cosine"
	// Constant stays.
	Constant Course = "constant"
	// Plateau falls by a factor whenever the validation score stops improving.
	Plateau Course = "plateau"
)

// patience returns Patience in steps for the given number of training rows.
func (s Schedule) patience(rows int) int { return s.epochs(s.Patience, rows) }

// plateau returns Plateau in steps for the given number of training rows.
func (s Schedule) plateau(rows int) int {
	if s.Plateau == 0 {
		return max(1, s.patience(rows)/4)
	}
	return s.epochs(s.Plateau, rows)
}

func (s Schedule) epochs(n, rows int) int { return max(1, n*rows/s.Batch) }

// every returns the number of steps between scores of the validation rows, chosen
// so that scoring takes about a tenth of the time: a step costs about as much as
// the forward passes of three batches.
func (s Schedule) every(rows int) int { return max(5, 10*rows/(3*s.Batch)) }

// warmUp steps of rising rate keep the optimiser's first estimates, which rest on few
// batches, from moving the weights far.
const warmUp = 100

// rate returns the learning rate of a step, counted from 1, after so many reductions.
func (s Schedule) rate(step, reductions int) float64 {
	rise := min(1, float64(step)/warmUp)
	switch s.Course {
	case Constant:
		return s.Rate * rise
	case Plateau:
		return s.Rate * rise * math.Pow(or(s.Reduce, 0.5), float64(reductions))
	}
	return s.Rate * rise * 0.5 * (1 + math.Cos(math.Pi*float64(step-1)/float64(s.Steps)))
}

// decay returns the decay of the weights' average in a step, counted from 1.
func (s Schedule) decay(step int) float64 {
	return min(s.Average, float64(1+step)/float64(10+step))
}

// optimiser returns the rule of the updates.
func (s Schedule) optimiser() Optimiser {
	if s.Optimiser == nil {
		return Adam{}
	}
	return s.Optimiser
}
