package model

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/usage"
	"flowcert/recipe"
	"flowcert/setting"
	"flowcert/train"
)

//go:embed presets
var presets embed.FS

// Preset returns the entry of a description that comes with the program. It panics
// if there is none of that name.
func Preset(name string, kinds recipe.Kinds) Entry {
	text, err := presets.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		panic(fmt.Sprintf("model: no preset %q", name))
	}
	e, err := FlowEntry(name, text, kinds)
	if err != nil {
		panic(fmt.Sprintf("model: preset %q: %v", name, err))
	}
	return e
}

// FlowEntry returns the entry of a description of a flow (see package recipe), which
// is fitted by maximum likelihood. Errors about the text are *usage.Error.
func FlowEntry(name string, text []byte, kinds recipe.Kinds) (Entry, error) {
	r, err := recipe.Parse(name, text, kinds)
	if err != nil {
		return Entry{}, err
	}
	f, err := r.Resolve(nil)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Name: name, Title: r.Title, Family: f.Family(), Summary: r.Summary, Settings: r.Settings, Text: string(text), recipe: r}
	if e.Title == "" {
		e.Title = name
	}
	if e.Summary == "" {
		e.Summary = "A flow described by its user."
	}
	e.Fitter = func(s setting.Values) density.Fitter { return flowFitter{r, s} }
	e.Restore = func(dim, condition int, s setting.Values, tensors []density.Tensor) (density.Model, error) {
		f, err := r.Resolve(s)
		if err != nil {
			return nil, err
		}
		return restoreFlow(f, dim, condition, tensors)
	}
	e.Cost = func(dim int, s setting.Values) (density.Cost, error) {
		f, err := r.Resolve(s)
		if err != nil {
			return density.Cost{}, err
		}
		flows, err := build(f, dim, 0, 0)
		if err != nil {
			return density.Cost{}, err
		}
		if len(flows) > 1 {
			return density.FlowMixtureCost(mixture(flows)), nil
		}
		return density.FlowCost(flows[0]), nil
	}
	return e, nil
}

// Reverse returns the fit of the flow, with its starting weights, to a target without
// rows: nothing is done to the columns, and the target's power rises over the first
// quarter of the steps. A model that is no single flow is a *usage.Error.
func (e Entry) Reverse(t train.Target, s setting.Values, seed uint64) (train.Reverse, error) {
	if e.recipe == nil {
		return train.Reverse{}, usage.Errorf("model %q is no flow, and only flows are fitted to targets: see \"flowcert list models\"", e.Name)
	}
	f, err := e.recipe.Resolve(s)
	if err != nil {
		return train.Reverse{}, err
	}
	flows, err := build(f, t.Dim(), 0, seed)
	if err != nil {
		return train.Reverse{}, err
	}
	if len(flows) > 1 {
		return train.Reverse{}, usage.Errorf("model %q is a mixture of flows, and only single flows are fitted to targets: see \"flowcert list models\"", e.Name)
	}
	schedule := train.NewSchedule(f.Training)
	return train.Reverse{Distribution: flows[0], Target: t, Schedule: schedule, Anneal: schedule.Steps / 4}, nil
}

// describe returns the resolved description that is stored beside the weights; nil if the
// model is no flow. A flow that is fitted to a target has its columns as they are.
func (e Entry) describe(s setting.Values, target bool) (json.RawMessage, error) {
	if e.recipe == nil {
		return nil, nil
	}
	f, err := e.recipe.Resolve(s)
	if err != nil {
		return nil, err
	}
	if target {
		f.Columns = "none"
	}
	return json.Marshal(f)
}

// flowFitter fits the flow of a description.
type flowFitter struct {
	recipe   *recipe.Recipe
	settings setting.Values
}

// Fit implements density.Fitter.
func (f flowFitter) Fit(ctx context.Context, rows, validation *mat.Dense, o density.FitOptions) (density.Model, density.Report, error) {
	described, err := f.recipe.Resolve(f.settings)
	if err != nil {
		return nil, density.Report{}, err
	}
	_, dim := rows.Dims()
	condition := 0
	if o.TrainCondition != nil {
		_, condition = o.TrainCondition.Dims()
	}
	flows, err := build(described, dim, condition, o.Seed)
	if err != nil {
		return nil, density.Report{}, err
	}
	var inner density.Fitter = train.Flow{Distribution: flows[0], Schedule: train.NewSchedule(described.Training)}
	if len(flows) > 1 {
		inner = train.FlowMixture{Mixture: mixture(flows), Schedule: train.NewSchedule(described.Training)}
	}
	return columns(described, inner).Fit(ctx, rows, validation, o)
}

// build returns the flows of a description, each with starting weights of its own.
func build(f *recipe.Flow, dim, condition int, seed uint64) ([]flow.Distribution, error) {
	var flows []flow.Distribution
	for k := range f.Flows {
		d, err := f.Build(dim, condition, seed+uint64(k)<<32)
		if err != nil {
			return nil, err
		}
		flows = append(flows, d)
	}
	return flows, nil
}

func mixture(flows []flow.Distribution) *flow.Mixture { return flow.NewMixture("mixture", flows...) }

// columns prepares the columns for a fitter as the description says.
func columns(f *recipe.Flow, inner density.Fitter) density.Fitter {
	switch f.Columns {
	case "whiten":
		return density.Whiten(inner)
	case "standardise":
		return density.Standardise(inner)
	}
	return inner
}

func restoreFlow(f *recipe.Flow, dim, condition int, tensors []density.Tensor) (density.Model, error) {
	restore := func(rest []density.Tensor) (density.Model, error) {
		flows, err := build(f, dim, condition, 0)
		if err != nil {
			return nil, err
		}
		if len(flows) > 1 {
			return density.RestoreFlowMixture(mixture(flows), rest)
		}
		return density.RestoreFlow(flows[0], rest)
	}
	switch f.Columns {
	case "whiten":
		return density.RestoreWhitened(dim, tensors, restore)
	case "standardise":
		return density.RestoreStandardised(dim, tensors, restore)
	}
	return restore(tensors)
}
