package campaign

import (
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"flowcert/internal/usage"
)

func TestParse(t *testing.T) {
	plan, err := Parse("p.yaml", []byte(`
data:
  - moons
  - name: tables/mine.csv
    drop: [class, 4]
models:
  - gaussian
  - {name: mixture, as: mixture-3, settings: {components: 3, tolerance: 1e-5}}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := Plan{
		file: "p.yaml",
		Data: []DataItem{
			{Name: "moons", As: "moons", line: 3},
			{Name: "tables/mine.csv", Drop: []string{"class", "4"}, As: "mine", line: 4},
		},
		Models: []ModelItem{
			{Name: "gaussian", As: "gaussian", line: 7},
			{Name: "mixture", As: "mixture-3", Settings: []string{"components=3", "tolerance=1e-5"}, line: 8},
		},
		Seeds: []uint64{1},
	}
	if !reflect.DeepEqual(plan, want) {
		t.Errorf("got %+v\nwant %+v", plan, want)
	}
}

// badPlans maps a plan to a piece of the sentence that refuses it.
var badPlans = map[string]string{
	"":                                 `plan "p.yaml" is empty`,
	"data: [":                          `plan "p.yaml" is not YAML: line 1`,
	"moons":                            `plan "p.yaml", line 1: want "key: value" lines`,
	"data: [iris]":                     `names no models`,
	"models: [gaussian]\nseeds: [2]":   `names no data`,
	"data: [iris]\nmodles: [gaussian]": `line 2: unknown key "modles": did you mean "models"?`,
	"data: [iris]\ndata: [moons]\nmodels: [gaussian]":   `line 2: key "data" is there twice`,
	"data: iris\nmodels: [gaussian]":                    `line 1: want a list`,
	"data: []\nmodels: [gaussian]":                      `line 1: want a list of at least one item`,
	"data: [iris]\nmodels:\n  - [gaussian]":             `line 3: want "key: value" lines`,
	"data: [iris]\nmodels:\n  - {as: a}":                `line 3: this model has no "name"`,
	"data:\n  - {as: a}\nmodels: [gaussian]":            `line 2: this data set has no "name"`,
	"data: [iris]\nmodels: [gaussian, gaussian]":        `line 2: a second model would be kept in folder "gaussian"`,
	"data: [a/iris.csv, b/iris.csv]\nmodels: [x]":       `line 1: a second data set would be kept in folder "iris"`,
	"data: [..]\nmodels: [gaussian]":                    `line 1: ".." makes no name for a folder`,
	"data: [iris]\nmodels: [..]":                        `line 2: ".." makes no name for a folder`,
	"data: [iris]\nmodels: [x]\nseeds: [1, -1]":         `line 3: seed "-1" is not a whole number`,
	"data: [iris]\nmodels: [x]\nseeds: [1, 1]":          `names a seed twice`,
	"data: [iris]\nmodels: [x]\n---\ndata: [iris]":      `more than one YAML document`,
	"data: [iris]\nmodels: [{name: x, setings: {}}]":    `did you mean "settings"?`,
	"data: [iris]\nmodels: [{name: x, settings: [a]}]":  `line 2: want "setting: value" lines`,
	"data: [iris]\nmodels: [{name: x, settings: {a: }}": `is not YAML`,
	"data: &a [iris]\nmodels: *a":                       `line 2: want a list`,
}

func TestParseRefuses(t *testing.T) {
	for text, want := range badPlans {
		_, err := Parse("p.yaml", []byte(text))
		var bad *usage.Error
		if !errors.As(err, &bad) {
			t.Errorf("%q: got %v, want a usage error", text, err)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %q, want one line with %q", text, err, want)
		}
	}
}

// FuzzParse holds that a plan is either refused as the user's mistake or has
// cells that each lie in a folder of their own, inside the output folder.
func FuzzParse(f *testing.F) {
	f.Add(defaultPlan)
	for text := range badPlans {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		plan, err := Parse("p.yaml", text)
		if err != nil {
			var bad *usage.Error
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), `"p.yaml"`) {
				t.Fatalf("got %v, want a usage error that names the plan", err)
			}
			return
		}
		folders := map[string]bool{}
		for _, d := range plan.Data {
			for _, m := range plan.Models {
				folder := filepath.Join(d.As, m.As)
				if folders[folder] || !filepath.IsLocal(folder) || strings.Count(filepath.ToSlash(folder), "/") != 1 {
					t.Fatalf("cell in folder %q", folder)
				}
				folders[folder] = true
			}
		}
		if len(folders) == 0 || len(plan.Seeds) == 0 {
			t.Fatal("accepted a plan without cells")
		}
	})
}
