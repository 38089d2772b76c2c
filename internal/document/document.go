// Package document reads YAML files strictly: what it does not expect it refuses
// with the file, the line and the nearest known word.
package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"flowcert/internal/usage"
)

// Reader turns the nodes of one file into its parts. All its errors are *usage.Error.
type Reader struct {
	// What is what errors call the file, such as "plan", and File its name.
	What, File string
	// Wants says what to write into an empty file.
	Wants string
}

// Parse returns the root node of the only document in text.
func (r Reader) Parse(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, usage.Errorf("%s %q is empty: %s", r.What, r.File, r.Wants)
	case err != nil:
		return nil, usage.Errorf("%s %q is not YAML: %s", r.What, r.File, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if !errors.Is(decoder.Decode(&second), io.EOF) {
		return nil, usage.Errorf("%s %q holds more than one YAML document: keep one per file", r.What, r.File)
	}
	return document.Content[0], nil
}

// Errorf formats an error about a line.
func (r Reader) Errorf(line int, format string, args ...any) error {
	return usage.Errorf("%s %q, line %d: %w", r.What, r.File, line, fmt.Errorf(format, args...))
}

// Field is a key of a mapping and what takes its value.
type Field struct {
	Name string
	Take func(*yaml.Node) error
}

// Fields hands the values of a mapping to the fields of the same name.
func (r Reader) Fields(n *yaml.Node, known []Field) error {
	names := make([]string, len(known))
	for i, f := range known {
		names[i] = f.Name
	}
	return r.Each(n, func(key, value *yaml.Node) error {
		f := slices.Index(names, key.Value)
		if f < 0 {
			return r.Unknown(key, "key", names)
		}
		return known[f].Take(value)
	})
}

// Unknown is the error of a word that is none of the known ones.
func (r Reader) Unknown(n *yaml.Node, what string, known []string) error {
	return r.Errorf(n.Line, "unknown %s %q: did you mean %q? (want one of %s)",
		what, n.Value, usage.Nearest(n.Value, known), strings.Join(known, ", "))
}

// Each calls f with the keys and values of a mapping, whose keys must differ.
func (r Reader) Each(n *yaml.Node, f func(key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return r.Errorf(n.Line, "want \"key: value\" lines here")
	}
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if seen[key.Value] {
			return r.Errorf(key.Line, "key %q is there twice: keep one", key.Value)
		}
		seen[key.Value] = true
		if err := f(key, value); err != nil {
			return err
		}
	}
	return nil
}

// List reads a sequence of at least one item.
func List[T any](r Reader, n *yaml.Node, item func(*yaml.Node) (T, error)) ([]T, error) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return nil, r.Errorf(n.Line, "want a list of at least one item here")
	}
	items := make([]T, len(n.Content))
	for i, c := range n.Content {
		var err error
		if items[i], err = item(c); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// Word reads a scalar that is not empty.
func (r Reader) Word(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		return "", r.Errorf(n.Line, "want one word or number here")
	}
	return n.Value, nil
}
