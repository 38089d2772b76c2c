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

// MLP is a multilayer perceptron, or a residual network.
type MLP struct {
	weights, biases []*ad.Param
	architecture    Architecture
}

// NewMLP returns a network of in inputs, the given hidden layers of rectified linear
// units and out outputs. The hidden weights are drawn as He et al. (Delving Deep into
// Rectifiers, 2015) propose, keyed by seed and name; the last layer is zero, so a flow
// that maps zeros to the identity starts as the identity.
func NewMLP(name string, seed uint64, in int, hidden []int, out int) *MLP {
	return newMLP(name, seed, in, out, Architecture{Hidden: hidden})
}

func newMLP(name string, seed uint64, in, out int, a Architecture) *MLP {
	m := &MLP{architecture: a}
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
func (m *MLP) Apply(t *ad.Tape, x ad.Value) ad.Value {
	return m.architecture.apply(t, x, len(m.weights)-1, func(x ad.Value, i int, a kernel.Activation) ad.Value {
		return t.Dense(x, m.weights[i], m.biases[i], a)
	})
}

// Params returns weight and bias of every layer, the first layer first.
func (m *MLP) Params() []*ad.Param {
	var all []*ad.Param
	for i := range m.weights {
		all = append(all, m.weights[i], m.biases[i])
	}
	return all
}
