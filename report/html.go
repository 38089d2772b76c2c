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

// page is what the template shows.
type page struct {
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
	ID, Statement, Class, Grade, Value, Interval, Unit, N string
	Strength, Method, Source, Reason, Rule                string
	Refuted                                               bool
}

type pageFact struct {
	Name, Value string
	Digest      bool
}

// HTML draws a self-contained page: the label, a larger picture, every row, the
// digests and the list of evidence. The same document gives the same bytes. It
// fails as Label does.
func HTML(d Document) ([]byte, error) {
	label, err := Label(d)
	if err != nil {
		return nil, err
	}
	pic, err := newPicture(d.Arrays)
	if err != nil {
		return nil, err
	}
	c := d.Certificate
	p := page{
		Title:       clean(fmt.Sprintf("flowcert: %s on %s", c.Subject.Title, c.Data.Title)),
		Label:       template.HTML(label),
		PictureNote: d.pictureNote(pic),
		Scale:       c.Scale,
		Facts:       d.facts(),
		Evidence:    c.Evidence,
	}
	if pic != nil {
		svg, err := d.largePicture(pic)
		if err != nil {
			return nil, err
		}
		p.Picture = template.HTML(svg)
	}
	for _, b := range cert.Blocks() {
		block := pageBlock{Title: strings.ToUpper(string(b[:1])) + string(b[1:])}
		for _, r := range d.rows(b) {
			block.Rows = append(block.Rows, newPageRow(r))
		}
		p.Blocks = append(p.Blocks, block)
	}
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("report: page: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("report: page: %w", err)
	}
	return b.Bytes(), nil
}

func newPageRow(r cert.Row) pageRow {
	row := pageRow{
		ID: clean(r.ID), Statement: clean(r.Statement), Class: strings.ReplaceAll(string(r.Strength), " ", "-"),
		Strength: wordOf(r.Strength), Grade: clean(r.Grade), Unit: clean(r.Unit), Method: clean(r.Method),
		Source: clean(r.Source), Reason: clean(r.Reason), Refuted: r.Strength == cert.Refuted,
	}
	if r.Rule != "" {
		row.Rule = clean(fmt.Sprintf("%s of %s", r.Rule, strings.Join(r.Inputs, ", ")))
	}
	if r.N > 0 {
		row.N = number(float64(r.N))
	}
	if r.Value != nil {
		row.Value = exact(*r.Value)
	}
	if r.Lo != nil && r.Hi != nil {
		row.Interval = exact(*r.Lo) + " to " + exact(*r.Hi)
		if r.Level > 0 {
			row.Interval += " (" + number(100*r.Level) + "\u00a0%)"
		}
	}
	return row
}

// exact prints v with all digits that the certificate has.
func exact(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return typographic(group(strconv.FormatFloat(v, 'f', 0, 64)))
	}
	return typographic(strconv.FormatFloat(v, 'g', -1, 64))
}

// facts lists the header of the certificate.
func (d Document) facts() []pageFact {
	c := d.Certificate
	s, data, e := c.Subject, c.Data, c.Environment
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		settings = []byte(err.Error())
	}
	count := func(n int) string { return number(float64(n)) }
	facts := []pageFact{
		{"certificate", d.SHA256, true},
		{"format", c.Format, false},
		{"model", s.Title + " (" + s.Model + "), " + s.Family, false},
		{"settings", string(settings), true},
		{"model seed", strconv.FormatUint(s.Seed, 10), false},
		{"its scores are", s.Scores, false},
		{"description (model.json)", s.DescriptionSHA256, true},
		{"weights", s.WeightsSHA256, true},
		{"data", sentence(data.Title, data.Name, data.Source, data.Licence), false},
		{"columns", strings.Join(data.Columns, ", "), false},
		{"rows", fmt.Sprintf("%s train, %s validation, %s test, split by seed %d",
			count(data.Train), count(data.Validation), count(data.Test), data.SplitSeed), false},
		{"training rows", data.TrainSHA256, true},
		{"validation rows", data.ValidationSHA256, true},
		{"test rows", data.TestSHA256, true},
		{"machine", sentence(e.Processor, count(e.Cores)+" cores", e.OS+"/"+e.Arch), false},
		{"program", sentence(e.Program, e.Go, e.Kernels, count(e.Workers)+" workers"), false},
		{"program file", e.ProgramSHA256, true},
		{"energy", energyWords(e.EnergySource), false},
		{"issued", e.Issued, false},
		{"notes", strings.Join(e.Notes, "; "), false},
	}
	for i := range facts {
		facts[i].Value = clean(facts[i].Value)
	}
	return facts
}
