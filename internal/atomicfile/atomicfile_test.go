package atomicfile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestWriteMakesAndReplaces(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for _, content := range []string{"first", "second"} {
		if err := Write(dir, File{Name: "x", Content: []byte(content)}, File{Name: "y"}); err != nil {
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
	unwritable := File{Name: "no/such/folder", Content: []byte("new")}
	fresh := filepath.Join(t.TempDir(), "fresh")
	if err := Write(fresh, File{Name: "x"}, unwritable); err == nil {
		t.Error("a file in a missing folder was written")
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a folder that was made for nothing is left")
	}

	old := t.TempDir()
	if err := os.WriteFile(filepath.Join(old, "x"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(old, File{Name: "x", Content: []byte("new")}, unwritable); err == nil {
		t.Error("a file in a missing folder was written")
	}
	if got := names(t, old); !slices.Equal(got, []string{"x"}) {
		t.Errorf("the folder holds %q", got)
	}
	if got, _ := os.ReadFile(filepath.Join(old, "x")); string(got) != "old" {
		t.Errorf("x holds %q, want what it held before", got)
	}

	// A folder in a file's place: the rename fails, not the writing.
	blocked := t.TempDir()
	if err := os.Mkdir(filepath.Join(blocked, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(blocked, File{Name: "x"}); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if got := names(t, blocked); !slices.Equal(got, []string{"x"}) {
		t.Errorf("the folder holds %q", got)
	}

	if err := Write(filepath.Join(old, "x"), File{Name: "y"}); err == nil {
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
