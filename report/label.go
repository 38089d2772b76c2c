package report

import (
	"fmt"
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
)

// Label draws the one-page label of a certificate as a self-contained SVG of
// 840 x 1188 units. The same document gives the same bytes. It fails if the
// evidence of the picture is inconsistent.
func Label(d Document) ([]byte, error) {
	pic, err := newPicture(d.Arrays)
	if err != nil {
		return nil, err
	}
	l := &label{doc: d, face: newTypeface(), picture: pic}
	l.compose()
	c := d.Certificate
	title := clean(fmt.Sprintf("Certificate of %s on %s", c.Subject.Title, c.Data.Title))
	return encodeSVG(pageWidth, pageHeight, "label", title, d.describe(), l.items)
}

// describe says in plain sentences what the label shows, for those who hear it.
func (d Document) describe() string {
	var b strings.Builder
	for _, r := range d.withStrength(cert.Refuted) {
		fmt.Fprintf(&b, "Refuted: %s. ", r.Statement)
	}
	for _, g := range gradedBlocks() {
		r := d.headline(g.block).row
		switch {
		case !assessed(r):
			fmt.Fprintf(&b, "%s: not assessed. ", g.title)
		case r.Grade == "":
			fmt.Fprintf(&b, "%s: no grade; %s, %s, %s. ", g.title, r.Statement, show(r).quantity(), r.Strength)
		default:
			fmt.Fprintf(&b, "%s: grade %s; %s, %s, %s. ", g.title, r.Grade, r.Statement, show(r).quantity(), r.Strength)
		}
	}
	return clean(b.String())
}

// label is a label being drawn.
type label struct {
	doc     Document
	face    *typeface
	picture *picture
	items   []any
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

func (l *label) rect(x, y, width, height float64, fill string) {
	l.items = append(l.items, svgRect{X: px(x), Y: px(y), Width: px(width), Height: px(height), Fill: fill})
}

func (l *label) rule(y float64) { l.rect(margin, y, textWidth, 1, hairline) }

// style is how a line of text looks.
type style struct {
	size   float64
	bold   bool
	fill   string
	anchor string // "", "middle" or "end"
}

// write draws s with its baseline at y, shortened to width, and returns the
// width drawn.
func (l *label) write(x, y, width float64, st style, s string) float64 {
	s = l.face.shorten(clean(s), st.size, width, st.bold)
	if s == "" {
		return 0
	}
	weight := ""
	if st.bold {
		weight = "700"
	}
	l.items = append(l.items, svgText{X: px(x), Y: px(y), Size: px(st.size), Weight: weight, Anchor: st.anchor, Fill: st.fill, Text: s})
	return l.face.width(s, st.size, st.bold)
}

// lines writes lines under each other and returns the baseline after the last.
func (l *label) lines(x, y, leading, width float64, st style, lines ...string) float64 {
	for _, s := range lines {
		l.write(x, y, width, st, s)
		y += leading
	}
	return y
}

// heading writes a section's heading and, at the right, a note.
func (l *label) heading(y float64, title, note string) {
	used := l.write(margin, y, textWidth, style{size: 11, bold: true, fill: muted}, strings.ToUpper(title))
	l.write(rightEdge, y, textWidth-used-20, style{size: 10.5, fill: muted, anchor: "end"}, note)
}

// pill draws a rounded box around a word, its left edge at x and the word's
// baseline at y, and returns the box's width.
func (l *label) pill(x, y float64, look pillLook, word string) float64 {
	width := l.face.width(word, pillSize, true) + 14
	l.items = append(l.items, svgRect{
		Class: "pill", X: px(x), Y: px(y - 12.5), Width: px(width), Height: 17, Radius: look.radius,
		Fill: look.fill, Stroke: look.stroke, Line: look.line, Dashes: look.dashes,
	})
	l.write(x+7, y, width, style{size: pillSize, bold: true, fill: look.text}, word)
	return width
}

// strength draws a strength as a pill and returns its width.
func (l *label) strength(x, y float64, s cert.Strength) float64 {
	return l.pill(x, y, lookOf(s), wordOf(s))
}

// strengthWidth is the width of a strength's pill.
func (l *label) strengthWidth(s cert.Strength) float64 {
	return l.face.width(wordOf(s), pillSize, true) + 14
}

const pillSize = 10.5

// pillLook is how a pill is drawn: the stronger the claim, the heavier the box,
// also in black and white.
type pillLook struct {
	fill, stroke, text string
	line, radius       px
	dashes             string
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
		return pillLook{fill: paper, stroke: faint, text: muted, line: 1, radius: 8.5, dashes: "3 2"}
	}
}

func wordOf(s cert.Strength) string {
	if s == cert.Refuted {
		return "✗ REFUTED"
	}
	return clean(string(s))
}
