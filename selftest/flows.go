package selftest

import (
	"context"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/catalog"
	"flowcert/claim"
	"flowcert/data"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/model"
	"flowcert/probe"
	"flowcert/recipe"
	"flowcert/setting"
)

// fitted is a small flow, trained for a moment on two moons, with what is needed to
// examine it.
type fitted struct {
	examination claim.Examination
	tensors     []density.Tensor
}

// steps is how long a flow is trained: to be neither trivial nor good.
const steps = 200

// moons fits one of the flows that come with the program. Adjust, if not nil, changes the
// weights afterwards.
func moons(name string, given map[string]any, adjust func([]density.Tensor)) examiner {
	return func(ctx context.Context, w *workshop) (*claim.Examination, error) {
		if _, ok := w.fitted[name]; !ok {
			f, err := fit(ctx, name, given, adjust)
			if err != nil {
				return nil, err
			}
			w.fitted[name] = f
		}
		e := w.fitted[name].examination
		return &e, nil
	}
}

func fit(ctx context.Context, name string, given map[string]any, adjust func([]density.Tensor)) (fitted, error) {
	entry, err := model.Find(catalog.Models(), name)
	if err != nil {
		return fitted{}, err
	}
	settings, err := entry.Resolve(given)
	if err != nil {
		return fitted{}, err
	}
	set := data.Moons().(data.Resizer).WithRows(400, 100, 300)
	split, err := set.Split(1)
	if err != nil {
		return fitted{}, err
	}
	gaussian, _, err := density.GaussianFitter{}.Fit(ctx, split.Train, split.Validation, density.FitOptions{})
	if err != nil {
		return fitted{}, err
	}
	m, report, err := entry.Fitter(settings).Fit(ctx, split.Train, split.Validation, density.FitOptions{Seed: 1})
	if err != nil {
		return fitted{}, err
	}
	f := fitted{tensors: m.Tensors()}
	if adjust != nil {
		adjust(f.tensors)
		if m, err = entry.Restore(m.Dim(), 0, settings, f.tensors); err != nil {
			return fitted{}, err
		}
	}
	f.examination = claim.Examination{
		Model: m, Entry: entry, Settings: settings,
		Description: model.Description{Model: name, Settings: settings, Dim: m.Dim(), Columns: set.Info().Columns, Seed: 1,
			Data: model.Data{Name: set.Info().Name, SplitSeed: 1, TrainSHA256: data.Digest(split.Train),
				ValidationSHA256: data.Digest(split.Validation), TestSHA256: data.Digest(split.Test)}},
		Info: set.Info(), Split: split, Truth: set.(data.Truth), Gaussian: gaussian,
		Report: &report, Meter: probe.NewMeter(probe.SystemRoots()),
	}
	return f, nil
}

func realNVP() examiner {
	return moons("realnvp", map[string]any{"couplings": 4, "hidden": 16, "steps": steps}, nil)
}

func spline() examiner {
	return moons("spline-coupling", map[string]any{"couplings": 2, "hidden": 16, "bins": 4, "steps": steps}, nil)
}

// flowOriginals are the flows, with faults in their maps and in what they say of them.
func flowOriginals() []original {
	const logDet, normalised, invertible = "guarantees.log_det.checked", "guarantees.normalised.checked", "guarantees.invertible.checked"
	common := []claim.Claim{claim.Likelihood(), claim.Samples(), claim.RoundTrip(), claim.LogDet()}
	integrated := append(slices.Clone(common), claim.Integral())
	return []original{
		{Flows, "RealNVP", realNVP(), common, []fault{
			{"log-det sign flipped", "Every coupling states the log-determinant of its inverse.", []string{logDet},
				layers("coupling", func(_ flow.Place, b flow.Bijector) flow.Bijector {
					return misstated{b, func(t *ad.Tape, l ad.Value) ad.Value { return t.Linear(l, -1, 0) }}
				}), nil},
			{"one log-det term dropped", "The second of four couplings leaves its log-determinant out.", []string{logDet},
				layers("coupling", func(p flow.Place, b flow.Bijector) flow.Bijector {
					if p.Number != 1 {
						return b
					}
					return misstated{b, func(*ad.Tape, ad.Value) ad.Value { return ad.Value{} }}
				}), nil},
		}},
		{Flows, "BNAF", moons("bnaf", map[string]any{"flows_in_chain": 1, "units": 4, "depth": 1, "steps": steps}, nil), integrated, []fault{
			{"BNAF that is not onto", "The network ends in a hyperbolic tangent, so its codes stay in a box; samples are drawn without it.", []string{normalised}, notOnto, nil},
		}},
		{Flows, "planar flow", moons("planar", map[string]any{"layers": 4, "steps": steps}, steepen), integrated, []fault{
			{"planar with the wrong norm", "u is corrected by w/|w| in place of w/|w|^2, which leaves w.u below -1.", []string{invertible, normalised},
				layers("planar", func(p flow.Place, b flow.Bijector) flow.Bijector { return folding{p.Dim, b, wrongNorm} }), nil},
			{"planar without its constraint", "u is not corrected at all, so w.u may be below -1 and the layer folds.", []string{invertible, normalised},
				layers("planar", func(p flow.Place, b flow.Bijector) flow.Bijector { return folding{p.Dim, b, unconstrained} }), nil},
		}},
		{Flows, "spline coupling flow", spline(), integrated, []fault{
			{"spline with a decreasing knot", "The middle knot of every spline lies below the one before it.", []string{invertible, normalised},
				splines(func(e flow.Elementwise) flow.Elementwise { return descending{e} }), nil},
		}},
		{Samplers, "spline coupling flow, its samples", spline(),
			[]claim.Claim{claim.Likelihood(), claim.Samples(), claim.Memorisation(), claim.Bridge()}, samplerFaults()},
	}
}

// layers plants a fault in the layers of one kind: the flow keeps its description and its
// weights.
func layers(kind string, plant func(flow.Place, flow.Bijector) flow.Bijector) func(*claim.Examination) error {
	return rebuilt(func(kinds recipe.Kinds) {
		k := &kinds.Layers[slices.IndexFunc(kinds.Layers, func(k flow.Kind) bool { return k.Name == kind })]
		sound := k.Build
		k.Build = func(p flow.Place, s setting.Values) (flow.Bijector, error) {
			b, err := sound(p, s)
			if err != nil {
				return nil, err
			}
			return plant(p, b), nil
		}
	})
}

// splines plants a fault in the rational-quadratic splines.
func splines(plant func(flow.Elementwise) flow.Elementwise) func(*claim.Examination) error {
	return rebuilt(func(kinds recipe.Kinds) {
		name := flow.RationalQuadraticKind().Name
		k := &kinds.Transformers[slices.IndexFunc(kinds.Transformers, func(k flow.ElementwiseKind) bool { return k.Name == name })]
		sound := k.Build
		k.Build = func(s setting.Values) (flow.Elementwise, error) {
			e, err := sound(s)
			if err != nil {
				return nil, err
			}
			return plant(e), nil
		}
	})
}

// rebuilt builds the model again from its description and weights, with other parts of the
// same names.
func rebuilt(spoil func(recipe.Kinds)) func(*claim.Examination) error {
	return func(e *claim.Examination) error {
		kinds := catalog.Kinds()
		spoil(kinds)
		entry, err := model.FlowEntry(e.Entry.Name, []byte(e.Entry.Text), kinds)
		if err != nil {
			return err
		}
		e.Model, err = entry.Restore(e.Model.Dim(), 0, e.Settings, e.Model.Tensors())
		return err
	}
}

// notOnto bounds the codes of a block autoregressive flow.
func notOnto(e *claim.Examination) error {
	// Nothing is drawn from codes outside the box, and without samples it is not seen
	// where the mass is.
	draw := e.Model.Sample
	err := layers("block-autoregressive", func(_ flow.Place, b flow.Bijector) flow.Bijector { return bounded{b} })(e)
	e.Model = sampler{e.Model, draw}
	return err
}

// steepen gives the first planar layer of a flow in the plane a short w and w.u = -4: the
// constraint, done rightly, makes an invertible layer of it.
func steepen(tensors []density.Tensor) {
	i := slices.IndexFunc(tensors, func(t density.Tensor) bool { return strings.HasSuffix(t.Name, ".parameters") })
	copy(tensors[i].F32, []float32{0.3, 0.4, -4.8, -6.4, 0})
}

// sampler is a model with other draws.
type sampler struct {
	density.Model
	draw func(n int, seed uint64, o density.Options) (*mat.Dense, error)
}

// Sample draws as the fault says.
func (s sampler) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	return s.draw(n, seed, o)
}

func samplerFaults() []fault {
	return []fault{
		{"sampler that ignores its weights", "Samples are drawn by the flow with its weights at zero.", []string{"guarantees.sampler.checked"},
			func(e *claim.Examination) error {
				tensors := e.Model.Tensors()
				for i := range tensors {
					if tensors[i].F64 == nil { // what whitens is in F64
						tensors[i].F32 = make([]float32, len(tensors[i].F32))
					}
				}
				idle, err := e.Entry.Restore(e.Model.Dim(), 0, e.Settings, tensors)
				if err != nil {
					return err
				}
				e.Model = sampler{e.Model, idle.Sample}
				return nil
			}, nil},
		{"sampler that copies training rows", "Samples are training rows, one after the other.", []string{"samples.copies"},
			func(e *claim.Examination) error {
				rows, columns := e.Split.Train.Dims()
				e.Model = sampler{e.Model, func(n int, _ uint64, _ density.Options) (*mat.Dense, error) {
					x := mat.NewDense(n, columns, nil)
					for i := range n {
						x.SetRow(i, e.Split.Train.RawRowView(i%rows))
					}
					return x, nil
				}}
				return nil
			}, nil},
	}
}

// filler takes missing values for zeros.
type filler struct{ density.Model }

// LogDensity scores rows whose holes are filled.
func (f filler) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	filled := mat.DenseCopyOf(x)
	filled.Apply(func(_, _ int, v float64) float64 {
		if math.IsNaN(v) {
			return 0
		}
		return v
	}, filled)
	return f.Model.LogDensity(filled, o)
}

// missingOriginal is a flow whose densities are of whole rows only.
func missingOriginal() original {
	return original{Answers, "a flow that has no density of a missing value", realNVP(),
		[]claim.Claim{claim.Likelihood(), claim.Stress()}, []fault{
			{"holes filled with zeros", "Missing values are taken for zeros.", []string{"numerics.missing"},
				func(e *claim.Examination) error { e.Model = filler{e.Model}; return nil }, nil},
		}}
}

// splitOriginal is a split whose parts are disjoint.
func splitOriginal() original {
	return original{Data, "rows in one part of the split only", realNVP(),
		[]claim.Claim{claim.Likelihood(), claim.Leakage()}, []fault{
			{"test rows leaked into training", "A tenth of the test rows are among the training rows.", []string{"fit.leakage"},
				func(e *claim.Examination) error {
					e.Split.Train = mat.DenseCopyOf(e.Split.Train)
					rows, _ := e.Split.Test.Dims()
					for i := range rows / 10 {
						e.Split.Train.SetRow(i, e.Split.Test.RawRowView(i))
					}
					return nil
				}, nil},
		}}
}
