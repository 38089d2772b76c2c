package report

import (
	"fmt"
	"math"
)

const captionSize = 9.5

// pictureBox draws the learned density and the test rows in the same axes, pairs of
// columns, or says why there is no picture.
func (l *label) pictureBox(x, y, width, height float64) {
	switch {
	case l.picture == nil:
		l.rect(x, y, width, height, pale)
		lines := l.face.wrap(l.pictureNote(l.doc, nil), captionSize, width-20, false, 4)
		l.lines(x+width/2, y+height/2-6*float64(len(lines)-1), 12, width-20, style{size: captionSize, fill: muted, anchor: "middle"}, lines...)
	case l.picture.pairs != nil:
		l.pairsBox(x, y, width)
	default:
		l.densityBox(x, y, width, height)
	}
}

func (l *label) densityBox(x, y, width, height float64) {
	caption := style{size: captionSize, fill: muted, anchor: "middle"}
	panels := l.picture.panels(false)
	const gap = 8.0
	side := math.Min((width-gap*float64(len(panels)-1))/float64(len(panels)), height-44)
	left := x + (width-side*float64(len(panels))-gap*float64(len(panels)-1))/2
	y += max(0, (height-side-42)/2)
	for i, p := range panels {
		at := left + (side+gap)*float64(i)
		l.panel(at, y+14, side, p)
		l.write(at+side/2, y+10, side, style{size: 10, bold: true, fill: ink, anchor: "middle"}, l.say(p.title))
	}
	f := l.picture.frame
	l.write(x+width/2, y+side+28, width, caption, l.axis(l.doc, l.say("across: "), 0, f.left, f.right, width))
	l.write(x+width/2, y+side+40, width, caption, l.axis(l.doc, l.say("up: "), 1, f.bottom, f.top, width))
}

// axis says which column runs in a direction of the picture, and its range, with
// the column's name shortened until all fits in a width.
func (l *sheet) axis(d Document, direction string, column int, lo, hi, width float64) string {
	ends := l.sayf(", %s to %s", l.number(lo), l.number(hi))
	room := width - l.face.width(direction+ends, captionSize, false)
	return direction + l.face.shorten(clean(l.column(d, column)), captionSize, room, false) + ends
}

// pairsBox draws three pairs of columns, the data above the model's samples.
func (l *label) pairsBox(x, y, width float64) {
	const side, gap, head = 58.0, 6.0, 42.0
	p := l.picture.pairs
	n := min(len(p.columns), 3)
	name := style{size: captionSize, bold: true, fill: ink}
	l.write(x, y+12+side/2+3, head-4, name, l.say("data"))
	l.write(x, y+18+side*1.5+3, head-4, name, l.say("model"))
	at := x + head
	for j := range n {
		for i := range j {
			data, samples := p.pairOf(i, j)
			l.write(at+side/2, y+8, side, style{size: 9, fill: muted, anchor: "middle"}, data.title)
			l.panel(at, y+12, side, data)
			l.panel(at, y+18+side, side, samples)
			at += side + gap
		}
	}
	const room = 108.0 // two names to a line
	var parts []string
	for i, c := range p.columns[:n] {
		parts = append(parts, l.face.shorten(fmt.Sprintf("%d: %s", i+1, clean(l.column(l.doc, c))), captionSize, room, false))
	}
	if out := p.outside(n); out > 0 {
		parts = append(parts, l.sayf("%d of %d samples outside", out, len(p.samples)))
	}
	l.lines(x, y+30+2*side, 12, width, style{size: captionSize, fill: muted}, l.face.flow(parts, captionSize, width, 2)...)
}

// largePicture draws all panels with their axes, for the page.
func (d Document) largePicture(t *translator, p *picture) ([]byte, error) {
	l := newSheet(t)
	l.drawing.language, l.drawing.title, l.drawing.description = t.language, t.say("Picture of the model"), t.pictureNote(d, p)
	if p.pairs != nil {
		l.largePairs(d, p.pairs)
	} else {
		l.largeDensity(d, p)
	}
	return l.drawing.svg("picture")
}

// largeDensity draws panels side by side, one as large as any of three.
func (l *sheet) largeDensity(d Document, p *picture) {
	const side, gap, top, most = 320.0, 30.0, 24.0, 3
	caption := style{size: 11, fill: muted}
	for i, panel := range p.panels(true) {
		x := (side + gap) * float64(i)
		l.panel(x+1, top, side, panel)
		l.write(x+side/2, top-8, side, style{size: 13, bold: true, fill: ink, anchor: "middle"}, l.say(panel.title))
	}
	all := (side+gap)*most - gap
	l.write(1, top+side+18, all, caption, l.axis(d, l.say("across: "), 0, p.frame.left, p.frame.right, all))
	l.write(1, top+side+34, all, caption, l.axis(d, l.say("up: "), 1, p.frame.bottom, p.frame.top, all))
	l.drawing.width, l.drawing.height = all+2, top+side+42
}

// largePairs draws every pair of columns, the data above the model's samples.
func (l *sheet) largePairs(d Document, p *pairs) {
	const side, gap, head, top = 150.0, 10.0, 70.0, 24.0
	name := style{size: 12, bold: true, fill: ink}
	l.write(0, top+side/2, head-6, name, l.say("data"))
	l.write(0, top+gap+side*1.5, head-6, name, l.say("model"))
	x := head
	for j := range p.columns {
		for i := range j {
			data, samples := p.pairOf(i, j)
			l.write(x+side/2, top-8, side, style{size: 12, fill: ink, anchor: "middle"}, data.title)
			l.panel(x, top, side, data)
			l.panel(x, top+side+gap, side, samples)
			x += side + gap
		}
	}
	x = max(x, head+3*(side+gap))
	for i, c := range p.columns {
		l.write(head+float64(i)*(x-head)/float64(len(p.columns)), top+2*side+gap+20, (x-head)/float64(len(p.columns))-10,
			style{size: 11, fill: muted}, fmt.Sprintf("%d: %s", i+1, l.column(d, c)))
	}
	l.drawing.width, l.drawing.height = x, top+2*side+gap+30
}

// column names a column of the data.
func (t *translator) column(d Document, i int) string {
	if columns := d.Certificate.Data.Columns; 0 <= i && i < len(columns) {
		return columns[i]
	}
	return t.sayf("column %d", i+1)
}

// pictureNote says what the picture shows, or why there is none.
func (t *translator) pictureNote(d Document, p *picture) string {
	switch {
	case p == nil:
		return t.say("There is no picture in the evidence.")
	case p.pairs != nil:
		note := t.sayf("Pairs of the first %d of %d columns: test rows that the model has not seen, and as many of its samples, in the axes of the test rows. The order of columns says nothing of their weight.",
			len(p.pairs.columns), len(d.Certificate.Data.Columns))
		if out := p.pairs.outside(len(p.pairs.columns)); out > 0 {
			note += " " + t.sayf("%d of %d samples lie outside of a panel.", out, len(p.pairs.samples))
		}
		return note
	case len(p.truth) > 0:
		return t.say("The density that the model has learnt and test rows that it has not seen, in the same axes, beside the true density. Darker is denser; the shade follows the square root of the density, on one scale for all panels.")
	}
	return t.say("The density that the model has learnt and test rows that it has not seen, in the same axes. Darker is denser; the shade follows the square root of the density.")
}
