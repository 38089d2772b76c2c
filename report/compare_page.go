package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"flowcert/cert"
)

//go:embed compare.html
var compareTemplate string

// comparePage is what the template of comparisons shows.
type comparePage struct {
	Language     Language
	Style        template.CSS
	Certificates []Compared
	Columns      int
	Blocks       []compareBlock
	Paired       []comparePaired
	Remarks      []string
}

type compareBlock struct {
	Title string
	Rows  []compareRow
}

type compareRow struct {
	Statement, Side, Unit string
	Cells                 []compareCell
}

type compareCell struct {
	Grade, Figure, Interval, Mark, Class, Strength string
}

type comparePaired struct {
	Text        string
	Differences []string
}

// HTML draws the comparison as a self-contained page that looks like those of
// certificates.
func (c *Comparison) HTML(l Language) ([]byte, error) {
	t := newTranslator(l)
	p := comparePage{
		Language: l, Style: template.CSS(pageStyle), Certificates: c.Certificates,
		Columns: len(c.Certificates) + 1, Remarks: c.Remarks,
	}
	for _, b := range cert.Blocks() {
		block := compareBlock{Title: t.block(b)}
		for _, r := range c.Rows {
			if r.Block == b {
				block.Rows = append(block.Rows, t.compared(r))
			}
		}
		p.Blocks = append(p.Blocks, block)
	}
	for _, pair := range c.Paired {
		p.Paired = append(p.Paired, t.paired(pair))
	}
	return t.fill(compareTemplate, p)
}

// compared is a row of the page; guarantees say which side of one it is.
func (t *translator) compared(r ComparedRow) compareRow {
	_, unit := display(cert.Row{Statement: r.Statement, Unit: r.Unit})
	row := compareRow{Statement: r.Statement, Unit: unit}
	switch {
	case strings.HasSuffix(r.ID, ".theory"):
		row.Side = t.say("theory")
	case strings.HasSuffix(r.ID, ".checked"):
		row.Side = t.say("check")
	}
	for _, c := range r.Cells {
		f := t.show(cert.Row{Statement: r.Statement, Unit: r.Unit, Value: c.Value, Lo: c.Lo, Hi: c.Hi})
		cell := compareCell{
			Grade: clean(c.Grade), Figure: f.figure, Interval: f.interval, Mark: t.say(string(c.Mark)),
			Class: strings.ReplaceAll(clean(string(c.Strength)), " ", "-"), Strength: t.wordOf(c.Strength),
		}
		if r.Block == cert.Answers && c.Strength != cert.NotAssessed && c.Strength != cert.Refuted {
			cell.Figure, cell.Interval = t.say("yes"), ""
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// paired says in words which models can be told apart.
func (t *translator) paired(p Paired) comparePaired {
	page := comparePaired{Text: t.sayf("Log-likelihood on the same %s test rows: certificate %d is the highest. Paired differences from it, in nats per row, with intervals that hold jointly at 95 %%:",
		t.number(float64(p.Rows)), p.Best)}
	for _, d := range p.Differences {
		v, lo, hi := figures(d.Value, d.Lo, d.Hi)
		verdict := "cannot be told apart"
		if d.ToldApart {
			verdict = "lower"
		}
		page.Differences = append(page.Differences, fmt.Sprintf("%d: %s (%s) · %s", d.Certificate, t.figures(v), t.joined(lo+" to "+hi), t.say(verdict)))
	}
	return page
}
