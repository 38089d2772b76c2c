package atomicfile_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"flowcert/internal/atomicfile"
)

func TestWriteMakesAndReplaces(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for _, content := range []string{"first", "second"} {
		if err := atomicfile.Write(dir, atomicfile.File{Name: "x", Content: []byte(content)}, atomicfile.File{Name: "y"}); err != nil {
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

// TestWriteLeavesNothingUnfinished: the second file cannot be written, so the
// first must not be either.
func TestWriteLeavesNothingUnfinished(t *testing.T) {
	unwritable := atomicfile.File{Name: "no/such/folder", Content: []byte("new")}
	fresh := filepath.Join(t.TempDir(), "fresh")
	if err := atomicfile.Write(fresh, atomicfile.File{Name: "x"}, unwritable); err == nil {
		t.Error("a file in a missing folder was written")
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a folder that was made for nothing is left")
	}

	old := t.TempDir()
	if err := os.WriteFile(filepath.Join(old, "x"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(old, atomicfile.File{Name: "x", Content: []byte("new")}, unwritable); err == nil {
		t.Error("a file in a missing folder was written")
	}
	if got := names(t, old); !slices.Equal(got, []string{"x"}) {
		t.Errorf("the folder holds %q", got)
	}
	if got, _ := os.ReadFile(filepath.Join(old, "x")); string(got) != "old" {
		t.Errorf("x holds %q, want what it held before", got)
	}

	if err := atomicfile.Write(filepath.Join(old, "x"), atomicfile.File{Name: "y"}); err == nil {
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
