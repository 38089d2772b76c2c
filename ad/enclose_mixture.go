package ad

import (
	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// encloseMixture encloses the maps of mixtures and their log-derivatives.
func encloseMixture(e *Enclosure, n *node, y []taylor.Model) {
	x, h := e.in(n, 0), e.in(n, 1)
	params := len(h) / len(x)
	for j := range x {
		raw := make([]jet, params)
		for i := range raw {
			raw[i].v = h[j*params+i]
		}
		m := newMixtureModels(n.mixture, jet{v: x[j]}, raw)
		y[j], y[len(x)+j] = m.image(), m.logSlope()
	}
}

// tangentMixture encloses the derivatives of the values. Those of the log-derivatives are
// left unknown: no value depends on them.
func tangentMixture(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	columns := len(dy) / 2
	params := t.tape.nodes[n.in[1]].cols / columns
	for j := range columns {
		dy[columns+j] = taylor.Unknown()
		dh := t.moves(n, 1)[j*params:][:params]
		if still(dh) {
			slope := taylor.Exp(&y[columns+j])
			dy[j] = taylor.Mul(&slope, &t.moves(n, 0)[j])
			continue
		}
		raw := make([]jet, params)
		for i := range raw {
			raw[i] = t.jet(n, 1, j*params+i)
		}
		m := newMixtureModels(n.mixture, t.jet(n, 0, j), raw)
		dy[j] = m.moved(&y[j])
	}
}

// mixtureModels is a mixture at one point. Nothing of it saturates or cancels: shares,
// probabilities and densities are logarithms.
type mixtureModels struct {
	start *mixture
	// u is the point in units of each component and logWeights are the logarithms of the
	// weights.
	u, logWeights []jet
	// Of each component log Phi(u), log Phi(-u) and log e^(-u^2/2)/scale, the last in units of
	// the scale at raw zeros, all with the weight; then their log-sum-exps.
	below, above, density          []taylor.Model
	logBelow, logAbove, logDensity taylor.Model
}

func newMixtureModels(start *mixture, x jet, raw []jet) *mixtureModels {
	n := len(start.means)
	m := &mixtureModels{start: start, u: make([]jet, n), logWeights: make([]jet, n)}
	m.below, m.above, m.density = make([]taylor.Model, n), make([]taylor.Model, n), make([]taylor.Model, n)
	over := interval.Point(1).Div(interval.Point(start.scale))
	for k := range n {
		m.logWeights[k] = jetLinear(raw[2*n+k], 1, start.logs[k])
	}
	sum := jetLogSumExp(m.logWeights)
	for k := range n {
		m.logWeights[k] = jetSub(m.logWeights[k], sum)
		mean := jetLinear(jetSoftClip(raw[k], meanBound), 1, start.means[k])
		fall := jetLinear(jetSoftClip(raw[n+k], start.bound), -1, 0)
		m.u[k] = jetMul(jetSub(x, mean), jetAffine(jetExp(fall), over, interval.Point(0)))

		u, w := &m.u[k].v, &m.logWeights[k].v
		below, above := taylor.LogNormalCDF(u), taylor.Neg(u)
		above = taylor.LogNormalCDF(&above)
		m.below[k], m.above[k] = taylor.Add(&below, w), taylor.Add(&above, w)
		m.density[k] = taylor.Add(minusHalfSquare(u), w)
		m.density[k] = taylor.Add(&m.density[k], &fall.v)
	}
	m.logBelow, m.logAbove, m.logDensity = taylor.LogSumExp(m.below), taylor.LogSumExp(m.above), taylor.LogSumExp(m.density)
	return m
}

func minusHalfSquare(x *taylor.Model) *taylor.Model {
	z := taylor.Square(x)
	z = taylor.Linear(&z, -0.5, 0)
	return &z
}

// image returns the quantile of the mixture's distribution function.
func (m *mixtureModels) image() taylor.Model {
	logit := taylor.Sub(&m.logBelow, &m.logAbove)
	return taylor.NormalQuantile(&logit)
}

// logSlope returns the mixture's log-density less the normal one at the image.
func (m *mixtureModels) logSlope() taylor.Model {
	z := m.image()
	l := taylor.Sub(&m.logDensity, minusHalfSquare(&z))
	return taylor.Shift(&l, interval.Point(m.start.scale).Log().Neg())
}

// moved returns how the image z moves: log below - log above, by all weights w and points
// u as
//
//	sum_k (w_k Phi(u_k)/below - w_k Phi(-u_k)/above) d(log w_k) + w_k phi(u_k) (1/below + 1/above) du_k,
//
// over the derivative phi(z)/(Phi(z) Phi(-z)) of the logit of z.
func (m *mixtureModels) moved(z *taylor.Model) taylor.Model {
	sum := taylor.Constant(0)
	logRoot := logRoot2PiBounds().Neg()
	add := func(term, of, d *taylor.Model, subtract bool) {
		share := taylor.Sub(term, of)
		share = taylor.Exp(&share)
		share = taylor.Mul(&share, d)
		if subtract {
			sum = taylor.Sub(&sum, &share)
		} else {
			sum = taylor.Add(&sum, &share)
		}
	}
	for k := range m.u {
		w, u := &m.logWeights[k], &m.u[k]
		add(&m.below[k], &m.logBelow, &w.d, false)
		add(&m.above[k], &m.logAbove, &w.d, true)
		density := taylor.Add(minusHalfSquare(&u.v), &w.v)
		density = taylor.Shift(&density, logRoot)
		add(&density, &m.logBelow, &u.d, false)
		add(&density, &m.logAbove, &u.d, false)
	}
	// Nothing is far out where z is: the quotient is at most 0.63.
	below, above := taylor.LogNormalCDF(z), taylor.Neg(z)
	above = taylor.LogNormalCDF(&above)
	over := taylor.Add(&below, &above)
	over = taylor.Sub(&over, minusHalfSquare(z))
	over = taylor.Shift(&over, logRoot.Neg())
	over = taylor.Exp(&over)
	return taylor.Mul(&sum, &over)
}

func jetSoftClip(x jet, bound float64) jet {
	s := softClipSlope(&x.v, bound)
	return jet{v: taylor.SoftClip(&x.v, bound), d: taylor.Mul(&s, &x.d)}
}

// jetLogSumExp returns the log-sum-exp of all.
func jetLogSumExp(x []jet) (sum jet) {
	values := make([]taylor.Model, len(x))
	for i := range x {
		values[i] = x[i].v
	}
	sum.v = taylor.LogSumExp(values)
	for i, p := range jetSoftmax(x) {
		d := taylor.Mul(&p.v, &x[i].d)
		sum.d = taylor.Add(&sum.d, &d)
	}
	return sum
}
