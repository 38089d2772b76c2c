package main

import (
	"os"
	"path/filepath"
	"testing"
)

// What is checked in is what the templates say.
func TestGeneratedFiles(t *testing.T) {
	generated := files()
	for name, want := range generated {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is not what gen writes: run go generate ./internal/kernel", name)
		}
	}
	present, err := filepath.Glob("../*.s")
	if err != nil || len(present) != len(generated) {
		t.Errorf("%d assembly files for %d generated ones", len(present), len(generated))
	}
}
