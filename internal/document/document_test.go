package document_test

import (
	"errors"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"flowcert/internal/document"
	"flowcert/internal/usage"
)

// read takes a mapping of a to a list of words and of b to a word.
func read(text string) (a []string, b string, err error) {
	r := document.Reader{What: "thing", File: "t.yaml", Wants: "write alpha and beta"}
	root, err := r.Parse([]byte(text))
	if err != nil {
		return nil, "", err
	}
	err = r.Fields(root, []document.Field{
		{Name: "alpha", Take: func(n *yaml.Node) (err error) { a, err = document.List(r, n, r.Word); return err }},
		{Name: "beta", Take: func(n *yaml.Node) (err error) { b, err = r.Word(n); return err }},
	})
	return a, b, err
}

func TestRead(t *testing.T) {
	a, b, err := read("alpha: [x, 2]\nbeta: y\n")
	if err != nil || strings.Join(a, " ") != "x 2" || b != "y" {
		t.Errorf("got %q and %q (%v)", a, b, err)
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                      `thing "t.yaml" is empty: write alpha and beta`,
		"alpha: [":              `thing "t.yaml" is not YAML`,
		"beta: 1\n---\nbeta: 2": `thing "t.yaml" holds more than one YAML document`,
		"- beta":                `thing "t.yaml", line 1: want "key: value" lines here`,
		"beta: 1\nalfa: [x]":    `line 2: unknown key "alfa": did you mean "alpha"? (want one of alpha, beta)`,
		"beta: 1\nbeta: 2":      `line 2: key "beta" is there twice: keep one`,
		"alpha: []":             `line 1: want a list of at least one item here`,
		"alpha: [[x]]":          `line 1: want one word or number here`,
		"beta: ''":              `line 1: want one word or number here`,
	} {
		_, _, err := read(text)
		var user *usage.Error
		if !errors.As(err, &user) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want a usage error with %q", text, err, want)
		}
	}
}
