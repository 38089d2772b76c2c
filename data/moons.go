package data

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
)

// Moons returns two interleaved half rings with Gaussian noise in FFJORD's form:
// scikit-learn's make_moons with noise 0.1, times 2, plus (-1, -0.2). The angle
// along a ring is uniform, the limit of make_moons' even spacing.
func Moons() Set {
	const sigma = 0.2
	upper, lower := [2]float64{-1, -0.2}, [2]float64{1, 0.8} // the rings' centres
	ring := newHalfRing(2, sigma)
	return generator(
		Info{
			Name:    "moons",
			Title:   "Two moons",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.39387919597},
		},
		func(r *rand.Rand, x []float64) {
			sin, cos := math.Sincos(math.Pi * r.Float64())
			if r.IntN(2) == 0 {
				x[0], x[1] = upper[0]+ring.radius*cos, upper[1]+ring.radius*sin
			} else {
				x[0], x[1] = lower[0]-ring.radius*cos, lower[1]-ring.radius*sin
			}
			x[0] += sigma * r.NormFloat64()
			x[1] += sigma * r.NormFloat64()
		},
		func(x []float64) float64 {
			// The lower ring is the upper one turned by half a circle.
			return floats.LogSumExp([]float64{
				ring.logDensity(x[0]-upper[0], x[1]-upper[1]),
				ring.logDensity(lower[0]-x[0], lower[1]-x[1]),
			}) - math.Ln2
		})
}

// halfRing is a point at a uniform angle in [0, pi] on a circle about the
// origin, plus Gaussian noise of standard deviation sigma in both coordinates.
type halfRing struct {
	radius, sigma float64
	// Gauss-Legendre rule on [0, 1].
	nodes, weights []float64
}

// logCut is how far below its maximum, in nats, the integrand of arc is left
// out: exp(-36) is the rounding of a sum in float64.
const logCut = 36

func newHalfRing(radius, sigma float64) halfRing {
	const n = 32 // enough for 1e-12 on what logCut leaves; the test compares
	h := halfRing{radius, sigma, make([]float64, n), make([]float64, n)}
	quad.Legendre{}.FixedLocations(h.nodes, h.weights, 0, 1)
	return h
}

// logDensity returns the log-density at (x, y). With r and phi the polar
// coordinates of the point, the squared distance to the circle's point at angle
// t is (r-R)^2 + 4 r R sin^2((t-phi)/2), so that the density is an incomplete
// integral of the von Mises density. It is split where its integrand peaks or
// dips, at t = phi or t = phi+pi, into two pieces that fall monotonically.
func (h halfRing) logDensity(x, y float64) float64 {
	r, phi := math.Hypot(x, y), math.Atan2(y, x)
	variance := h.sigma * h.sigma
	radial := (r - h.radius) * (r - h.radius) / (2 * variance)
	if math.IsInf(radial, 1) {
		return math.Inf(-1)
	}
	kappa := r * h.radius / variance
	var pieces [2]float64
	if phi >= 0 {
		pieces = [2]float64{h.logArc(kappa, 0, phi), h.logArc(kappa, 0, math.Pi-phi)}
	} else {
		pieces = [2]float64{h.logArc(kappa, -phi, math.Pi), h.logArc(kappa, math.Pi+phi, math.Pi)}
	}
	return floats.LogSumExp(pieces[:]) - radial - math.Log(2*math.Pi*variance) - math.Log(math.Pi)
}

// logArc returns the logarithm of the integral of exp(-2 kappa sin^2(t/2)) for t
// from lo to hi, 0 <= lo <= hi <= pi. Differences of sines are taken as products,
// which keeps their relative accuracy for any kappa.
func (h halfRing) logArc(kappa, lo, hi float64) float64 {
	sin, cos := math.Sincos(lo)
	half := math.Sin(lo / 2)
	// Beyond sin^2(t/2) = half^2 + drop the integrand counts as zero.
	width, drop := hi-lo, logCut/(2*kappa)
	if end := half*half + drop; end < 1 {
		end := math.Asin(math.Sqrt(end))
		width = min(width, 2*math.Asin(min(1, drop/math.Sin(end+lo/2))))
	}
	var sum float64
	for i, node := range h.nodes {
		s, c := math.Sincos(width * node / 2)
		sum += h.weights[i] * math.Exp(-2*kappa*s*(sin*c+cos*s))
	}
	return -2*kappa*half*half + math.Log(width*sum)
}
