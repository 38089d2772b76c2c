package cert

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flowcert/internal/usage"
)

func TestWriteReplacesAnOlderCertificate(t *testing.T) {
	dir := t.TempDir()
	var last string
	for _, score := range []float64{-1, -2, -2} {
		b := fixture()
		b.arrays["test.log_density"][0] = score
		path, err := b.Write(dir)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		last = c.Evidence.File
	}
	// That of the first score is gone, that of the second, written twice, is not.
	if got, want := names(t, dir), []string{File, last}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestWriteLeavesNothingHalfDone(t *testing.T) {
	dir := t.TempDir()
	// A folder in the certificate's place is in the way even for root.
	if err := os.Mkdir(filepath.Join(dir, File), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := fixture().Write(dir)
	var unusable *usage.Error
	if !errors.As(err, &unusable) {
		t.Errorf("got %v, want a *usage.Error", err)
	}
	if left := names(t, dir); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := fixture().Write(file); !errors.As(err, &unusable) {
		t.Errorf("a file for a folder: %v, want a *usage.Error", err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestCertificateNeedsEveryLine(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b *Builder)
		want   string
	}{
		"no evidence":        {func(b *Builder) { delete(b.arrays, "precision.gap") }, "row numerics.precision_gap: neither assessed nor given a reason"},
		"too few scores":     {func(b *Builder) { b.data.Test++ }, `"test.log_density" has 40 entries for 41 test rows`},
		"truth not expected": {func(b *Builder) { b.data.Truth = false }, "if and only if"},
		"no rows":            {func(b *Builder) { b.arrays["density.rows"][3] = 0 }, "row time.density: a repeat of 0 rows"},
	} {
		b := fixture()
		c.change(b)
		if _, _, err := b.Certificate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestBuilderPanicsForCallerBugs(t *testing.T) {
	for name, call := range map[string]func(b *Builder){
		"unknown array":  func(b *Builder) { b.Record("test.beauty", []float64{1}) },
		"empty array":    func(b *Builder) { b.Record("picture.frame", nil) },
		"recorded twice": func(b *Builder) { b.Record("precision.gap", []float64{1}) },
		"unknown line":   func(b *Builder) { b.Skip("fit.beauty", "in the eye of the beholder") },
		"no reason":      func(b *Builder) { b.Skip("answers.latent", "") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call(fixture())
		})
	}
}

// TestLines holds the table of lines to what the package promises of it.
func TestLines(t *testing.T) {
	blocks := Blocks()
	seen := map[string]bool{}
	used := map[string]bool{}
	last := 0
	for _, l := range Lines() {
		block := slices.Index(blocks, l.Block)
		if block < last || !strings.HasPrefix(l.ID, string(l.Block)+".") || seen[l.ID] {
			t.Errorf("line %s of block %s is out of place", l.ID, l.Block)
		}
		last, seen[l.ID] = block, true
		ways := 0
		for _, way := range []bool{l.Theory, l.Bases != nil, l.Open != ""} {
			if way {
				ways++
			}
		}
		if l.Statement == "" || ways != 1 {
			t.Errorf("line %s follows from theory, evidence or not at all: %+v", l.ID, l)
		}
		for _, b := range l.Bases {
			ruleOf(b.Rule) // panics where there is none
			if b.Method == "" {
				t.Errorf("line %s has a basis without a method", l.ID)
			}
			for _, name := range b.Inputs {
				used[name] = true
			}
		}
	}
	for _, spec := range arraySpecs() {
		delete(used, spec.name)
	}
	for name := range used {
		t.Errorf("no array %q for a rule to use", name)
	}
}

// TestTheorems holds the table of theorems to the table of lines, and what it
// supposes to the subject.
func TestTheorems(t *testing.T) {
	seen := map[string]bool{}
	for _, th := range theorems() {
		if l, ok := lineOf(th.line); !ok || !l.Theory || th.statement == "" || th.source == "" || seen[th.line+th.family] {
			t.Errorf("theorem %+v is for no line of theory, incomplete or there twice", th)
		}
		seen[th.line+th.family] = true
	}
	const line = "guarantees.universal.theory"
	for dim, want := range map[int]Strength{1: NotAssessed, 2: Theorem, 30: Theorem} {
		if r := (Row{ID: line}).byTheorem("affine coupling flow", dim); r.Strength != want || (r.Source != "") != (want == Theorem) {
			t.Errorf("in %d dimensions affine couplings are universal by %+v, want %s", dim, r, want)
		}
	}
	if r := (Row{ID: line}).byTheorem("Gaussian", 2); r.Strength != NotAssessed || r.Reason == "" {
		t.Errorf("a Gaussian is universal by %+v", r)
	}
}
