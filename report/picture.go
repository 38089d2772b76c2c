package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"

	"flowcert/cert"
)

// The names of the evidence arrays that pictures are drawn from. Their layout is
// that of the certificate's format.
const (
	pictureFrame      = "picture.frame"
	pictureLogDensity = "picture.log_density"
	// pictureTruth is the true log-density on the grid of pictureLogDensity;
	// optional.
	pictureTruth = "picture.true_log_density"
	// pictureTestRows are drawn alone where there is no density: then they are
	// the first two columns of data of more dimensions.
	pictureTestRows = "picture.test_rows"
)

// picture is what there is to draw: a density on a grid, points, or both.
type picture struct {
	// left, right, bottom and top are the edges of the axes.
	left, right, bottom, top float64
	columns, rows            int
	model, truth             []float64
	points                   []float64
}

// newPicture reads the picture's arrays from the evidence. It returns nil
// without an error if there are none.
func newPicture(arrays cert.Arrays) (*picture, error) {
	p := &picture{model: arrays[pictureLogDensity], truth: arrays[pictureTruth], points: arrays[pictureTestRows]}
	if len(p.points)%2 != 0 || slices.ContainsFunc(p.points, notFinite) {
		return nil, fmt.Errorf("report: evidence %q is not pairs of finite numbers", pictureTestRows)
	}
	if len(p.model) == 0 {
		if len(p.points) == 0 {
			return nil, nil
		}
		p.left, p.right = margins(p.points, 0)
		p.bottom, p.top = margins(p.points, 1)
		return p, nil
	}
	frame := arrays[pictureFrame]
	if len(frame) != 6 || slices.ContainsFunc(frame, notFinite) || frame[0] >= frame[1] || frame[2] >= frame[3] {
		return nil, fmt.Errorf("report: evidence %q is not a frame of two ranges, columns and rows", pictureFrame)
	}
	p.left, p.right, p.bottom, p.top = frame[0], frame[1], frame[2], frame[3]
	p.columns, p.rows = int(frame[4]), int(frame[5])
	cells := p.columns * p.rows
	if p.columns < 1 || cells != len(p.model) || len(p.truth) != 0 && len(p.truth) != cells {
		return nil, fmt.Errorf("report: evidence %q has %d entries, which do not fill its frame of %v x %v",
			pictureLogDensity, len(p.model), frame[4], frame[5])
	}
	return p, nil
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// margins returns the range of every second entry from start, widened a little.
func margins(points []float64, start int) (lo, hi float64) {
	lo, hi = points[start], points[start]
	for i := start; i < len(points); i += 2 {
		lo, hi = min(lo, points[i]), max(hi, points[i])
	}
	room := (hi - lo) / 20
	if room == 0 {
		room = 1
	}
	return lo - room, hi + room
}

// densest returns the log-density that is drawn darkest: the 99th percentile
// over the panels' finite entries, so that a single spike does not fade the rest.
func (p *picture) densest() float64 {
	var all []float64
	for _, panel := range [][]float64{p.model, p.truth} {
		for _, v := range panel {
			if !notFinite(v) {
				all = append(all, v)
			}
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[int(math.Ceil(0.99*float64(len(all)-1)))]
}

// shades is the number of steps from white to the darkest blue; the colour
// after them marks cells without a number.
const shades = 64

// heatMap renders a panel's densities as an image, y upwards, one cell per
// pixel, as a data URI. Shade follows the square root of the density, which
// keeps thin regions visible. The image is stored uncompressed, so that the
// same certificate gives the same bytes.
func (p *picture) heatMap(logDensity []float64) string {
	img := image.NewPaletted(image.Rect(0, 0, p.columns, p.rows), ramp())
	densest := p.densest()
	for row := range p.rows {
		for column := range p.columns {
			v := math.Exp((logDensity[row*p.columns+column] - densest) / 2)
			shade := uint8(shades)
			if !math.IsNaN(v) {
				shade = uint8(math.Round(min(v, 1) * (shades - 1)))
			}
			img.SetColorIndex(column, p.rows-1-row, shade)
		}
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&b, img); err != nil {
		panic("report: encoding to memory: " + err.Error())
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

// ramp goes from white to a dark blue with ever lower luminance, so that it
// reads in black and white.
func ramp() color.Palette {
	stops := [][3]float64{{255, 255, 255}, {196, 219, 243}, {104, 155, 213}, {35, 87, 158}, {10, 28, 66}}
	palette := make(color.Palette, shades, shades+1)
	for i := range palette {
		at := float64(i) / (shades - 1) * float64(len(stops)-1)
		k := min(int(at), len(stops)-2)
		mix := func(c int) uint8 { return uint8(math.Round(stops[k][c] + (at-float64(k))*(stops[k+1][c]-stops[k][c]))) }
		palette[i] = color.RGBA{mix(0), mix(1), mix(2), 255}
	}
	return append(palette, color.RGBA{240, 190, 60, 255})
}

// panel is one of the squares of a picture.
type panel struct {
	title string
	// image is a data URI; empty for the test rows.
	image string
}

// panels returns what there is to draw: the learned density, the test rows, and
// the truth where it is known and asked for.
func (p *picture) panels(withTruth bool) []panel {
	var panels []panel
	if len(p.model) > 0 {
		panels = append(panels, panel{"learned density", p.heatMap(p.model)})
	}
	if len(p.points) > 0 {
		panels = append(panels, panel{title: "test rows"})
	}
	if withTruth && len(p.truth) > 0 {
		panels = append(panels, panel{"true density", p.heatMap(p.truth)})
	}
	return panels
}

// draw places a panel in the square at (x, y).
func (p *picture) draw(x, y, side float64, panel panel) []any {
	frame := svgRect{X: px(x), Y: px(y), Width: px(side), Height: px(side), Fill: "none", Stroke: "#808a97", Line: 1}
	if panel.image != "" {
		return []any{svgImage{X: px(x), Y: px(y), Width: px(side), Height: px(side), Aspect: "none", Href: panel.image}, frame}
	}
	var dots strings.Builder
	for i := 0; i < len(p.points); i += 2 {
		across := (p.points[i] - p.left) / (p.right - p.left)
		up := (p.points[i+1] - p.bottom) / (p.top - p.bottom)
		if across < 0 || across > 1 || up < 0 || up > 1 {
			continue
		}
		fmt.Fprintf(&dots, "M%.1f %.1fh0", x+across*side, y+(1-up)*side)
	}
	return []any{
		svgPath{D: dots.String(), Fill: "none", Stroke: "#17325c", Line: px(1.2 + side/250), Cap: "round"},
		frame,
	}
}

// largePicture draws all panels side by side with their axes, one panel as large as
// any of three.
func (d Document) largePicture(p *picture) ([]byte, error) {
	const side, gap, left, top, bottom, most = 300.0, 30.0, 80.0, 26.0, 46.0, 3
	l := &label{doc: d, face: newTypeface(), picture: p}
	tick := func(anchor string) style { return style{size: 11, fill: muted, anchor: anchor} }
	for i, panel := range p.panels(true) {
		x := left + (side+gap)*float64(i)
		l.items = append(l.items, p.draw(x, top, side, panel)...)
		l.write(x+side/2, top-9, side, style{size: 13, bold: true, fill: ink, anchor: "middle"}, panel.title)
		l.write(x, top+side+16, side/2, tick("start"), typographic(number(p.left)))
		l.write(x+side, top+side+16, side/2, tick("end"), typographic(number(p.right)))
		l.write(x+side/2, top+side+34, side, tick("middle"), d.column(0))
	}
	l.write(left-6, top+side, left-8, tick("end"), typographic(number(p.bottom)))
	l.write(left-6, top+10, left-8, tick("end"), typographic(number(p.top)))
	l.upwards(left-12, top+side/2, side-60, tick("middle"), d.column(1))
	return encodeSVG(left+(side+gap)*most, top+side+bottom, "picture", "Picture of the model", d.pictureNote(p), l.items)
}

// upwards writes s from below to above, its baseline at x and its middle at y,
// shortened to height.
func (l *label) upwards(x, y, height float64, st style, s string) {
	l.items = append(l.items, svgText{
		X: px(x), Y: px(y), Size: px(st.size), Anchor: st.anchor, Fill: st.fill,
		Turn: fmt.Sprintf("rotate(-90 %g %g)", x, y), Text: l.face.shorten(clean(s), st.size, height, false),
	})
}

// column names a column of the data.
func (d Document) column(i int) string {
	if columns := d.Certificate.Data.Columns; i < len(columns) {
		return columns[i]
	}
	return fmt.Sprintf("column %d", i+1)
}

// pictureNote says what the picture shows, or why there is none.
func (d Document) pictureNote(p *picture) string {
	dim := len(d.Certificate.Data.Columns)
	switch {
	case p == nil && dim == 2:
		return "There is no picture in the evidence."
	case p == nil:
		return fmt.Sprintf("There is no picture: the data have %s, and a density is drawn for two.", columns(d.Certificate.Data))
	case len(p.model) == 0:
		return fmt.Sprintf("The first two of %d columns of some test rows; a density is drawn for two columns only.", dim)
	}
	note := "The density that the model has learnt and test rows that it has not seen, in the same axes"
	if len(p.truth) > 0 {
		note += ", beside the true density"
	}
	return note + ". Darker is denser; the shade follows the square root of the density, on one scale for all panels."
}
