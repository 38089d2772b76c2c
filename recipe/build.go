package recipe

import (
	"fmt"
	"slices"

	"flowcert/flow"
	"flowcert/internal/usage"
	"flowcert/nn"
)

// Build returns the flow for points of dim columns given a condition of so many, with
// its starting weights. Parts that do not fit together, or not these columns, are a
// *usage.Error with their line.
func (f *Flow) Build(dim, condition int, seed uint64) (flow.Distribution, error) {
	b := builder{f, dim, condition, seed, map[string]int{}}
	if condition > 0 && !f.conditional(f.Layers) {
		return flow.Distribution{}, usage.Errorf("flow %q has no layer that depends on a condition: give it one with a network, such as a coupling", f.in.File)
	}
	layers, err := b.layers(f.Layers)
	if err != nil {
		return flow.Distribution{}, err
	}
	kind, _, _ := f.kinds.base(f.Base.Kind)
	base, err := kind.Build(flow.Place{Name: "base", Dim: dim, Condition: condition, Seed: seed}, f.Base.Settings)
	if err != nil {
		return flow.Distribution{}, b.errorf(f.Base, err)
	}
	return flow.Distribution{Base: base, Bijector: flow.NewChain(layers...), Condition: condition}, nil
}

// conditional reports whether any of the layers depends on a condition.
func (f *Flow) conditional(layers []Layer) bool {
	return slices.ContainsFunc(layers, func(l Layer) bool {
		kind, _, _ := f.kinds.layer(l.Kind)
		return kind.Conditional || f.conditional(l.Layers)
	})
}

type builder struct {
	flow           *Flow
	dim, condition int
	seed           uint64
	counts         map[string]int
}

func (b builder) errorf(p Part, err error) error {
	if p.line == 0 { // a default
		return fmt.Errorf("%q: %w", p.Kind, err)
	}
	return b.flow.in.Errorf(p.line, "%q: %w", p.Kind, err)
}

func (b builder) layers(list []Layer) ([]flow.Bijector, error) {
	var all []flow.Bijector
	for _, l := range list {
		if l.Layers == nil {
			bijector, err := b.layer(l.Part)
			if err != nil {
				return nil, err
			}
			all = append(all, bijector)
			continue
		}
		for range max(l.Repeat, 1) {
			inner, err := b.layers(l.Layers)
			if err != nil {
				return nil, err
			}
			if l.Repeat == 0 {
				inner = []flow.Bijector{flow.Invert(flow.NewChain(inner...))}
			}
			all = append(all, inner...)
		}
	}
	return all, nil
}

func (b builder) layer(p Part) (flow.Bijector, error) {
	kind, _, _ := b.flow.kinds.layer(p.Kind)
	number := b.counts[p.Kind]
	b.counts[p.Kind]++
	place := flow.Place{
		Name: fmt.Sprintf("%s.%d", p.Kind, number), Number: number,
		Dim: b.dim, Condition: b.condition, Seed: b.seed,
	}
	if p.Transform != nil {
		transform, _, _ := b.flow.kinds.transformer(p.Transform.Kind)
		var err error
		if place.Transformer, err = transform.Build(p.Transform.Settings); err != nil {
			return nil, b.errorf(*p.Transform, err)
		}
	}
	if p.Network != nil {
		var err error
		if place.Architecture, err = nn.NewArchitecture(p.Network); err != nil {
			return nil, b.errorf(p, err)
		}
	}
	bijector, err := kind.Build(place, p.Settings)
	if err != nil {
		return nil, b.errorf(p, err)
	}
	return bijector, nil
}
