package densitytest

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/density"
)

const (
	// cellTolerance is the change of a cell's integral on halving it below which
	// the halves are kept. Gauss's rule gains several digits by halving, so that
	// even a thousand such changes of one sign leave the sum far inside the
	// tolerance of the integral.
	cellTolerance = 2e-6
	// mutantTolerance does for a wrong density, whose integral has to be known to
	// a part of integralMutant only.
	mutantTolerance = 5e-5
	// maxPoints bounds the work on a density that is not smooth enough.
	maxPoints = 500_000
	// cellShare is the largest share of the samples in a cell to start from, so
	// that no peak which is sampled is missed.
	cellShare = 1.0 / 64
	// maxDepth ends the halving of a cell of equal samples.
	maxDepth = 40
	// batch is the number of points scored in one call.
	batch = 1 << 15
)

// integral is the outcome of a quadrature of a density over all of space.
type integral struct {
	// value is the integral and entropy that of -p log p.
	value, entropy float64
	// halved and entropyHalved are what the last halving of all cells changed.
	halved, entropyHalved float64
	// roots are the cells that the halving began with, and mass their integrals.
	roots []cell
	mass  []float64
}

// cell is a box in coordinates t in (-1, 1), which are mapped to all of space by
// x = centre + spread t / (1 - t^2).
type cell struct {
	lo, hi [2]float64
	root   int
	// value and entropy are the integrals over the cell.
	value, entropy float64
}

// integrate computes the integral of the density in one or two dimensions by
// adaptive quadrature: cells begin as a grid that the samples refine, and are
// halved in every direction until that changes their integrals by no more than
// the tolerance.
func (s *subject) integrate(tolerance float64) (integral, error) {
	result := integral{roots: s.grid()}
	result.mass = make([]float64, len(result.roots))
	pending := slices.Clone(result.roots)
	points, err := s.evaluate(pending)
	if err != nil {
		return integral{}, err
	}
	for len(pending) > 0 {
		var halves []cell
		for _, c := range pending {
			halves = append(halves, c.halve(s.m.Dim())...)
		}
		n, err := s.evaluate(halves)
		if err != nil {
			return integral{}, err
		}
		points += n
		var next []cell
		per := len(halves) / len(pending)
		for i, c := range pending {
			parts := halves[i*per : (i+1)*per]
			value, entropy := 0.0, 0.0
			for _, h := range parts {
				value += h.value
				entropy += h.entropy
			}
			if !(math.Abs(value-c.value) <= tolerance) && points < maxPoints {
				next = append(next, parts...)
				continue
			}
			result.value += value
			result.entropy += entropy
			result.halved += value - c.value
			result.entropyHalved += entropy - c.entropy
			result.mass[c.root] += value
		}
		pending = next
	}
	return result, nil
}

// evaluate sets the integrals of the cells by Gauss's rule and returns the
// number of points it took.
func (s *subject) evaluate(cells []cell) (int, error) {
	dim := s.m.Dim()
	order := 8
	if dim == 2 {
		order = 5
	}
	nodes, weights := make([]float64, order), make([]float64, order)
	quad.Legendre{}.FixedLocations(nodes, weights, -1, 1)
	perCell := order
	if dim == 2 {
		perCell *= order
	}
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
				u := 1 - t*t
				x.Set(i, j, s.centre[j]+s.spread[j]*t/u)
				factors[i] *= weights[k] * half * s.spread[j] * (1 + t*t) / (u * u)
			}
		}
		scores, err := s.m.LogDensity(x, density.Options{})
		if err != nil {
			return 0, err
		}
		for i, l := range scores.LogDensity {
			if math.IsNaN(l) || math.IsInf(l, 1) {
				return 0, fmt.Errorf("log-density at %v is %v", x.RawRowView(i), l)
			}
			if p := factors[i] * math.Exp(l); p > 0 {
				cells[i/perCell].value += p
				cells[i/perCell].entropy -= p * l
			}
		}
	}
	return len(cells) * perCell, nil
}

// grid returns cells that cover all of space: a coarse grid, halved further
// where the samples are.
func (s *subject) grid() []cell {
	dim, depth := s.m.Dim(), 5
	if dim == 2 {
		depth = 3
	}
	inside := make([][2]float64, rows)
	for i := range inside {
		inside[i] = s.unit(s.x.RawRowView(i))
	}
	var cells []cell
	var split func(c cell, inside [][2]float64, level int)
	split = func(c cell, inside [][2]float64, level int) {
		if level >= depth && len(inside) <= rows*cellShare || level == maxDepth {
			c.root = len(cells)
			cells = append(cells, c)
			return
		}
		for _, h := range c.halve(dim) {
			var in [][2]float64
			for _, t := range inside {
				if h.contains(t) {
					in = append(in, t)
				}
			}
			split(h, in, level+1)
		}
	}
	split(cell{lo: [2]float64{-1, -1}, hi: [2]float64{1, 1}}, inside, 0)
	return cells
}

// unit returns the coordinates t of a point x.
func (s *subject) unit(x []float64) [2]float64 {
	var t [2]float64
	for j, v := range x {
		v = (v - s.centre[j]) / s.spread[j]
		// The root of v = t / (1 - t^2) inside (-1, 1), without cancellation; far
		// out it rounds to 1, which belongs to no cell.
		t[j] = min(2*v/(1+math.Sqrt(1+4*v*v)), math.Nextafter(1, 0))
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

// location returns the median of v and half the range of its middle four fifths.
func location(v []float64) (centre, spread float64) {
	slices.Sort(v)
	q := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, v, nil) }
	return q(0.5), (q(0.9) - q(0.1)) / 2
}
