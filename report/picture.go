package report

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"flowcert/cert"
)

// The names of the evidence arrays that pictures are drawn from. Their layout is
// that of the certificate's format.
const (
	pictureFrame      = "picture.frame"
	pictureLogDensity = "picture.log_density"
	// pictureTruth is the true log-density on the grid of pictureLogDensity;
	// optional.
	pictureTruth    = "picture.true_log_density"
	pictureTestRows = "picture.test_rows"
	// Data of more columns: some of them, and rows and samples of those.
	pairsColumns  = "pairs.columns"
	pairsTestRows = "pairs.test_rows"
	pairsSamples  = "pairs.samples"
)

// picture is what there is to draw: the density of two columns on a grid and
// points, or the points of pairs of more columns.
type picture struct {
	frame         frame
	columns, rows int
	model, truth  []float64
	points        []point
	pairs         *pairs
}

// frame is the part of the plane that is drawn.
type frame struct{ left, right, bottom, top float64 }

// pairs are rows and samples of some columns of the data, row by row.
type pairs struct {
	columns       []int
	data, samples [][]float64
}

// newPicture reads the picture's arrays from the evidence. It returns nil
// without an error if there are none.
func newPicture(arrays cert.Arrays) (*picture, error) {
	if len(arrays[pairsColumns]) > 0 {
		p, err := newPairs(arrays)
		return &picture{pairs: p}, err
	}
	p := &picture{model: arrays[pictureLogDensity], truth: arrays[pictureTruth]}
	if len(p.model) == 0 {
		return nil, nil
	}
	points := arrays[pictureTestRows]
	if len(points)%2 != 0 || slices.ContainsFunc(points, notFinite) {
		return nil, fmt.Errorf("report: evidence %q is not pairs of finite numbers", pictureTestRows)
	}
	for i := 0; i < len(points); i += 2 {
		p.points = append(p.points, point{points[i], points[i+1]})
	}
	f := arrays[pictureFrame]
	if len(f) != 6 || slices.ContainsFunc(f, notFinite) || f[0] >= f[1] || f[2] >= f[3] {
		return nil, fmt.Errorf("report: evidence %q is not a frame of two ranges, columns and rows", pictureFrame)
	}
	p.frame = frame{f[0], f[1], f[2], f[3]}
	p.columns, p.rows = int(f[4]), int(f[5])
	cells := p.columns * p.rows
	if p.columns < 1 || cells != len(p.model) || len(p.truth) != 0 && len(p.truth) != cells {
		return nil, fmt.Errorf("report: evidence %q has %d entries, which do not fill its frame of %v x %v",
			pictureLogDensity, len(p.model), f[4], f[5])
	}
	return p, nil
}

func newPairs(arrays cert.Arrays) (*pairs, error) {
	p := &pairs{}
	for _, c := range arrays[pairsColumns] {
		p.columns = append(p.columns, int(c))
	}
	for _, part := range []struct {
		name string
		to   *[][]float64
	}{{pairsTestRows, &p.data}, {pairsSamples, &p.samples}} {
		values := arrays[part.name]
		if len(values)%len(p.columns) != 0 {
			return nil, fmt.Errorf("report: evidence %q has %d entries, which are not rows of %d columns", part.name, len(values), len(p.columns))
		}
		*part.to = slices.Collect(slices.Chunk(values, len(p.columns)))
	}
	if len(p.data) == 0 || slices.ContainsFunc(arrays[pairsTestRows], notFinite) {
		return nil, fmt.Errorf("report: evidence %q is not rows of finite numbers", pairsTestRows)
	}
	return p, nil
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

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

// heatMap renders a panel's densities, y upwards, one cell per pixel. Shade follows
// the square root of the density, which keeps thin regions visible.
func (p *picture) heatMap(logDensity []float64) *image.Paletted {
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
	return img
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
	title  string
	frame  frame
	image  *image.Paletted // of a density
	points []point
}

// panels returns what there is to draw of two columns: the learned density, the test
// rows, and the truth where it is known and asked for.
func (p *picture) panels(withTruth bool) []panel {
	panels := []panel{{title: "learned density", frame: p.frame, image: p.heatMap(p.model)}}
	if len(p.points) > 0 {
		panels = append(panels, panel{title: "test rows", frame: p.frame, points: p.points})
	}
	if withTruth && len(p.truth) > 0 {
		panels = append(panels, panel{title: "true density", frame: p.frame, image: p.heatMap(p.truth)})
	}
	return panels
}

// frame is the range of two columns in the data, with a margin.
func (p *pairs) frame(i, j int) frame {
	at := func(k int) (lo, hi float64) {
		lo, hi = math.Inf(1), math.Inf(-1)
		for _, r := range p.data {
			lo, hi = min(lo, r[k]), max(hi, r[k])
		}
		room := (hi - lo) / 10
		if room == 0 {
			room = 1
		}
		return lo - room, hi + room
	}
	var f frame
	f.left, f.right = at(i)
	f.bottom, f.top = at(j)
	return f
}

// pairOf returns the panels of two of the columns, of the data and of samples, both in
// the frame of the data.
func (p *pairs) pairOf(i, j int) (data, samples panel) {
	project := func(rows [][]float64) []point {
		var points []point
		for _, r := range rows {
			points = append(points, point{r[i], r[j]})
		}
		return points
	}
	title, f := fmt.Sprintf("%d × %d", i+1, j+1), p.frame(i, j)
	return panel{title: title, frame: f, points: project(p.data)}, panel{title: title, frame: f, points: project(p.samples)}
}

// outside counts the samples that leave the frame of a pair of the first n columns.
func (p *pairs) outside(n int) int {
	out := map[int]bool{}
	for j := range n {
		for i := range j {
			f := p.frame(i, j)
			for k, r := range p.samples {
				if !f.holds(point{r[i], r[j]}) {
					out[k] = true
				}
			}
		}
	}
	return len(out)
}

// holds tells whether a point lies in the frame; one that is not finite does not.
func (f frame) holds(p point) bool {
	return f.left <= p.x && p.x <= f.right && f.bottom <= p.y && p.y <= f.top
}

// panel draws a panel in the square at (x, y).
func (l *sheet) panel(x, y, side float64, p panel) {
	if p.image != nil {
		l.add(bitmap{x, y, side, side, p.image})
	}
	m := marks{size: 1.2 + side/250, fill: dots}
	if len(p.points) < 200 {
		m.size += 0.6
	}
	for _, at := range p.points {
		if p.frame.holds(at) {
			across, up := (at.x-p.frame.left)/(p.frame.right-p.frame.left), (at.y-p.frame.bottom)/(p.frame.top-p.frame.bottom)
			m.centres = append(m.centres, point{x + across*side, y + (1-up)*side})
		}
	}
	if len(m.centres) > 0 {
		l.add(m)
	}
	l.add(rectangle{x: x, y: y, width: side, height: side, stroke: faint, line: 1})
}
