package cert

import "testing"

func TestTheoremOf(t *testing.T) {
	const line = "guarantees.invertible.theory"
	for family, want := range map[string]string{
		"affine coupling flow": "affine coupling flow",
		"planar flow":          "planar flow",
		"power coupling flow":  " flow",
		"composed flow":        " flow",
		"mixture of flows":     "",
		"mixture":              "",
	} {
		if th, ok := theoremOf(line, family, 2); ok != (want != "") || th.family != want {
			t.Errorf("%q: got the theorem of %q (%v), want %q", family, th.family, ok, want)
		}
	}
	if _, ok := theoremOf("guarantees.universal.theory", "affine coupling flow", 1); ok {
		t.Error("one column leaves a coupling nothing to depend on")
	}
}
