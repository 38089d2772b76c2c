package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"flowcert/cert"
)

//go:embed page.html
var pageTemplate string

//go:embed style.css
var pageStyle string

// page is what the template shows.
type page struct {
	Language    Language
	Style       template.CSS
	Title       string
	Label       template.HTML
	Picture     template.HTML
	PictureNote string
	Scale       cert.Scale
	Blocks      []pageBlock
	Facts       []pageFact
	Evidence    cert.Evidence
}

type pageBlock struct {
	Title string
	Rows  []pageRow
}

type pageRow struct {
	ID, Class, Grade, Value, Interval, N string
	Strength, Statement, Unit, Rule      string
	Method, Source, Reason               string
	Refuted                              bool
}

type pageFact struct {
	Name, Value string
	Digest      bool
}

// page draws a self-contained page: the label, a larger picture, every row, the
// digests and the list of evidence. It fails as the label does.
func (d Document) page(t *translator) ([]byte, error) {
	drawn, err := d.label(t)
	if err != nil {
		return nil, err
	}
	label, err := drawn.svg("label")
	if err != nil {
		return nil, err
	}
	pic, err := newPicture(d.Arrays)
	if err != nil {
		return nil, err
	}
	c := d.Certificate
	title, _ := t.free(c.Subject.Title)
	data, _ := t.free(c.Data.Title)
	p := page{
		Language:    t.language,
		Style:       template.CSS(pageStyle),
		Title:       clean(t.sayf("flowcert: %s on %s", title, data)),
		Label:       template.HTML(label),
		PictureNote: t.pictureNote(d, pic),
		Scale:       c.Scale,
		Facts:       t.facts(d),
		Evidence:    c.Evidence,
	}
	if pic != nil {
		svg, err := d.largePicture(t, pic)
		if err != nil {
			return nil, err
		}
		p.Picture = template.HTML(svg)
	}
	for _, b := range cert.Blocks() {
		block := pageBlock{Title: t.block(b)}
		for _, r := range d.rows(b) {
			block.Rows = append(block.Rows, t.row(r))
		}
		p.Blocks = append(p.Blocks, block)
	}
	return t.fill(pageTemplate, p)
}

// fill executes a template that says its own texts with "say" and the certificate's
// with "quote".
func (t *translator) fill(text string, content any) ([]byte, error) {
	parsed, err := template.New("page").Funcs(template.FuncMap{"say": t.say, "sayf": t.sayf, "quote": t.quoted, "short": short}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("report: page: %w", err)
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, content); err != nil {
		return nil, fmt.Errorf("report: page: %w", err)
	}
	return b.Bytes(), nil
}

// quoted translates a text of the certificate, or marks it as English.
func (t *translator) quoted(english string) template.HTML {
	s, foreign := t.free(clean(english))
	s = template.HTMLEscapeString(s)
	if foreign != "" {
		s = `<span lang="` + string(foreign) + `">` + s + `</span>`
	}
	return template.HTML(s)
}

// block names a block.
func (t *translator) block(b cert.Block) string {
	return t.say(strings.ToUpper(string(b[:1])) + string(b[1:]))
}

func (t *translator) row(r cert.Row) pageRow {
	row := pageRow{
		ID: clean(r.ID), Statement: r.Statement, Class: strings.ReplaceAll(clean(string(r.Strength)), " ", "-"),
		Strength: t.wordOf(r.Strength), Grade: clean(r.Grade), Unit: r.Unit, Method: r.Method,
		Source: r.Source, Reason: r.Reason, Refuted: r.Strength == cert.Refuted,
	}
	if r.Rule != "" {
		row.Rule = clean(fmt.Sprintf("%s (%s)", r.Rule, strings.Join(r.Inputs, ", ")))
	}
	if r.N > 0 {
		row.N = t.number(float64(r.N))
	}
	if r.Value != nil {
		row.Value = t.exact(*r.Value)
	}
	if r.Lo != nil && r.Hi != nil {
		row.Interval = t.sayf("%s to %s", t.exact(*r.Lo), t.exact(*r.Hi))
		if r.Level > 0 {
			row.Interval += " (" + t.number(100*r.Level) + "\u00a0%)"
		}
	}
	return row
}

// exact prints v with all digits that the certificate has.
func (t *translator) exact(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return t.figures(group(strconv.FormatFloat(v, 'f', 0, 64)))
	}
	return t.figures(strconv.FormatFloat(v, 'g', -1, 64))
}

// facts lists the header of the certificate.
func (t *translator) facts(d Document) []pageFact {
	c := d.Certificate
	s, data, e := c.Subject, c.Data, c.Environment
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		settings = []byte(err.Error())
	}
	count := func(n int) string { return t.number(float64(n)) }
	var notes []string
	for _, note := range e.Notes {
		notes = append(notes, t.say(note))
	}
	facts := []pageFact{
		{"certificate", d.SHA256, true},
		{"format", c.Format, false},
		{"model", t.say(s.Title) + " (" + s.Model + "), " + t.say(s.Family), false},
		{"settings", string(settings), true},
		{"model seed", strconv.FormatUint(s.Seed, 10), false},
		{"its scores are", t.say(s.Scores), false},
		{"description (model.json)", s.DescriptionSHA256, true},
		{"weights", s.WeightsSHA256, true},
		{"data", sentence(t.say(data.Title), data.Name, data.Source, data.Licence), false},
		{"columns", strings.Join(data.Columns, ", "), false},
		{"rows", t.sayf("%s train, %s validation, %s test, split by seed %d",
			count(data.Train), count(data.Validation), count(data.Test), data.SplitSeed), false},
		{"training rows", data.TrainSHA256, true},
		{"validation rows", data.ValidationSHA256, true},
		{"test rows", data.TestSHA256, true},
		{"machine", sentence(e.Processor, t.sayf("%d cores", e.Cores), e.OS+"/"+e.Arch), false},
		{"program", sentence(e.Program, e.Go, e.Kernels, t.sayf("%d workers", e.Workers)), false},
		{"program file", e.ProgramSHA256, true},
		{"source of energy figures", t.energyWords(e.EnergySource), false},
		{"issued", e.Issued, false},
		{"notes", strings.Join(notes, "; "), false},
	}
	for i := range facts {
		facts[i].Name, facts[i].Value = t.say(facts[i].Name), clean(facts[i].Value)
	}
	return facts
}
