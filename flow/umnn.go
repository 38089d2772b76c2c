package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// UnconstrainedMonotonic is the unconstrained monotonic neural network of Wehenkel and
// Louppe (Unconstrained Monotonic Neural Networks, 2019): the map
//
//	z = shift + integral from 0 to x of g(t) dt, g(t) = e^(c + sum_k v_k tanh(w_k t + b_k)),
//
// with a Gauss-Legendre rule of Nodes nodes for the integral. As the parameters of an
// elementwise map all come from the conditioner, the integrand is a network of one
// hidden layer of Units whose weights they are, where the paper's is a deeper network
// of its own that takes the conditioner's output as input. Outside [-Bound, Bound] the
// map goes on as a line.
//
// The map is the sum that the rule makes, and its log-derivative is the derivative of
// that sum; the two agree exactly, whatever the error of the rule as an integral is.
// The sum increases because that error is bounded: |c| < 3, sum_k |v_k| < 3 and
// |w_k| Bound < Nodes/5 keep the integrand analytic and bounded near the interval, so
// that the derivative of the sum is within a quarter of g, and usually within 1e-6. So
// for any parameters the slope lies between e^-6 and e^6 to within a quarter, and the
// map is onto. It is the identity at raw zeros.
//
// Forward costs Nodes*Units hyperbolic tangents, the inverse a numeric solution to
// full precision.
type UnconstrainedMonotonic struct {
	Units, Nodes int
	Bound        float64
}

// integrandBound is what |c| and the sum of the |v_k| stay below.
const integrandBound = 3

// sharpness returns what |w_k| Bound stays below.
func (u UnconstrainedMonotonic) sharpness() float64 { return float64(u.Nodes) / 5 }

// Params returns 3 Units + 2: the weights of both layers and the units' biases, c and
// the shift.
func (u UnconstrainedMonotonic) Params() int { return 3*u.Units + 2 }

// Forward records the rule's sum and the logarithm of its derivative.
func (u UnconstrainedMonotonic) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	raw, inside := rawOf(t, h, x), clamp(t, x, u.Bound)
	nodes, weights := legendre(u.Nodes)
	cols := x.Cols()
	places := t.Mul(t.Repeat(t.Linear(inside, 1/u.Bound, 0), u.Nodes), constants(t, cols, nodes))
	g, slope := u.integrand(raw, places)
	g = t.Mul(g, constants(t, cols, weights))
	// The nodes move with x: each term of x sum_i w_i g(x s_i) grows in two ways.
	derivative := t.SumBlocks(t.Mul(g, t.Linear(t.Mul(places, slope), 1, 1)), cols)
	z = continued(t, x, inside, t.Mul(inside, t.SumBlocks(g, cols)), derivative)
	return t.Add(z, raw.take(1)), t.Log(derivative)
}

// integrand records g at the places, in units of the bound, and the derivative of its
// logarithm.
func (u UnconstrainedMonotonic) integrand(raw *rawParameters, places ad.Value) (g, slope ad.Value) {
	t, cols := raw.t, raw.cols
	each := func(v ad.Value) ad.Value { return repeatBlocks(t, v, cols, u.Nodes) }
	v := t.Linear(u.unitSum(raw, raw.take(u.Units)), integrandBound, 0)
	w := t.SoftClip(t.Linear(raw.take(u.Units), 1, u.sharpness()), u.sharpness())
	b := t.Add(raw.take(u.Units), constants(t, cols, u.biases()))
	c := t.SoftClip(raw.take(1), integrandBound)

	y := t.Tanh(t.Add(t.Mul(each(w), t.Repeat(places, u.Units)), each(b)))
	exponent := t.SumBlocks(t.Mul(each(v), y), places.Cols())
	slope = t.SumBlocks(t.Mul(each(t.Mul(v, w)), t.Linear(t.Mul(y, y), -1, 1)), places.Cols())
	return t.Exp(t.Add(exponent, t.Repeat(c, u.Nodes))), slope
}

// unitSum scales blocks so that their absolute values sum to less than 1.
func (u UnconstrainedMonotonic) unitSum(raw *rawParameters, x ad.Value) ad.Value {
	t := raw.t
	size := t.SumBlocks(absolute(t, x), raw.cols)
	return t.Div(x, t.Repeat(t.Linear(size, 1, 1), u.Units))
}

// biases are those at raw zeros, where the w_k are half their bound: the units then
// bend at places of their own, spread over half the box, and learn different things.
func (u UnconstrainedMonotonic) biases() []float64 {
	biases := make([]float64, u.Units)
	for k := range biases {
		place := (float64(k)+0.5)/float64(u.Units) - 0.5
		biases[k] = -u.sharpness() / 2 * place
	}
	return biases
}

// Inverse records the numeric inverse.
func (u UnconstrainedMonotonic) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	return solve(t, z, h, u.Forward)
}

// UnconstrainedMonotonicKind is the transformation "unconstrained-monotonic" of
// descriptions.
func UnconstrainedMonotonicKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "unconstrained-monotonic",
		Summary: "The area under a positive curve that a small network draws.",
		Settings: []setting.Setting{
			{Name: "units", Type: setting.Int, Default: 8, Min: 1, Max: 256, Meaning: "hidden units of the network"},
			{Name: "nodes", Type: setting.Int, Default: 32, Min: 8, Max: 128, Meaning: "places at which the curve is computed; more allow sharper bends"},
			{Name: "bound", Type: setting.Float, Default: 5.0, Min: 0.1, Max: 1000, Meaning: "half the width of the box outside which the map is a line"},
		},
		Build: func(s setting.Values) (Elementwise, error) {
			return UnconstrainedMonotonic{Units: s.Int("units"), Nodes: s.Int("nodes"), Bound: s.Float("bound")}, nil
		},
	}
}
