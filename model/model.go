// Package model describes the models that can be fitted by name: their
// settings, how to build a fitter from them, and how to rebuild a fitted model
// from its stored tensors. One model is one file; package catalog lists them.
//
// A fitted model is stored as a folder of two files, which Save writes and Load
// reads: weights.safetensors with the model's tensors, and model.json, the
// Description, which names the model and holds the digest of the weights and of
// itself. Both are the same bytes whenever the model is the same.
package model

import (
	"bytes"
	"encoding/json"

	"flowcert/density"
	"flowcert/internal/usage"
	"flowcert/recipe"
	"flowcert/setting"
)

// Entry is one model of the catalogue.
type Entry struct {
	// Name is what a user types; Title is what a label prints.
	Name, Title, Family string
	// Summary is one plain sentence.
	Summary string
	// Settings are all settings with their defaults.
	Settings []setting.Setting
	// Fitter returns the unfitted model.
	Fitter func(s setting.Values) density.Fitter
	// Restore rebuilds the fitted model of dim columns, and of a condition of so many, from
	// its tensors; it must refuse missing, superfluous or misshapen ones.
	Restore func(dim, condition int, s setting.Values, tensors []density.Tensor) (density.Model, error)
	// Cost counts the model's operations in dim dimensions; nil where nothing counts them.
	Cost func(dim int, s setting.Values) (density.Cost, error)
	// Text is the description of a flow, as its author wrote it; "" for other models.
	Text   string
	recipe *recipe.Recipe
}

// Library is what models are built from: those with a name, and the parts of flows
// that their users describe.
type Library struct {
	Entries []Entry
	Kinds   recipe.Kinds
}

// entryOf returns the entry that rebuilds a stored model and its settings: the one of the
// model's name, unless the model is a flow that it does not describe, or not any more, as
// one that was fitted to a target. Then it is the entry of the stored description, which
// has no settings but its defaults.
func (l Library) entryOf(d Description) (Entry, setting.Values, error) {
	named, err := Find(l.Entries, d.Model)
	if err == nil {
		var settings setting.Values
		if settings, err = named.Resolve(d.Settings); err == nil {
			var same Description
			if err = same.Describe(named, settings); err == nil && equalJSON(same.Flow, d.Flow) {
				return named, settings, nil
			}
		}
	}
	if d.Flow == nil {
		if err == nil {
			err = usage.Errorf("%q is a flow, and its description is missing: restore the file or fit the model again", d.Model)
		}
		return Entry{}, nil, err
	}
	stored, err := FlowEntry(d.Model, d.Flow, l.Kinds)
	return stored, nil, err
}

// equalJSON compares two texts but for white space.
func equalJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return len(a) == 0 && len(b) == 0 || json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}
