package flow

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
)

// Mixture is a mixture of flows with learned weights, a softmax of raw ones that start
// equal: log-density logsumexp_k(log w_k + log p_k(x)). All flows are trained together by
// the likelihood of the whole, which no single flow can have where the data fall apart
// into pieces (Pires and Figueiredo, Variational Mixture of Normalizing Flows, 2020,
// where the shares are inferred by a network instead). It has no latent code. A
// log-density costs that of every flow, a sample the inverse of one.
type Mixture struct {
	flows   []Distribution
	weights *ad.Param // raw, 1 x flows
}

// NewMixture returns the mixture of at least one flow of the same columns. Flows that
// start alike stay alike: they should have starting weights by different seeds. It puts
// "flow.", the number of the flow and a dot before the names of their parameters, so
// that the names differ. It panics if the columns do not agree.
func NewMixture(name string, flows ...Distribution) *Mixture {
	points, condition := flows[0].Columns()
	for k, f := range flows {
		if n, c := f.Columns(); n != points || c != condition {
			panic(fmt.Sprintf("flow: flow %d of a mixture has %d columns and %d of a condition, the first %d and %d", k, n, c, points, condition))
		}
		for _, p := range f.Params() {
			p.Name = fmt.Sprintf("flow.%d.%s", k, p.Name)
		}
	}
	return &Mixture{flows, ad.NewParam(name+".weights", 1, len(flows))}
}

// Flows returns the flows.
func (m *Mixture) Flows() []Distribution { return m.flows }

// LogDensity records the mixture's log-density.
func (m *Mixture) LogDensity(p Pass, x ad.Value) ad.Value {
	var all []ad.Value
	for _, f := range m.flows {
		all = append(all, f.LogDensity(p, x))
	}
	return mixed(p.Tape, m.weights, p.Tape.Concat(all...))
}

// Estimate records what LogDensity records, and a bound of its standard error: the mean
// of those of the flows, each with its share of the density at x, which takes their
// errors for fully correlated. The error is absent if no flow has one.
func (m *Mixture) Estimate(p Pass, x ad.Value) (logDensity, standardError ad.Value) {
	t := p.Tape
	var all, errors []ad.Value
	estimated := false
	for _, f := range m.flows {
		l, e := f.Estimate(p, x)
		if estimated = estimated || e.Present(); !e.Present() {
			e = t.Constant(1, 0)
		}
		all, errors = append(all, l), append(errors, e)
	}
	terms := t.Concat(all...)
	if estimated {
		shares := t.Exp(t.LogSoftmax(withNothing(t, m.weights, terms), 1))
		standardError = t.SumColumns(t.Mul(t.Slice(shares, 0, len(all)), t.Concat(errors...)))
	}
	return mixed(t, m.weights, terms), standardError
}

// nothing is the log-density of one more term of a mixture, which counts only where
// there is no other: it keeps -Inf out of the differences of which gradients are made.
const nothing = -1e30

// withNothing records the weighted log-densities, those of nothing last.
func withNothing(t *ad.Tape, weights *ad.Param, logDensities ad.Value) ad.Value {
	return t.Concat(t.Add(logDensities, t.LogSoftmax(t.Parameter(weights), 1)), t.Constant(1, nothing))
}

// mixed records the log-density of a mixture with the raw weights, given those of its
// components side by side. Where all of them are -Inf, so is the mixture's.
func mixed(t *ad.Tape, weights *ad.Param, logDensities ad.Value) ad.Value {
	total := t.LogSumExp(withNothing(t, weights, logDensities), 1)
	return t.Add(total, t.Log(t.Step(t.Linear(total, -1/nothing, 0.5))))
}

// Chooser returns a function that draws the number of a flow by the present weights.
func (m *Mixture) Chooser() func(r *rand.Rand) int {
	weights := shares(m.weights)
	return func(r *rand.Rand) int { return draw(weights, r) }
}

// Weights returns the present weights of the flows, which sum to 1.
func (m *Mixture) Weights() []float64 { return shares(m.weights) }

// Params returns the raw weights, then the flows' parameters.
func (m *Mixture) Params() []*ad.Param {
	all := []*ad.Param{m.weights}
	for _, f := range m.flows {
		all = append(all, f.Params()...)
	}
	return all
}

// Columns returns those of the flows.
func (m *Mixture) Columns() (points, condition int) { return m.flows[0].Columns() }

// Observe shows the rows to the layers of every flow that observe.
func (m *Mixture) Observe(x *mat.Dense, first bool) {
	for _, f := range m.flows {
		if o, ok := f.Bijector.(Observer); ok {
			o.Observe(x, first)
		}
	}
}
