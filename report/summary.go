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

// Summary prints one line per certificate, lines of the same data set together,
// with what most readers look for first. A dash is what was not assessed.
func Summary(w io.Writer, documents []Document) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "data\tmodel\tseed\tlog-likelihood\texcess or skill\tgrades\ttraining\tdensities\tweights\t")
	fmt.Fprintln(t, "\t\t\tnats per row\t\t\ts\tms per 1,000\tMiB\t")
	var sets []string
	for _, d := range documents {
		if name := d.Certificate.Data.Name; !slices.Contains(sets, name) {
			sets = append(sets, name)
		}
	}
	for _, set := range sets {
		for _, d := range documents {
			if d.Certificate.Data.Name == set {
				fmt.Fprintln(t, strings.Join(d.summary(), "\t"))
			}
		}
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("report: summary: %w", err)
	}
	_, err := io.WriteString(w, trimRight(b.String())+"grades: fit, samples, numerics, time, memory, energy; - not assessed\n")
	return err
}

// summary returns the cells of a certificate's line.
func (d Document) summary() []string {
	c := d.Certificate
	cells := []string{
		clean(c.Data.Name), clean(c.Subject.Model), fmt.Sprint(c.Subject.Seed),
		plusMinus(d.byID(likelihoodRow)), d.fitFigure(),
	}
	var grades []string
	for _, g := range gradedBlocks() {
		grades = append(grades, dash(d.headline(g.block).row.Grade))
	}
	cells = append(cells, strings.Join(grades, " "))
	for _, id := range []string{"time.training", "time.density", "memory.parameters"} {
		cells = append(cells, dash(show(d.byID(id)).figure))
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

// fitFigure is the excess over the truth where it is known, and the skill
// otherwise.
func (d Document) fitFigure() string {
	if r := d.byID("fit.excess"); assessed(r) {
		return "excess " + plusMinus(r)
	}
	if r := d.byID("fit.skill"); assessed(r) {
		r.Level = 0
		return fmt.Sprintf("skill %s (%s)", show(r).figure, show(r).interval)
	}
	return "-"
}

// plusMinus prints a value with half the width of its interval.
func plusMinus(r cert.Row) string {
	if r.Value == nil || r.Lo == nil || r.Hi == nil {
		return dash(show(r).figure)
	}
	value, _, _ := figures(*r.Value, *r.Lo, *r.Hi)
	half, _, _ := figures((*r.Hi-*r.Lo)/2, *r.Lo, *r.Hi)
	return value + " ± " + half
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
