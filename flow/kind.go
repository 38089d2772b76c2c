package flow

import (
	"flowcert/nn"
	"flowcert/setting"
)

// Kind is a kind of layer that a description of a flow can name. Package catalog
// lists them all.
type Kind struct {
	// Name is what a description says, such as "planar".
	Name string
	// Summary is one plain sentence.
	Summary  string
	Settings []setting.Setting
	// Transformer and Network say whether the layer takes an elementwise
	// transformation and the architecture of a network.
	Transformer, Network bool
	// Conditional says whether the layer depends on a condition, if there is one.
	Conditional bool
	// Build returns the layer with its starting weights. Its error says what does
	// not fit together, and does not name the layer.
	Build func(p Place, s setting.Values) (Bijector, error)
}

// Place is where in a flow a layer is to be built, and from what.
type Place struct {
	// Name begins the names of the layer's parameters; no other layer has it.
	Name string
	// Number counts the layers of the same kind before this one.
	Number int
	// Dim and Condition are the numbers of columns of the points and of the condition.
	Dim, Condition int
	Seed           uint64
	// Transformer and Architecture are there if the kind takes them.
	Transformer  Elementwise
	Architecture nn.Architecture
}

// ElementwiseKind is a kind of elementwise transformation that a description of a
// flow can name.
type ElementwiseKind struct {
	Name, Summary string
	Settings      []setting.Setting
	Build         func(s setting.Values) (Elementwise, error)
}
