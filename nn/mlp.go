// Package nn holds the conditioner networks: they turn the variables that a layer
// leaves alone, and the condition, into the parameters of the layer's map.
package nn

import (
	"fmt"
	"math"

	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
)

// Conditioner is a network from In to Out columns.
type Conditioner interface {
	// Apply records the network's output for x.
	Apply(t *ad.Tape, x ad.Value) ad.Value
	// Params returns the weights in a fixed order.
	Params() []*ad.Param
}

// mlp is a multilayer perceptron, or a residual network.
type mlp struct {
	weights, biases []*ad.Param
	architecture    Architecture
}

func newMLP(name string, seed uint64, in, out int, a Architecture) *mlp {
	m := &mlp{architecture: a}
	hidden := a.layers()
	for i, width := range append(append([]int(nil), hidden...), out) {
		w := ad.NewParam(fmt.Sprintf("%s.%d.weight", name, i), width, in)
		if i < len(hidden) {
			r, deviation := random.New(seed, w.Name, 0, 0), math.Sqrt(2/float64(max(in, 1)))
			for j := range w.Data {
				w.Data[j] = float32(deviation * r.NormFloat64())
			}
		}
		m.weights = append(m.weights, w)
		m.biases = append(m.biases, ad.NewParam(fmt.Sprintf("%s.%d.bias", name, i), 1, width))
		in = width
	}
	return m
}

// inputBound is where the network's inputs are clipped, softly, in units of the
// data's standard deviation. A bounded input bounds the output, so that a row far
// out is shifted and scaled like the rows at the rim instead of being flung away
// layer by layer.
const inputBound = 5

// Apply records the network's output for x.
func (m *mlp) Apply(t *ad.Tape, x ad.Value) ad.Value {
	return m.architecture.apply(t, x, len(m.weights)-1, func(x ad.Value, i int, a kernel.Activation) ad.Value {
		return t.Dense(x, m.weights[i], m.biases[i], a)
	})
}

// Params returns weight and bias of every layer, the first layer first.
func (m *mlp) Params() []*ad.Param { return byLayer(m.weights, m.biases) }

func byLayer(weights, biases []*ad.Param) []*ad.Param {
	var all []*ad.Param
	for i := range weights {
		all = append(all, weights[i], biases[i])
	}
	return all
}
