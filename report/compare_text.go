package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"flowcert/cert"
)

// Write prints the comparison as aligned text, the same rows in the same order as
// every certificate. It uses no colour.
func (c *Comparison) Write(w io.Writer) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	line := func(title, unit string, cell func(i int) string) {
		fmt.Fprintf(t, "%s\t%s", title, unit)
		for i := range c.Certificates {
			fmt.Fprintf(t, "\t%s", cell(i))
		}
		fmt.Fprintln(t)
	}
	line("certificate", "", func(i int) string { return fmt.Sprintf("[%d] %s", i+1, short(c.Certificates[i].SHA256)) })
	line("model", "", func(i int) string { return c.Certificates[i].Title })
	line("data", "", func(i int) string { return c.Certificates[i].Data })
	line("seed", "", func(i int) string { return fmt.Sprint(c.Certificates[i].Seed) })
	line("scores", "", func(i int) string { return c.Certificates[i].Scores })
	block := cert.Block("")
	for _, r := range c.Rows {
		if r.Block != block {
			block = r.Block
			line("", "", func(int) string { return "" })
			line(strings.ToUpper(string(block)), "", func(int) string { return "" })
		}
		_, unit := display(cert.Row{Statement: r.Statement, Unit: r.Unit})
		line(r.title(), unit, func(i int) string { return r.text(i) })
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("report: compare: %w", err)
	}
	text := trimRight(b.String()) + "\n<best> is the best of its row; <tied> cannot be told apart from the best.\n"
	for _, p := range c.Paired {
		text += "\n" + p.String()
	}
	if len(c.Remarks) > 0 {
		text += "\n" + strings.Join(c.Remarks, "\n") + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// trimRight drops the blanks that aligned cells leave at the ends of lines.
func trimRight(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// title is the statement, and for guarantees which side of it.
func (r ComparedRow) title() string {
	switch {
	case r.Block == cert.Guarantees && strings.HasSuffix(r.ID, ".theory"):
		return r.Statement + ", theory"
	case r.Block == cert.Guarantees:
		return r.Statement + ", checked"
	}
	return r.Statement
}

// text prints a cell: figure, interval, grade and mark. The strength is left out
// of measured and tested figures, which most are.
func (r ComparedRow) text(i int) string {
	c := r.Cells[i]
	if c.Strength == cert.NotAssessed {
		return string(c.Strength)
	}
	f := show(cert.Row{Statement: r.Statement, Unit: r.Unit, Value: c.Value, Lo: c.Lo, Hi: c.Hi})
	parts := []string{f.figure}
	if r.Block == cert.Answers {
		parts = []string{"yes"}
		if c.Strength == cert.Refuted {
			parts = nil
		}
	}
	if f.interval != "" {
		parts = append(parts, "("+f.interval+")")
	}
	if c.Grade != "" {
		parts = append(parts, c.Grade)
	}
	claim := r.Block == cert.Answers || r.Block == cert.Guarantees
	if claim || c.Strength != cert.Measured && c.Strength != cert.Tested {
		parts = append(parts, plain(c.Strength))
	}
	if c.Mark != "" {
		parts = append(parts, "<"+string(c.Mark)+">")
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// String says in words which models can be told apart.
func (p Paired) String() string {
	words := newTranslator(English).paired(p)
	var b strings.Builder
	fmt.Fprintln(&b, words.Text)
	for _, m := range words.Models {
		fmt.Fprintf(&b, "  %s\n", m)
	}
	for _, v := range words.Verdicts {
		fmt.Fprintln(&b, v)
	}
	fmt.Fprintln(&b, words.From)
	for _, d := range words.Differences {
		fmt.Fprintf(&b, "  %s\n", d)
	}
	return b.String()
}

// plain is a strength in a text without colours.
func plain(s cert.Strength) string {
	if s == cert.Refuted {
		return "✗ REFUTED"
	}
	return clean(string(s))
}
