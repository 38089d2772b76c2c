package usage_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"flowcert/internal/usage"
)

func TestErrorIsFoundThroughWrapping(t *testing.T) {
	err := fmt.Errorf("fit: %w", usage.Errorf("read %q: %w", "a.csv", fs.ErrNotExist))
	var e *usage.Error
	if !errors.As(err, &e) {
		t.Fatalf("errors.As finds no *usage.Error in %v", err)
	}
	if want := `read "a.csv": file does not exist`; e.Error() != want {
		t.Errorf("got %q, want %q", e, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v has lost its cause", err)
	}
	if errors.As(fmt.Errorf("fit: %w", fs.ErrNotExist), &e) {
		t.Error("an error that is no *usage.Error passes for one")
	}
}

func TestNearest(t *testing.T) {
	names := []string{"moons", "8gaussians", "iris", "Iris2"}
	for word, want := range map[string]string{
		"mons":      "moons",
		"gaussians": "8gaussians",
		"IRIS":      "iris",
		"iris2":     "Iris2",
		"":          "iris",
	} {
		if got := usage.Nearest(word, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	if got := usage.Nearest("iris", nil); got != "" {
		t.Errorf("Nearest without candidates = %q, want none", got)
	}
}
