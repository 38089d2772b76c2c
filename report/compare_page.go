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

// comparePaired is a paired comparison in sentences, with numbers as figures prints them.
type comparePaired struct {
	Text        string
	Models      []string
	Verdicts    []string
	From        string
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
		words := t.paired(pair)
		for _, lines := range [][]string{words.Models, words.Differences} {
			for i := range lines {
				lines[i] = t.figures(lines[i])
			}
		}
		p.Paired = append(p.Paired, words)
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

// paired says in words which models can be told apart; those that cannot be are not put
// in order.
func (t *translator) paired(p Paired) comparePaired {
	words := comparePaired{Text: t.sayf("Log-likelihood on the same %s test rows, in nats per row:", t.number(float64(p.Rows)))}
	names := map[int]string{}
	for _, m := range p.Models {
		names[m.Certificates[0]] = strings.ReplaceAll(fmt.Sprint(m.Certificates), " ", ", ")
	}
	for _, m := range p.Models {
		words.Models = append(words.Models, fmt.Sprintf("%s  %s · %s", names[m.Certificates[0]], number(m.Mean), t.overSeeds(m)))
	}
	for _, group := range p.Groups {
		var members []string
		for _, i := range group {
			members = append(members, names[i])
		}
		switch all := strings.Join(members, " "); {
		case len(group) > 1:
			words.Verdicts = append(words.Verdicts, t.say("cannot be told apart")+": "+all)
		case group[0] == p.Best:
			words.Verdicts = append(words.Verdicts, t.say("higher than all others")+": "+all)
		}
	}
	words.From = t.sayf("Paired differences from %s, by a bootstrap; what is told apart is so jointly at 95 %% (Holm):", names[p.Best])
	for _, d := range p.Differences {
		if d.From == p.Best {
			words.Differences = append(words.Differences, names[d.Model]+"  "+t.difference(d))
		}
	}
	return words
}

// overSeeds says which trainings a statement is about.
func (t *translator) overSeeds(m PairedModel) string {
	switch {
	case m.OverSeeds:
		return t.sayf("%d seeds", m.Seeds)
	case m.Seeds > 1:
		return t.sayf("these %d trainings; other seeds may differ", m.Seeds)
	}
	return t.say("these weights; other seeds may differ")
}

func (t *translator) difference(d Difference) string {
	var value, bounds string
	switch {
	case d.Lo != nil && d.Hi != nil:
		v, lo, hi := figures(d.Value, *d.Lo, *d.Hi)
		value, bounds = v, t.sayf("%s to %s", lo, hi)
	case d.Lo != nil:
		value, bounds = number(d.Value), t.sayf("at least %s", number(*d.Lo))
	case d.Hi != nil:
		value, bounds = number(d.Value), t.sayf("at most %s", number(*d.Hi))
	default:
		value, bounds = number(d.Value), t.say("without bounds")
	}
	verdict := t.say("cannot be told apart")
	if d.ToldApart {
		verdict = t.say("lower")
	}
	return fmt.Sprintf("%s (%s) · p = %.2g · %s", value, bounds, d.P, verdict)
}
