package model

import (
	"slices"
	"strconv"

	"flowcert/internal/usage"
)

// Given returns the names of the columns that a user means by name, or by number from
// 1, as the condition of the others. Unknown and doubled ones, and a condition of all
// columns, are a *usage.Error.
func Given(columns, given []string) ([]string, error) {
	var names []string
	for _, word := range given {
		name := word
		if n, err := strconv.Atoi(word); err == nil && !slices.Contains(columns, word) && n >= 1 && n <= len(columns) {
			name = columns[n-1]
		}
		if !slices.Contains(columns, name) {
			return nil, usage.Errorf("there is no column %q to condition on: did you mean %q?", word, usage.Nearest(word, columns))
		}
		if slices.Contains(names, name) {
			return nil, usage.Errorf("column %q is given twice: give it once", name)
		}
		names = append(names, name)
	}
	if len(names) == len(columns) {
		return nil, usage.Errorf("all columns are given: leave at least one whose density to fit")
	}
	return names, nil
}

// Partition returns where among the description's columns the points' are and where
// the condition's, each in their order there.
func (d Description) Partition() (points, condition []int) {
	for i, name := range d.Columns {
		if slices.Contains(d.Condition, name) {
			condition = append(condition, i)
		} else {
			points = append(points, i)
		}
	}
	return points, condition
}

// Names returns the names of the columns with the given indices.
func (d Description) Names(index []int) []string {
	names := make([]string, len(index))
	for i, at := range index {
		names[i] = d.Columns[at]
	}
	return names
}
