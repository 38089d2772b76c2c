package model

import (
	"fmt"
	"strings"

	"flowcert/internal/usage"
	"flowcert/setting"
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

// Resolve returns the value of every setting of e; see [setting.Resolve].
func (e Entry) Resolve(given map[string]any) (setting.Values, error) {
	return setting.Resolve(fmt.Sprintf("model %q", e.Name), e.Settings, given)
}
