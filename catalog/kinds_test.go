package catalog_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"flowcert/catalog"
	"flowcert/data"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/nn"
	"flowcert/recipe"
	"flowcert/setting"
)

// lawsOf are the laws of the layers that preserve volume, or whose domain is not the
// whole line.
var lawsOf = map[string]flowtest.Laws{
	"shuffle":          {VolumePreserving: true},
	"reverse":          {VolumePreserving: true},
	"householder":      {VolumePreserving: true},
	"orthogonal":       {VolumePreserving: true},
	"gin":              {VolumePreserving: true},
	"additive":         {VolumePreserving: true},
	"logit":            {Data: func(x float64) float64 { return 0.5 + math.Atan(x)/math.Pi }},
	"log":              {Data: math.Exp},
	"inverse-softplus": {Data: math.Exp},
	// A circle, away from where it closes: there the differences go once around.
	"circular-spline": {Spread: 1, Data: onCircle, Latent: onCircle},
}

func onCircle(x float64) float64 { return 2.5 * math.Tanh(x) }

// place returns what a layer of dim columns is built from, small.
func place(dim int, transformer flow.Elementwise) flow.Place {
	return flow.Place{Name: "layer", Number: 1, Dim: dim, Seed: 1, Transformer: transformer, Architecture: nn.Architecture{Hidden: []int{8}}}
}

// TestEveryLayerObeysTheLaws with its default settings and random parameters.
func TestEveryLayerObeysTheLaws(t *testing.T) {
	k := catalog.Kinds()
	if len(k.Layers) == 0 || len(k.Transformers) == 0 {
		t.Fatal("there are no layers or no transformations")
	}
	for _, layer := range k.Layers {
		if layer.Summary == "" || !sentence(layer.Summary) {
			t.Errorf("layer %q lacks one sentence of summary", layer.Name)
		}
		for _, dim := range []int{1, 2, 3} {
			if !layer.Transformer {
				t.Run(fmt.Sprintf("%s/%d", layer.Name, dim), func(t *testing.T) {
					t.Parallel()
					obeys(t, layer, place(dim, nil), lawsOf[layer.Name])
				})
			}
		}
	}
}

// TestEveryTransformationObeysTheLaws in every layer that takes one.
func TestEveryTransformationObeysTheLaws(t *testing.T) {
	k := catalog.Kinds()
	for _, e := range k.Transformers {
		if e.Summary == "" || !sentence(e.Summary) {
			t.Errorf("transformation %q lacks one sentence of summary", e.Name)
		}
		settings, err := setting.Resolve(e.Name, e.Settings, nil)
		if err != nil {
			t.Fatal(err)
		}
		transformer, err := e.Build(settings)
		if err != nil {
			t.Fatal(err)
		}
		for _, layer := range k.Layers {
			if !layer.Transformer {
				continue
			}
			t.Run(e.Name+"/"+layer.Name, func(t *testing.T) {
				t.Parallel()
				obeys(t, layer, place(2, transformer), lawsOf[e.Name])
			})
		}
	}
}

func obeys(t *testing.T, layer flow.Kind, p flow.Place, laws flowtest.Laws) {
	settings, err := setting.Resolve(layer.Name, layer.Settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := layer.Build(p, settings)
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Randomise(b, 1, 0.3)
	flowtest.Test(t, b, laws)
}

// TestEveryFlowObeysTheLaws before and after training.
func TestEveryFlowObeysTheLaws(t *testing.T) {
	split, err := data.Moons().(data.Resizer).WithRows(1000, 200, 10).Split(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range catalog.Models() {
		if entry.Text == "" {
			continue
		}
		t.Run(entry.Name, func(t *testing.T) {
			t.Parallel()
			given := small(entry)
			given["steps"] = 150
			r, err := recipe.Parse(entry.Name, []byte(entry.Text), catalog.Kinds())
			if err != nil {
				t.Fatal(err)
			}
			described, err := r.Resolve(given)
			if err != nil {
				t.Fatal(err)
			}
			if described.Flows > 1 {
				return // a mixture has no bijector; its flows are made of the same layers
			}
			d, err := described.Build(2, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			// Most start as the identity, of which a log-det of 0 is right.
			if err := flowtest.Check(d.Bijector, flowtest.Laws{}); err != nil {
				if err = flowtest.Check(d.Bijector, flowtest.Laws{VolumePreserving: true}); err != nil {
					t.Errorf("before training: %v", err)
				}
			}
			settings, err := entry.Resolve(given)
			if err != nil {
				t.Fatal(err)
			}
			m, _, err := entry.Fitter(settings).Fit(context.Background(), split.Train, split.Validation, density.FitOptions{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := density.RestoreWhitened(2, m.Tensors(), func(inner []density.Tensor) (density.Model, error) {
				return density.RestoreFlow(d, inner) // into d's parameters
			}); err != nil {
				t.Fatal(err)
			}
			flowtest.Test(t, d.Bijector, flowtest.Laws{})
		})
	}
}
