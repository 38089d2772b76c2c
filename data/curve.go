package data

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// curve is a random place on a smooth plane curve plus noise: two independent uniform
// numbers, and two normal ones of standard deviation sigma. Its density is an integral
// along the curve, which a Gauss-Legendre rule takes.
type curve struct {
	sigma float64
	// reach is half the range of the uniform numbers, which may be 0, and x and y are
	// the places with the numbers' means added, all in standard deviations.
	reach float64
	x, y  []float64
	// weights are those of the rule times the densities of the places.
	weights []float64
}

// newCurve returns the curve at(t) for t from lo to hi with a density of t, plus
// uniform numbers from 0 to width. With a node in every half standard deviation of the
// curve, log-densities are right to 1e-8 down to -700, where densities leave the range
// of float64; further down they are right to 1e-5 of their size.
func newCurve(nodes int, lo, hi float64, at func(t float64) (x, y float64), density func(t float64) float64, width, sigma float64) *curve {
	c := curve{
		sigma:   sigma,
		reach:   width / 2 / sigma,
		x:       make([]float64, nodes),
		y:       make([]float64, nodes),
		weights: make([]float64, nodes),
	}
	t := make([]float64, nodes)
	quad.Legendre{}.FixedLocations(t, c.weights, lo, hi)
	for i := range t {
		x, y := at(t[i])
		c.x[i], c.y[i] = x/sigma+c.reach, y/sigma+c.reach
		c.weights[i] *= density(t[i])
	}
	return &c
}

// logSum returns the logarithm of the sum of the densities at the points.
func (c *curve) logSum(points ...[2]float64) float64 {
	// The noise's density is exp(-exponent), where the exponent is half the square of
	// the distance from the uniform numbers, times what grows or falls slower.
	exponents := make([]float64, 0, 1024) // a constant, so that it stays off the heap
	least := math.Inf(1)
	for _, p := range points {
		x, y := p[0]/c.sigma, p[1]/c.sigma
		for i := range c.weights {
			u, v := positive(math.Abs(x-c.x[i])-c.reach), positive(math.Abs(y-c.y[i])-c.reach)
			e := (u*u + v*v) / 2
			exponents = append(exponents, e)
			least = min(least, e)
		}
	}
	if math.IsInf(least, 1) {
		return math.Inf(-1)
	}
	var sum float64
	for _, p := range points {
		x, y := p[0]/c.sigma, p[1]/c.sigma
		for i, weight := range c.weights {
			if e := exponents[i] - least; e < logCut {
				sum += weight * math.Exp(-e) * c.slow(math.Abs(x-c.x[i])) * c.slow(math.Abs(y-c.y[i]))
			}
		}
		exponents = exponents[len(c.weights):]
	}
	return math.Log(sum) - least - 2*math.Log(c.sigma)
}

// positive returns max(x, 0), without a branch for the sake of speed.
func positive(x float64) float64 { return (x + math.Abs(x)) / 2 }

// slow returns the density of one of the noise's coordinates at a distance from its
// mean, over exp(-exponent): the difference of the normal distribution at the two ends
// of the uniform number.
func (c *curve) slow(distance float64) float64 {
	if c.reach == 0 {
		return 1 / math.Sqrt(2*math.Pi)
	}
	near, far := (distance-c.reach)/math.Sqrt2, (distance+c.reach)/math.Sqrt2
	if near < 15 {
		return (math.Erfc(near) - math.Erfc(far)) / (4 * c.reach) * math.Exp(positive(near)*positive(near))
	}
	// The asymptotic series of erfc, to 1e-11; the far end has none of it left.
	s := 1 / (2 * near * near)
	series := 1 - s*(1-3*s*(1-5*s*(1-7*s*(1-9*s))))
	return series / (near * math.Sqrt(math.Pi) * 4 * c.reach)
}
