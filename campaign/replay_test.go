package campaign

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"flowcert/cert"
)

// TestReplayRefutesInventedEvidence: a certificate whose evidence was improved before
// its rows were made holds, as everything follows; the model tells.
func TestReplayRefutesInventedEvidence(t *testing.T) {
	path := table(t)
	p, err := Parse("p.yaml", fmt.Appendf(nil, "data: [%q]\nmodels: [gaussian]\n", path))
	if err != nil {
		t.Fatal(err)
	}
	cells, err := Run(t.Context(), p, t.TempDir(), plainly())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(cells[0].Certificate)
	if r, err := RepeatChecks(t.Context(), dir, path, Options{}); err != nil || !r.Holds() {
		t.Fatalf("a sound certificate: %v, %v", r, err)
	}
	c, arrays, err := cert.Open(cells[0].Certificate)
	if err != nil {
		t.Fatal(err)
	}
	arrays["test.log_density"][3] += 0.5
	b := cert.NewBuilder(c.Subject, c.Data, c.Environment)
	for name, values := range arrays {
		b.Record(name, values)
	}
	for _, row := range c.Rows {
		if row.Reason != "" {
			b.Skip(row.ID, row.Reason)
		}
	}
	if _, err := b.Write(dir); err != nil {
		t.Fatal(err)
	}
	if v, err := cert.Verify(cells[0].Certificate); err != nil || !v.Holds() {
		t.Fatalf("vacuous: the forgery is found without the model: %v, %v", v.Findings, err)
	}
	r, err := RepeatChecks(t.Context(), dir, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	refuted := map[string]string{}
	for _, l := range r.Lines {
		if l.Verdict == ReplayRefuted {
			refuted[l.Part] = l.Detail
		}
	}
	for _, part := range []string{"answers.density", "fit.log_likelihood", "fit.gain", "fit.skill"} {
		if !strings.Contains(refuted[part], "entry 3 of test.log_density is ") {
			t.Errorf("%s: %q", part, refuted[part])
		}
	}
	for part, detail := range refuted {
		if !strings.Contains(detail, "entry 3 of test.log_density is ") {
			t.Errorf("%s is refuted, too: %q", part, detail)
		}
	}
}
