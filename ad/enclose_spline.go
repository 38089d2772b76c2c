package ad

import (
	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// splineScratch is room for one spline: the softmaxes of its raw widths and heights, and
// the sums of the first i widths.
type splineScratch struct{ widths, heights, sums []taylor.Model }

// mostPieces is the largest number of pieces of a spline that are told apart in one cell.
const mostPieces = 3

// wideSpread is that from which a model is compared with plain bounds.
const wideSpread = 1

// encloseSpline encloses rational-quadratic splines and their log-derivatives. Where a
// cell may lie on either side of a knot, the values are those of one piece or the other,
// at each point: taylor.Either of both pieces, each continued beyond its knot.
func encloseSpline(e *Enclosure, n *node, y []taylor.Model) {
	encloseSplines(e, n, y, e.encloseSplineAt)
}

// encloseSplines encloses, entry by entry, values and log-derivatives of maps whose
// parameters are a spline's.
func encloseSplines(e *Enclosure, n *node, y []taylor.Model, at func(s Spline, x *taylor.Model, h []taylor.Model) (y, l taylor.Model)) {
	x, h := e.in(n, 0), e.in(n, 1)
	params := n.spline.Params()
	for j := range x {
		y[j], y[len(x)+j] = at(n.spline, &x[j], h[j*params:][:params])
	}
}

// encloseSplineAt returns the spline's value at x and its log-derivative.
func (e *Enclosure) encloseSplineAt(s Spline, x *taylor.Model, h []taylor.Model) (y, l taylor.Model) {
	if !x.Known() {
		return taylor.Unknown(), taylor.Unknown()
	}
	first, last := s.outside(x.Range())
	if first == last && (first < 0 || first == s.Bins) {
		return *x, taylor.Constant(0)
	}
	c := newSplineCurve(s, h, &e.spline)
	first, last = c.pieces(x, c.knot, first, last)
	if last-first < mostPieces {
		y, l = c.piece(first, x)
		for i := first + 1; i <= last; i++ {
			yi, li := c.piece(i, x)
			y, l = taylor.Either(&y, &yi), taylor.Either(&l, &li)
		}
		if y.Spread() <= wideSpread && l.Spread() <= wideSpread {
			return y, l
		}
		yb, lb := c.bounds(x, first, last)
		return narrowerModel(y, yb), narrowerModel(l, lb)
	}
	return c.bounds(x, first, last)
}

func narrowerModel(x, y taylor.Model) taylor.Model {
	if x.Spread() <= y.Spread() {
		return x
	}
	return y
}

// outside returns the first and the last piece that may hold a number in r, as far as the
// box alone tells: -1 and Bins are the pieces outside of it.
func (s Spline) outside(r interval.Interval) (first, last int) {
	first, last = -1, s.Bins
	if r.Lo >= -s.Bound {
		first = 0
	}
	if r.Lo >= s.Bound {
		first = s.Bins
	}
	if r.Hi <= s.Bound {
		last = s.Bins - 1
	}
	if r.Hi <= -s.Bound {
		last = -1
	}
	return first, max(first, last)
}

// splineCurve is a spline whose softmaxes are known.
type splineCurve struct {
	Spline
	widths, heights []taylor.Model // the softmaxes
	sums            []taylor.Model // of the first i widths
	slopes          []taylor.Model // raw
	// least is the least size of a bin and share what a bin of all the rest gets besides.
	least, share interval.Interval
}

func newSplineCurve(s Spline, h []taylor.Model, room *splineScratch) *splineCurve {
	if len(room.sums) < s.Bins {
		room.widths, room.heights, room.sums = make([]taylor.Model, s.Bins), make([]taylor.Model, s.Bins), make([]taylor.Model, s.Bins)
	}
	side, bin := interval.Point(2*s.Bound), interval.Point(s.MinBin)
	c := &splineCurve{
		Spline: s, slopes: h[2*s.Bins:],
		widths: room.widths[:s.Bins], heights: room.heights[:s.Bins], sums: room.sums[:s.Bins],
		least: side.Mul(bin),
		share: side.Mul(interval.Point(1).Sub(bin.Mul(interval.Point(float64(s.Bins))))),
	}
	softmaxModels(c.widths, h[:s.Bins])
	softmaxModels(c.heights, h[s.Bins:2*s.Bins])
	for i := 1; i < s.Bins; i++ {
		c.sums[i] = taylor.Add(&c.sums[i-1], &c.widths[i-1]) // the first one is always 0
	}
	return c
}

// softmaxModels sets p to the softmax of h. Taking a number near the largest entry out of
// all changes nothing but keeps the exponentials small.
func softmaxModels(p, h []taylor.Model) {
	top := h[0].C[0]
	for i := range h {
		top = max(top, h[i].C[0])
	}
	for i := range h {
		p[i] = taylor.Linear(&h[i], 1, -top)
		p[i] = taylor.Exp(&p[i])
	}
	sum := within(sumModels(p), sumOfExps(len(h), func(i int) (interval.Interval, float64) { return h[i].Range(), top }))
	sum = taylor.Reciprocal(&sum)
	for i := range p {
		p[i] = taylor.Mul(&p[i], &sum)
		p[i] = within(p[i], interval.Interval{Lo: 0, Hi: 1})
	}
}

// sumOfExps returns an interval that holds the sum of e^(h_i - top).
func sumOfExps(n int, of func(i int) (h interval.Interval, top float64)) interval.Interval {
	sum := interval.Point(0)
	for i := range n {
		h, top := of(i)
		sum = sum.Add(h.Sub(interval.Point(top)).Exp())
	}
	return sum
}

// within returns a model of the function that x encloses, whose values are all in i and not
// negative: one that says so where x says far less.
func within(x taylor.Model, i interval.Interval) taylor.Model {
	r, below := x.Range(), i.Lo/2
	if i.Lo <= 0 {
		below = -i.Hi
	}
	if r.Lo >= below && r.Hi <= 2*i.Hi || !(i.Lo <= i.Hi) {
		return x
	}
	if x.Known() {
		i = interval.Interval{Lo: max(r.Lo, i.Lo), Hi: min(r.Hi, i.Hi)}
	}
	if i.Lo > i.Hi { // there is no such point
		return x
	}
	return taylor.Between(i)
}

// corner returns where knot i is on one axis, the sum of the softmax's first i entries
// being given. Knot Bins is the corner of the box exactly.
func (c *splineCurve) corner(i int, sum *taylor.Model) taylor.Model {
	switch i {
	case 0:
		return taylor.Constant(-c.Bound)
	case c.Bins:
		return taylor.Constant(c.Bound)
	}
	z := times(sum, c.share)
	z = within(taylor.Shift(&z, c.least.Mul(interval.Point(float64(i)))), interval.Interval{Lo: 0, Hi: 2 * c.Bound})
	return taylor.Linear(&z, 1, -c.Bound)
}

// knot and level return where knot i is on the horizontal and on the vertical axis.
func (c *splineCurve) knot(i int) taylor.Model { return c.corner(i, &c.sums[i%c.Bins]) }

func (c *splineCurve) level(i int) taylor.Model {
	sum := sumModels(c.heights[:i])
	return c.corner(i, &sum)
}

// size returns that of a bin with the given entry of the softmax.
func (c *splineCurve) size(softmax *taylor.Model) taylor.Model {
	z := times(softmax, c.share)
	return taylor.Shift(&z, c.least)
}

// times returns x times a number in i.
func times(x *taylor.Model, i interval.Interval) taylor.Model {
	c := taylor.Between(i)
	return taylor.Mul(&c, x)
}

// slope returns the derivative at knot i.
func (c *splineCurve) slope(i int) taylor.Model {
	if i == 0 || i == c.Bins {
		return taylor.Constant(1)
	}
	least, one := interval.Point(c.MinSlope), interval.Point(1)
	z := taylor.Shift(&c.slopes[i-1], one.Sub(least).Exp().Sub(one).Log())
	z = taylor.Softplus(&z)
	return taylor.Shift(&z, least)
}

// pieces returns the first and the last of the pieces from first to last that x may be in,
// as the places of the knots on its axis tell: knot or level.
func (c *splineCurve) pieces(x *taylor.Model, place func(i int) taylor.Model, first, last int) (from, to int) {
	from = first
	for i := first + 1; i <= last; i++ { // knot i is between pieces i-1 and i
		knot := place(i)
		d := taylor.Sub(x, &knot)
		r := d.Range()
		if r.Hi <= 0 {
			return from, i - 1
		}
		if r.Lo >= 0 {
			from = i
		}
	}
	return from, last
}

// piece returns the value at x of piece i, continued beyond its ends, and the logarithm
// of its derivative (Durkan et al., equations 4 and 5).
func (c *splineCurve) piece(i int, x *taylor.Model) (y, l taylor.Model) {
	if i < 0 || i == c.Bins {
		return *x, taylor.Constant(0)
	}
	left, bottom := c.knot(i), c.level(i)
	width, height := c.size(&c.widths[i]), c.size(&c.heights[i])
	inverse := taylor.Reciprocal(&width)
	s := taylor.Mul(&height, &inverse)
	before, after := c.slope(i), c.slope(i+1)

	t := taylor.Sub(x, &left)
	t = taylor.Mul(&t, &inverse)
	t2 := taylor.Square(&t)
	u := taylor.Sub(&t, &t2) // t (1-t)
	rest := taylor.Linear(&t, -1, 1)
	rest = taylor.Square(&rest)

	steep, twice := taylor.Add(&before, &after), taylor.Linear(&s, 2, 0)
	steep = taylor.Sub(&steep, &twice)
	steep = taylor.Mul(&steep, &u)
	denominator := taylor.Add(&s, &steep)
	over := taylor.Reciprocal(&denominator)

	straight, curved := taylor.Mul(&s, &t2), taylor.Mul(&before, &u)
	y = taylor.Add(&straight, &curved)
	y = taylor.Mul(&y, &over)
	y = taylor.Mul(&height, &y)
	y = taylor.Add(&bottom, &y)

	a, b, d := taylor.Mul(&after, &t2), taylor.Mul(&twice, &u), taylor.Mul(&before, &rest)
	slope := taylor.Add(&a, &b)
	slope = taylor.Add(&slope, &d)
	ratio := taylor.Mul(&s, &over)
	ratio = taylor.Square(&ratio)
	slope = taylor.Mul(&ratio, &slope)
	return y, taylor.Log(&slope)
}

// bounds returns bounds of the value at x and of the log-derivative that hold for all of
// the pieces from first to last.
//
// The value is between those at the outer knots. In a bin of mean slope s whose knots have
// the slopes a and b, the derivative at t is the mean of a, s and b with the weights
// (1-t)^2, 2 t (1-t) and t^2, times the square of s/(s + (a + b - 2 s) t (1-t)). That ratio
// is between 1, at t = 0, and 4/(2 + (a + b)/s), at t = 1/2.
func (c *splineCurve) bounds(x *taylor.Model, first, last int) (y, l taylor.Model) {
	low, high := x.Range(), x.Range()
	if first >= 0 && first < c.Bins {
		m := c.level(first)
		low = m.Range()
	}
	if last >= 0 && last < c.Bins {
		m := c.level(last + 1)
		high = m.Range()
	}
	slopes := interval.Point(0)
	for i := max(first, 0); i <= min(last, c.Bins-1); i++ {
		slopes = slopes.Hull(c.logSlopes(i)) // 0 is the log-slope outside
	}
	return taylor.Between(interval.Interval{Lo: low.Lo, Hi: high.Hi}), taylor.Between(slopes)
}

// logSlopes returns bounds of the log-derivative in bin i.
func (c *splineCurve) logSlopes(i int) interval.Interval {
	width, height := c.size(&c.widths[i]), c.size(&c.heights[i])
	before, after := c.slope(i), c.slope(i+1)
	a, b := before.Range(), after.Range()
	// No bin is smaller than the least, and no slope less than MinSlope.
	atLeast := func(r interval.Interval, least float64) interval.Interval {
		return interval.Interval{Lo: max(r.Lo, least), Hi: max(r.Hi, least)}
	}
	a, b = atLeast(a, c.MinSlope), atLeast(b, c.MinSlope)
	s := atLeast(height.Range(), c.least.Lo).Div(atLeast(width.Range(), c.least.Lo))
	ratio := interval.Point(4).Div(a.Add(b).Div(s).Add(interval.Point(2))).Hull(interval.Point(1))
	return ratio.Log().Mul(interval.Point(2)).Add(a.Hull(b).Hull(s).Log())
}
