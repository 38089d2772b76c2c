package catalog_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"flowcert/catalog"
	"flowcert/recipe"
)

var update = flag.Bool("update", false, "rewrite docs/flow.schema.json")

// TestSchema: the published schema is that of the kinds there are, takes every flow
// that comes with the program, and refuses what the reader refuses.
func TestSchema(t *testing.T) {
	path := filepath.Join("..", "docs", "flow.schema.json")
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(recipe.Schema(catalog.Kinds())); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if published, err := os.ReadFile(path); err != nil || !bytes.Equal(published, text.Bytes()) {
		t.Errorf("docs/flow.schema.json is not that of the kinds (%v): run the test with -update", err)
	}
	document, err := jsonschema.UnmarshalJSON(&text)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("flow.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("flow.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	flows := 0
	for _, e := range catalog.Models() {
		if e.Text == "" {
			continue
		}
		flows++
		if err := schema.Validate(decoded(t, e.Text)); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
	if flows == 0 {
		t.Error("there is no flow")
	}
	for _, bad := range []string{
		"title: nothing",
		"layers: []",
		"layers: [cupling]",
		"layers: [coupling]",
		"layers: [{coupling: {transform: affine, hidden: [3]}}]",
		"layers: [{marginal: {transform: {affine: {log_scale_bound: 0}}}}]",
		"layers: [{repeat: 0, layers: [shuffle]}]",
		"{layers: [shuffle], training: {stebs: 3}}",
	} {
		if schema.Validate(decoded(t, bad)) == nil {
			t.Errorf("the schema takes %q", bad)
		}
		if _, err := recipe.Parse("bad", []byte(bad), catalog.Kinds()); err == nil {
			t.Errorf("the reader takes %q", bad)
		}
	}
}

// decoded returns YAML as what JSON would hold.
func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
