package ad

import (
	"fmt"
	"math"

	"flowcert/internal/kernel"
)

// Mixture is the map of the line that turns a mixture of Gaussians into the standard
// normal distribution: Phi^-1 of the mixture's distribution function. Each column
// takes Params raw parameters: Components means, Components raw log-scales, softly
// clipped to the bound, and Components weights that a softmax makes sum to one. Raw
// zeros are components of equal weights and scales, whose means are spread so that
// they learn different things; the mixture then has mean 0 and variance 1, and the map
// is close to the identity (with one component, it is the identity).
type Mixture struct {
	Components int
	Bound      float64
}

// MaxComponents is the largest number of components of a Mixture.
const MaxComponents = 64

// Params returns the number of raw parameters per column, 3 Components.
func (m Mixture) Params() int { return 3 * m.Components }

// MixtureCDF records the mixture's map of each entry of x and the logarithm of its
// derivative, side by side (2 x.Cols columns). h holds m.Params() raw parameters per
// column of x. It is computed in float64, whatever the program's type.
func (t *Tape) MixtureCDF(x, h Value, m Mixture) Value {
	return t.coupled(opMixture, x, h, node{mixture: m.start()}, m.Params())
}

// meanBound keeps the density of points between far components a finite number.
const meanBound = 1000

// MixtureCDFInverse records the inverse of MixtureCDF's map, numerically to the precision
// of the type, and the inverse's log-derivative.
func (t *Tape) MixtureCDFInverse(z, h Value, m Mixture) Value {
	return t.coupled(opMixtureInverse, z, h, node{mixture: m.start()}, m.Params())
}

// mixture is what a node knows of its mixture: the means and the scale at raw zeros.
type mixture struct {
	bound float64
	means []float64
	scale float64
}

// meanSpread is the spread of the means at raw zeros, as a share of the whole. Half of
// it tells the components apart and changes the density by less than 1e-3 nats.
const meanSpread = 0.5

func (m Mixture) start() *mixture {
	if m.Components < 1 || m.Components > MaxComponents {
		panic(fmt.Sprintf("ad: mixture of %d components", m.Components))
	}
	s := &mixture{bound: m.Bound, means: make([]float64, m.Components)}
	variance := 1.0
	for k := range s.means {
		p := (float64(k) + 0.5) / float64(m.Components)
		s.means[k] = meanSpread * normalQuantile(math.Log(p/(1-p)))
		variance -= s.means[k] * s.means[k] / float64(m.Components)
	}
	s.scale = math.Sqrt(variance)
	return s
}

// component is one of a mixture at one point.
type component struct {
	mean, scale, logWeight float64
	meanRoot, scaleRoot    float64 // those of the soft clips' derivatives
	u                      float64 // the point in units of the component
	tails
	// lower and upper are the component's shares of the probability below the point
	// and above it.
	lower, upper float64
}

// mixturePoint is a mixture at one point.
type mixturePoint struct {
	components [MaxComponents]component
	n          int
	logit      float64 // log F/(1-F) for the distribution function F
	slope      float64 // its derivative
	logSlope   float64
	z          float64
	at         tails // those of z
}

// readMixture takes the parameters from lane l of the panel h, where those of the
// column begin at first.
func readMixture[T kernel.Float](p *mixturePoint, m *mixture, h []T, first, l int) {
	p.n = len(m.means)
	raw := func(i int) float64 { return float64(h[(first+i)*kernel.Lanes+l]) }
	all := make([]float64, 0, MaxComponents)
	for k := range p.n {
		c := &p.components[k]
		c.mean, c.meanRoot = clip(raw(k), meanBound)
		c.scale, c.scaleRoot = clip(raw(p.n+k), m.bound)
		c.mean, c.scale = c.mean+m.means[k], m.scale*math.Exp(c.scale)
		all = append(all, raw(2*p.n+k))
	}
	norm := shareOut(all)
	for k := range p.n {
		p.components[k].logWeight = raw(2*p.n+k) - norm
	}
}

// shareOut replaces logarithms by their shares of the sum, and returns its logarithm.
func shareOut(x []float64) float64 {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	var sum float64
	for i, v := range x {
		x[i] = math.Exp(v - top)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
	return top + math.Log(sum)
}

// moveTo sets what the mixture says at x. With f the density, the slope of the logit is
// f/F + f/(1-F): two sums of positive terms that do not cancel in the tails, where
// f/(F(1-F)) would.
func (p *mixturePoint) moveTo(x float64) {
	var lower, upper [MaxComponents]float64
	for k := range p.n {
		c := &p.components[k]
		c.u = (x - c.mean) / c.scale
		c.tails = normalTails(c.u)
		lower[k], upper[k] = c.logWeight+c.below, c.logWeight+c.above
	}
	below, above := shareOut(lower[:p.n]), shareOut(upper[:p.n])
	p.logit, p.slope = below-above, 0
	for k := range p.n {
		c := &p.components[k]
		c.lower, c.upper = lower[k], upper[k]
		p.slope += (c.lower*c.rise + c.upper*c.fall) / c.scale
	}
	p.logSlope = math.Log(p.slope)
	if p.slope < 1e-200 { // between components far apart the terms underflow
		p.logSlope = p.density(lower[:p.n]) - below - above
	}
}

// setImage sets z, which belongs to the point, and returns log dz/dx.
func (p *mixturePoint) setImage(z float64) float64 {
	p.z, p.at = z, normalTails(z)
	return p.logSlope - math.Log(p.at.rise+p.at.fall)
}

// solve moves to the x that z belongs to, by Newton's method inside a bracket, and
// returns it. Between the points that each component alone would give lies the root.
func (p *mixturePoint) solve(z float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range p.components[:p.n] {
		x := c.mean + c.scale*z
		low, high = min(low, x), max(high, x)
	}
	target := normalLogit(z, normalTails(z))
	x, last := low+(high-low)/2, high-low
	for range 500 {
		p.moveTo(x)
		excess := p.logit - target
		if excess > 0 {
			high = x
		} else {
			low = x
		}
		step := excess / p.slope
		if math.Abs(excess) <= 0x1p-51*(1+math.Abs(target)) || math.Abs(step) <= 0x1p-53*math.Abs(x) {
			break // what is left is rounding
		}
		next := x - step
		if !(next > low && next < high) || math.Abs(step) > last/2 {
			next = low + (high-low)/2
		}
		if next == x || next <= low || next >= high {
			break // the two are neighbours
		}
		x, last = next, math.Abs(next-x)
	}
	return x
}

// density returns the logarithm of the mixture's density, and each component's share
// of it in shares.
func (p *mixturePoint) density(shares []float64) float64 {
	for k := range shares {
		c := &p.components[k]
		shares[k] = c.logWeight - c.u*c.u/2 - logRoot2Pi - math.Log(c.scale)
	}
	return shareOut(shares)
}

func mixtureForward[T kernel.Float](a *Arena[T], st *step[T]) { a.mixtureRun(st, false) }

func mixtureInverse[T kernel.Float](a *Arena[T], st *step[T]) { a.mixtureRun(st, true) }

// mixtureRun computes the images, or the inverse ones, beside the log-derivatives.
func (a *Arena[T]) mixtureRun(st *step[T], inverse bool) {
	x, h, y := a.values[st.n.in[0]], a.values[st.n.in[1]], a.values[st.id]
	var p mixturePoint
	params := 3 * len(st.n.mixture.means)
	for q := range y.Panels {
		xq, hq := x.Panel(q), h.Panel(q)
		mapped, logSlope := y.Panel(q)[:len(xq)], y.Panel(q)[len(xq):]
		for j, v := range xq {
			readMixture(&p, st.n.mixture, hq, j/kernel.Lanes*params, j%kernel.Lanes)
			if inverse {
				mapped[j] = T(p.solve(float64(v)))
				logSlope[j] = T(-p.setImage(float64(v)))
				continue
			}
			p.moveTo(float64(v))
			logSlope[j] = T(p.setImage(normalQuantile(p.logit)))
			mapped[j] = T(p.z)
		}
	}
}

func mixtureBackward[T kernel.Float](a *Arena[T], st *step[T]) { a.mixturePullBoth(st, false) }

func mixtureInverseBackward[T kernel.Float](a *Arena[T], st *step[T]) { a.mixturePullBoth(st, true) }

func (a *Arena[T]) mixturePullBoth(st *step[T], inverse bool) {
	var none, dx, dh kernel.Block[T]
	if st.want[0] {
		dx = a.gradients[st.n.in[0]]
	}
	if st.want[1] {
		dh = a.gradients[st.n.in[1]]
	}
	nodes := a.program.nodes
	if st.want[0] && st.want[1] && nodes[st.n.in[0]].root == nodes[st.n.in[1]].root {
		// Points may be among the parameters: what is added comes last.
		a.mixturePull(st, dx, none, inverse)
		dx = none
	}
	a.mixturePull(st, dx, dh, inverse)
}

// mixturePull turns the gradients of the images and of their log-derivatives into
// those of the points and of the raw parameters. One that is not wanted has no data.
func (a *Arena[T]) mixturePull(st *step[T], dx, dh kernel.Block[T], inverse bool) {
	x, y, h, g := a.values[st.n.in[0]], a.values[st.id], a.values[st.n.in[1]], a.gradients[st.id]
	var p mixturePoint
	var d [3 * MaxComponents]float64
	params := 3 * len(st.n.mixture.means)
	for q := range g.Panels {
		xq, yq, hq, gq := x.Panel(q), y.Panel(q), h.Panel(q), g.Panel(q)
		for j, v := range xq {
			first, l := j/kernel.Lanes*params, j%kernel.Lanes
			readMixture(&p, st.n.mixture, hq, first, l)
			image, slope := float64(gq[j]), float64(gq[len(xq)+j])
			var point float64
			if inverse {
				p.moveTo(float64(yq[j]))
				p.setImage(float64(v))
				point = p.inverseGradient(d[:params], image, slope)
			} else {
				p.moveTo(float64(v))
				p.setImage(float64(yq[j]))
				point = p.gradient(d[:params], image, slope)
			}
			if dx.Data != nil {
				put(&dx.Panel(q)[j], point, st.add[0])
			}
			if dh.Data != nil {
				for i, v := range d[:params] {
					put(&dh.Panel(q)[(first+i)*kernel.Lanes+l], v, st.add[1])
				}
			}
		}
	}
}

func put[T kernel.Float](to *T, v float64, add bool) {
	if add {
		v += float64(*to)
	}
	*to = T(v)
}

// gradient returns the derivative along x of image*z + slope*log dz/dx, and sets d to
// those along the raw parameters. With F and f as above, log dz/dx is
// log f - log F - log(1-F) - log(rise + fall) of z, and F d(log F) + (1-F) d(log(1-F))
// is 0.
func (p *mixturePoint) gradient(d []float64, image, slope float64) (point float64) {
	// The derivative of log(rise + fall) is fall - rise - z, without what cancels.
	bend := math.Copysign(p.at.excess-min(p.at.rise, p.at.fall), p.z)
	logit := (image - slope*bend) / (p.at.rise + p.at.fall)
	e := math.Exp(-math.Abs(p.logit))
	below, above := 1/(1+e), e/(1+e)
	if p.logit < 0 {
		below, above = above, below
	}
	var shares [MaxComponents]float64
	p.density(shares[:p.n])
	for k := range p.n {
		c, share := &p.components[k], shares[k]
		// Along u: -u of log f, and what the two distribution functions give. Far out
		// -u would cancel against the larger of those, which is |u| + excess.
		along := -share*c.excess + (share-above*c.lower)*c.rise + below*c.upper*c.fall
		if c.u > 0 {
			along = share*c.excess - (share-below*c.upper)*c.fall - above*c.lower*c.rise
		}
		along = slope*along + logit*(c.lower*c.rise+c.upper*c.fall)
		point += along / c.scale
		d[k] = -along / c.scale * c.meanRoot * c.meanRoot
		d[p.n+k] = -(along*c.u + slope*share) * c.scaleRoot * c.scaleRoot
		d[2*p.n+k] = slope*(share-above*c.lower-below*c.upper) + logit*(c.lower-c.upper)
	}
	return point
}

// flattest bounds the slope that inverse derivatives are divided by. Where it is less,
// the map is flat to rounding, and they would not be finite.
const flattest = 1e-17

// inverseGradient is gradient for the inverse map x(z) and the inverse's log-derivative,
// by the implicit function theorem: dx = (dz - what the parameters change of z)/slope.
func (p *mixturePoint) inverseGradient(d []float64, image, slope float64) (point float64) {
	bend := p.gradient(d, 0, 1)
	dz := math.Exp(p.logSlope) / (p.at.rise + p.at.fall)
	point = (image - slope*bend) / max(dz, flattest)
	p.gradient(d, -point, -slope)
	return point
}
