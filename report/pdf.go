package report

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
)

// Widths of a page of A4 and of a point, in the units of PDF.
const (
	pdfWidth  = 595.276
	pdfUnit   = pdfWidth / pageWidth
	pdfFamily = "DejaVu Sans"
)

// pdfCanvas prints on one page with embedded fonts.
type pdfCanvas struct {
	file   *fpdf.Fpdf
	face   *typeface
	images int
}

// pdf prints the drawing on one page of text that can be searched and read out.
func (d *drawing) pdf() ([]byte, error) {
	file := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: d.width * pdfUnit, Ht: d.height * pdfUnit}})
	// The same certificate gives the same bytes.
	file.SetCreationDate(time.Unix(0, 0).UTC())
	file.SetModificationDate(time.Unix(0, 0).UTC())
	file.SetCatalogSort(true)
	file.SetTitle(d.title, true)
	file.SetSubject(d.description, true)
	file.SetLang(string(d.language))
	file.SetAutoPageBreak(false, 0)
	file.AddUTF8FontFromBytes(pdfFamily, "", dejavusans.TTF)
	file.AddUTF8FontFromBytes(pdfFamily, "B", dejavusansbold.TTF)
	file.AddPage()
	d.draw(&pdfCanvas{file: file, face: newTypeface()})
	var b bytes.Buffer
	if err := file.Output(&b); err != nil {
		return nil, fmt.Errorf("report: page: %w", err)
	}
	return b.Bytes(), nil
}

// paint sets the colours and the line, and returns how a shape is drawn with them.
func (c *pdfCanvas) paint(fill, stroke string, line float64) string {
	style := ""
	if fill != "" {
		colour := rgb(fill)
		c.file.SetFillColor(int(colour.R), int(colour.G), int(colour.B))
		style = "F"
	}
	if stroke != "" {
		colour := rgb(stroke)
		c.file.SetDrawColor(int(colour.R), int(colour.G), int(colour.B))
		c.file.SetLineWidth(line * pdfUnit)
		style += "D"
	}
	return style
}

func (c *pdfCanvas) rectangle(r rectangle) {
	style := c.paint(r.fill, r.stroke, r.line)
	if style == "" {
		return
	}
	if r.dashed {
		c.file.SetDashPattern([]float64{dashLength * pdfUnit, pauseLength * pdfUnit}, 0)
		defer c.file.SetDashPattern(nil, 0)
	}
	x, y, width, height := r.x*pdfUnit, r.y*pdfUnit, r.width*pdfUnit, r.height*pdfUnit
	if r.radius == 0 {
		c.file.Rect(x, y, width, height, style)
	} else {
		c.file.RoundedRect(x, y, width, height, min(r.radius, r.width/2, r.height/2)*pdfUnit, "1234", style)
	}
}

func (c *pdfCanvas) polygon(p polygon) {
	var points []fpdf.PointType
	for _, at := range p.points {
		points = append(points, fpdf.PointType{X: at.x * pdfUnit, Y: at.y * pdfUnit})
	}
	c.file.Polygon(points, c.paint(p.fill, "", 0))
}

func (c *pdfCanvas) marks(m marks) {
	style, size := c.paint(m.fill, "", 0), m.size*pdfUnit
	for _, at := range m.centres {
		if m.square {
			c.file.Rect(at.x*pdfUnit-size/2, at.y*pdfUnit-size/2, size, size, style)
		} else {
			c.file.Circle(at.x*pdfUnit, at.y*pdfUnit, size/2, style)
		}
	}
}

func (c *pdfCanvas) text(t text) {
	weight := ""
	if t.bold {
		weight = "B"
	}
	colour := rgb(t.fill)
	c.file.SetTextColor(int(colour.R), int(colour.G), int(colour.B))
	c.file.SetFont(pdfFamily, weight, t.size*pdfUnit)
	x := t.left(c.face.width(t.content, t.size, t.bold))
	c.file.Text(x*pdfUnit, t.y*pdfUnit, c.known(t.content, t.bold))
}

// known replaces characters that the font lacks.
func (c *pdfCanvas) known(s string, bold bool) string {
	return strings.Map(func(r rune) rune {
		if glyph, err := c.face.font(bold).GlyphIndex(&c.face.buffer, r); err != nil || glyph == 0 || r > 0xffff {
			return '\uFFFD'
		}
		return r
	}, s)
}

func (c *pdfCanvas) bitmap(b bitmap) {
	var file bytes.Buffer
	if err := png.Encode(&file, b.image); err != nil {
		panic("report: encoding to memory: " + err.Error())
	}
	c.images++
	name, options := fmt.Sprint("image ", c.images), fpdf.ImageOptions{ImageType: "PNG"}
	c.file.RegisterImageOptionsReader(name, options, &file)
	c.file.ImageOptions(name, b.x*pdfUnit, b.y*pdfUnit, b.width*pdfUnit, b.height*pdfUnit, false, options, 0, "")
}
