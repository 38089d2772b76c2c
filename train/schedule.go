package train

import "math"

// Schedule is a budget in steps of Adam and how it is spent.
type Schedule struct {
	// Steps is the largest number of steps and Batch the rows of each.
	Steps, Batch int
	// Rate is the largest learning rate: it is reached after a short warm-up and
	// then falls to 0 along half a cosine (Loshchilov and Hutter, SGDR, 2017).
	Rate float64
	// Patience is the number of epochs without a new best score of the validation
	// rows that ends the training.
	Patience int
}

// patience returns Patience in steps for the given number of training rows.
func (s Schedule) patience(rows int) int { return max(1, s.Patience*rows/s.Batch) }

// every returns the number of steps between scores of the validation rows, chosen
// so that scoring takes about a tenth of the time: a step costs about as much as
// the forward passes of three batches.
func (s Schedule) every(rows int) int { return max(5, 10*rows/(3*s.Batch)) }

// warmUp steps of rising rate keep Adam's first estimates, which rest on few
// batches, from moving the weights far.
const warmUp = 100

// rate returns the learning rate of a step, counted from 1.
func (s Schedule) rate(step int) float64 {
	rise := min(1, float64(step)/warmUp)
	return s.Rate * rise * 0.5 * (1 + math.Cos(math.Pi*float64(step-1)/float64(s.Steps)))
}
