package report

import "image"

// A drawing is laid out once, in units of a quarter of a millimetre with y
// downwards, and put on a canvas of any format.
type drawing struct {
	width, height float64
	// title and description are what screen readers announce.
	title, description string
	language           Language
	shapes             []shape
}

// shape is something drawn.
type shape interface{ on(canvas) }

// canvas is one of the formats that drawings are put out in.
type canvas interface {
	rectangle(rectangle)
	polygon(polygon)
	marks(marks)
	text(text)
	bitmap(bitmap)
}

// Colours are written #rrggbb; an empty one draws nothing.

// rectangle may be filled, outlined, or both.
type rectangle struct {
	x, y, width, height, radius float64
	fill, stroke                string
	line                        float64 // width of the outline
	dashed                      bool
	pill                        bool // it is a box around one word
}

// dashLength and pauseLength are the lengths of a dashed outline's parts.
const dashLength, pauseLength = 3.0, 2.0

// point is a place on the page.
type point struct{ x, y float64 }

type polygon struct {
	points []point
	fill   string
}

// marks are dots, or squares, of one size around some places.
type marks struct {
	centres []point
	size    float64
	square  bool
	fill    string
}

// text is one line; y is its baseline.
type text struct {
	x, y, size float64
	bold       bool
	anchor     string // "", "middle" or "end"
	fill       string
	content    string
	// language is that of the content where it is not the drawing's.
	language Language
}

// bitmap is an image that fills a rectangle.
type bitmap struct {
	x, y, width, height float64
	image               *image.Paletted
}

func (s rectangle) on(c canvas) { c.rectangle(s) }
func (s polygon) on(c canvas)   { c.polygon(s) }
func (s marks) on(c canvas)     { c.marks(s) }
func (s text) on(c canvas)      { c.text(s) }
func (s bitmap) on(c canvas)    { c.bitmap(s) }

func (d *drawing) draw(c canvas) {
	for _, s := range d.shapes {
		s.on(c)
	}
}

// left is where a text of a width begins.
func (s text) left(width float64) float64 {
	switch s.anchor {
	case "middle":
		return s.x - width/2
	case "end":
		return s.x - width
	}
	return s.x
}
