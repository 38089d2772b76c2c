package recipe_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/usage"
	"flowcert/recipe"
)

func kinds() recipe.Kinds {
	return recipe.Kinds{
		Layers:       []flow.Kind{flow.CouplingKind(), flow.AutoregressiveKind(), flow.MarginalKind(), flow.ShuffleKind(), flow.ReverseKind()},
		Transformers: []flow.ElementwiseKind{flow.AffineKind(), flow.RationalQuadraticKind()},
		Bases:        []flow.BaseKind{flow.NormalKind(), flow.ResampledKind()},
	}
}

const whole = `title: Mine
summary: All there is.
settings:
  pairs: {type: int, default: 2, min: 1, max: 9, meaning: pairs of couplings}
  width: {type: int, default: 8, min: 1, max: 99, meaning: units}
columns: standardise
base: normal
layers:
  - repeat: $pairs
    layers:
      - coupling:
          transform: {affine: {log_scale_bound: 2}}
          network: {hidden: [$width, $width], kind: residual, activation: silu}
      - coupling:
          transform: rational-quadratic
          half: first
      - shuffle
  - inverse:
      - autoregressive: {transform: affine, network: {hidden: [$width]}}
      - reverse
training: {steps: 50, rate: 0.01}
`

func resolve(t *testing.T, text string, given map[string]any) *recipe.Flow {
	t.Helper()
	r, err := recipe.Parse("mine", []byte(text), kinds())
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Resolve(given)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBuild(t *testing.T) {
	f := resolve(t, whole, map[string]any{"pairs": "3", "steps": "70"})
	if f.Columns != "standardise" || f.Training.Int("steps") != 70 || f.Training.Float("rate") != 0.01 || f.Training.Int("batch") != 256 {
		t.Errorf("resolved to columns %q and training %v", f.Columns, f.Training)
	}
	for _, dim := range []int{1, 2, 5} {
		d, err := f.Build(dim, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, p := range d.Bijector.Params() {
			if seen[p.Name] {
				t.Errorf("two parameters are named %q", p.Name)
			}
			seen[p.Name] = true
		}
		// 3 pairs of couplings with residual networks of 6 and plain ones of 3 layers, and
		// one masked network of 2.
		if want := 2 * (3*(6+3) + 2); len(seen) != want {
			t.Errorf("%d columns: %d parameters, want %d", dim, len(seen), want)
		}
		tape := ad.NewTape()
		z, _ := d.Bijector.Forward(flow.Pass{Tape: tape}, tape.Input(dim))
		if z.Cols() != dim {
			t.Errorf("%d columns become %d", dim, z.Cols())
		}
	}
}

// TestResolvedIsADescription: what is stored beside the weights describes the same
// flow.
func TestResolvedIsADescription(t *testing.T) {
	f := resolve(t, whole, map[string]any{"width": 16})
	stored, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(resolve(t, string(stored), nil))
	if err != nil || string(again) != string(stored) {
		t.Errorf("stored as\n%s\nread as\n%s (%v)", stored, again, err)
	}
	if strings.Contains(string(stored), "$") || !strings.Contains(string(stored), `"hidden":[16,16]`) {
		t.Errorf("settings are not in place: %s", stored)
	}
}

func TestParseRefuses(t *testing.T) {
	layers := func(item string) string { return "layers:\n  - " + item + "\n" }
	for text, want := range map[string]string{
		"":                                     `flow "mine" is empty`,
		"layers: [":                            `flow "mine" is not YAML`,
		"- a":                                  `line 1: want "key: value" lines here`,
		"title: x":                             `there are no layers`,
		"layer: []":                            `line 1: unknown key "layer": did you mean "layers"?`,
		layers("couplings"):                    `line 2: unknown layer "couplings": did you mean "coupling"?`,
		layers("coupling"):                     `line 2: "coupling" has no transformation`,
		layers("repeat: 0"):                    `line 2: flow: setting "repeat" is "0": want a whole number from 1 to 1000`,
		layers("repeat: 2"):                    `line 2: there is nothing to repeat`,
		layers("inverse: []"):                  `line 2: want a list of at least one item here`,
		layers("shuffle: {evry: 2}"):           `line 2: "shuffle" has no setting "evry": did you mean "every"?`,
		layers("shuffle: {every: 0}"):          `line 2: "shuffle": setting "every" is "0": want a whole number from 1 to 64`,
		layers("marginal: {transform: afine}"): `line 2: unknown transformation "afine": did you mean "affine"?`,
		layers("coupling: {transform: affine, network: {hiden: [3]}}"):                       `"coupling": network has no setting "hiden": did you mean "hidden"?`,
		layers("coupling: {transform: affine, network: {hidden: [$w]}}"):                     `line 2: there is no setting "w"`,
		layers("shuffle") + "base: student":                                                  `line 3: unknown base "student": did you mean "normal"?`,
		layers("shuffle") + "training: {stebs: 3}":                                           `has no setting "stebs": did you mean "steps"?`,
		layers("shuffle") + "settings: {a: {type: int, default: 1, max: 2}}":                 `line 3: setting "a" has no default or no meaning`,
		layers("shuffle") + "settings: {a: {type: real, default: 1, meaning: x}}":            `line 3: setting "a" has the type "real"`,
		layers("shuffle") + "settings: {a: {type: int, default: 1, max: 2, meaning: x}}":     `nothing uses the setting "a"`,
		layers("shuffle") + "settings: {steps: {type: int, default: 1, max: 2, meaning: x}}": `line 3: setting "steps" is one of the training`,
	} {
		_, err := recipe.Parse("mine", []byte(text), kinds())
		var user *usage.Error
		if !errors.As(err, &user) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want a usage error with %q", text, err, want)
		}
	}
}

// TestBuildRefuses: what does not fit together is found when the flow is built, and
// said with its line.
func TestBuildRefuses(t *testing.T) {
	f := resolve(t, "layers:\n  - shuffle\n  - coupling:\n      transform: affine\n      network: {kind: residual, hidden: [3, 4]}\n", nil)
	_, err := f.Build(2, 0, 1)
	want := `flow "mine", line 3: "coupling": a residual network has blocks of the widths [3 4]: want equal ones`
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestFamily(t *testing.T) {
	for layers, want := range map[string]string{
		"[shuffle]": "permutation flow",
		"[{repeat: 2, layers: [{coupling: {transform: affine}}, shuffle]}]":                                         "affine coupling flow",
		"[{inverse: [{autoregressive: {transform: rational-quadratic}}]}]":                                          "spline autoregressive flow",
		"[{coupling: {transform: affine}}, {marginal: {transform: affine}}]":                                        "affine coupling and affine marginal flow",
		"[{coupling: {transform: affine}}, {marginal: {transform: affine}}, {autoregressive: {transform: affine}}]": "composed flow",
		"[shuffle]\nflows: 2":        "mixture of flows",
		"[shuffle]\nbase: resampled": "permutation flow with a resampled base",
	} {
		if got := resolve(t, "layers: "+layers, nil).Family(); got != want {
			t.Errorf("%s is a %q, want %q", layers, got, want)
		}
	}
}

// FuzzParse: no text makes the reader panic, and what it accepts it stores in a form
// that it accepts again, unchanged.
func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("layers: [shuffle]")
	f.Add("layers: [{inverse: [{marginal: {transform: affine}}]}]\nflows: 2\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := recipe.Parse("fuzz", []byte(text), kinds())
		if err != nil {
			var user *usage.Error
			if !errors.As(err, &user) {
				t.Errorf("%q: %v is no usage error", text, err)
			}
			return
		}
		first, err := r.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		again, err := recipe.Parse("fuzz", stored, kinds())
		if err != nil {
			t.Fatalf("%q is stored as %s, which is refused: %v", text, stored, err)
		}
		second, err := again.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		if twice, _ := json.Marshal(second); string(twice) != string(stored) {
			t.Errorf("%q is stored as %s and then as %s", text, stored, twice)
		}
	})
}
