package export

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"flowcert/cert"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// certificate is one of made-up figures, as package cert wrote it at the time. That its
// lines are those of today does not matter here.
func certificate(t *testing.T) *cert.Certificate {
	t.Helper()
	text, err := os.ReadFile("testdata/certificate.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// awkward is a certificate of names that every form has to escape, with a refuted row.
func awkward(t *testing.T) *cert.Certificate {
	c := certificate(t)
	c.Subject.Title, c.Subject.Model = `100% of_$x^2$ & "more" \alpha{} ~ | <b>`, "- a: b # c"
	c.Data.Title, c.Data.Name, c.Data.Source = "one\ntwo", "a|b.csv", "`code` *bold* [link](x)"
	for i := range c.Rows {
		if r := &c.Rows[i]; r.ID == "guarantees.log_det.checked" {
			r.Strength, r.Reason = cert.Refuted, "case 3 is off by 0.7, more than 0.001"
		}
		if r := &c.Rows[i]; r.ID == "energy.density" { // as a meter that moves in steps gives it
			lo, hi := *r.Value-1, *r.Value+1
			r.Lo, r.Hi, r.Level = &lo, &hi, 0
		}
	}
	return c
}

func TestGoldens(t *testing.T) {
	for _, f := range Formats() {
		for name, c := range map[string]*cert.Certificate{"": certificate(t), "-awkward": awkward(t)} {
			got, err := f.Write(c)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			path := filepath.Join("testdata", f.Name+name+".golden")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s is not what is written (%v): look at the difference after -update", path, err)
			}
		}
	}
}

// TestNothingIsLost looks for every row in every form: its figure with all digits, and
// that it is not assessed or refuted where it is.
func TestNothingIsLost(t *testing.T) {
	c := awkward(t)
	texts := map[string][]string{}
	for _, f := range Formats() {
		text, err := f.Write(c)
		if err != nil {
			t.Fatal(err)
		}
		texts[f.Name] = strings.Split(string(text), "\n")
	}
	has := func(format string, words ...string) {
		t.Helper()
		for _, line := range texts[format] {
			found := true
			for _, w := range words {
				found = found && strings.Contains(line, w)
			}
			if found {
				return
			}
		}
		t.Errorf("%s has no line with %q", format, words)
	}
	for _, r := range c.Rows {
		strength := string(r.Strength)
		for _, format := range []string{"markdown", "huggingface"} {
			has(format, markdown(r.ID), markdown(figure(r)), markdown(interval(r)), strength)
		}
		has("latex", latex(r.Statement), latexFigure(r), latexInterval(r), strength)
		has("cyclonedx", `"value": "`+strings.TrimPrefix(figure(r)+"; ", "; "), strength)
		if r.Value != nil && r.Lo != nil && r.Level == 0 {
			has("cyclonedx", figure(r)+"; "+interval(r))
		}
		if r.Strength == cert.NotAssessed && figure(r) != "not assessed" {
			t.Errorf("%s: figure %q", r.ID, figure(r))
		}
	}
}

func TestHuggingFaceFrontMatter(t *testing.T) {
	c := awkward(t)
	text, err := HuggingFace(c)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitN(string(text), "---\n", 3)
	var front struct {
		ModelIndex []struct {
			Name    string
			Results []struct {
				Dataset struct{ Type, Name string }
				Metrics []struct {
					Type, Name string
					Value      any
				}
			}
		} `yaml:"model-index"`
	}
	if err := yaml.Unmarshal([]byte(parts[1]), &front); err != nil {
		t.Fatal(err)
	}
	index := front.ModelIndex[0]
	if index.Name != c.Subject.Model || index.Results[0].Dataset.Name != c.Data.Title {
		t.Errorf("read back as %q on %q", index.Name, index.Results[0].Dataset.Name)
	}
	metrics := map[string]any{}
	for _, m := range index.Results[0].Metrics {
		if m.Type == "" || m.Name == "" {
			t.Errorf("metric %+v", m)
		}
		metrics[m.Type] = m.Value
	}
	for _, r := range c.Rows {
		value, ok := metrics[r.ID]
		if r.Value == nil && r.Lo == nil {
			if ok {
				t.Errorf("%s has no figure, but the metric %v", r.ID, value)
			}
			continue
		}
		if r.Value == nil {
			continue // a range, which is a text
		}
		if written, err := json.Marshal(value); err != nil || string(written) != number(*r.Value) {
			t.Errorf("%s is %v, the certificate says %v", r.ID, value, *r.Value)
		}
	}
}

// TestCycloneDXSchema validates against the standard's own schema (testdata/cyclonedx).
func TestCycloneDXSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	for _, name := range []string{"bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schema.json"} {
		file, err := os.Open(filepath.Join("testdata", "cyclonedx", name))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("http://cyclonedx.org/schema/"+name, document); err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	schema, err := compiler.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*cert.Certificate{certificate(t), awkward(t)} {
		text, err := CycloneDX(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(decoded(t, text)); err != nil {
			t.Error(err)
		}
		// The schema is of use only if it refuses.
		wrong := bytes.Replace(text, []byte(`"performanceMetrics"`), []byte(`"performanceMetric"`), 1)
		if schema.Validate(decoded(t, wrong)) == nil {
			t.Error("the schema takes a field that it does not know")
		}
	}
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestInTotoResult(t *testing.T) {
	for want, c := range map[string]*cert.Certificate{"PASSED": certificate(t), "FAILED": awkward(t)} {
		text, err := InToto(c)
		if err != nil {
			t.Fatal(err)
		}
		var s struct {
			Subject   []cert.Resource
			Predicate testResult
		}
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		if s.Predicate.Result != want || (len(s.Predicate.Failed) > 0) != (want == "FAILED") {
			t.Errorf("%s with failed tests %q, want %s", s.Predicate.Result, s.Predicate.Failed, want)
		}
		if len(s.Predicate.Passed) == 0 || len(s.Predicate.NotAssessed) == 0 || s.Subject[1].Digest.SHA256 != c.Subject.WeightsSHA256 {
			t.Errorf("%+v", s)
		}
	}
}

func TestLaTeXNumber(t *testing.T) {
	for v, want := range map[float64]string{
		-1.25: "$-1.25$", 0: "$0$", 2.5e-7: `$2.5 \times 10^{-7}$`, 1234567: "$1234567$", 1e21: `$1 \times 10^{21}$`,
	} {
		if got := latexNumber(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}
