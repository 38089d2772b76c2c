package nn

import (
	"fmt"

	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/setting"
)

// Architecture is the form of a conditioner network, whatever it is used for.
type Architecture struct {
	// Hidden are the widths of the hidden layers.
	Hidden []int
	// Residual networks add to each hidden layer what comes two layers later (He et
	// al., Deep Residual Learning, 2016, with the activation first); Hidden then names
	// the width of every block, all the same.
	Residual bool
	// Activation follows each hidden layer: "relu", "tanh" or "silu"; "" is "relu".
	Activation string
	// Dropout is the share of the hidden units that are left out at random in training.
	Dropout float64
}

// Settings are those of a network in a description of a flow.
func Settings() []setting.Setting {
	return []setting.Setting{
		{Name: "kind", Type: setting.Word, Default: "mlp", Choices: []string{"mlp", "residual"}, Meaning: "layer after layer, or blocks of two layers with a bypass"},
		{Name: "hidden", Type: setting.Ints, Default: []int{64, 64}, Min: 1, Max: 4096, Meaning: "widths of the hidden layers, or of the blocks, which must be equal"},
		{Name: "activation", Type: setting.Word, Default: "relu", Choices: []string{"relu", "tanh", "silu"}, Meaning: "what follows each hidden layer"},
		{Name: "dropout", Type: setting.Float, Default: 0.0, Min: 0, Max: 0.9, Meaning: "share of the hidden units that are left out at random in training"},
	}
}

// NewArchitecture returns the architecture of resolved settings, or an error if the
// widths of a residual network differ.
func NewArchitecture(v setting.Values) (Architecture, error) {
	a := Architecture{Hidden: v.Ints("hidden"), Residual: v.Word("kind") == "residual", Activation: v.Word("activation"), Dropout: v.Float("dropout")}
	for _, width := range a.Hidden {
		if a.Residual && width != a.Hidden[0] {
			return a, fmt.Errorf("a residual network has blocks of the widths %v: want equal ones", a.Hidden)
		}
	}
	return a, nil
}

// Conditioner returns a network of in inputs and out outputs. The hidden weights are
// drawn as He et al. (Delving Deep into Rectifiers, 2015) propose, keyed by seed and
// name, whatever the activation; biases and the last layer are zero, so that a flow
// whose map is the identity at zeros starts as the identity.
func (a Architecture) Conditioner(name string, seed uint64, in, out int) Conditioner {
	return newMLP(name, seed, in, out, a)
}

// Masked returns a network of the condition's columns and, after them, dim ordered
// inputs. It has dim groups of groupSize outputs, of which group i depends on the
// condition and the first i inputs alone. Its weights start as Conditioner's do.
func (a Architecture) Masked(name string, seed uint64, dim, condition, groupSize int) *MADE {
	return newMADE(name, seed, dim, condition, groupSize, a)
}

// fused returns what a dense layer does itself of the activation.
func (a Architecture) fused() kernel.Activation {
	switch a.Activation {
	case "tanh":
		return kernel.Tanh
	case "silu":
		return kernel.Identity
	}
	return kernel.ReLU
}

// rest records what fused leaves to be done, and dropout.
func (a Architecture) rest(t *ad.Tape, x ad.Value) ad.Value {
	if a.Activation == "silu" {
		x = t.Mul(x, t.Sigmoid(x))
	}
	if a.Dropout > 0 {
		x = t.Dropout(x, a.Dropout)
	}
	return x
}

// activate records the whole activation.
func (a Architecture) activate(t *ad.Tape, x ad.Value) ad.Value {
	switch a.fused() {
	case kernel.Tanh:
		x = t.Tanh(x)
	case kernel.ReLU:
		x = t.ReLU(x)
	}
	return a.rest(t, x)
}

// layers returns the widths of all hidden dense layers: a block has two, after one
// that brings the inputs to its width.
func (a Architecture) layers() []int {
	if !a.Residual {
		return a.Hidden
	}
	all := []int{a.Hidden[0]}
	for _, width := range a.Hidden {
		all = append(all, width, width)
	}
	return all
}

// apply records a network of the given dense layers, of which the last makes the
// output.
func (a Architecture) apply(t *ad.Tape, x ad.Value, last int, layer func(x ad.Value, i int, a kernel.Activation) ad.Value) ad.Value {
	x = t.SoftClip(x, inputBound)
	if a.Residual {
		x = layer(x, 0, kernel.Identity)
		for i := 1; i < last; i += 2 {
			h := a.rest(t, layer(a.activate(t, x), i, a.fused()))
			x = t.Add(x, layer(h, i+1, kernel.Identity))
		}
		return layer(a.activate(t, x), last, kernel.Identity)
	}
	for i := range last {
		x = a.rest(t, layer(x, i, a.fused()))
	}
	return layer(x, last, kernel.Identity)
}
