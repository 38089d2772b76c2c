package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/data"
	"flowcert/internal/usage"
)

// flowJob fits a small flow to a table.
func flowJob(t *testing.T, path string, o data.CSVOptions) Job {
	t.Helper()
	entry, err := catalog.OpenModel("realnvp")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := entry.Resolve(map[string]any{"couplings": 2, "hidden": 4, "steps": 60, "patience": 1000})
	if err != nil {
		t.Fatal(err)
	}
	set, err := catalog.OpenData(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return Job{Entry: entry, Settings: settings, Set: set, Name: path, Seed: 1}
}

// interrupt runs a fit until it has taken so many steps.
func interrupt(t *testing.T, steps int, fit func(context.Context, Options) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err := fit(ctx, Options{Progress: func(_ string, step, _ int) {
		if step >= steps {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
}

// stages returns what a fit says of its progress.
func stages(t *testing.T, fit func(context.Context, Options) error) string {
	t.Helper()
	var all []string
	err := fit(context.Background(), Options{Progress: func(stage string, _, _ int) { all = append(all, stage) }})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(slices.Compact(all), "\n")
}

// TestInterruptedFitGoesOn to the same bytes, however often it is interrupted, with rows
// and without.
func TestInterruptedFitGoesOn(t *testing.T) {
	job := flowJob(t, table(t), data.CSVOptions{})
	towards := TargetJob{Entry: job.Entry, Settings: job.Settings, Target: catalog.Targets()[0], Seed: 1}
	for name, fit := range map[string]func(ctx context.Context, dir string, o Options) error{
		"rows": job.Fit,
		"target": func(ctx context.Context, dir string, o Options) error {
			_, err := towards.Fit(ctx, dir, o)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole, dir := t.TempDir(), t.TempDir()
			if err := fit(context.Background(), whole, Options{}); err != nil {
				t.Fatal(err)
			}
			within := func(ctx context.Context, o Options) error { return fit(ctx, dir, o) }
			for _, step := range []int{1, 50} {
				interrupt(t, step, within)
				if got := files(t, dir); !slices.Equal(got, []string{CheckpointFile}) {
					t.Fatalf("interrupted after step %d the folder holds %q", step, got)
				}
			}
			if got := stages(t, within); !strings.Contains(got, ", resuming at step 5") {
				t.Errorf("the fit goes on as %q", got)
			}
			for _, file := range []string{"model.json", "weights.safetensors"} {
				want, err := os.ReadFile(filepath.Join(whole, file))
				if err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s is not that of a fit without interruption (%v)", file, err)
				}
			}
			if got, want := files(t, dir), files(t, whole); !slices.Equal(got, want) {
				t.Errorf("the folder holds %q, want %q", got, want)
			}
		})
	}
}

// TestCostOfAPartIsNotCertified: what was measured after an interruption is not the cost
// of the fit.
func TestCostOfAPartIsNotCertified(t *testing.T) {
	path, dir := table(t), t.TempDir()
	job := flowJob(t, path, data.CSVOptions{})
	interrupt(t, 30, func(ctx context.Context, o Options) error { return job.Fit(ctx, dir, o) })
	if err := job.Fit(context.Background(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	certificate, err := Certify(context.Background(), dir, path, plainly())
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(certificate)
	if err != nil {
		t.Fatal(err)
	}
	var c cert.Certificate
	if err := json.Unmarshal(content, &c); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(c.Rows, func(r cert.Row) bool { return r.ID == "time.training" })
	if at < 0 || c.Rows[at].Value != nil {
		t.Errorf("the time of training is certified: %+v", c.Rows)
	}
}

// TestCheckpointOfAnotherFitIsRefused, and kept.
func TestCheckpointOfAnotherFitIsRefused(t *testing.T) {
	path, dir := table(t), t.TempDir()
	rows, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, bytes.ReplaceAll(rows, []byte("\n"), []byte(",2\n")), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	job := flowJob(t, path, data.CSVOptions{Drop: []string{"3"}})
	interrupt(t, 30, func(ctx context.Context, o Options) error { return job.Fit(ctx, dir, o) })
	seed, given, weighted := job, job, flowJob(t, path, data.CSVOptions{Weights: "3"})
	seed.Seed, given.Given = 2, []string{"x2"}
	other := job
	if other.Settings, err = job.Entry.Resolve(map[string]any{"couplings": 2, "hidden": 4, "steps": 60, "patience": 1000, "log_scale_bound": 2}); err != nil {
		t.Fatal(err)
	}
	for name, j := range map[string]Job{"seed": seed, "condition": given, "weights": weighted, "a setting that changes no shape": other} {
		var bad *usage.Error
		if err := j.Fit(context.Background(), dir, Options{}); !errors.As(err, &bad) {
			t.Errorf("another %s: got %v, want a *usage.Error", name, err)
		}
	}
	if got := files(t, dir); !slices.Equal(got, []string{CheckpointFile}) {
		t.Errorf("the folder holds %q", got)
	}
}
