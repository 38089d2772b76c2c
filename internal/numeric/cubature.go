package numeric

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
)

const (
	// cellShare is the largest share of the points in the halves of a cell to start from,
	// so that no peak which has points is missed.
	cellShare = 1.0 / 1024
	// maxDepth ends the halving of a cell of equal points.
	maxDepth = 40
	// batch is the number of places that are evaluated in one call.
	batch = 1 << 15
)

// Space is the line or the plane, cut into cells that are fine where points are.
type Space struct {
	centre, spread []float64
	roots          []cell
	whole          region
}

// region is a cell's place in the tree of cuts.
type region struct {
	cell
	halves []region // none in a root
}

// cell is a box in coordinates t in (-1, 1), which are mapped to all of space by
// x = centre + spread t / (1 - t^2).
type cell struct {
	lo, hi [2]float64
	root   int
	// value and entropy are the integrals over the cell.
	value, entropy float64
}

// NewSpace returns a space of one or two dimensions. Half of every coordinate's
// range of t lies within about 0.6 spreads of its centre. It panics for more
// dimensions.
func NewSpace(points *mat.Dense, centre, spread []float64) *Space {
	rows, dim := points.Dims()
	if dim > 2 {
		panic("numeric: cubature in more than two dimensions")
	}
	s := &Space{centre: centre, spread: spread}
	inside := make([][2]float64, rows)
	for i := range inside {
		inside[i] = s.unit(points.RawRowView(i))
	}
	// A start of 32 or 8 x 8 cells, each with several nodes, and halved once at
	// least, does not overlook what lies away from the points. A point alone is no peak.
	s.whole = s.split(cell{lo: [2]float64{-1, -1}, hi: [2]float64{1, 1}}, inside, max(1, float64(rows)*cellShare), []int{5, 3}[dim-1], 0)
	return s
}

// split adds the roots within c, which has the points inside.
func (s *Space) split(c cell, inside [][2]float64, most float64, depth, level int) region {
	halves := c.halve(len(s.centre))
	in := make([][][2]float64, len(halves))
	fine := true
	for i, h := range halves {
		for _, t := range inside {
			if h.contains(t) {
				in[i] = append(in[i], t)
			}
		}
		fine = fine && float64(len(in[i])) <= most
	}
	if level >= depth && fine || level == maxDepth {
		c.root = len(s.roots)
		s.roots = append(s.roots, c)
		return region{cell: c}
	}
	r := region{cell: c}
	for i, h := range halves {
		r.halves = append(r.halves, s.split(h, in[i], most, depth, level+1))
	}
	return r
}

// CellOf returns the index of the cell of a point in the Mass of an integral, and -1 if it is not finite.
func (s *Space) CellOf(x []float64) int {
	t, r := s.unit(x), &s.whole
	for len(r.halves) > 0 {
		i := slices.IndexFunc(r.halves, func(h region) bool { return h.contains(t) })
		if i < 0 {
			return -1
		}
		r = &r.halves[i]
	}
	return r.root
}

// Integral is the outcome of a cubature of a density over all of space.
type Integral struct {
	// Value is the integral and Entropy that of -p log p, in nats.
	Value, Entropy float64
	// Halved and EntropyHalved are what they changed by when every cell was halved in
	// every direction for the last time.
	Halved, EntropyHalved float64
	// Mass holds the integrals over the cells.
	Mass []float64
	// Settled means that the halving changed no cell by more than the tolerance.
	Settled bool
}

// Integrate integrates the density over all of space by Gauss's rule in cells,
// which are halved in every direction until that changes their integrals by no
// more than the tolerance, or places have been spent. A density that is not a
// number or infinite somewhere makes an integral that is. The error is that of
// logDensity.
func (s *Space) Integrate(logDensity func(x *mat.Dense) ([]float64, error), tolerance float64, places int) (Integral, error) {
	result := Integral{Mass: make([]float64, len(s.roots)), Settled: true}
	pending := slices.Clone(s.roots)
	spent, err := s.evaluate(logDensity, pending)
	if err != nil {
		return Integral{}, err
	}
	for len(pending) > 0 {
		var halves []cell
		for _, c := range pending {
			halves = append(halves, c.halve(len(s.centre))...)
		}
		n, err := s.evaluate(logDensity, halves)
		if err != nil {
			return Integral{}, err
		}
		spent += n
		var next []cell
		per := len(halves) / len(pending)
		for i, c := range pending {
			parts := halves[i*per : (i+1)*per]
			value, entropy := 0.0, 0.0
			for _, h := range parts {
				value += h.value
				entropy += h.entropy
			}
			// What is not a number does not settle by halving.
			if change := math.Abs(value - c.value); change > tolerance && !math.IsInf(change, 1) {
				if spent < places {
					next = append(next, parts...)
					continue
				}
				result.Settled = false
			}
			result.Value += value
			result.Entropy += entropy
			result.Halved += value - c.value
			result.EntropyHalved += entropy - c.entropy
			result.Mass[c.root] += value
		}
		pending = next
	}
	return result, nil
}

// evaluate sets the integrals of the cells and returns the number of places that
// it took.
func (s *Space) evaluate(logDensity func(x *mat.Dense) ([]float64, error), cells []cell) (int, error) {
	dim := len(s.centre)
	order := []int{8, 5}[dim-1]
	nodes, weights := make([]float64, order), make([]float64, order)
	quad.Legendre{}.FixedLocations(nodes, weights, -1, 1)
	perCell := int(math.Pow(float64(order), float64(dim)))
	for cells := range slices.Chunk(cells, batch/perCell) {
		x := mat.NewDense(len(cells)*perCell, dim, nil)
		factors := make([]float64, len(cells)*perCell)
		for i := range factors {
			c, node := cells[i/perCell], i%perCell
			factors[i] = 1
			for j := range dim {
				k := node % order
				node /= order
				half := (c.hi[j] - c.lo[j]) / 2
				t := c.lo[j] + half*(1+nodes[k])
				u := (1 - t) * (1 + t)
				x.Set(i, j, s.centre[j]+s.spread[j]*t/u)
				factors[i] *= weights[k] * half * s.spread[j] * (1 + t*t) / (u * u)
			}
		}
		scores, err := logDensity(x)
		if err != nil {
			return 0, err
		}
		for i, l := range scores {
			// Where there is no density there is no logarithm of it to multiply with.
			if p := factors[i] * math.Exp(l); p != 0 {
				cells[i/perCell].value += p
				cells[i/perCell].entropy -= p * l
			}
		}
	}
	return len(cells) * perCell, nil
}

// unit returns the coordinates t of a point x.
func (s *Space) unit(x []float64) [2]float64 {
	var t [2]float64
	for j, v := range x {
		v = (v - s.centre[j]) / s.spread[j]
		// The root of v = t / (1 - t^2) inside (-1, 1), without cancellation; far
		// out it rounds to 1, which belongs to no cell.
		t[j] = min(v/(0.5+math.Hypot(0.5, v)), math.Nextafter(1, 0))
	}
	return t
}

func (c cell) contains(t [2]float64) bool {
	return c.lo[0] <= t[0] && t[0] < c.hi[0] && c.lo[1] <= t[1] && t[1] < c.hi[1]
}

// halve returns the parts of a cell cut in the middle of each of its dim sides.
func (c cell) halve(dim int) []cell {
	c.value, c.entropy = 0, 0
	parts := []cell{c}
	for j := range dim {
		middle := (c.lo[j] + c.hi[j]) / 2
		for i := range parts {
			upper := parts[i]
			parts[i].hi[j], upper.lo[j] = middle, middle
			parts = append(parts, upper)
		}
	}
	return parts
}
