package report

import (
	"fmt"
	"slices"
	"strings"

	"flowcert/cert"
)

// The page, in units of a quarter of a millimetre on A4.
const (
	pageWidth  = 840
	pageHeight = 1188
	margin     = 40
	rightEdge  = pageWidth - margin
	textWidth  = pageWidth - 2*margin
)

// Colours. Every one that carries a meaning is accompanied by a word or letter.
const (
	ink       = "#17202e"
	muted     = "#4f5b6b"
	faint     = "#808a97"
	hairline  = "#d9dee5"
	paper     = "#ffffff"
	pale      = "#f3f5f8"
	navy      = "#12263f"
	navyText  = "#d7e4f5"
	navyFaint = "#9fc3ef"
	blue      = "#1f4e8c"
	bluePale  = "#e6effa"
	alarm     = "#8f1218"
	alarmPale = "#fdeeee"
	dots      = "#17325c"
)

// Format is a format of labels.
type Format string

// The formats. All but HTML are one page of A4; HTML adds every row, the digests and
// the list of evidence.
const (
	SVG  Format = "svg"
	HTML Format = "html"
	PDF  Format = "pdf"
	PNG  Format = "png"
)

// Formats lists the formats.
func Formats() []Format { return []Format{SVG, HTML, PDF, PNG} }

// Label draws the label of a certificate as a self-contained file. The same document
// gives the same bytes. It fails if the evidence of the picture is inconsistent, and
// panics for a format or a language that is not listed.
func Label(d Document, f Format, l Language) ([]byte, error) {
	switch f {
	case SVG, PDF, PNG:
		drawn, err := d.label(newTranslator(l))
		if err != nil {
			return nil, err
		}
		return drawn.encode(f)
	case HTML:
		return d.page(newTranslator(l))
	}
	panic(fmt.Sprintf("report: no format %q", f))
}

// encode writes a label as an image.
func (d *drawing) encode(f Format) ([]byte, error) {
	switch f {
	case PDF:
		return d.pdf()
	case PNG:
		return d.png()
	}
	return d.svg("label")
}

// label lays the one-page label out.
func (d Document) label(t *translator) (*drawing, error) {
	pic, err := newPicture(d.Arrays)
	if err != nil {
		return nil, err
	}
	c := d.Certificate
	title, _ := t.free(c.Subject.Title)
	data, _ := t.free(c.Data.Title)
	l := &label{doc: d, picture: pic, sheet: newSheet(t)}
	l.drawing = drawing{
		width: pageWidth, height: pageHeight, language: t.language,
		title: clean(t.sayf("Certificate of %s on %s", title, data)), description: d.describe(t),
	}
	l.compose()
	return &l.drawing, nil
}

// describe says in plain sentences what the label shows, for those who hear it.
func (d Document) describe(t *translator) string {
	var b strings.Builder
	for _, r := range d.withStrength(cert.Refuted) {
		fmt.Fprintf(&b, "%s: %s. ", t.say("Refuted"), t.say(r.Statement))
	}
	for _, g := range gradedBlocks() {
		r := d.headline(g.block).row
		known := sentence(t.say(r.Statement), t.show(r).quantity(), t.strength(r.Strength))
		switch {
		case !assessed(r):
			known = t.strength(r.Strength)
		case r.Grade == "":
			known = t.say("no grade") + " · " + known
		default:
			known = t.sayf("grade %s", r.Grade) + " · " + known
		}
		fmt.Fprintf(&b, "%s: %s. ", t.say(g.title), known)
	}
	return clean(b.String())
}

// label is a label being drawn.
type label struct {
	*sheet
	doc     Document
	picture *picture
}

// section is a part of the page whose height is known before it is drawn.
type section struct {
	height float64
	draw   func(top float64)
}

// compose lays the sections out from the top, gives the guarantees the room
// that the others leave, and shares what is still free out between them.
func (l *label) compose() {
	l.rect(0, 0, pageWidth, pageHeight, paper)
	sections := []section{l.header(), l.refutations(), l.answers(), l.blocks()}
	facts, footer := l.facts(), l.footer()
	free := pageHeight - facts.height - footer.height
	for _, s := range sections {
		free -= s.height
	}
	guarantees := l.guarantees(free)
	free -= guarantees.height
	sections = append(sections, guarantees, facts)
	gap := min(free/float64(len(sections)), 16)
	y := 0.0
	for i, s := range sections {
		s.draw(y)
		if y += s.height; i > 0 {
			y += gap
		}
	}
	footer.draw(pageHeight - footer.height)
}

// sheet is a page being written on in a language.
type sheet struct {
	*translator
	drawing drawing
	face    *typeface
}

func newSheet(t *translator) *sheet { return &sheet{translator: t, face: newTypeface()} }

func (l *sheet) add(s ...shape) { l.drawing.shapes = append(l.drawing.shapes, s...) }

func (l *sheet) rect(x, y, width, height float64, fill string) {
	l.add(rectangle{x: x, y: y, width: width, height: height, fill: fill})
}

func (l *sheet) rule(y float64) { l.rect(margin, y, textWidth, 1, hairline) }

// style is how a line of text looks.
type style struct {
	size     float64
	bold     bool
	fill     string
	anchor   string   // "", "middle" or "end"
	language Language // where it is not the page's
}

// write draws s with its baseline at y, shortened to width, and returns the
// width drawn.
func (l *sheet) write(x, y, width float64, st style, s string) float64 {
	s = l.face.shorten(clean(s), st.size, width, st.bold)
	if s == "" {
		return 0
	}
	l.add(text{x: x, y: y, size: st.size, bold: st.bold, anchor: st.anchor, fill: st.fill, content: s, language: st.language})
	return l.face.width(s, st.size, st.bold)
}

// quote writes a text of the certificate, translated where there is a translation.
func (l *sheet) quote(x, y, width float64, st style, s string) float64 {
	s, st.language = l.free(s)
	return l.write(x, y, width, st, s)
}

// lines writes lines under each other and returns the baseline after the last.
func (l *sheet) lines(x, y, leading, width float64, st style, lines ...string) float64 {
	for _, s := range lines {
		l.write(x, y, width, st, s)
		y += leading
	}
	return y
}

// heading writes a section's heading and, at the right, a note.
func (l *sheet) heading(y float64, title, note string) {
	used := l.write(margin, y, textWidth, style{size: 11, bold: true, fill: muted}, strings.ToUpper(title))
	l.write(rightEdge, y, textWidth-used-20, style{size: 10.5, fill: muted, anchor: "end"}, note)
}

// pill draws a rounded box around a word, its left edge at x and the word's
// baseline at y, and returns the box's width.
func (l *sheet) pill(x, y float64, look pillLook, word string) float64 {
	width := l.face.width(word, pillSize, true) + 14
	l.add(rectangle{
		pill: true, x: x, y: y - 12.5, width: width, height: 17, radius: look.radius,
		fill: look.fill, stroke: look.stroke, line: look.line, dashed: look.dashed,
	})
	l.write(x+7, y, width, style{size: pillSize, bold: true, fill: look.text}, word)
	return width
}

// strengthPill draws a strength as a pill and returns its width.
func (l *sheet) strengthPill(x, y float64, s cert.Strength) float64 {
	return l.pill(x, y, lookOf(s), l.wordOf(s))
}

// strengthWidth is the width of a strength's pill.
func (l *sheet) strengthWidth(s cert.Strength) float64 {
	return l.face.width(l.wordOf(s), pillSize, true) + 14
}

const pillSize = 10.5

// pillLook is how a pill is drawn: the stronger the claim, the heavier the box,
// also in black and white.
type pillLook struct {
	fill, stroke, text string
	line, radius       float64
	dashed             bool
}

func lookOf(s cert.Strength) pillLook {
	switch s {
	case cert.Theorem, cert.Proved:
		return pillLook{fill: blue, stroke: blue, text: paper, line: 1.2, radius: 8.5}
	case cert.Bounded, cert.Tested, cert.Measured:
		return pillLook{fill: paper, stroke: blue, text: blue, line: 1.2, radius: 8.5}
	case cert.Refuted:
		return pillLook{fill: alarm, stroke: ink, text: paper, line: 2, radius: 1}
	default:
		return pillLook{fill: paper, stroke: faint, text: muted, line: 1, radius: 8.5, dashed: true}
	}
}

// sign is a disc that is the fuller the stronger the claim, for where there is no
// room for the word.
func sign(s cert.Strength) string {
	ladder := []cert.Strength{cert.Theorem, cert.Proved, cert.Bounded, cert.Tested, cert.Measured, cert.Declared, cert.NotAssessed, cert.Refuted}
	if at := slices.Index(ladder, s); at >= 0 {
		return []string{"●", "◕", "◑", "◔", "○", "◌", "–", "✗"}[at]
	}
	return "?"
}

// wordOf is a strength with its sign; a refutation stands out.
func (t *translator) wordOf(s cert.Strength) string {
	word := t.strength(s)
	if s == cert.Refuted {
		word = strings.ToUpper(word)
	}
	return sign(s) + " " + word
}
