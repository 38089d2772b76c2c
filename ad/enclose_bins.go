package ad

import (
	"slices"

	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// A curve is what is recorded of bins entry by entry: the nodes that follow them, up to
// the first that is more than that. Where a cell may lie in several bins the curve is
// enclosed in each of them, continued beyond its ends, and at each point it is one of
// these: taylor.Either of all. That is much narrower than a curve made of bins of which
// every number is one of several. A step of the curve that may be 0 or 1 is told apart
// alike.

// mostBranches is the largest number of cases of one column that are told apart.
const mostBranches = 32

// curveEnd returns the node after the last of the curve of the bins id.
func (t *Tape) curveEnd(id int) int {
	cols := t.nodes[t.nodes[id].in[0]].cols
	for end := id + 1; end < len(t.nodes); end++ {
		n := &t.nodes[end]
		switch n.kind {
		case opSlice: // of the bins one of their columns, or of something else
			if n.root != id && n.root < id {
				continue
			}
			if n.root != id || n.cols != cols || n.first%cols != 0 {
				return end
			}
		case opConstant, opAdd, opSub, opMul, opDiv, opLinear, opExp, opLog, opTanh, opSigmoid, opSoftplus, opReLU, opStep, opSoftClip, opDetach:
			if n.cols != cols {
				return end
			}
		default:
			return end
		}
	}
	return len(t.nodes)
}

// branch is the case of one column of a curve that is being enclosed: what was chosen at
// each of its decisions, and out of how many; 1 where that would have been too many.
type branch struct {
	chosen, options []int
	at              int // decisions so far
	done            bool
}

// choose returns the choice of the next decision. It reports false if there are too many
// cases.
func (b *branch) choose(options int) (choice int, ok bool) {
	if b.at == len(b.chosen) {
		cases, offered := options, options
		for _, n := range b.options {
			cases *= n
		}
		if cases > mostBranches {
			offered = 1
		}
		b.chosen, b.options = append(b.chosen, 0), append(b.options, offered)
	}
	b.at++
	return b.chosen[b.at-1], b.options[b.at-1] == options
}

// next turns to the next case.
func (b *branch) next() {
	b.at = 0
	last := len(b.chosen) - 1
	for last >= 0 && b.chosen[last]+1 == b.options[last] {
		last--
	}
	b.chosen, b.options = b.chosen[:last+1], b.options[:last+1]
	if last < 0 {
		b.done = true
		return
	}
	b.chosen[last]++
}

// curve is the enclosure of one curve.
type curve struct {
	id, end  int
	branches []branch // by column
	values   [][]taylor.Model
	tangents [][]taylor.Model // empty where only values are enclosed
}

func (e *Enclosure) newCurve(id int) *curve {
	c := &curve{id: id, end: e.tape.curveEnd(id)}
	c.branches = make([]branch, e.tape.nodes[e.tape.nodes[id].in[0]].cols)
	for k := id; k < c.end; k++ {
		var room []taylor.Model
		if e.used[k] && e.tape.nodes[k].root == k {
			room = make([]taylor.Model, e.tape.nodes[k].cols)
		}
		c.values, c.tangents = append(c.values, room), append(c.tangents, slices.Clone(room))
	}
	return c
}

// run encloses the values of the curve and, if t is not nil, their derivatives. Those are
// of a curve that does not jump, as no curve of bins does but one around a circle, whose
// steps are not told apart.
func (c *curve) run(e *Enclosure, t *TangentEnclosure) {
	d := e.tape.nodes[c.id].division
	places := make([]binPlaces, len(c.branches))
	for j := range places {
		places[j] = e.binPlaces(&e.tape.nodes[c.id], j, t)
		c.branches[j] = branch{chosen: c.branches[j].chosen[:0], options: c.branches[j].options[:0]}
	}
	for first := true; first || slices.ContainsFunc(c.branches, func(b branch) bool { return !b.done }); first = false {
		for k := c.id; k < c.end; k++ {
			n := &e.tape.nodes[k]
			switch {
			case !e.used[k]:
				continue
			case k == c.id:
				c.place(e, t, places)
				continue
			case n.kind == opStep && (t == nil || d.bins.Knots != CyclicKnots):
				c.step(e.in(n, 0), e.values[k])
			default:
				e.rules[n.kind](e, n, e.values[k])
			}
			if t != nil {
				t.rules[n.kind](t, n, e.values[k], t.tangents[k])
			}
		}
		for k := c.id; k < c.end; k++ {
			c.join(c.values[k-c.id], e.values[k], first)
			if t != nil {
				c.join(c.tangents[k-c.id], t.tangents[k], first)
			}
		}
		for j := range c.branches {
			c.branches[j].next()
		}
	}
	for k := c.id; k < c.end; k++ {
		copy(e.values[k], c.values[k-c.id])
		if t != nil {
			copy(t.tangents[k], c.tangents[k-c.id])
		}
	}
}

// place sets the columns of the bins to those of the chosen ones.
func (c *curve) place(e *Enclosure, t *TangentEnclosure, places []binPlaces) {
	values := e.tape.nodes[c.id].division.values
	for j := range places {
		p, b := &places[j], &c.branches[j]
		i, ok := b.choose(p.last - p.first + 1)
		var bin [binValues]jet
		if ok {
			bin = p.bin(p.first + i)
		} else {
			for i := range bin {
				bin[i] = jet{v: taylor.Unknown(), d: taylor.Unknown()}
			}
		}
		for i, value := range values {
			at := i*len(places) + j
			e.values[c.id][at] = bin[value].v
			if t != nil {
				t.tangents[c.id][at] = bin[value].d
			}
		}
	}
}

// step encloses steps, each as 0 or as 1 if it can be both.
func (c *curve) step(x, y []taylor.Model) {
	for j := range y {
		y[j] = stepModel(&x[j])
		if y[j].Radius == 0 {
			continue
		}
		if value, ok := c.branches[j].choose(2); ok {
			y[j] = taylor.Constant(float64(value))
		}
	}
}

// join adds a case to the enclosures of all. A column whose cases are done stays.
func (c *curve) join(all, one []taylor.Model, first bool) {
	for i := range all {
		switch {
		case first:
			all[i] = one[i]
		case !c.branches[i%len(c.branches)].done:
			all[i] = taylor.Either(&all[i], &one[i])
		}
	}
}

// binPlaces is one column and the bins that it may be in, which are numbered from -1, left
// of the box, to Bins, right of it.
type binPlaces struct {
	bins        *Bins
	x           jet
	raw         []jet
	first, last int
	// widths and heights are those of the bins and vertices the heights of the polygon;
	// along and across are where the bins begin on the axis of x and on the other, from
	// the first to the end of the last.
	widths, heights, vertices []jet
	along, across             []jet
}

// binPlaces returns that of column j of bins. Where t is nil nothing moves.
func (e *Enclosure) binPlaces(n *node, j int, t *TangentEnclosure) binPlaces {
	b := &n.division.bins
	p := binPlaces{bins: b, x: jet{v: e.in(n, 0)[j]}, raw: make([]jet, b.Params())}
	for i := range p.raw {
		p.raw[i].v = e.in(n, 1)[j*len(p.raw)+i]
	}
	if t != nil {
		p.x.d = t.moves(n, 0)[j]
		for i := range p.raw {
			p.raw[i].d = t.moves(n, 1)[j*len(p.raw)+i]
		}
	}
	if !p.x.v.Known() {
		p.last = mostBranches // more than are told apart
		return p
	}
	p.first, p.last = Spline{Bins: b.Bins, Bound: b.Bound}.outside(p.x.v.Range())
	if p.first == p.last && (p.first < 0 || p.first == b.Bins) {
		return p
	}
	p.size()
	p.along, p.across = p.ends(p.widths), p.ends(p.heights)
	if n.division.vertical {
		p.along, p.across = p.across, p.along
	}
	for i := p.first + 1; i <= p.last; i++ { // bin i begins at the end of bin i-1
		d := taylor.Sub(&p.x.v, &p.along[i].v)
		r := d.Range()
		if r.Hi < 0 {
			p.last = i - 1
			break
		}
		if r.Lo > 0 {
			p.first = i
		}
	}
	return p
}

// size sets the sizes of the bins; see binTable.
func (p *binPlaces) size() {
	b := p.bins
	heights, knots, _, _ := b.parts()
	one, count := interval.Point(1), interval.Point(float64(b.Bins))
	side, bin, slope := interval.Point(2*b.Bound), interval.Point(b.MinBin), interval.Point(b.MinSlope)
	least, rest := side.Mul(bin), side.Mul(one.Sub(bin.Mul(count)))
	// No size is less than these, nor larger than the box.
	widths, tall := interval.Interval{Lo: least.Lo, Hi: side.Hi}, interval.Interval{Lo: slope.Mul(least).Add(one.Sub(slope).Mul(least)).Lo, Hi: side.Hi}
	p.widths, p.heights = make([]jet, b.Bins), make([]jet, b.Bins)
	for i := range p.widths {
		p.widths[i] = jet{v: taylor.Between(side.Div(count))}
	}
	if !b.Equal {
		for i, share := range jetSoftmax(p.raw[:b.Bins]) {
			p.widths[i] = jetWithin(jetAffine(share, rest, least), widths)
		}
	}
	shares := p.raw[heights:knots]
	if len(shares) > 0 {
		shares = jetSoftmax(shares)
	}
	if b.Knots == PolygonKnots {
		p.polygon(shares, slope)
		return
	}
	for i, share := range shares {
		height := jetAffine(share, one.Sub(slope).Mul(rest), one.Sub(slope).Mul(least))
		if b.MinSlope > 0 {
			height = jetAdd(height, jetAffine(p.widths[i], slope, interval.Point(0)))
		}
		p.heights[i] = jetWithin(height, tall)
	}
}

// polygon sets the vertices, given the softmax of the inner ones, and the heights, which
// are the areas.
func (p *binPlaces) polygon(shares []jet, slope interval.Interval) {
	b, last := p.bins, p.bins.Bins-1
	p.vertices = make([]jet, b.Bins+1)
	p.vertices[0], p.vertices[b.Bins] = jet{v: taylor.Constant(1)}, jet{v: taylor.Constant(1)}
	if last > 0 {
		var area jet
		for i, share := range shares {
			area = jetAdd(area, jetMul(share, jetLinear(jetAdd(p.widths[i], p.widths[i+1]), 0.5, 0)))
		}
		want := jetLinear(jetAdd(p.widths[0], p.widths[last]), -0.5, 2*b.Bound)
		scale := jetMul(want, jetReciprocal(area))
		for i, share := range shares {
			p.vertices[i+1] = jetAffine(jetMul(scale, share), interval.Point(1).Sub(slope), slope)
			p.vertices[i+1] = jetWithin(p.vertices[i+1], interval.Interval{Lo: slope.Lo, Hi: interval.All().Hi})
		}
	}
	for i := range p.heights {
		mean := jetLinear(jetAdd(p.vertices[i], p.vertices[i+1]), 0.5, 0)
		p.heights[i] = jetMul(p.widths[i], mean)
	}
}

// ends returns where bins of these sizes begin, and the end of the last one.
func (p *binPlaces) ends(sizes []jet) []jet {
	ends := make([]jet, len(sizes)+1)
	ends[0] = jet{v: taylor.Constant(-p.bins.Bound)}
	for i := 1; i < len(sizes); i++ {
		ends[i] = jetAdd(ends[i-1], sizes[i-1])
	}
	ends[len(sizes)] = jet{v: taylor.Constant(p.bins.Bound)} // exactly; see binTable.find
	return ends
}

// bin returns the columns of bin i as binTable.place has them.
func (p *binPlaces) bin(i int) (values [binValues]jet) {
	one := jet{v: taylor.Constant(1)}
	if i < 0 || i == p.bins.Bins {
		values[binStart] = p.x
		for _, size := range []int{binWidth, binHeight, binWidthBefore, binHeightBefore, binWidthAfter, binHeightAfter} {
			values[size] = one
		}
		if p.bins.Knots == PolygonKnots {
			values[binLeft], values[binRight] = one, one
		}
		return values
	}
	_, knots, inner, _ := p.bins.parts()
	values[binOffset], values[binStart] = p.offset(i), p.across[i]
	values[binWidth], values[binHeight] = p.widths[i], p.heights[i]
	if at := p.bins.knot(i); at >= 0 {
		values[binLeft] = p.raw[knots+at]
	}
	if at := p.bins.knot(i + 1); at >= 0 {
		values[binRight] = p.raw[knots+at]
	}
	if p.bins.Knots == PolygonKnots {
		values[binLeft], values[binRight] = p.vertices[i], p.vertices[i+1]
	}
	if p.bins.Inner {
		values[binInner] = p.raw[inner+i]
	}
	before, after := max(i-1, 0), min(i+1, p.bins.Bins-1)
	values[binWidthBefore], values[binHeightBefore] = p.widths[before], p.heights[before]
	values[binWidthAfter], values[binHeightAfter] = p.widths[after], p.heights[after]
	return values
}

// offset returns how far x is beyond the beginning of bin i. Where a cell is wider than
// the bin, what is known of an offset in the bin says more: it is from 0 to the size.
func (p *binPlaces) offset(i int) jet {
	offset, size := jetSub(p.x, p.along[i]), jetSub(p.along[i+1], p.along[i])
	r, most := offset.v.Range(), size.v.Range().Hi
	if low, high := max(0, r.Lo), min(most, r.Hi); offset.v.Spread() > most && low <= high {
		offset.v = taylor.Between(interval.Interval{Lo: low, Hi: high})
	}
	return offset
}

// jetWithin returns x, of which it is known that it lies in i. Where its model leaves open
// less than the lower end, that of the interval says more.
func jetWithin(x jet, i interval.Interval) jet {
	r := x.v.Range()
	if r.Lo < i.Lo {
		x.v = taylor.Between(interval.Interval{Lo: i.Lo, Hi: max(i.Lo, min(i.Hi, r.Hi))})
	}
	return x
}
