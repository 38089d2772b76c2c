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
	"flowcert/density"
)

// Entry is one model of the catalogue.
type Entry struct {
	// Name is what a user types; Title is what a label prints.
	Name, Title, Family string
	// Summary is one plain sentence.
	Summary string
	// Settings are all settings with their defaults.
	Settings []Setting
	// Fitter returns the unfitted model.
	Fitter func(s Settings) density.Fitter
	// Restore rebuilds the fitted model from its tensors; it must refuse
	// missing, superfluous or misshapen ones.
	Restore func(dim int, s Settings, tensors []density.Tensor) (density.Model, error)
	// Cost counts the model's operations in dim dimensions; nil where nothing counts them.
	Cost func(dim int, s Settings) density.Cost
}

// Setting is one number that a user may set with key=value.
type Setting struct {
	Name string `json:"name"`
	// Type is "int" or "float".
	Type    string `json:"type"`
	Default any    `json:"default"`
	// Min and Max are the smallest and largest number allowed.
	Min     float64 `json:"min,omitempty"`
	Max     float64 `json:"max,omitempty"`
	Meaning string  `json:"meaning"`
}

// Settings are resolved values by name: int or float64.
type Settings map[string]any
