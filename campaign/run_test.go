package campaign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flowcert/cert"
	"flowcert/internal/random"
	"flowcert/internal/usage"
	"flowcert/report"
)

// table writes 60 rows of two columns and returns the file.
func table(t *testing.T) string {
	t.Helper()
	r := random.New(1, "campaign test", 0, 0)
	var text strings.Builder
	for range 60 {
		x := r.NormFloat64()
		fmt.Fprintf(&text, "%v,%v\n", x, x*x+r.NormFloat64()/4)
	}
	path := filepath.Join(t.TempDir(), "bent.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// plan is two models on a table.
func plan(t *testing.T, path, setting string) Plan {
	t.Helper()
	p, err := Parse("p.yaml", fmt.Appendf(nil,
		"data: [%q]\nmodels:\n  - gaussian\n  - {name: mixture, settings: {%s}}\n", path, setting))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// kept runs a plan to its end and returns which cells it kept.
func kept(t *testing.T, p Plan, dir string) []string {
	t.Helper()
	cells, err := Run(context.Background(), p, dir, plainly())
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, c := range cells {
		if c.Kept {
			kept = append(kept, c.Model)
		}
		if r, err := cert.Verify(c.Certificate); err != nil || !r.Holds() {
			t.Errorf("certificate of %s: %v, %v", c.Folder, r.Findings, err)
		}
	}
	if len(cells) != 2 {
		t.Errorf("got the cells %+v, want two", cells)
	}
	return kept
}

func TestRunKeepsWhatIsComplete(t *testing.T) {
	path, dir := table(t), t.TempDir()
	p := plan(t, path, "components: 2")

	if got := kept(t, p, dir); got != nil {
		t.Errorf("a first run kept %q", got)
	}
	mixture := filepath.Join(dir, "bent", "mixture", "seed-1")
	if got, want := files(t, mixture), []string{RecordFile, "certificate.json", "evidence", "label.svg", "model.json", TrainingFile, "weights.safetensors"}; !slices.Equal(got, want) {
		t.Errorf("a cell holds %q, want %q", got, want)
	}
	if got := kept(t, p, dir); !slices.Equal(got, []string{"gaussian", "mixture"}) {
		t.Errorf("a second run kept %q, want both", got)
	}
	if err := os.WriteFile(filepath.Join(mixture, "model.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, p, dir); !slices.Equal(got, []string{"gaussian"}) {
		t.Errorf("after a change to the mixture a run kept %q", got)
	}
	if got := kept(t, plan(t, path, "components: 1"), dir); !slices.Equal(got, []string{"gaussian"}) {
		t.Errorf("after a change to the plan a run kept %q", got)
	}
}

func TestInterruptedRunLeavesCompleteCellsOnly(t *testing.T) {
	p, dir := plan(t, table(t), "components: 2"), t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := func(stage string, _, _ int) {
		if strings.HasPrefix(stage, "[2/2] certifying") {
			cancel()
		}
	}
	o := plainly()
	o.Progress = stop
	cells, err := Run(ctx, p, dir, o)
	if !errors.Is(err, context.Canceled) || len(cells) != 1 {
		t.Fatalf("got %d cells and %v, want one and the context's error", len(cells), err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "bent"))
	if err != nil || len(left) != 1 || left[0].Name() != "gaussian" {
		t.Errorf("the run left %v, %v: want the complete cell only", left, err)
	}
	if got := kept(t, p, dir); !slices.Equal(got, []string{"gaussian"}) {
		t.Errorf("the next run kept %q, want what was complete", got)
	}
}

// What a run that was killed left behind is taken away.
func TestRunClearsWhatIsUnfinished(t *testing.T) {
	p, dir := plan(t, table(t), "components: 2"), t.TempDir()
	left := filepath.Join(dir, "bent", "gaussian", ".seed-1-123")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, p, dir); got != nil {
		t.Errorf("a run took %q for complete", got)
	}
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed run left is still there: %v", err)
	}
}

// What no run wrote is in the way: nothing is done, and it stays as it is.
func TestRunLeavesAloneWhatIsNotItsOwn(t *testing.T) {
	p := plan(t, table(t), "components: 2")
	for _, place := range []string{"bent/mixture/seed-1/thesis.txt", "bent/mixture/seed-1", "bent/mixture"} {
		dir := t.TempDir()
		foreign := filepath.Join(dir, filepath.FromSlash(place))
		if err := os.MkdirAll(filepath.Dir(foreign), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(foreign, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Run(context.Background(), p, dir, plainly())
		var bad *usage.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "mixture") {
			t.Errorf("got %v, want a usage error for %q in the way", err, place)
		}
		if got := files(t, dir); !slices.Equal(got, []string{filepath.Base(place)}) {
			t.Errorf("with %q in the way the folder holds %q", place, got)
		}
	}
}

// A fit that fails, and a run that is stopped before its first cell is complete,
// leave no folder behind.
func TestNothingIsLeftOfWhatFailed(t *testing.T) {
	p, dir := plan(t, table(t), "components: 2"), t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, p, filepath.Join(dir, "a", "b"), plainly()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	failure := errors.New("disk full")
	err := staged(filepath.Join(dir, "c", "d"), func(staging string) error {
		if err := os.WriteFile(filepath.Join(staging, "half"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("got %v, want %v", err, failure)
	}
	left, err := os.ReadDir(dir)
	if len(left) != 0 || err != nil {
		t.Errorf("%v is left (%v)", left, err)
	}
}

func TestRunLooksUpEverythingFirst(t *testing.T) {
	path := table(t)
	for text, want := range map[string]string{
		"data: [mons]\nmodels: [gaussian]":                                       `line 1: there is neither a data set nor a file "mons": did you mean "moons"?`,
		"data: [iris]\nmodels: [gausian]":                                        `line 2: unknown model "gausian": did you mean "gaussian"?`,
		"data: [iris]\nmodels: [{name: mixture, settings: {components: -1}}]":    `line 2: model "mixture": setting "components" is "-1"`,
		"data: [iris]\nmodels:\n  - {name: mixture, settings: {components1: 2}}": `line 3: model "mixture" has no setting "components1": did you mean "components"?`,
		"data: [{name: " + path + ", drop: [9]}]\nmodels: [gaussian]":            `line 1:`,
	} {
		p, err := Parse("p.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "out")
		_, err = Run(context.Background(), p, dir, plainly())
		var bad *usage.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant a usage error with %q", err, want)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: the output folder was made before the plan was understood", text)
		}
	}
}

func TestWritable(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, ok := range map[string]bool{
		dir:                             true,
		filepath.Join(dir, "a", "b"):    true,
		file:                            false,
		filepath.Join(file, "b"):        false,
		filepath.Join(dir, "a\x00", ""): false,
		"":                              false,
	} {
		err := Writable(path)
		var bad *usage.Error
		if ok && err != nil || !ok && !errors.As(err, &bad) {
			t.Errorf("Writable(%q) = %v", path, err)
		}
	}
	if got := files(t, dir); !slices.Equal(got, []string{"file"}) {
		t.Errorf("asking left %q behind", got)
	}
}

// files lists the names of the files below dir; an evidence file goes by the name
// "evidence".
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case evidenceFile.MatchString(e.Name()):
			names = append(names, "evidence")
		case !e.IsDir():
			names = append(names, e.Name())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// plainly draws one label of a certificate and measures costs briefly, which is enough
// here.
func plainly() Options {
	return Options{Labels: Labels{Formats: []report.Format{report.SVG}}, WindowSeconds: 0.02}
}
