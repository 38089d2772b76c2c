package data

import (
	"math"
	"math/rand/v2"
)

// conditional is a standard normal number t and one that is normal about mean(t),
// with a standard deviation that is the same for every t.
type conditional struct {
	mean      func(t float64) float64
	deviation float64
	// last is true where t is the second column.
	last bool
}

// set returns the generator of the two numbers. Its entropy is the sum of those of
// two normal distributions.
func (c conditional) set(info Info) Set {
	info.Columns = []string{"x1", "x2"}
	info.Entropy = &Entropy{Nats: math.Log(2*math.Pi*math.E) + math.Log(c.deviation)}
	first, second := 0, 1
	if c.last {
		first, second = 1, 0
	}
	norm := math.Log(2*math.Pi) + math.Log(c.deviation)
	return generator(info,
		func(r *rand.Rand, x []float64) {
			t := r.NormFloat64()
			x[first], x[second] = t, c.mean(t)+c.deviation*r.NormFloat64()
		},
		func(x []float64) float64 {
			t := x[first]
			l := -t * t / 2
			if math.IsInf(l, -1) {
				return l // the mean may be no number
			}
			z := (x[second] - c.mean(t)) / c.deviation
			return l - z*z/2 - norm
		})
}
