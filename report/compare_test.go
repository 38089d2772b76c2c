package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"flowcert/cert"
	"flowcert/internal/random"
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
		if want := d.Model == 1; d.ToldApart != want {
			t.Errorf("certificates %d and %d told apart: %v, want %v (%+v)", d.Model, d.From, d.ToldApart, want, d)
		}
	}
	if want := [][]int{{2, 3}, {1}}; !reflect.DeepEqual(p.Groups, want) {
		t.Errorf("groups %v, want %v", p.Groups, want)
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

// TestPairedEqualModels checks that models which are the same up to noise are one group
// without a best.
func TestPairedEqualModels(t *testing.T) {
	var fixtures []fixture
	for _, name := range []string{"a", "b", "c", "d"} {
		fixtures = append(fixtures, rival(name, name, 0, 0.08, 1))
	}
	c := compare(t, fixtures...)
	p := c.Paired[0]
	if want := [][]int{{1, 2, 3, 4}}; !reflect.DeepEqual(p.Groups, want) {
		t.Errorf("groups %v, want %v", p.Groups, want)
	}
	for i, cell := range c.row(likelihoodRow).Cells {
		if cell.Mark != Tied {
			t.Errorf("certificate %d is marked %q, want %q", i+1, cell.Mark, Tied)
		}
	}
	words := p.String()
	if want := "cannot be told apart: [1] [2] [3] [4]\n"; !strings.Contains(words, want) {
		t.Errorf("no %q in:\n%s", want, words)
	}
	if strings.Contains(words, "higher") || strings.Contains(words, "lower") {
		t.Errorf("equal models are put in order:\n%s", words)
	}
}

// TestPairedWinner checks that a model which is better by ten standard errors is told.
func TestPairedWinner(t *testing.T) {
	c := compare(t, rival("worse", "Worse", 0.1, 0.1, 1), spline(), rival("worst", "Worst", 0.9, 0.7, 1))
	if got := c.Paired[0].Groups[0]; !slices.Equal(got, []int{2}) {
		t.Errorf("the group of the best is %v, want certificate 2 alone", got)
	}
	marks := c.row(likelihoodRow).Cells
	if marks[0].Mark != "" || marks[1].Mark != Best || marks[2].Mark != "" {
		t.Errorf("log-likelihood is marked %q, %q, %q, want the second alone as %q", marks[0].Mark, marks[1].Mark, marks[2].Mark, Best)
	}
	if words := c.Paired[0].String(); !strings.Contains(words, "higher than all others: [2]\n") {
		t.Errorf("the winner is not told:\n%s", words)
	}
}

// seeded is a model trained with a seed, whose mean differs from spline's by offset.
func seeded(name string, seed uint64, difference float64) fixture {
	f := spline()
	f.subject.Model, f.subject.Seed = name, seed
	f.arrays["test.log_density"] = offset(spline().arrays["test.log_density"], fmt.Sprint(name, seed), difference, 0.05)
	return f
}

// TestPairedSeeds checks that certificates which differ in their seed are one model, and
// that what is said of it holds for other seeds: a difference far above the noise of the
// rows, but not above that of trainings, is none.
func TestPairedSeeds(t *testing.T) {
	var all []fixture
	for seed, up := range []float64{-0.3, 0.25, 0.1, -0.2, 0.2} {
		all = append(all, seeded("a", uint64(seed), up), seeded("b", uint64(seed), 0.02-up))
	}
	c := compare(t, all...)
	p := c.Paired[0]
	if len(p.Models) != 2 || !slices.Equal(p.Models[0].Certificates, []int{1, 3, 5, 7, 9}) || p.Models[0].Seeds != 5 || !p.Models[0].OverSeeds {
		t.Fatalf("models %+v, want two of five seeds each", p.Models)
	}
	if want := [][]int{{1, 2}}; !reflect.DeepEqual(p.Groups, want) {
		t.Errorf("groups %v, want %v: the means of trainings lie within their noise", p.Groups, want)
	}
	if words := p.String(); !strings.Contains(words, "[1, 3, 5, 7, 9]") || !strings.Contains(words, "5 seeds") {
		t.Errorf("the seeds are not told:\n%s", words)
	}
	// One training of each is told apart: the statement is about these weights.
	p = compare(t, all[2], all[3]).Paired[0]
	if len(p.Groups) != 2 || p.Models[0].OverSeeds {
		t.Errorf("two trainings: groups %v, models %+v; want them told apart, for these weights", p.Groups, p.Models)
	}
	if words := p.String(); strings.Count(words, "these weights; other seeds may differ") != 2 {
		t.Errorf("nothing says that other seeds may differ:\n%s", words)
	}
	// A seed given twice is not two trainings, nor are other training rows the same model.
	other := seeded("a", 7, 0)
	other.data.TrainSHA256 = hash("other")
	if p = compare(t, all[0], all[0], other).Paired[0]; len(p.Models) != 3 {
		t.Errorf("models %+v, want three", p.Models)
	}
	// Further trainings in the evidence of a certificate count.
	thorough := spline()
	for i := range 4 {
		thorough.arrays[scoresOfSeeds] = append(thorough.arrays[scoresOfSeeds], seeded("c", uint64(i), 0).arrays["test.log_density"]...)
	}
	if p = compare(t, thorough, all[0]).Paired[0]; p.Models[0].Seeds != 5 || !p.Models[0].OverSeeds {
		t.Errorf("models %+v, want five seeds of the first", p.Models)
	}
}

// TestPairedOrder checks that the order in which certificates are given changes only their
// numbers.
func TestPairedOrder(t *testing.T) {
	var fixtures []fixture
	for seed := range uint64(5) {
		fixtures = append(fixtures, seeded("a", seed, 0.03*float64(seed%3)), seeded("b", seed, -0.02*float64(seed%2)))
	}
	fixtures = append(fixtures, rival("gaussian", "Gaussian", 0.9, 0.7, 1), rival("twin", "A twin", 0, 0.05, 1))
	given := documents(t, fixtures...)
	var want []string
	for trial := range 4 {
		order := random.New(17, "order", uint64(trial), 0).Perm(len(given))
		var shuffled []Document
		for _, i := range order {
			shuffled = append(shuffled, given[i])
		}
		c, err := Compare(shuffled)
		if err != nil {
			t.Fatal(err)
		}
		p := c.Paired[0]
		name := func(certificate int) string { return shuffled[certificate-1].Certificate.Subject.Model }
		got := []string{"best " + name(p.Best)}
		for _, d := range p.Differences {
			got = append(got, fmt.Sprint(name(d.Model), name(d.From), d.Value, *d.Lo, *d.Hi, d.Level, d.P, d.ToldApart))
		}
		for _, group := range p.Groups {
			var members []string
			for _, i := range group {
				members = append(members, name(i))
			}
			slices.Sort(members)
			got = append(got, fmt.Sprint(members))
		}
		slices.Sort(got)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("in the order %v:\n%s\nwant\n%s", order, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestPairedLeavesOut checks that what cannot be compared row by row leaves the rest of
// the comparison as it is, with the reason.
func TestPairedLeavesOut(t *testing.T) {
	given := documents(t, spline(), rival("twin", "A twin", 0, 0.05, 1), rival("gaussian", "Gaussian", 0.9, 0.7, 1))
	given[2].Arrays[scoresOfRows][7] = math.Inf(-1)
	c, err := Compare(given)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Paired[0].Models) != 2 || len(c.Remarks) != 1 || !strings.Contains(c.Remarks[0], "certificate 3 ") {
		t.Errorf("%d models and remarks %q, want two, and a remark on certificate 3", len(c.Paired[0].Models), c.Remarks)
	}
	for i := range given {
		given[i].Arrays[scoresOfRows] = given[i].Arrays[scoresOfRows][:5]
	}
	if c, err = Compare(given); err != nil || len(c.Paired) != 0 || len(c.Remarks) != 1 || !strings.Contains(c.Remarks[0], "5 test rows are too few") {
		t.Errorf("five rows: %d comparisons, remarks %q, error %v; want a remark", len(c.Paired), c.Remarks, err)
	}
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
