// Package recipe reads descriptions of flows: which layers, in which order, with
// which settings, and how they are trained. A description is YAML or JSON:
//
//	title: A flow of mine          # all four are optional
//	summary: What it is good for.
//	settings:                      # values that the user may set, used below as $name
//	  couplings: {type: int, default: 8, min: 1, max: 64, meaning: coupling layers}
//	base: normal
//
//	layers:                        # from the data to the latent side
//	  - repeat: $couplings
//	    layers:
//	      - coupling:
//	          transform: {rational-quadratic: {bins: 8}}
//	          network: {hidden: [64, 64]}
//	      - shuffle
//	  - inverse:                   # layers taken the other way round
//	      - autoregressive: {transform: affine}
//	training: {steps: 4000, batch: 256} # the user may set these too
//
// A layer, a transformation or a base is its name, or its name with settings. What
// is left out has its default; what is unknown or out of range is refused with its
// line. A resolved description, with every value in place, is stored as JSON beside
// the weights, and is itself a description.
package recipe

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"flowcert/flow"
	"flowcert/internal/document"
	"flowcert/setting"
)

// Kinds are the parts that descriptions can name.
type Kinds struct {
	Layers       []flow.Kind
	Transformers []flow.ElementwiseKind
	Bases        []flow.BaseKind
}

// Recipe is a description whose settings are open.
type Recipe struct {
	// Name is that of the file, without its extension.
	Name, Title, Summary string
	// Settings are those that the description declares, and those of the training.
	Settings []setting.Setting
	declared []setting.Setting
	in       document.Reader
	root     *yaml.Node
	kinds    Kinds
}

// Flow is a resolved description.
type Flow struct {
	Title, Summary string
	// Columns is what is done to the data before the first layer: "whiten",
	// "standardise" or "none".
	Columns string
	// Flows is the number of flows, alike but for their starting weights, whose
	// mixture with learned weights is the model; 1 is a single flow.
	Flows    int
	Base     Part
	Layers   []Layer
	Training setting.Values
	in       document.Reader
	kinds    Kinds
}

// Layer is one layer, or layers that are repeated or taken the other way round.
type Layer struct {
	Part
	// Layers are those inside; a single layer has none.
	Layers []Layer
	// Repeat is how often they come; 0 means that they are inverted.
	Repeat int
}

// Part is a layer, a transformation or a base, and its settings.
type Part struct {
	Kind     string
	Settings setting.Values
	// Transform and Network are there if the kind takes them.
	Transform *Part
	Network   setting.Values
	line      int
}

// layer returns the kind of layer of a name, and all names.
func (k Kinds) layer(word string) (kind flow.Kind, names []string, ok bool) {
	return find(k.Layers, func(k flow.Kind) string { return k.Name }, word)
}

// transformer returns the kind of transformation of a name, and all names.
func (k Kinds) transformer(word string) (kind flow.ElementwiseKind, names []string, ok bool) {
	return find(k.Transformers, func(k flow.ElementwiseKind) string { return k.Name }, word)
}

// base returns the kind of base of a name, and all names.
func (k Kinds) base(word string) (kind flow.BaseKind, names []string, ok bool) {
	return find(k.Bases, func(k flow.BaseKind) string { return k.Name }, word)
}

func find[T any](items []T, name func(T) string, word string) (item T, names []string, ok bool) {
	for _, i := range items {
		names = append(names, name(i))
	}
	if at := slices.Index(names, word); at >= 0 {
		return items[at], names, true
	}
	return item, names, false
}
