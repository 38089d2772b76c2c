package data_test

import (
	"slices"
	"testing"

	"flowcert/catalog"
	"flowcert/data"
)

// No set that claims a true density escapes the laws.
func TestEveryTruthIsTried(t *testing.T) {
	var names []string
	for _, set := range catalog.Data() {
		if _, ok := set.(data.Truth); ok {
			names = append(names, set.Info().Name)
		}
	}
	tried := data.Generators()
	slices.Sort(names)
	slices.Sort(tried)
	if !slices.Equal(names, tried) {
		t.Errorf("the catalogue has the true densities %q, and those tried are %q", names, tried)
	}
}
