package ad

import (
	"fmt"
	"slices"

	"flowcert/internal/kernel"
)

// Knots says what the ends of the bins carry.
type Knots uint8

// The kinds of knots. Knot i is the left end of bin i and the right end of bin i-1.
const (
	// NoKnots carry nothing.
	NoKnots Knots = iota
	// InnerKnots carry one raw parameter each; the two outer knots have 0.
	InnerKnots
	// OuterKnots are the two outer ones, with one raw parameter each; the inner knots
	// have 0.
	OuterKnots
	// CyclicKnots carry one raw parameter each, and the first knot is the last. Points
	// on the edge of the box count as inside.
	CyclicKnots
	// PolygonKnots are the vertices of a polygon over the widths. The heights of the
	// bins are the areas under it: 1 at the outer knots, in between a softmax scaled so
	// that the areas make up the box.
	PolygonKnots
)

// Bins divides the box [-Bound, Bound] x [-Bound, Bound] into Bins bins, each to the
// right of and above the one before, for the curve of a monotone spline. Each column
// takes Params raw parameters: the widths, which a softmax makes positive and summing
// to the box; the heights likewise, or a polygon's vertices; what the knots carry; and
// what the bins carry. Raw zeros give bins of equal sizes.
type Bins struct {
	Bins  int
	Bound float64
	// MinBin is the least width and height of a bin as a share of the box, and
	// MinSlope the least ratio of height to width: heights of mean slope s come out
	// with MinSlope + (1-MinSlope) s.
	MinBin, MinSlope float64
	// Equal means that all widths are equal, without raw parameters.
	Equal bool
	Knots Knots
	// Inner means that each bin carries one raw parameter.
	Inner bool
	// Beside means that the sizes of the neighbours are wanted.
	Beside bool
}

// Bin is the bin of each entry of a value, one column per column of the value. An
// entry outside the box is in a bin of its own: it starts at the entry, has sizes of
// 1, and its raw parameters are 0, so that every curve that starts with slope 1 is the
// identity there.
type Bin struct {
	// Offset is how far the entry is beyond the bin's first end, from 0 to the bin's
	// size, and Start is where the bin begins on the other axis.
	Offset, Start Value
	Width, Height Value
	// Left and Right are the raw parameters of the knots at the two ends, or the
	// heights of the polygon there.
	Left, Right Value
	// Inner is the raw parameter of the bin.
	Inner Value
	// The sizes of the neighbours; the outermost bins have themselves as neighbours.
	WidthBefore, HeightBefore, WidthAfter, HeightAfter Value
}

// The columns of a Bin, in the order in which they are recorded.
const (
	binOffset = iota
	binStart
	binWidth
	binHeight
	binLeft
	binRight
	binInner
	binWidthBefore
	binHeightBefore
	binWidthAfter
	binHeightAfter
	binValues
)

// division is what a node knows of its bins.
type division struct {
	bins     Bins
	vertical bool
	values   []int // which of a Bin's columns are wanted
}

// Params returns the number of raw parameters per column.
func (b Bins) Params() int {
	_, _, _, end := b.parts()
	return end
}

// parts returns where the raw heights, knots and inner parameters begin and end.
func (b Bins) parts() (heights, knots, inner, end int) {
	if !b.Equal {
		heights = b.Bins
	}
	knots = heights + b.Bins
	switch b.Knots {
	case NoKnots:
		inner = knots
	case InnerKnots:
		inner = knots + b.Bins - 1
	case OuterKnots:
		inner = knots + 2
	case CyclicKnots:
		inner = knots + b.Bins
	case PolygonKnots: // they are in the place of the heights
		knots--
		inner = knots
	}
	end = inner
	if b.Inner {
		end += b.Bins
	}
	return heights, knots, inner, end
}

// knot returns which raw parameter of the knots belongs to knot i, or -1.
func (b *Bins) knot(i int) int {
	switch {
	case b.Knots == InnerKnots && i > 0 && i < b.Bins:
		return i - 1
	case b.Knots == OuterKnots && i == 0:
		return 0
	case b.Knots == OuterKnots && i == b.Bins:
		return 1
	case b.Knots == CyclicKnots:
		return i % b.Bins
	}
	return -1
}

// saved is the number of columns kept for the backward pass per column: the
// softmaxes, the polygon's scale, the bin's number, and room for two gradients per bin.
func (b *Bins) saved() int {
	_, knots, _, _ := b.parts()
	return knots + 2 + (2*b.Bins+kernel.Lanes-1)/kernel.Lanes
}

// Bins records the bin of each entry of x on the horizontal axis, or on the vertical
// one. h holds b.Params() raw parameters per column of x, those of one column together.
// Nothing is differentiated through the choice of the bin.
func (t *Tape) Bins(x, h Value, b Bins, vertical bool) Bin {
	if b.Bins < 1 || float64(b.Bins)*b.MinBin >= 1 {
		panic(fmt.Sprintf("ad: %d bins of at least %v of the box", b.Bins, b.MinBin))
	}
	if h.cols != b.Params()*x.cols {
		panic(fmt.Sprintf("ad: bins of %d columns want %d parameters, not %d", x.cols, b.Params()*x.cols, h.cols))
	}
	d := &division{bins: b, vertical: vertical, values: []int{binOffset, binStart, binWidth, binHeight}}
	if b.Knots != NoKnots {
		d.values = append(d.values, binLeft, binRight)
	}
	if b.Inner {
		d.values = append(d.values, binInner)
	}
	if b.Beside {
		d.values = append(d.values, binWidthBefore, binHeightBefore, binWidthAfter, binHeightAfter)
	}
	y := t.record(node{kind: opBins, cols: len(d.values) * x.cols, saved: x.cols * b.saved(), division: d}, x, h)
	part := func(value int) Value {
		i := slices.Index(d.values, value)
		if i < 0 {
			return Value{}
		}
		return t.Slice(y, i*x.cols, (i+1)*x.cols)
	}
	return Bin{
		Offset: part(binOffset), Start: part(binStart), Width: part(binWidth), Height: part(binHeight),
		Left: part(binLeft), Right: part(binRight), Inner: part(binInner),
		WidthBefore: part(binWidthBefore), HeightBefore: part(binHeightBefore),
		WidthAfter: part(binWidthAfter), HeightAfter: part(binHeightAfter),
	}
}

// binTable is the bins of one lane of a column.
type binTable[T kernel.Float] struct {
	bins          *Bins
	bound         T
	least, rest   T   // the least size of a bin and what the shares divide
	slope         T   // the least slope
	widths, areas []T // the shares of widths, and of heights or vertices; kernel.Lanes apart
	scale         T   // that of the polygon
}

// binTableOf reads what binShares saved; the lane is still to be chosen.
func binTableOf[T kernel.Float](b *Bins) binTable[T] {
	return binTable[T]{
		bins: b, bound: T(b.Bound), slope: T(b.MinSlope),
		least: 2 * T(b.Bound) * T(b.MinBin), rest: 2 * T(b.Bound) * T(1-float64(b.Bins)*b.MinBin),
	}
}

// lane makes t the table of lane l of the column with the saved values.
func (t *binTable[T]) lane(saved []T, l int) {
	heights, knots, _, _ := t.bins.parts()
	t.widths, t.areas = saved[l:], saved[heights*kernel.Lanes+l:]
	t.scale = saved[knots*kernel.Lanes+l]
}

func (t *binTable[T]) width(i int) T {
	if t.bins.Equal {
		return 2 * t.bound / T(t.bins.Bins)
	}
	return t.least + t.rest*t.widths[i*kernel.Lanes]
}

func (t *binTable[T]) height(i int) T {
	if t.bins.Knots == PolygonKnots {
		return t.width(i) * (t.vertex(i) + t.vertex(i+1)) / 2
	}
	return t.slope*t.width(i) + (1-t.slope)*(t.least+t.rest*t.areas[i*kernel.Lanes])
}

// share is what the softmax gives vertex i of the polygon.
func (t *binTable[T]) share(i int) T {
	if i == 0 || i == t.bins.Bins {
		return 0
	}
	return t.areas[(i-1)*kernel.Lanes]
}

// vertex is the polygon's height at knot i.
func (t *binTable[T]) vertex(i int) T {
	if i == 0 || i == t.bins.Bins {
		return 1
	}
	return t.slope + (1-t.slope)*t.scale*t.share(i)
}

// polygon returns the area under the unscaled polygon and the area that it has to
// have: what the outer vertices leave of the box.
func (t *binTable[T]) polygon() (area, want T) {
	last := t.bins.Bins - 1
	for i := range last {
		area += t.share(i+1) * (t.width(i) + t.width(i+1)) / 2
	}
	return area, 2*t.bound - (t.width(0)+t.width(last))/2
}

// find returns the bin that holds v, where it begins and how large it is.
func (t *binTable[T]) find(v T, vertical bool) (index int, x, y, width, height T) {
	x, y = -t.bound, -t.bound
	for i := range t.bins.Bins - 1 {
		width, height = t.width(i), t.height(i)
		if end := x + width; !vertical && v < end {
			return i, x, y, width, height
		}
		if end := y + height; vertical && v < end {
			return i, x, y, width, height
		}
		x += width
		y += height
	}
	// The last bin ends at the corner, whatever the rounding.
	return t.bins.Bins - 1, x, y, t.bound - x, t.bound - y
}

// inside reports whether v lies in the box.
func (t *binTable[T]) inside(v T) bool {
	if t.bins.Knots == CyclicKnots {
		return v >= -t.bound && v <= t.bound
	}
	return v > -t.bound && v < t.bound
}

func bins[T kernel.Float](a *Arena[T], st *step[T]) {
	const lanes = kernel.Lanes
	d := st.n.division
	x, h, y, saved := a.values[st.n.in[0]], a.values[st.n.in[1]], a.values[st.id], a.saved[st.id]
	raw, kept, stride := d.bins.Params()*lanes, d.bins.saved()*lanes, x.Cols*lanes
	table := binTableOf[T](&d.bins)
	for q := range y.Panels {
		xq, hq, yq, kq := x.Panel(q), h.Panel(q), y.Panel(q), saved.Panel(q)
		for j, v := range xq {
			c, l := j/lanes, j%lanes
			hc, kc := hq[c*raw:][:raw], kq[c*kept:][:kept]
			if l == 0 {
				a.binShares(&table, kc, hc)
			}
			table.lane(kc, l)
			values := table.place(kc, hc, v, l, d.vertical)
			for i, value := range d.values {
				yq[i*stride+j] = values[value]
			}
		}
	}
}

// binShares saves the softmaxes of a column's raw parameters h and the polygon's scale.
func (a *Arena[T]) binShares(t *binTable[T], saved, h []T) {
	const lanes = kernel.Lanes
	heights, knots, _, _ := t.bins.parts()
	a.shares(saved[:heights*lanes], h[:heights*lanes])
	a.shares(saved[heights*lanes:knots*lanes], h[heights*lanes:knots*lanes])
	if t.bins.Knots != PolygonKnots || t.bins.Bins == 1 {
		return
	}
	scales := saved[knots*lanes:][:lanes]
	for l := range scales {
		t.lane(saved, l)
		area, want := t.polygon()
		scales[l] = want / area
	}
}

// shares sets p to the softmax over the rows of h, which are kernel.Lanes long, lane
// by lane.
func (a *Arena[T]) shares(p, h []T) {
	const lanes = kernel.Lanes
	if len(h) == 0 {
		return
	}
	column := a.column[:]
	copy(column, h)
	for c := lanes; c < len(h); c += lanes {
		for l, v := range h[c : c+lanes] {
			column[l] = max(column[l], v)
		}
	}
	for c := 0; c < len(h); c += lanes {
		a.k.Sub(p[c:c+lanes], h[c:c+lanes], column)
	}
	a.k.Exp(p, p)
	clear(column)
	for c := 0; c < len(p); c += lanes {
		a.k.Add(column, column, p[c:c+lanes])
	}
	for c := 0; c < len(p); c += lanes {
		a.k.Div(p[c:c+lanes], p[c:c+lanes], column)
	}
}

// place returns all columns of the bin of v and saves the bin's number; -1 is outside.
func (t *binTable[T]) place(saved, h []T, v T, l int, vertical bool) (values [binValues]T) {
	const lanes = kernel.Lanes
	_, knots, inner, _ := t.bins.parts()
	number := &saved[(knots+1)*lanes+l]
	if !t.inside(v) {
		*number = -1
		values = [binValues]T{binStart: v, binWidth: 1, binHeight: 1,
			binWidthBefore: 1, binHeightBefore: 1, binWidthAfter: 1, binHeightAfter: 1}
		if t.bins.Knots == PolygonKnots {
			values[binLeft], values[binRight] = 1, 1
		}
		return values
	}
	i, x, y, width, height := t.find(v, vertical)
	*number = T(i)
	// Rounding takes no offset beyond the bin: v is below the number nearest to x + width,
	// hence not above x + width itself.
	values[binOffset], values[binStart] = v-x, y
	if vertical {
		values[binOffset], values[binStart] = v-y, x
	}
	values[binWidth], values[binHeight] = width, height
	if at := t.bins.knot(i); at >= 0 {
		values[binLeft] = h[(knots+at)*lanes+l]
	}
	if at := t.bins.knot(i + 1); at >= 0 {
		values[binRight] = h[(knots+at)*lanes+l]
	}
	if t.bins.Knots == PolygonKnots {
		values[binLeft], values[binRight] = t.vertex(i), t.vertex(i+1)
	}
	if t.bins.Inner {
		values[binInner] = h[(inner+i)*lanes+l]
	}
	if t.bins.Beside {
		before, after := max(i-1, 0), min(i+1, t.bins.Bins-1)
		values[binWidthBefore], values[binHeightBefore] = t.width(before), t.height(before)
		values[binWidthAfter], values[binHeightAfter] = t.width(after), t.height(after)
	}
	return values
}
