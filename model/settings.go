package model

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

// Find returns the entry of a name. The error of an unknown name is a
// *usage.Error that suggests the nearest one.
func Find(entries []Entry, name string) (Entry, error) {
	names := make([]string, len(entries))
	for i, e := range entries {
		if e.Name == name {
			return e, nil
		}
		names[i] = e.Name
	}
	return Entry{}, usage.Errorf("unknown model %q: did you mean %q?", name, usage.Nearest(name, names))
}

// ParseSettings reads a list of "key=value" as values by key, still as strings;
// Entry.Resolve gives them their types. Its errors are *usage.Error.
func ParseSettings(list []string) (map[string]any, error) {
	given := make(map[string]any, len(list))
	for _, item := range list {
		key, value, found := strings.Cut(item, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !found || key == "" || value == "" {
			return nil, usage.Errorf("setting %q is not of the form key=value", item)
		}
		if _, twice := given[key]; twice {
			return nil, usage.Errorf("setting %q is given twice: give it once", key)
		}
		given[key] = value
	}
	return given, nil
}

// Resolve returns the value of every setting of e: the given one, or the
// default. Given values are strings (from a command line), or numbers and
// strings as JSON and YAML decode them. The errors of an unknown name, a value
// of another type and one out of range are *usage.Error and say what is wanted.
func (e Entry) Resolve(given map[string]any) (Settings, error) {
	resolved := make(Settings, len(e.Settings))
	for _, s := range e.Settings {
		value, ok := given[s.Name]
		if !ok {
			value = s.Default
		}
		v, err := s.value(value)
		if err != nil {
			return nil, usage.Errorf("model %q: setting %q is %q: want %w", e.Name, s.Name, fmt.Sprint(value), err)
		}
		resolved[s.Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := resolved[name]; !ok {
			return nil, e.unknownSetting(name)
		}
	}
	return resolved, nil
}

func (e Entry) unknownSetting(name string) error {
	if len(e.Settings) == 0 {
		return usage.Errorf("model %q has no setting %q: it has no settings at all", e.Name, name)
	}
	names := make([]string, len(e.Settings))
	for i, s := range e.Settings {
		names[i] = s.Name
	}
	return usage.Errorf("model %q has no setting %q: did you mean %q? (it has %s)",
		e.Name, name, usage.Nearest(name, names), strings.Join(names, ", "))
}

// value returns v as the setting's type; its error says what is wanted.
func (s Setting) value(v any) (any, error) {
	switch s.Type {
	case "int":
		n, ok := integer(v)
		if !ok || float64(n) < s.Min || float64(n) > s.Max {
			return nil, fmt.Errorf("a whole number from %.0f to %.0f", s.Min, s.Max)
		}
		return n, nil
	case "float":
		x, ok := float(v)
		if !ok || !(x >= s.Min && x <= s.Max) {
			return nil, fmt.Errorf("a number from %v to %v", s.Min, s.Max)
		}
		return x, nil
	}
	panic(fmt.Sprintf("model: setting %q has unknown type %q", s.Name, s.Type))
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
func (s Settings) Int(name string) int { return get[int](s, name) }

// Float returns a resolved setting of type float; it panics if there is none.
func (s Settings) Float(name string) float64 { return get[float64](s, name) }

func get[T any](s Settings, name string) T {
	v, ok := s[name].(T)
	if !ok {
		panic(fmt.Sprintf("model: no setting %q of type %T", name, v))
	}
	return v
}
