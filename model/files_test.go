package model

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestWriteFilesMakesAndReplaces(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for _, content := range []string{"first", "second"} {
		if err := writeFiles(dir, namedContent{name: "x", content: []byte(content)}, namedContent{name: "y"}); err != nil {
			t.Fatal(err)
		}
		if got := names(t, dir); !slices.Equal(got, []string{"x", "y"}) {
			t.Errorf("the folder holds %q", got)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "x")); string(got) != content || err != nil {
			t.Errorf("x holds %q (%v), want %q", got, err, content)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "x"))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("x has mode %v (%v)", info.Mode(), err)
	}
}

// TestWriteFilesLeavesNothingUnfinished: the second file cannot be written, so the
// first must not be either.
func TestWriteFilesLeavesNothingUnfinished(t *testing.T) {
	unwritable := namedContent{name: "no/such/folder", content: []byte("new")}
	fresh := filepath.Join(t.TempDir(), "fresh")
	if err := writeFiles(fresh, namedContent{name: "x"}, unwritable); err == nil {
		t.Error("a file in a missing folder was written")
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a folder that was made for nothing is left")
	}

	old := t.TempDir()
	if err := os.WriteFile(filepath.Join(old, "x"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeFiles(old, namedContent{name: "x", content: []byte("new")}, unwritable); err == nil {
		t.Error("a file in a missing folder was written")
	}
	if got := names(t, old); !slices.Equal(got, []string{"x"}) {
		t.Errorf("the folder holds %q", got)
	}
	if got, _ := os.ReadFile(filepath.Join(old, "x")); string(got) != "old" {
		t.Errorf("x holds %q, want what it held before", got)
	}

	if err := writeFiles(filepath.Join(old, "x"), namedContent{name: "y"}); err == nil {
		t.Error("a file served as a folder")
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
