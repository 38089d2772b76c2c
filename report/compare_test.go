package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"flowcert/cert"
)

func compare(t *testing.T, fixtures ...fixture) *Comparison {
	t.Helper()
	c, err := Compare(documents(t, fixtures...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func documents(t *testing.T, fixtures ...fixture) []Document {
	t.Helper()
	var documents []Document
	for _, f := range fixtures {
		documents = append(documents, f.document(t))
	}
	return documents
}

func TestCompareGolden(t *testing.T) {
	twin := rival("twin", "A twin", 0.0005, 0.08, 1.001)
	gaussian := rival("gaussian", "Gaussian", 0.9, 0.7, 0.2)
	for name, fixtures := range map[string][]fixture{
		"same-rows":  {gaussian, spline(), twin},
		"other-rows": {spline(), wide(), refuted()},
	} {
		c := compare(t, fixtures...)
		var text bytes.Buffer
		if err := c.Write(&text); err != nil {
			t.Fatal(err)
		}
		golden(t, "compare-"+name+".txt", text.Bytes())
		object, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "compare-"+name+".json", append(object, '\n'))
	}
}

// TestCompareTellsApart checks the verdicts on models whose difference is known
// by construction.
func TestCompareTellsApart(t *testing.T) {
	c := compare(t, rival("gaussian", "Gaussian", 0.9, 0.7, 0.2), spline(), rival("twin", "A twin", 0.0005, 0.08, 1))
	if len(c.Paired) != 1 {
		t.Fatalf("%d paired comparisons of three certificates of the same rows, want 1", len(c.Paired))
	}
	p := c.Paired[0]
	if p.Best != 2 && p.Best != 3 {
		t.Errorf("the best is certificate %d, want one of the twins", p.Best)
	}
	for _, d := range p.Differences {
		if want := d.Certificate == 1; d.ToldApart != want {
			t.Errorf("certificate %d told apart: %v, want %v (%+v)", d.Certificate, d.ToldApart, want, d)
		}
	}
	marks := c.row(likelihoodRow).Cells
	if marks[0].Mark != "" || marks[1].Mark != Tied || marks[2].Mark != Tied {
		t.Errorf("log-likelihood is marked %q, %q, %q, want none and two ties", marks[0].Mark, marks[1].Mark, marks[2].Mark)
	}
	if mark := c.row("time.density").Cells[0].Mark; mark != Best {
		t.Errorf("the fastest is marked %q, want %q", mark, Best)
	}
	if mark := c.row("time.training").Cells[0].Mark; mark != "" {
		t.Errorf("a single measurement is marked %q, want no mark", mark)
	}
}

// TestCompareRefuses checks that one difference in what a figure depends on stops
// the ranking of that block and leaves the others.
func TestCompareRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fixture)
		want   map[cert.Block]bool
	}{
		"test rows":      {func(f *fixture) { f.data.TestSHA256 = hash("other") }, blocks(cert.Fit, cert.Samples, cert.Numerics)},
		"kind of scores": {func(f *fixture) { f.subject.Scores = "lower bound" }, blocks(cert.Fit)},
		"training rows":  {func(f *fixture) { f.data.TrainSHA256 = hash("other") }, blocks(cert.Time, cert.Memory, cert.Energy)},
		"program":        {func(f *fixture) { f.environment.ProgramSHA256 = hash("other") }, blocks(cert.Time, cert.Memory, cert.Energy)},
		"machine":        {func(f *fixture) { f.environment.Processor = "another" }, blocks(cert.Time, cert.Energy)},
		"source":         {func(f *fixture) { f.environment.EnergySource = "RAPL" }, blocks(cert.Energy)},
		"guarantee":      {func(f *fixture) { f.arrays["integral.refinements"] = []float64{1.3, 1.3} }, blocks(cert.Fit)},
		"nothing":        {func(*fixture) {}, blocks()},
	} {
		other := rival("gaussian", "Gaussian", 0.9, 0.7, 0.2)
		c.change(&other)
		got := compare(t, spline(), other)
		for _, r := range got.Rows {
			if (r.NotRanked != "") != c.want[r.Block] {
				t.Errorf("other %s: %s: not ranked because %q, want a reason: %v", name, r.ID, r.NotRanked, c.want[r.Block])
			}
			for _, cell := range r.Cells {
				if r.NotRanked != "" && cell.Mark != "" {
					t.Errorf("other %s: %s is marked %q though it is not ranked", name, r.ID, cell.Mark)
				}
			}
		}
		if paired := len(got.Paired) > 0; paired == c.want[cert.Fit] {
			t.Errorf("other %s: paired: %v, want %v", name, paired, !c.want[cert.Fit])
		}
		if len(got.Remarks) != len(c.want) {
			t.Errorf("other %s: remarks %q, want %d", name, got.Remarks, len(c.want))
		}
	}
}

func blocks(blocks ...cert.Block) map[cert.Block]bool {
	set := map[cert.Block]bool{}
	for _, b := range blocks {
		set[b] = true
	}
	return set
}

func TestCompareErrors(t *testing.T) {
	if _, err := Compare(nil); err == nil {
		t.Error("no certificates are compared without an error")
	}
	documents := documents(t, spline(), rival("gaussian", "Gaussian", 0.9, 0.7, 0.2))
	documents[1].Arrays[scoresOfRows] = documents[1].Arrays[scoresOfRows][1:]
	if _, err := Compare(documents); err == nil || !strings.Contains(err.Error(), "399") {
		t.Errorf("scores of different numbers of rows give the error %v", err)
	}
}

func TestSummaryGolden(t *testing.T) {
	var entries []Entry
	for _, f := range []fixture{spline(), wide(), rival("gaussian", "Gaussian", 0.9, 0.7, 0.2), refuted(), bare()} {
		d := f.document(t)
		c := d.Certificate
		entries = append(entries, Entry{Data: c.Data.Name, Model: c.Subject.Model, Document: d})
	}
	var text bytes.Buffer
	if err := Summary(&text, entries); err != nil {
		t.Fatal(err)
	}
	golden(t, "summary.txt", text.Bytes())

	// A second seed takes a column of its own.
	again := *entries[0].Document.Certificate
	again.Subject.Seed++
	entries[1] = Entry{Data: entries[0].Data, Model: entries[0].Model, Document: entries[0].Document}
	entries[1].Document.Certificate = &again
	text.Reset()
	if err := Summary(&text, entries[:2]); err != nil {
		t.Fatal(err)
	}
	golden(t, "summary-seeds.txt", text.Bytes())
}
