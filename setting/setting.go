// Package setting describes the numbers and words that a user may set, with their
// defaults, ranges and meaning, and checks what was given.
package setting

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"flowcert/internal/usage"
)

// The types of a setting.
const (
	Int   = "int"
	Float = "float"
	// Word is one of Choices.
	Word = "word"
	// Ints is a list of whole numbers, each within the range.
	Ints = "ints"
)

// Setting is one value that a user may set.
type Setting struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default any    `json:"default"`
	// Min and Max are the smallest and largest number allowed.
	Min     float64  `json:"min,omitempty"`
	Max     float64  `json:"max,omitempty"`
	Choices []string `json:"choices,omitempty"`
	Meaning string   `json:"meaning"`
}

// Values are resolved values by name: int, float64, string or []int.
type Values map[string]any

// Resolve returns the value of every setting: the given one, or the default. Given
// values are strings (from a command line), or what JSON and YAML decode. The errors
// of an unknown name, a value of another type and one out of range are *usage.Error;
// they begin with owner and say what is wanted.
func Resolve(owner string, settings []Setting, given map[string]any) (Values, error) {
	resolved := make(Values, len(settings))
	for _, s := range settings {
		value, ok := given[s.Name]
		if !ok {
			value = s.Default
		}
		v, err := s.value(value)
		if err != nil {
			return nil, usage.Errorf("%s: setting %q is %q: want %w", owner, s.Name, fmt.Sprint(value), err)
		}
		resolved[s.Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := resolved[name]; !ok {
			return nil, unknown(owner, settings, name)
		}
	}
	return resolved, nil
}

func unknown(owner string, settings []Setting, name string) error {
	if len(settings) == 0 {
		return usage.Errorf("%s has no setting %q: it has no settings at all", owner, name)
	}
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.Name
	}
	return usage.Errorf("%s has no setting %q: did you mean %q? (it has %s)",
		owner, name, usage.Nearest(name, names), strings.Join(names, ", "))
}

// Wanted says which values the setting takes.
func (s Setting) Wanted() string {
	switch s.Type {
	case Int:
		return fmt.Sprintf("a whole number from %.0f to %.0f", s.Min, s.Max)
	case Float:
		return fmt.Sprintf("a number from %v to %v", s.Min, s.Max)
	case Word:
		return "one of " + strings.Join(s.Choices, ", ")
	case Ints:
		return fmt.Sprintf("a list of whole numbers from %.0f to %.0f", s.Min, s.Max)
	}
	panic(fmt.Sprintf("setting: %q has unknown type %q", s.Name, s.Type))
}

// value returns v as the setting's type; its error says what is wanted.
func (s Setting) value(v any) (any, error) {
	var out any
	ok := false
	switch s.Type {
	case Int:
		out, ok = s.integer(v)
	case Float:
		var x float64
		x, ok = float(v)
		out, ok = x, ok && x >= s.Min && x <= s.Max
	case Word:
		var word string
		word, ok = v.(string)
		out, ok = word, ok && slices.Contains(s.Choices, word)
	case Ints:
		out, ok = s.integers(v)
	}
	if !ok {
		return nil, fmt.Errorf("%s", s.Wanted())
	}
	return out, nil
}

func (s Setting) integer(v any) (int, bool) {
	n, ok := integer(v)
	return n, ok && float64(n) >= s.Min && float64(n) <= s.Max
}

// integers takes a list, or its items in one string with commas between.
func (s Setting) integers(v any) ([]int, bool) {
	var items []any
	switch v := v.(type) {
	case []int:
		for _, n := range v {
			items = append(items, n)
		}
	case []any:
		items = v
	case string:
		for _, item := range strings.Split(v, ",") {
			items = append(items, strings.TrimSpace(item))
		}
	default:
		return nil, false
	}
	out := make([]int, len(items))
	for i, item := range items {
		n, ok := s.integer(item)
		if !ok {
			return nil, false
		}
		out[i] = n
	}
	return out, true
}

func integer(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case float64:
		// Beyond 2^53 a float64 no longer names one whole number.
		return int(v), v == math.Trunc(v) && math.Abs(v) <= 1<<53
	case json.Number:
		return integer(v.String())
	case string:
		n, err := strconv.Atoi(v)
		return n, err == nil
	}
	return 0, false
}

func float(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	case json.Number:
		return float(v.String())
	case string:
		x, err := strconv.ParseFloat(v, 64)
		return x, err == nil
	}
	return 0, false
}

// Int returns a resolved setting of type int; it panics if there is none.
func (v Values) Int(name string) int { return get[int](v, name) }

// Float returns a resolved setting of type float; it panics if there is none.
func (v Values) Float(name string) float64 { return get[float64](v, name) }

// Word returns a resolved setting of type word; it panics if there is none.
func (v Values) Word(name string) string { return get[string](v, name) }

// Ints returns a resolved setting of type ints; it panics if there is none.
func (v Values) Ints(name string) []int { return get[[]int](v, name) }

func get[T any](v Values, name string) T {
	out, ok := v[name].(T)
	if !ok {
		panic(fmt.Sprintf("setting: no setting %q of type %T", name, out))
	}
	return out
}
