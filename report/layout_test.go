package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"flowcert/cert"
)

// box is the rectangle that something drawn takes up.
type box struct {
	left, top, right, bottom float64
	what                     string
}

func (a box) overlaps(b box) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

func (a box) inside(b box) bool {
	return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom
}

// svgFile is what the layout test needs of an SVG.
type svgFile struct {
	Texts []struct {
		X      float64 `xml:"x,attr"`
		Y      float64 `xml:"y,attr"`
		Size   float64 `xml:"font-size,attr"`
		Weight string  `xml:"font-weight,attr"`
		Anchor string  `xml:"text-anchor,attr"`
		Text   string  `xml:",chardata"`
	} `xml:"text"`
	Rects []struct {
		Class  string  `xml:"class,attr"`
		X      float64 `xml:"x,attr"`
		Y      float64 `xml:"y,attr"`
		Width  float64 `xml:"width,attr"`
		Height float64 `xml:"height,attr"`
	} `xml:"rect"`
	Images []struct {
		X      float64 `xml:"x,attr"`
		Y      float64 `xml:"y,attr"`
		Width  float64 `xml:"width,attr"`
		Height float64 `xml:"height,attr"`
	} `xml:"image"`
}

// boxes measures the texts, and returns the boxes of pills and images. A text
// reaches from 0.74 em above its baseline, the height of capitals, to 0.2 em
// below it.
func boxes(t *testing.T, svg []byte) (texts, pills, images []box) {
	t.Helper()
	var d svgFile
	if err := xml.Unmarshal(svg, &d); err != nil {
		t.Fatal(err)
	}
	face := newTypeface()
	for _, text := range d.Texts {
		width := face.width(text.Text, text.Size, text.Weight == "700")
		left := text.X
		switch text.Anchor {
		case "middle":
			left -= width / 2
		case "end":
			left -= width
		}
		texts = append(texts, box{left, text.Y - 0.74*text.Size, left + width, text.Y + 0.2*text.Size, text.Text})
	}
	for _, r := range d.Rects {
		if r.Class == "pill" {
			pills = append(pills, box{r.X, r.Y, r.X + r.Width, r.Y + r.Height, "pill"})
		}
	}
	for _, i := range d.Images {
		images = append(images, box{i.X, i.Y, i.X + i.Width, i.Y + i.Height, "image"})
	}
	return texts, pills, images
}

// checkLayout checks that nothing overlaps or leaves the page's margins. The
// tolerance is the rounding of coordinates to a tenth.
func checkLayout(t *testing.T, svg []byte) {
	t.Helper()
	texts, pills, images := boxes(t, svg)
	if len(texts) == 0 {
		t.Fatal("no text")
	}
	const tolerance = 0.2
	page := box{margin - tolerance, 0, rightEdge + tolerance, pageHeight, "page"}
	for i, a := range texts {
		if !a.inside(page) {
			t.Errorf("%q leaves the page: %+v", a.what, a)
		}
		for _, b := range texts[i+1:] {
			if a.overlaps(b) {
				t.Errorf("%q and %q overlap: %+v %+v", a.what, b.what, a, b)
			}
		}
		for _, b := range images {
			if a.overlaps(b) {
				t.Errorf("%q overlaps an image", a.what)
			}
		}
	}
	for i, p := range pills {
		words := 0
		for _, a := range texts {
			switch {
			case a.inside(p):
				words++
			case a.overlaps(p):
				t.Errorf("%q runs over the border of a pill: %+v %+v", a.what, a, p)
			}
		}
		if words != 1 {
			t.Errorf("a pill holds %d texts, want 1: %+v", words, p)
		}
		for _, q := range pills[i+1:] {
			if p.overlaps(q) {
				t.Errorf("pills overlap: %+v %+v", p, q)
			}
		}
	}
}

// inLanguages runs a test of the label of a document in every language.
func inLanguages(t *testing.T, d Document, check func(t *testing.T, svg []byte)) {
	t.Helper()
	for _, l := range Languages() {
		t.Run(string(l), func(t *testing.T) {
			svg, err := Label(d, SVG, l)
			if err != nil {
				t.Fatal(err)
			}
			check(t, svg)
		})
	}
}

func TestLabelLayout(t *testing.T) {
	for name, f := range fixtures() {
		t.Run(name, func(t *testing.T) { inLanguages(t, f.document(t), checkLayout) })
	}
}

// TestLabelLayoutOfExtremes draws certificates that no program writes: every row
// refuted, with long words and huge numbers.
func TestLabelLayoutOfExtremes(t *testing.T) {
	unbroken := strings.Repeat("Unbreakable", 20)
	huge := -1.23456e300
	for name, change := range map[string]func(r *cert.Row){
		"refuted":     func(r *cert.Row) { r.Strength, r.Reason = cert.Refuted, strings.Repeat("because ", 50) },
		"unbreakable": func(r *cert.Row) { r.Statement, r.Unit, r.Method, r.Reason = unbroken, unbroken, unbroken, unbroken },
		"huge":        func(r *cert.Row) { r.Value, r.Lo, r.Hi, r.N = &huge, &huge, &huge, math.MaxInt },
		"wide glyphs": func(r *cert.Row) { r.Statement = strings.Repeat("表🌍", 30) },
		"no rows":     func(r *cert.Row) { r.ID, r.Block = "none", "none" },
		"strength":    func(r *cert.Row) { r.Strength = "unheard of" },
		"proved":      func(r *cert.Row) { r.Strength, r.Method = cert.Proved, strings.Repeat("thus ", 50) },
	} {
		t.Run(name, func(t *testing.T) {
			d := long().document(t)
			for i := range d.Certificate.Rows {
				change(&d.Certificate.Rows[i])
			}
			inLanguages(t, d, checkLayout)
		})
	}
}

// TestLabelLayoutOfManyRows draws certificates with more rows than fit, each named as
// long as the longest; what is left out is counted.
func TestLabelLayoutOfManyRows(t *testing.T) {
	for _, times := range []int{2, 5} {
		d := long().document(t)
		var rows []cert.Row
		for i := range times {
			for _, r := range d.Certificate.Rows {
				r.ID = strings.Replace(r.ID, ".", fmt.Sprintf(".%d", i), 1)
				r.Statement += strings.Repeat(" and more", i)
				rows = append(rows, r)
			}
		}
		d.Certificate.Rows = append(rows, d.Certificate.Rows...)
		inLanguages(t, d, func(t *testing.T, svg []byte) {
			checkLayout(t, svg)
			if words := wordsOf(t, svg); !strings.Contains(words, " more in label.html") && !strings.Contains(words, " weitere in label.de.html") {
				t.Error("nothing says that rows are left out")
			}
		})
	}
}

// wordsOf is what can be read on a label, a line for each text.
func wordsOf(t *testing.T, svg []byte) string {
	t.Helper()
	texts, _, _ := boxes(t, svg)
	var lines []string
	for _, text := range texts {
		lines = append(lines, text.what)
	}
	return strings.Join(lines, "\n")
}

// TestLabelShowsRefutation checks that what is refuted is said in words, in a
// band of its own, and that nothing says so where nothing is.
func TestLabelShowsRefutation(t *testing.T) {
	for name, f := range fixtures() {
		for l, word := range map[Language]string{English: "REFUTED", German: "WIDERLEGT"} {
			svg, err := Label(f.document(t), SVG, l)
			if err != nil {
				t.Fatal(err)
			}
			// The band, the badge, the fit, and the two guarantees, at least.
			said := strings.Count(wordsOf(t, svg), word)
			if name == "refuted" && said < 5 || name != "refuted" && said > 0 {
				t.Errorf("%s, %s: %s is said %d times", name, l, word, said)
			}
		}
	}
}

// TestLabelShowsRefutationInItsBlock checks that a refuted row beside a block's headline is
// said there, in the colour of alarm.
func TestLabelShowsRefutationInItsBlock(t *testing.T) {
	svg, err := Label(refuted().document(t), SVG, English)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"✗ REFUTED: test rows that training has seen", "✗ REFUTED: copies of training rows"} {
		line := regexp.MustCompile(`<text[^>]*fill="` + alarm + `"[^>]*>` + said + `</text>`)
		if !line.Match(svg) {
			t.Errorf("%q is not said in %s", said, alarm)
		}
	}
}

// wellFormed reads a document to its end with a strict decoder.
func wellFormed(document []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// FuzzLabel checks that no name can break the label, the page or the texts.
func FuzzLabel(f *testing.F) {
	for _, s := range []string{
		"", "plain", `<script>alert("1")</script>`, "]]> & &amp; '\"", "\x00\x01\xff", "a\u202Eb\u2028c\td\ne",
		"</text></svg>", "javascript:alert(1)", "表🌍é", strings.Repeat("x", 2000), "{{.}}", "\uFFFE",
	} {
		f.Add(s, 1.5)
	}
	f.Add("value", math.Inf(1))
	f.Add("value", math.NaN())
	f.Add("value", -1e-320)
	base := refuted().withPicture().document(f)
	f.Fuzz(func(t *testing.T, s string, v float64) {
		c := *base.Certificate
		c.Subject.Title, c.Subject.Summary, c.Subject.Model, c.Subject.Family = s, s, s, s
		c.Data.Title, c.Data.Name, c.Data.Source, c.Data.Columns = s, s, s, []string{s, s}
		c.Environment.Processor, c.Environment.EnergySource, c.Environment.Notes = s, s, []string{s}
		c.Rows = append([]cert.Row(nil), c.Rows...)
		for i := range c.Rows {
			r := &c.Rows[i]
			switch i % 3 {
			case 0:
				r.Statement, r.Unit, r.Reason, r.Value = s, s, s, &v
			case 1:
				r.Method, r.Source, r.Strength, r.Lo = s, s, cert.Strength(s), &v
			case 2:
				r.Grade, r.Lo, r.Hi = s, &v, &v
			}
		}
		d := Document{Certificate: &c, Arrays: base.Arrays, SHA256: s}
		svg, err := Label(d, SVG, German)
		if err != nil {
			t.Fatal(err)
		}
		if err := wellFormed(svg); err != nil {
			t.Fatalf("label: %v", err)
		}
		if bytes.Contains(svg, []byte("<script")) {
			t.Fatal("a name became an element of the label")
		}
		page, err := Label(d, HTML, German)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(page, []byte("<script")) {
			t.Fatal("a name became an element of the page")
		}
		if err := Summary(io.Discard, []Entry{{Data: s, Model: s, Document: d}}); err != nil {
			t.Fatal(err)
		}
		comparison, err := Compare([]Document{d, base})
		if err != nil {
			t.Fatal(err)
		}
		if err := comparison.Write(io.Discard); err != nil {
			t.Fatal(err)
		}
	})
}
