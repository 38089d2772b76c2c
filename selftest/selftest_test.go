package selftest

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"
)

var long = flag.Bool("long", false, "plant every wrong answer, not one of each kind")

// quick are the wrong answers that are always planted: they take longest.
var quick = []string{"marginal of another column", "conditional without its condition", "place beside the mode", "probability a little wrong"}

func TestControls(t *testing.T) {
	controls := slices.DeleteFunc(Controls(), func(c Control) bool {
		return !*long && c.Kind == Answers && !c.Sound() && !slices.Contains(quick, c.Name)
	})
	if len(controls) == 0 {
		t.Fatal("there are no controls")
	}
	results, err := Run(t.Context(), controls, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if !r.Holds() {
			t.Errorf("%s is %s: %s", r.Name, r.Verdict, r.Detail)
		}
	}
}

// TestEveryFaultIsThere: a control that is taken out is missed.
func TestEveryFaultIsThere(t *testing.T) {
	lines := map[string]string{
		"log-det sign flipped":                   "guarantees.log_det.checked",
		"one log-det term dropped":               "guarantees.log_det.checked",
		"BNAF that is not onto":                  "guarantees.normalised.checked",
		"planar with the wrong norm":             "guarantees.invertible.checked",
		"planar without its constraint":          "guarantees.invertible.checked",
		"spline with a decreasing knot":          "guarantees.invertible.checked",
		"test rows leaked into training":         "fit.leakage",
		"sampler that ignores its weights":       "guarantees.sampler.checked",
		"sampler that copies training rows":      "samples.copies",
		"holes filled with zeros":                "numerics.missing",
		"joules that are a constant":             "energy.training",
		"joules of a counter that stands still":  "energy.training",
		"joules without their series":            "energy.training",
		"certificate with a digit altered":       "fit.log_likelihood",
		"certificate with a row withheld":        "guarantees.invertible.checked",
		"certificate with other evidence":        "evidence",
		"swapped model file":                     "model",
		"old scale file":                         "scale",
		"signature by a key that is not trusted": "signature",
		"marginal of another column":             "answers.marginals",
		"conditional without its condition":      "answers.conditionals",
		"place beside the mode":                  "answers.mode",
		"probability a little wrong":             "answers.cdf",
	}
	sound := map[Kind]bool{}
	names := map[string]bool{}
	for _, c := range Controls() {
		if names[c.Name] {
			t.Errorf("two controls are called %q", c.Name)
		}
		names[c.Name] = true
		sound[c.Kind] = sound[c.Kind] || c.Sound()
		if !sound[c.Kind] {
			t.Errorf("%s comes before the original that it is planted in", c.Name)
		}
		if line, wanted := lines[c.Name]; wanted {
			if c.Sound() || !slices.Contains(c.Lines, line) {
				t.Errorf("%s is to be refuted by %q, want %s among them", c.Name, c.Lines, line)
			}
			delete(lines, c.Name)
		}
		if len(c.Lines) == 0 {
			t.Errorf("%s names no line", c.Name)
		}
	}
	for name := range lines {
		t.Errorf("there is no control %q", name)
	}
}

// TestVerdicts: a fault that is not found, or found by another line, and an original that
// is refuted must fail.
func TestVerdicts(t *testing.T) {
	says := func(found ...finding) func(context.Context, *workshop) ([]finding, error) {
		return func(context.Context, *workshop) ([]finding, error) { return found, nil }
	}
	lines := []string{"a", "b"}
	a, b, other := finding{"a", "is 1"}, finding{"b", "is 2"}, finding{"c", "is 3"}
	for _, c := range []struct {
		name    string
		control Control
		verdict string
		detail  string
	}{
		{"sound", Control{Lines: lines, inspect: says()}, Accepted, ""},
		{"sound, refuted", Control{Lines: lines, inspect: says(other)}, NotAccepted, "c: is 3"},
		{"found", Control{Planted: "x", Lines: lines, inspect: says(other, b, a)}, Refuted, "a: is 1"},
		{"not found", Control{Planted: "x", Lines: lines, inspect: says()}, NotRefuted, "nothing"},
		{"found elsewhere", Control{Planted: "x", Lines: lines, inspect: says(other)}, NotRefuted, "found is c"},
		{"found in part", Control{Planted: "x", Lines: lines, inspect: says(a)}, NotRefuted, "b: want"},
	} {
		results, err := Run(t.Context(), []Control{c.control}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := results[0]; r.Verdict != c.verdict || !strings.Contains(r.Detail, c.detail) || r.Holds() != (c.verdict == Accepted || c.verdict == Refuted) {
			t.Errorf("%s: %s: %s", c.name, r.Verdict, r.Detail)
		}
	}
}
