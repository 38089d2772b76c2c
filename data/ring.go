package data

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
)

// ring is a point at a uniform angle on a circle about the origin, or on the half
// of it above, plus Gaussian noise of standard deviation sigma in both coordinates.
type ring struct {
	radius, sigma float64
	// Gauss-Legendre rule on [0, 1].
	nodes, weights []float64
}

// logCut is how far below its maximum, in nats, an integrand is left out:
// exp(-36) is the rounding of a sum in float64.
const logCut = 36

func newRing(radius, sigma float64) ring {
	const n = 32 // enough for 1e-12 on what logCut leaves; the test compares
	r := ring{radius, sigma, make([]float64, n), make([]float64, n)}
	quad.Legendre{}.FixedLocations(r.nodes, r.weights, 0, 1)
	return r
}

// logWhole returns the log-density at (x, y) of the whole ring. It is Rice's
// density over the circumference: the integral of exp(-2 kappa sin^2(t/2)) for t from
// 0 to pi is pi exp(-kappa) I0(kappa), which is how the Bessel function is found
// without leaving the range of float64.
func (c ring) logWhole(x, y float64) float64 {
	radial, kappa := c.polar(math.Hypot(x, y))
	if math.IsInf(radial, -1) {
		return radial
	}
	return c.logArc(kappa, 0, math.Pi) + radial - math.Log(math.Pi)
}

// logHalf returns the log-density at (x, y) of the ring's half with y > 0. It is an
// incomplete integral of the von Mises density, split where its integrand peaks or
// dips, at t = phi or t = phi+pi, into two pieces that fall monotonically.
func (c ring) logHalf(x, y float64) float64 {
	radial, kappa := c.polar(math.Hypot(x, y))
	if math.IsInf(radial, -1) {
		return radial
	}
	phi := math.Atan2(y, x)
	var pieces [2]float64
	if phi >= 0 {
		pieces = [2]float64{c.logArc(kappa, 0, phi), c.logArc(kappa, 0, math.Pi-phi)}
	} else {
		pieces = [2]float64{c.logArc(kappa, -phi, math.Pi), c.logArc(kappa, math.Pi+phi, math.Pi)}
	}
	return floats.LogSumExp(pieces[:]) + radial - math.Log(math.Pi)
}

// polar splits the noise's log-density at a distance r from the origin. With phi the
// angle of the point, the squared distance to the circle's point at angle t is
// (r-R)^2 + 4 r R sin^2((t-phi)/2): radial is the log-density without the second
// term, which is -2 kappa sin^2((t-phi)/2).
func (c ring) polar(r float64) (radial, kappa float64) {
	variance := c.sigma * c.sigma
	return -(r-c.radius)*(r-c.radius)/(2*variance) - math.Log(2*math.Pi*variance), r * c.radius / variance
}

// logArc returns the logarithm of the integral of exp(-2 kappa sin^2(t/2)) for t
// from lo to hi, 0 <= lo <= hi <= pi. Differences of sines are taken as products,
// which keeps their relative accuracy for any kappa.
func (c ring) logArc(kappa, lo, hi float64) float64 {
	sin, cos := math.Sincos(lo)
	half := math.Sin(lo / 2)
	// Beyond sin^2(t/2) = half^2 + drop the integrand counts as zero.
	width, drop := hi-lo, logCut/(2*kappa)
	if end := half*half + drop; end < 1 {
		end := math.Asin(math.Sqrt(end))
		width = min(width, 2*math.Asin(min(1, drop/math.Sin(end+lo/2))))
	}
	var sum float64
	for i, node := range c.nodes {
		dsin, dcos := math.Sincos(width * node / 2)
		sum += c.weights[i] * math.Exp(-2*kappa*dsin*(sin*dcos+cos*dsin))
	}
	return -2*kappa*half*half + math.Log(width*sum)
}

// circle is where the points of a ring are without noise.
type circle struct{ x, y, radius float64 }

// rings returns an equal mixture of whole rings with noise of standard deviation
// sigma.
func rings(info Info, sigma float64, circles []circle) Set {
	parts := make([]ring, len(circles))
	for i, c := range circles {
		parts[i] = newRing(c.radius, sigma)
	}
	return generator(info,
		func(r *rand.Rand, x []float64) {
			c := circles[r.IntN(len(circles))]
			sin, cos := math.Sincos(2 * math.Pi * r.Float64())
			x[0] = c.x + c.radius*cos + sigma*r.NormFloat64()
			x[1] = c.y + c.radius*sin + sigma*r.NormFloat64()
		},
		func(x []float64) float64 {
			logs := make([]float64, len(circles))
			for i, c := range circles {
				logs[i] = parts[i].logWhole(x[0]-c.x, x[1]-c.y)
			}
			return floats.LogSumExp(logs) - math.Log(float64(len(circles)))
		})
}
