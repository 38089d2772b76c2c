package flow

import (
	"math"

	"flowcert/ad"
	"flowcert/setting"
)

// DeepSigmoidal is the deep sigmoidal flow of Huang et al. (Neural Autoregressive
// Flows, 2018, section 3.1): Layers maps of the form
//
//	logit(sum_k w_k sigmoid(a_k x + b_k)), a_k > 0, w_k > 0, sum_k w_k = 1,
//
// of Units terms each, one after the other. Far out such a map is a line whose slope
// is the least of the a_k, which are kept above 1e-3; so it is onto the real line for
// any parameters. Value and slope are computed from logarithms of both sides of the
// logit, in which nothing saturates or cancels.
//
// At raw zeros a map is the identity to within 0.02: its first unit has a weight of
// 0.98, and the others share the rest at places of their own, so that they learn
// different things. Forward costs Layers*Units sigmoids or so, the inverse a numeric
// solution to full precision.
type DeepSigmoidal struct {
	Units, Layers int
}

// DenseSigmoidal is the deep dense sigmoidal flow of Huang et al. (2018, section 3.1):
// Layers maps
//
//	y = logit(w sigmoid(a * (u x) + b)), a > 0,
//
// between vectors of Units entries (one entry before the first and after the last
// map), where w and u are matrices of positive weights whose rows sum to 1. All of
// them are raw parameters of the conditioner: about 2 Units^2 for every layer between.
// It is onto, exact and near the identity like DeepSigmoidal, and its cost is that
// of the matrices' entries.
type DenseSigmoidal struct {
	Units, Layers int
}

// sigmoidalLayer is one map, from in entries through a number of sigmoids to out.
type sigmoidalLayer struct {
	in, units, out int
}

func (d DeepSigmoidal) layers() []sigmoidalLayer {
	layers := make([]sigmoidalLayer, d.Layers)
	for i := range layers {
		layers[i] = sigmoidalLayer{1, d.Units, 1}
	}
	return layers
}

func (d DenseSigmoidal) layers() []sigmoidalLayer {
	layers := make([]sigmoidalLayer, d.Layers)
	for i := range layers {
		layers[i] = sigmoidalLayer{d.Units, d.Units, d.Units}
	}
	layers[0].in, layers[d.Layers-1].out = 1, 1
	return layers
}

// Params returns the number of slopes, offsets and weights, 3 Units Layers.
func (d DeepSigmoidal) Params() int { return sigmoidalParams(d.layers()) }

// Forward records the layers from first to last.
func (d DeepSigmoidal) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	return sigmoidal(t, x, h, d.layers())
}

// Inverse records the numeric inverse.
func (d DeepSigmoidal) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	return solve(t, z, h, d.Forward)
}

// Params returns the number of slopes, offsets and entries of the matrices.
func (d DenseSigmoidal) Params() int { return sigmoidalParams(d.layers()) }

// Forward records the layers from first to last.
func (d DenseSigmoidal) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	return sigmoidal(t, x, h, d.layers())
}

// Inverse records the numeric inverse.
func (d DenseSigmoidal) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	return solve(t, z, h, d.Forward)
}

func sigmoidalParams(layers []sigmoidalLayer) int {
	n := 0
	for _, l := range layers {
		n += 2*l.units + l.units*l.out
		if l.in > 1 {
			n += l.in * l.units
		}
	}
	return n
}

func sigmoidal(t *ad.Tape, x, h ad.Value, layers []sigmoidalLayer) (y, logDerivative ad.Value) {
	raw, logSlope := rawOf(t, h, x), t.Constant(x.Cols(), 0)
	for _, l := range layers {
		x, logSlope = l.record(raw, x, logSlope)
	}
	return x, logSlope
}

// record maps x, in blocks, one for each entry; logSlope are the logarithms of the
// entries' derivatives, before the map and after.
func (l sigmoidalLayer) record(raw *rawParameters, x, logSlope ad.Value) (y, logSlopeOut ad.Value) {
	t, cols := raw.t, raw.cols
	a, b := knotSlope(t, raw.take(l.units)), t.Add(raw.take(l.units), constants(t, cols, l.offsets()))
	x, logSlope = l.mix(raw, x, logSlope)
	u := t.Add(t.Mul(a, x), b)
	logSlope = t.Add(t.Log(a), logSlope)

	// From here on the blocks are pairs of a unit and an output.
	w := t.LogSoftmax(t.Add(raw.take(l.units*l.out), constants(t, cols, l.weights())), l.out*cols)
	each := func(v ad.Value) ad.Value { return repeatBlocks(t, v, cols, l.out) }
	falling, rising := each(t.Softplus(u)), each(t.Softplus(t.Linear(u, -1, 0)))
	below, above := t.Sub(w, rising), t.Sub(w, falling)
	below, logBelow := t.LogNormalise(below, l.out*cols)
	above, logAbove := t.LogNormalise(above, l.out*cols)
	// With F the sum, the logit's derivative is F'/F + F'/(1-F), a sum of positive
	// terms, where F'/(F(1-F)) would cancel far out.
	terms := t.Add(
		t.Concat(t.Sub(below, falling), t.Sub(above, rising)),
		t.Repeat(each(logSlope), 2))
	return t.Sub(logBelow, logAbove), t.LogSumExp(terms, l.out*cols)
}

// mix returns what the units take: the averages of the entries with the weights u.
func (l sigmoidalLayer) mix(raw *rawParameters, x, logSlope ad.Value) (mixed, logSlopeOut ad.Value) {
	t, cols := raw.t, raw.cols
	x, logSlope = repeatBlocks(t, x, cols, l.units), repeatBlocks(t, logSlope, cols, l.units)
	if l.in == 1 {
		return x, logSlope
	}
	u := t.LogSoftmax(raw.take(l.in*l.units), l.units*cols)
	return t.SumBlocks(t.Mul(t.Exp(u), x), l.units*cols), t.LogSumExp(t.Add(u, logSlope), l.units*cols)
}

// otherWeight is the weight that the units after the first share at raw zeros, and
// otherSpread bounds their offsets: enough of both to tell the units apart, and little
// enough to leave a flow's start the Gaussian that it is compared with, to 1e-4 nats.
const otherWeight, otherSpread = 0.02, 2.0

// offsets are those of the units at raw zeros.
func (l sigmoidalLayer) offsets() []float64 {
	offsets := make([]float64, l.units)
	for k := 1; k < l.units; k++ {
		offsets[k] = otherSpread * (2*(float64(k)-0.5)/float64(l.units-1) - 1)
	}
	return offsets
}

// weights are the logarithms of the weights at raw zeros, up to a number of each
// output. The outputs differ by the unit that has twice the weight.
func (l sigmoidalLayer) weights() []float64 {
	weights := make([]float64, l.units*l.out)
	for k := 1; k < l.units; k++ {
		for i := range l.out {
			w := math.Log(otherWeight / (1 - otherWeight) / float64(l.units-1))
			if l.out > 1 && i == k {
				w += math.Ln2
			}
			weights[k*l.out+i] = w
		}
	}
	return weights
}

// DeepSigmoidalKind is the transformation "deep-sigmoidal" of descriptions.
func DeepSigmoidalKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "deep-sigmoidal",
		Summary: "A small network of sigmoids that can only increase.",
		Settings: []setting.Setting{
			{Name: "units", Type: setting.Int, Default: 8, Min: 1, Max: 256, Meaning: "sigmoids of each layer"},
			{Name: "layers", Type: setting.Int, Default: 2, Min: 1, Max: 16, Meaning: "layers, one after the other"},
		},
		Build: func(s setting.Values) (Elementwise, error) {
			return DeepSigmoidal{Units: s.Int("units"), Layers: s.Int("layers")}, nil
		},
	}
}

// DenseSigmoidalKind is the transformation "dense-sigmoidal" of descriptions.
func DenseSigmoidalKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "dense-sigmoidal",
		Summary: "A small network of sigmoids that can only increase, with all units of neighbouring layers connected.",
		Settings: []setting.Setting{
			{Name: "units", Type: setting.Int, Default: 4, Min: 1, Max: 64, Meaning: "sigmoids of each layer; the parameters grow with their square"},
			{Name: "layers", Type: setting.Int, Default: 2, Min: 1, Max: 16, Meaning: "layers, one after the other"},
		},
		Build: func(s setting.Values) (Elementwise, error) {
			return DenseSigmoidal{Units: s.Int("units"), Layers: s.Int("layers")}, nil
		},
	}
}
