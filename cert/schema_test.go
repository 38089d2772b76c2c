package cert

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What docs/ publishes of the format, made from this package: the JSON Schema of
// certificates, and the tables that SPEC.md refers to.

// schemaOf returns the JSON Schema of a type: objects have their fields and no others,
// and those that are not omitted when empty are required.
func schemaOf(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	case reflect.Uint64:
		return map[string]any{"type": "integer", "minimum": 0}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Interface:
		return map[string]any{}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Struct:
		return objectSchema(t)
	}
	switch t {
	case reflect.TypeFor[Strength]():
		return map[string]any{"enum": []Strength{Theorem, Proved, Bounded, Tested, Measured, Declared, NotAssessed, Refuted}}
	case reflect.TypeFor[Block]():
		return map[string]any{"enum": Blocks()}
	}
	return map[string]any{"type": "string"}
}

func objectSchema(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		properties[name] = schemaOf(t.Field(i).Type)
		switch {
		case strings.HasSuffix(name, "sha256") && name != "program_sha256":
			properties[name] = map[string]any{"type": "string", "pattern": "^[0-9a-f]{64}$"}
		case t == reflect.TypeFor[Certificate]() && name == "format":
			properties[name] = map[string]any{"const": Format}
		case t == reflect.TypeFor[Row]() && name == "id":
			properties[name] = map[string]any{"enum": lineIDs()}
		case t == reflect.TypeFor[Row]() && name == "grade":
			properties[name] = map[string]any{"type": "string", "pattern": "^[A-E](–[A-E])?$"}
		case t == reflect.TypeFor[Certificate]() && name == "rows":
			properties[name].(map[string]any)["minItems"] = len(Lines())
			properties[name].(map[string]any)["maxItems"] = len(Lines())
		case t == reflect.TypeFor[Evidence]() && name == "file":
			properties[name] = map[string]any{"type": "string", "pattern": `^evidence-[0-9a-f]{16}\.safetensors$`}
		}
		if option != "omitempty" {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func lineIDs() []string {
	var ids []string
	for _, l := range Lines() {
		ids = append(ids, l.ID)
	}
	return ids
}

// golden compares a published file with what follows from this package.
func golden(t *testing.T, path string, v any) []byte {
	t.Helper()
	text, err := encode(v, true)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if published, err := os.ReadFile(path); err != nil || !bytes.Equal(published, text) {
		t.Errorf("%s is not what follows from the package (%v): run the test with -update", path, err)
	}
	return text
}

// validator returns the published schema, compiled.
func validator(t *testing.T) (validate func(text []byte) error) {
	t.Helper()
	root := schemaOf(reflect.TypeFor[Certificate]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = Format
	root["description"] = "The form alone: that a certificate holds, its verification tells (SPEC.md)."
	text := golden(t, filepath.Join("..", "docs", "certificate.schema.json"), root)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("certificate.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("certificate.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
}

// TestSchema: the published schema takes certificates (TestVectors has more), and
// refuses what Verify refuses to read.
func TestSchema(t *testing.T) {
	validate := validator(t)
	sound, err := os.ReadFile(write(t, fixture()))
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(sound); err != nil {
		t.Error(err)
	}
	for name, edit := range map[string][2]string{
		"a later format":      {Format, "flowcert certificate 9"},
		"an unknown field":    {`"dim": 2`, `"dim": 2, "beauty": 3`},
		"a field less":        {`"dim": 2,`, ``},
		"a text for a number": {`"dim": 2`, `"dim": "2"`},
		"an unknown strength": {`"measured"`, `"guessed"`},
		"an unknown row":      {`"id": "fit.gain"`, `"id": "fit.beauty"`},
		"a grade beyond E":    {`"grade": "`, `"grade": "F`},
		"no digest":           {strings.Repeat("b2", 32), "b2"},
	} {
		altered := strings.Replace(string(sound), edit[0], edit[1], 1)
		if altered == string(sound) {
			t.Fatalf("%s: vacuous, nothing was changed", name)
		}
		if validate([]byte(altered)) == nil {
			t.Errorf("the schema takes %s", name)
		}
	}
}

// The tables of the format, as SPEC.md describes them.
type formatTables struct {
	Format   string         `json:"format"`
	Blocks   []Block        `json:"blocks"`
	Scale    GradeScale     `json:"scale"`
	Lines    []formatLine   `json:"lines"`
	Arrays   []formatArray  `json:"arrays"`
	Theorems []formatTheory `json:"theorems"`
}

type formatLine struct {
	ID        string        `json:"id"`
	Block     Block         `json:"block"`
	Statement string        `json:"statement"`
	Unit      string        `json:"unit"`
	Theory    bool          `json:"theory"`
	Bases     []formatBasis `json:"bases"`
	Open      string        `json:"open,omitempty"`
}

type formatBasis struct {
	Rule         string             `json:"rule"`
	Inputs       []string           `json:"inputs"`
	Parameters   map[string]float64 `json:"parameters,omitempty"`
	PerDimension bool               `json:"per_dimension"`
	Method       string             `json:"method"`
}

type formatArray struct {
	Name       string `json:"name"`
	Unit       string `json:"unit"`
	Meaning    string `json:"meaning"`
	PerTestRow bool   `json:"per_test_row"`
}

type formatTheory struct {
	Line       string `json:"line"`
	Family     string `json:"family"`
	Dimensions int    `json:"least_dimensions"`
	Statement  string `json:"statement"`
	Source     string `json:"source"`
}

// TestTables publishes the scale, lines, arrays and theorems, and holds SPEC.md to the rules.
func TestTables(t *testing.T) {
	scale, _ := CurrentScale()
	tables := formatTables{Format: Format, Blocks: Blocks(), Scale: scale}
	rules := map[string]bool{}
	for _, l := range Lines() {
		line := formatLine{l.ID, l.Block, l.Statement, l.Unit, l.Theory, []formatBasis{}, l.Open}
		for _, b := range l.Bases {
			rules[b.Rule] = true
			line.Bases = append(line.Bases, formatBasis(b))
		}
		tables.Lines = append(tables.Lines, line)
	}
	for _, a := range arraySpecs() {
		tables.Arrays = append(tables.Arrays, formatArray{a.name, a.unit, a.meaning, a.perTestRow})
	}
	for _, th := range theorems() {
		tables.Theorems = append(tables.Theorems, formatTheory{th.line, th.family, th.dimensions, th.statement, th.source})
	}
	golden(t, filepath.Join("..", "docs", "format-1.json"), tables)
	spec, err := os.ReadFile(filepath.Join("..", "SPEC.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		if !strings.Contains(string(spec), "**"+rule+"**") {
			t.Errorf("SPEC.md does not say what the rule %q computes", rule)
		}
	}
}
