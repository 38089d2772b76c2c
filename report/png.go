package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// pixels is the number of pixels along a unit of a drawing: some 200 to the inch
// on A4.
const pixels = 2

// pngCanvas paints pixels.
type pngCanvas struct {
	image  *image.RGBA
	face   *typeface
	raster *vector.Rasterizer
}

// png paints the drawing.
func (d *drawing) png() ([]byte, error) {
	c := &pngCanvas{
		image:  image.NewRGBA(image.Rect(0, 0, int(d.width*pixels), int(d.height*pixels))),
		face:   newTypeface(),
		raster: vector.NewRasterizer(0, 0),
	}
	draw.Draw(c.image, c.image.Bounds(), image.White, image.Point{}, draw.Src)
	d.draw(c)
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, c.image); err != nil {
		return nil, fmt.Errorf("report: image: %w", err)
	}
	return b.Bytes(), nil
}

// ring is a closed curve made of straight pieces, in pixels.
type ring []point

// fill paints the inside of rings; a ring that runs the other way round cuts a
// hole.
func (c *pngCanvas) fill(colour string, rings ...ring) {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, r := range rings {
		for _, p := range r {
			lo.x, lo.y, hi.x, hi.y = min(lo.x, p.x), min(lo.y, p.y), max(hi.x, p.x), max(hi.y, p.y)
		}
	}
	bounds := image.Rect(int(math.Floor(lo.x)), int(math.Floor(lo.y)), int(math.Ceil(hi.x)), int(math.Ceil(hi.y)))
	if colour == "" || lo.x > hi.x || bounds.Empty() {
		return
	}
	c.raster.Reset(bounds.Dx(), bounds.Dy())
	for _, r := range rings {
		for i, p := range r {
			x, y := float32(p.x-float64(bounds.Min.X)), float32(p.y-float64(bounds.Min.Y))
			if i == 0 {
				c.raster.MoveTo(x, y)
			} else {
				c.raster.LineTo(x, y)
			}
		}
		c.raster.ClosePath()
	}
	c.raster.Draw(c.image, bounds, image.NewUniform(rgb(colour)), image.Point{})
}

// rgb reads #rrggbb.
func rgb(colour string) color.RGBA {
	c := color.RGBA{A: 255}
	if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
		panic("report: colour " + colour)
	}
	return c
}

// roundedRing is the outline of r, grown on all sides, clockwise from the left of
// its upper edge.
func roundedRing(r rectangle, grown float64) ring {
	left, top, right, bottom := r.x-grown, r.y-grown, r.x+r.width+grown, r.y+r.height+grown
	radius := min(max(r.radius+grown, 0), (right-left)/2, (bottom-top)/2)
	if r.radius == 0 {
		radius = 0
	}
	var points ring
	for corner, centre := range []point{{right - radius, top + radius}, {right - radius, bottom - radius}, {left + radius, bottom - radius}, {left + radius, top + radius}} {
		const steps = 8
		for i := range steps + 1 {
			angle := (float64(corner-1) + float64(i)/steps) * math.Pi / 2
			points = append(points, point{pixels * (centre.x + radius*math.Cos(angle)), pixels * (centre.y + radius*math.Sin(angle))})
		}
	}
	return points
}

func (r ring) reversed() ring {
	back := make(ring, len(r))
	for i, p := range r {
		back[len(r)-1-i] = p
	}
	return back
}

func (c *pngCanvas) rectangle(r rectangle) {
	c.fill(r.fill, roundedRing(r, 0))
	if r.dashed {
		c.dashes(r)
	} else if r.stroke != "" {
		c.fill(r.stroke, roundedRing(r, r.line/2), roundedRing(r, -r.line/2).reversed())
	}
}

// dashes walks along the outline of r and paints a short bar for every dash.
func (c *pngCanvas) dashes(r rectangle) {
	outline := roundedRing(r, 0)
	outline = append(outline, outline[0])
	at := 0.0 // length walked, in units
	for i, p := range outline[1:] {
		from := outline[i]
		length := math.Hypot(p.x-from.x, p.y-from.y) / pixels
		if length == 0 {
			continue
		}
		along := point{(p.x - from.x) / length, (p.y - from.y) / length}
		side := point{along.y * r.line / 2, -along.x * r.line / 2}
		for begin := at - math.Mod(at, dashLength+pauseLength); begin < at+length; begin += dashLength + pauseLength {
			s, e := max(begin-at, 0), min(begin+dashLength-at, length)
			if s >= e {
				continue
			}
			a, b := point{from.x + along.x*s, from.y + along.y*s}, point{from.x + along.x*e, from.y + along.y*e}
			c.fill(r.stroke, ring{{a.x - side.x, a.y - side.y}, {b.x - side.x, b.y - side.y}, {b.x + side.x, b.y + side.y}, {a.x + side.x, a.y + side.y}})
		}
		at += length
	}
}

func (c *pngCanvas) polygon(p polygon) {
	var points ring
	for _, at := range p.points {
		points = append(points, point{pixels * at.x, pixels * at.y})
	}
	c.fill(p.fill, points)
}

func (c *pngCanvas) marks(m marks) {
	radius := m.size / 2
	if m.square {
		radius = 0
	}
	for _, at := range m.centres {
		c.fill(m.fill, roundedRing(rectangle{x: at.x - m.size/2, y: at.y - m.size/2, width: m.size, height: m.size, radius: radius}, 0))
	}
}

func (c *pngCanvas) bitmap(b bitmap) {
	to := image.Rect(int(math.Round(b.x*pixels)), int(math.Round(b.y*pixels)),
		int(math.Round((b.x+b.width)*pixels)), int(math.Round((b.y+b.height)*pixels)))
	draw.BiLinear.Scale(c.image, to, b.image, b.image.Bounds(), draw.Over, nil)
}

// text fills the outlines of the glyphs.
func (c *pngCanvas) text(t text) {
	f := c.face.font(t.bold)
	x := t.left(c.face.width(t.content, t.size, t.bold))
	for _, r := range t.content {
		glyph, err := f.GlyphIndex(&c.face.buffer, r)
		if err == nil {
			var segments sfnt.Segments
			if segments, err = f.LoadGlyph(&c.face.buffer, glyph, fixed.I(emUnits), nil); err == nil {
				scale := t.size * pixels / emUnits / 64
				c.fill(t.fill, rings(segments, x*pixels, t.y*pixels, scale)...)
			}
		}
		x += c.face.width(string(r), t.size, t.bold)
	}
}

// rings places a glyph's outlines, with its curves cut into straight pieces.
func rings(segments sfnt.Segments, x, y, scale float64) []ring {
	const steps = 6
	place := func(p fixed.Point26_6) point { return point{x + float64(p.X)*scale, y + float64(p.Y)*scale} }
	var all []ring
	for _, s := range segments {
		if s.Op == sfnt.SegmentOpMoveTo {
			all = append(all, ring{place(s.Args[0])})
			continue
		}
		last := &all[len(all)-1]
		from := (*last)[len(*last)-1]
		switch s.Op {
		case sfnt.SegmentOpLineTo:
			*last = append(*last, place(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			bend, to := place(s.Args[0]), place(s.Args[1])
			for i := 1; i <= steps; i++ {
				u := float64(i) / steps
				a, b, c := (1-u)*(1-u), 2*u*(1-u), u*u
				*last = append(*last, point{a*from.x + b*bend.x + c*to.x, a*from.y + b*bend.y + c*to.y})
			}
		}
	}
	return all
}
