package ad

import (
	"fmt"
	"math"

	"flowcert/internal/kernel"
)

// Mixture is the map of the line that turns a mixture of Gaussians into the standard
// normal distribution: Phi^-1 of the mixture's distribution function. Each column
// takes Params raw parameters: Components means, softly clipped at 1000, Components raw
// log-scales, softly clipped at the bound, and Components weights that a softmax makes
// sum to one. All are added to those of a mixture whose components differ, so that they
// learn different things, and which is standard normal to less than 1e-3 nats (5e-3 with
// two components): raw zeros are close to the identity, and with one component are it.
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

// MixtureCDFInverse records the inverse of MixtureCDF's map, numerically to the precision
// of the type, and the inverse's log-derivative.
func (t *Tape) MixtureCDFInverse(z, h Value, m Mixture) Value {
	return t.coupled(opMixtureInverse, z, h, node{mixture: m.start()}, m.Params())
}

// meanBound keeps the density of points between far components a finite number.
const meanBound = 1000

// mixture is what a node knows of its mixture: the means, the scale and the logarithms of
// the weights, up to a constant, at raw zeros.
type mixture struct {
	bound       float64
	means, logs []float64
	scale       float64
}

// start places the means at raw zeros evenly and weights them like a normal distribution
// of deviation spread: the trapezoid rule for the convolution of that with a second one,
// which is normal. The rule is good as long as the means are less than two scales apart.
func (m Mixture) start() *mixture {
	if m.Components < 1 || m.Components > MaxComponents {
		panic(fmt.Sprintf("ad: mixture of %d components", m.Components))
	}
	s := &mixture{bound: m.Bound, means: make([]float64, m.Components), logs: make([]float64, m.Components)}
	reach := min(3, float64(m.Components)/2) // in units of the spread
	distance := 2 * reach / max(1, float64(m.Components-1))
	spread := min(0.9, 1.7/math.Hypot(1.7, distance))
	var sum, square float64
	for k := range s.means {
		at := -reach + float64(k)*distance
		if m.Components == 1 {
			at = 0
		}
		s.means[k], s.logs[k] = spread*at, -at*at/2
		w := math.Exp(s.logs[k])
		sum += w
		square += w * s.means[k] * s.means[k]
	}
	s.scale = math.Sqrt(1 - square/sum)
	return s
}

// readMixture gives p the parameters in lane l of the panel h, where those of the column
// begin at first. Often they are what they were, as for the next point of a layer whose
// parameters are the same for all.
func readMixture[T kernel.Float](p *mixturePoint, m *mixture, h []T, first, l int) {
	same := p.n == len(m.means)
	for i := range 3 * len(m.means) {
		v := float64(h[(first+i)*kernel.Lanes+l])
		same = same && p.raw[i] == v
		p.raw[i] = v
	}
	if !same {
		p.setParameters(m)
	}
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

// mixturePullBoth pulls to the inputs whose gradients are wanted.
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

// put sets a gradient, or adds to it.
func put[T kernel.Float](to *T, v float64, add bool) {
	if add {
		v += float64(*to)
	}
	*to = T(v)
}
