package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"flowcert/cert"
)

// Entry is a certificate in a summary, under the names that its reader gave to the
// data and the model.
type Entry struct {
	Data, Model string
	Document    Document
}

// Summary prints a table for each data set, one line per certificate, with what
// most readers look for first. A dash is what was not assessed.
func Summary(w io.Writer, entries []Entry) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	seeds := slices.ContainsFunc(entries, func(e Entry) bool { return e.seed() != entries[0].seed() })
	line := func(name, seed string, cells ...string) {
		name = clean(name)
		if seeds {
			name += "\t" + seed
		}
		fmt.Fprintf(t, "%s\t%s\t\n", name, strings.Join(cells, "\t"))
	}
	var sets []string
	for _, e := range entries {
		if !slices.Contains(sets, e.Data) {
			sets = append(sets, e.Data)
		}
	}
	for i, set := range sets {
		members := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Data != set })
		fit := members[0].Document.fitRow()
		if i > 0 {
			line("", "", "", "", "", "", "", "")
		}
		line(set, "seed", "log-likelihood", strings.TrimPrefix(fit, "fit."), "grades", "training", "1,000 densities", "parameters")
		for _, e := range members {
			line(e.Model, e.seed(), e.Document.summary(fit)...)
		}
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("report: summary: %w", err)
	}
	_, err := io.WriteString(w, trimRight(b.String())+`
log-likelihood per test row, and the truth's excess over it, in nats ± half the interval; skill: 0 a Gaussian, 1 the reference
grades: fit, samples, numerics, time, memory, energy; -: not assessed
`)
	return err
}

func (e Entry) seed() string { return fmt.Sprint(e.Document.Certificate.Subject.Seed) }

// fitRow is the row that says how good a fit is: the excess over the truth where
// it is known, and the skill otherwise.
func (d Document) fitRow() string {
	if d.Certificate.Data.Truth {
		return "fit.excess"
	}
	return "fit.skill"
}

// summary returns the cells of a certificate's line.
func (d Document) summary(fit string) []string {
	cells := []string{plusMinus(d.byID(likelihoodRow)), plusMinus(d.byID(fit))}
	var grades []string
	for _, g := range gradedBlocks() {
		grades = append(grades, dash(d.headline(g.block).row.Grade))
	}
	cells = append(cells, strings.Join(grades, " "))
	for _, id := range []string{"time.training", "time.density", "memory.parameters"} {
		cells = append(cells, dash(sized(d.byID(id))))
	}
	var refuted []string
	for _, r := range d.withStrength(cert.Refuted) {
		refuted = append(refuted, clean(r.Statement))
	}
	if len(refuted) > 0 {
		cells = append(cells, "REFUTED: "+strings.Join(unique(refuted), ", "))
	}
	return cells
}

// byID returns the row of an ID, or one that is not assessed.
func (d Document) byID(id string) cert.Row {
	for _, r := range d.Certificate.Rows {
		if r.ID == id {
			return r
		}
	}
	return cert.Row{ID: id, Strength: cert.NotAssessed}
}

// plusMinus prints a value with half the width of its interval.
func plusMinus(r cert.Row) string {
	if r.Value == nil || r.Lo == nil || r.Hi == nil {
		return dash(show(r).figure)
	}
	value, _, _ := figures(*r.Value, *r.Lo, *r.Hi)
	if *r.Lo == *r.Hi {
		return value
	}
	half, _, _ := figures((*r.Hi-*r.Lo)/2, *r.Lo, *r.Hi)
	return value + " ± " + half
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
