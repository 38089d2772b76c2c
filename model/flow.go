package model

import (
	"fmt"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/nn"
	"flowcert/setting"
	"flowcert/train"
)

// builder makes a flow for vectors of dim entries with its starting weights.
type builder func(dim int, seed uint64) flow.Bijector

// couplingSettings are those that every coupling flow has.
func couplingSettings(couplings, hidden int) []setting.Setting {
	return append([]setting.Setting{
		{Name: "couplings", Type: "int", Default: couplings, Min: 1, Max: 64, Meaning: "coupling layers"},
		{Name: "hidden", Type: "int", Default: hidden, Min: 1, Max: 4096, Meaning: "units in each of the conditioner's two hidden layers"},
	}, trainingSettings()...)
}

// trainingSettings are those that every flow has.
func trainingSettings() []setting.Setting {
	return []setting.Setting{
		{Name: "steps", Type: "int", Default: 4000, Min: 1, Max: 10_000_000, Meaning: "largest number of steps of Adam"},
		{Name: "batch", Type: "int", Default: 256, Min: 1, Max: 1 << 20, Meaning: "rows per step"},
		{Name: "rate", Type: "float", Default: 2e-3, Min: 1e-8, Max: 1, Meaning: "largest learning rate; it falls to 0 along half a cosine"},
		{Name: "patience", Type: "int", Default: 50, Min: 1, Max: 1_000_000, Meaning: "epochs without a new best validation score that end the training"},
	}
}

func schedule(s setting.Values) train.Schedule {
	return train.Schedule{
		Steps: s.Int("steps"), Batch: s.Int("batch"), Rate: s.Float("rate"), Patience: s.Int("patience"),
	}
}

// coupled returns the builder of a flow of couplings that map the two halves of
// the columns in turn, with a fixed shuffle of the columns after each pair.
func coupled(s setting.Values, transformer flow.Elementwise) builder {
	return func(dim int, seed uint64) flow.Bijector {
		var layers []flow.Bijector
		for i := range s.Int("couplings") {
			first := i%2 == 1
			if i > 0 && !first && dim > 2 {
				layers = append(layers, flow.Shuffle(dim, i))
			}
			in, out := flow.CouplingWidths(dim, first, transformer)
			net := nn.NewMLP(fmt.Sprintf("coupling.%d", i), seed, in, []int{s.Int("hidden"), s.Int("hidden")}, out)
			layers = append(layers, flow.NewCoupling(dim, first, transformer, net))
		}
		return flow.NewChain(layers...)
	}
}

// autoregressiveSettings are those that every autoregressive flow has.
func autoregressiveSettings() []setting.Setting {
	return append([]setting.Setting{
		{Name: "layers", Type: "int", Default: 5, Min: 1, Max: 64, Meaning: "autoregressive layers"},
		{Name: "hidden", Type: "int", Default: 64, Min: 1, Max: 4096, Meaning: "units in each of the network's two hidden layers"},
	}, trainingSettings()...)
}

// autoregressive returns the builder of a flow of autoregressive layers that take
// the columns in turn in order and in reverse.
func autoregressive(s setting.Values, transformer flow.Elementwise) builder {
	return func(dim int, seed uint64) flow.Bijector {
		var layers []flow.Bijector
		for i := range s.Int("layers") {
			if i > 0 {
				layers = append(layers, flow.Reverse(dim))
			}
			net := nn.NewMADE(fmt.Sprintf("autoregressive.%d", i), seed, dim, 0, []int{s.Int("hidden"), s.Int("hidden")}, transformer.Params())
			layers = append(layers, flow.NewAutoregressive(dim, transformer, net))
		}
		return flow.NewChain(layers...)
	}
}

// flowEntry completes the entry of a flow: it is fitted on whitened columns.
func flowEntry(e Entry, build func(setting.Values) builder) Entry {
	e.Fitter = func(s setting.Values) density.Fitter {
		return density.Whiten(train.Flow{Build: build(s), Schedule: schedule(s)})
	}
	e.Restore = func(dim int, s setting.Values, tensors []density.Tensor) (density.Model, error) {
		return density.RestoreWhitened(dim, tensors, func(rest []density.Tensor) (density.Model, error) {
			return density.RestoreFlow(build(s)(dim, 0), rest)
		})
	}
	e.Cost = func(dim int, s setting.Values) density.Cost { return density.FlowCost(build(s)(dim, 0)) }
	return e
}
