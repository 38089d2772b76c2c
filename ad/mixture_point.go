package ad

import "math"

// mixturePoint is a mixture at one point x.
type mixturePoint struct {
	raw        [3 * MaxComponents]float64
	components [MaxComponents]component
	n          int
	// below and above are the probabilities of less and of more than x, and density is
	// that at x. If far, one of them is too small a number, and only their logarithms
	// are known.
	below, above, density          float64
	far                            bool
	logBelow, logAbove, logDensity float64
	logit                          float64 // log(below/above)
	slope                          float64 // its derivative
	logSlope                       float64
	z                              float64
	at                             tails // those of z
}

// component is one of a mixture at one point.
type component struct {
	mean, scale, weight, logWeight float64
	meanRoot, scaleRoot            float64 // those of the soft clips' derivatives
	// u is the point in units of the component, and the others are the component's
	// probability of less and of more and its density there.
	u, below, above, density float64
	tails                    tails // if far
	// lower, upper and share are the component's shares of below, above and density.
	lower, upper, share float64
	// rise and fall are the derivatives along u of log below and, but for the sign, of
	// log above; along is that of logSlope.
	rise, fall, along float64
}

// setParameters makes the components from the raw parameters.
func (p *mixturePoint) setParameters(m *mixture) {
	p.n = len(m.means)
	var shares [MaxComponents]float64
	for k, v := range p.raw[2*p.n : 3*p.n] {
		shares[k] = v + m.logs[k]
		p.components[k].logWeight = shares[k]
	}
	norm := shareOut(shares[:p.n])
	for k := range p.n {
		c := &p.components[k]
		c.mean, c.meanRoot = clip(p.raw[k], meanBound)
		c.scale, c.scaleRoot = clip(p.raw[p.n+k], m.bound)
		c.mean, c.scale = c.mean+m.means[k], m.scale*math.Exp(c.scale)
		c.weight = shares[k]
		c.logWeight -= norm
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

// moveTo sets what the mixture says at x. The slope of the logit is the sum of
// density/below and density/above: neither cancels, where log(density) - log(below) -
// log(above) would.
func (p *mixturePoint) moveTo(x float64) {
	p.below, p.above, p.density = 0, 0, 0
	for k := range p.n {
		c := &p.components[k]
		c.u = (x - c.mean) / c.scale
		t := math.Abs(c.u)
		c.density = math.Exp(-t*t/2) / root2Pi
		beyond := c.density * mills(t)
		c.below, c.above = beyond, 1-beyond
		if c.u > 0 {
			c.below, c.above = c.above, c.below
		}
		p.below += c.weight * c.below
		p.above += c.weight * c.above
		p.density += c.weight * c.density / c.scale
	}
	if p.far = !(min(p.below, p.above, p.density) > 1e-250); p.far {
		p.moveFar()
		return
	}
	p.logit = math.Log(p.below / p.above)
	p.slope = p.density/p.below + p.density/p.above
	p.logSlope = math.Log(p.slope)
}

// moveFar is moveTo where a number is too small: in the tails and between components far
// apart.
func (p *mixturePoint) moveFar() {
	var lower, upper, share [MaxComponents]float64
	for k := range p.n {
		c := &p.components[k]
		c.tails = normalTails(c.u)
		lower[k], upper[k] = c.logWeight+c.tails.below, c.logWeight+c.tails.above
		share[k] = c.logWeight - c.u*c.u/2 - logRoot2Pi - math.Log(c.scale)
	}
	p.logBelow, p.logAbove = shareOut(lower[:p.n]), shareOut(upper[:p.n])
	p.logDensity = shareOut(share[:p.n])
	p.logit, p.slope = p.logBelow-p.logAbove, 0
	for k := range p.n {
		c := &p.components[k]
		c.lower, c.upper, c.share = lower[k], upper[k], share[k]
		p.slope += (c.lower*c.tails.rise + c.upper*c.tails.fall) / c.scale
	}
	p.logSlope = math.Log(p.slope)
	if p.slope < 1e-200 { // between components, where it underflows and nothing cancels
		p.logSlope = p.logDensity - p.logBelow - p.logAbove
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
	for range 500 { // halving takes a tenth of that
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
		if next <= low || next >= high {
			break // the two are neighbours
		}
		x, last = next, math.Abs(next-x)
	}
	return x
}

// differentiate sets the derivatives of the components.
func (p *mixturePoint) differentiate(below, above float64) {
	for k := range p.n {
		c := &p.components[k]
		if p.far {
			c.rise, c.fall = c.lower*c.tails.rise, c.upper*c.tails.fall
			// Far out -u would cancel against the larger of rise and fall.
			c.along = -c.share*c.tails.excess + (c.share-above*c.lower)*c.tails.rise + below*c.fall
			if c.u > 0 {
				c.along = c.share*c.tails.excess - (c.share-below*c.upper)*c.tails.fall - above*c.rise
			}
			continue
		}
		c.lower, c.upper = c.weight*c.below/p.below, c.weight*c.above/p.above
		c.rise, c.fall = c.weight*c.density/p.below, c.weight*c.density/p.above
		c.share = c.weight * c.density / (c.scale * p.density)
		c.along = -c.share*c.u - above*c.rise + below*c.fall
	}
}

// gradient returns the derivative along x of image*z + slope*log dz/dx, and sets d to
// those along the raw parameters. log dz/dx is log density - log below - log above -
// log(rise + fall) of z, and below d(log below) + above d(log above) is 0.
func (p *mixturePoint) gradient(d []float64, image, slope float64) (point float64) {
	logit := (image - slope*math.Copysign(p.at.bend(), p.z)) / (p.at.rise + p.at.fall)
	e := math.Exp(-math.Abs(p.logit))
	below, above := 1/(1+e), e/(1+e)
	if p.logit < 0 {
		below, above = above, below
	}
	p.differentiate(below, above)
	for k := range p.n {
		c := &p.components[k]
		along := slope*c.along + logit*(c.rise+c.fall)
		point += along / c.scale
		d[k] = -along / c.scale * c.meanRoot * c.meanRoot
		d[p.n+k] = -(along*c.u + slope*c.share) * c.scaleRoot * c.scaleRoot
		d[2*p.n+k] = slope*(c.share-above*c.lower-below*c.upper) + logit*(c.lower-c.upper)
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
