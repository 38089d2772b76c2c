package catalog_test

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/data"
	"flowcert/density"
	"flowcert/density/densitytest"
	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/probe"
)

// quick are settings under which a model is small and fitted in seconds: the laws
// hold for any weights, but the trivial ones of an unfitted model would hide faults.
var quick = map[string]string{"steps": "60", "couplings": "2", "layers": "1", "hidden": "16", "bins": "4",
	"units": "4", "depth": "1", "components": "4", "flows_in_chain": "1", "steps_of_flow": "2", "polynomials": "1", "degree": "3", "flows": "2", "nodes": "8"}

// planted are the models in which faults are planted always, and not only in the long
// stage: one with a latent code, one without, and a flow.
var planted = map[string]bool{"gaussian": true, "mixture": true, "realnvp": true}

var long = flag.Bool("long", false, "plant faults in every model")

// small returns those of the quick settings that the model has.
func small(e model.Entry) map[string]any {
	given := map[string]any{}
	for _, s := range e.Settings {
		if value, ok := quick[s.Name]; ok {
			given[s.Name] = value
		}
	}
	return given
}

func TestEveryModelObeysTheLaws(t *testing.T) {
	split, err := data.Moons().(data.Resizer).WithRows(2000, 500, 10).Split(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range catalog.Models() {
		t.Run(entry.Name, func(t *testing.T) {
			t.Parallel()
			settings, err := entry.Resolve(small(entry))
			if err != nil {
				t.Fatal(err)
			}
			fitter := entry.Fitter(settings)
			fitted, _, err := fitter.Fit(context.Background(), split.Train, split.Validation, density.FitOptions{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			restored, err := entry.Restore(2, 0, settings, fitted.Tensors())
			if err != nil {
				t.Fatal(err)
			}
			testInverse32(t, entry, restored, split.Train)
			if *long || planted[entry.Name] {
				densitytest.Test(t, restored)
			} else if err := densitytest.Check(restored); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEveryModelIsDescribed(t *testing.T) {
	var names []string
	for _, e := range catalog.Models() {
		names = append(names, e.Name)
		if e.Title == "" || e.Family == "" || !sentence(e.Summary) {
			t.Errorf("model %q lacks a title, a family or one sentence of summary", e.Name)
		}
		if _, err := e.Resolve(nil); err != nil {
			t.Errorf("model %q does not accept its own defaults: %v", e.Name, err)
		}
		for _, s := range e.Settings {
			if s.Meaning == "" {
				t.Errorf("model %q: setting %q lacks a meaning", e.Name, s.Name)
			}
		}
	}
	distinct(t, "model", names)
}

func TestEverySetIsDescribed(t *testing.T) {
	var names []string
	for _, set := range catalog.Data() {
		info := set.Info()
		names = append(names, info.Name)
		if info.Title == "" || info.Source == "" {
			t.Errorf("data set %q lacks a title or a source", info.Name)
		}
		_, generated := set.(data.Truth)
		if generated != (info.Entropy != nil) {
			t.Errorf("data set %q has a truth without its entropy, or the reverse", info.Name)
		}
		if !generated && info.Licence == "" {
			t.Errorf("data set %q was made by others and has no licence", info.Name)
		}
		distinct(t, "column of "+info.Name, info.Columns)
		found, err := catalog.OpenData(info.Name, data.CSVOptions{})
		if err != nil || found.Info().Name != info.Name {
			t.Errorf("data set %q is not found by its name: %v", info.Name, err)
		}
	}
	distinct(t, "data set", names)
}

func TestEveryTargetIsDescribed(t *testing.T) {
	var names []string
	for _, target := range catalog.Targets() {
		info := target.Info()
		names = append(names, info.Name)
		if info.Title == "" || info.Source == "" || !sentence(info.Summary) {
			t.Errorf("target %q lacks a title, a source or one sentence of summary", info.Name)
		}
		found, err := catalog.OpenTarget(strings.ToUpper(info.Name))
		if err != nil || found.Name() != info.Name {
			t.Errorf("target %q is not found by its name: %v", info.Name, err)
		}
	}
	distinct(t, "target", names)
	var bad *usage.Error
	if _, err := catalog.OpenTarget("u5"); !errors.As(err, &bad) || !strings.Contains(err.Error(), `did you mean "u1"`) {
		t.Errorf("u5: got %v", err)
	}
}

// Every line of the certificate's format that rests on evidence is carried by exactly
// one claim, and the claims carry no others.
func TestClaimsCarryEveryLine(t *testing.T) {
	var names, carried, want []string
	for _, c := range catalog.Claims() {
		names = append(names, c.Name)
		carried = append(carried, c.Lines...)
	}
	for _, l := range cert.Lines() {
		if l.Bases != nil {
			want = append(want, l.ID)
		}
	}
	slices.Sort(carried)
	slices.Sort(want)
	if !slices.Equal(carried, want) {
		t.Errorf("claims carry %q\nthe format has %q", carried, want)
	}
	distinct(t, "claim", names)
}

func TestProbesSayWhyTheyAreAbsent(t *testing.T) {
	empty := probe.Roots{Sys: fstest.MapFS{}, Proc: fstest.MapFS{}}
	var names []string
	for _, p := range catalog.Probes(empty) {
		names = append(names, p.Name)
		if p.Unit == "" || p.Meaning == "" {
			t.Errorf("probe %q lacks a unit or a meaning", p.Name)
		}
		if absent := p.Name == "process" || p.Name == "rapl"; absent && p.Absent == "" {
			t.Errorf("probe %q is said to work without the files that it reads", p.Name)
		}
	}
	distinct(t, "probe", names)
}

func TestOpenDataRefuses(t *testing.T) {
	for name, want := range map[string]string{
		"mons":       `did you mean "moons"?`,
		"no/such":    "no such file",
		"absent.csv": "no such file",
	} {
		_, err := catalog.OpenData(name, data.CSVOptions{})
		var bad *usage.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want a usage error with %q", name, err, want)
		}
	}
	for _, o := range []data.CSVOptions{{Drop: []string{"1"}}, {Weights: "1"}} {
		if _, err := catalog.OpenData("iris", o); err == nil {
			t.Errorf("an embedded set is read with %+v", o)
		}
	}
	if _, err := catalog.OpenData(filepath.Join("..", "data", "embedded", "iris.csv"), data.CSVOptions{}); err != nil {
		t.Errorf("a file is not opened: %v", err)
	}
}

func TestFindModelSuggests(t *testing.T) {
	_, err := model.Find(catalog.Models(), "real-nvp")
	if err == nil || !strings.Contains(err.Error(), `"realnvp"`) {
		t.Errorf("got %v, want the suggestion realnvp", err)
	}
}

func sentence(s string) bool {
	return strings.HasSuffix(s, ".") && strings.Count(s, ". ") == 0 && !strings.Contains(s, "\n")
}

func distinct(t *testing.T, what string, names []string) {
	t.Helper()
	if len(names) == 0 {
		t.Errorf("there is no %s", what)
	}
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] || name == "" {
			t.Errorf("two are called %s %q, or one has no name", what, name)
		}
		seen[name] = true
	}
}
