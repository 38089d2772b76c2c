package proof

import (
	"context"
	"fmt"
	"math"
	"slices"

	"flowcert/internal/interval"
	"flowcert/internal/parallel"
	"flowcert/internal/taylor"
)

// Jacobian encloses the Jacobian of a map of D variables to as many on boxes. It is for
// one goroutine.
type Jacobian interface {
	// Jacobian sets j, by rows, to Taylor models of the Jacobian's entries at centre +
	// half d for d in [-1, 1]^D.
	Jacobian(j []taylor.Model, centre, half []float64)
}

// Stretch bounds how much a map stretches lengths in a box, and its inverse. Bounds that
// could not be found are +Inf.
type Stretch struct {
	// Forward and Inverse bound, in each of equal parts of the box, the largest singular
	// value of the Jacobian, and one over the least.
	//
	// The largest Forward is a Lipschitz constant of the map on the box, which is convex.
	// The largest Inverse, M, says that a curve in the box is at most M times as long as
	// its image: a Lipschitz constant of the inverse on each convex set of images of the
	// box, not on all of the image, which need not be convex.
	Forward, Inverse []float64
	// Evaluations is the number of cells that were evaluated.
	Evaluations int
}

// Largest returns the largest bounds.
func (s Stretch) Largest() (forward, inverse float64) {
	return slices.Max(s.Forward), slices.Max(s.Inverse)
}

// Lipschitz bounds the stretch of a map in the box from lo to hi, in at most three
// dimensions, by adaptive bisection: half of the Evaluations go to the cells with the
// largest bounds of the map, the others to those of the inverse. It stops where a bound
// exceeds what some cell has certainly by no more than the share Width. newJacobian is
// called once per worker. The errors are those of Integrate.
func Lipschitz(ctx context.Context, newJacobian func() (Jacobian, error), lo, hi []float64, o Options) (Stretch, error) {
	if err := checkBox(lo, hi); err != nil {
		return Stretch{}, fmt.Errorf("lipschitz: %w", err)
	}
	s := &stretching{dim: len(lo), pool: parallel.NewPool(o.Workers)}
	defer s.pool.Close()
	for range s.pool.Workers() {
		j, err := newJacobian()
		if err != nil {
			return Stretch{}, fmt.Errorf("lipschitz: %w", err)
		}
		s.jacobians = append(s.jacobians, j)
	}
	var cells []stretchCell
	for _, c := range divide(lo, hi) {
		cells = append(cells, stretchCell{cell: c})
	}
	s.evaluate(cells)
	for direction, budget := range []int{o.Evaluations / 2, o.Evaluations} {
		for s.evaluations < budget && s.refine(direction, o.Width, budget-s.evaluations) {
			if err := ctx.Err(); err != nil {
				return Stretch{}, fmt.Errorf("lipschitz: %w", err)
			}
		}
	}
	return s.stretch(), nil
}

// stretchCell is a cell with intervals that reach from a number that the largest stretch in
// it is not below to one that it is not above, of the map and of its inverse.
type stretchCell struct {
	cell
	stretch [2]interval.Interval
}

type stretching struct {
	dim         int
	jacobians   []Jacobian // by worker
	pool        *parallel.Pool
	cells       []stretchCell
	evaluations int
}

func (s *stretching) evaluate(cells []stretchCell) {
	s.pool.Run(len(cells), func(worker, unit int) {
		c := &cells[unit]
		j := make([]taylor.Model, s.dim*s.dim)
		s.jacobians[worker].Jacobian(j, c.centre[:s.dim], c.half[:s.dim])
		c.stretch[0] = largestSingular(j, s.dim)
		adjugate, determinant := adjugate(j, s.dim)
		c.stretch[1] = largestSingular(adjugate, s.dim).Div(absolute(determinant.Range()))
		if !determinant.Known() || math.IsInf(c.stretch[1].Lo, -1) {
			c.stretch[1] = interval.Interval{Lo: 0, Hi: math.Inf(1)}
		}
	})
	s.evaluations += len(cells)
	s.cells = append(s.cells, cells...)
}

// refine halves the cells with the largest upper bounds in a direction, at most so many
// that the halves are within the given number. It reports whether there was reason to.
func (s *stretching) refine(direction int, width float64, most int) bool {
	slices.SortStableFunc(s.cells, func(a, b stretchCell) int {
		switch x, y := a.stretch[direction].Hi, b.stretch[direction].Hi; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	certain := 0.0
	for i := range s.cells {
		certain = max(certain, s.cells[i].stretch[direction].Lo)
	}
	count := min(max(1, int(float64(len(s.cells))*batch)), max(1, most/2))
	var halves []stretchCell
	for i := range count {
		c := &s.cells[i]
		if c.stretch[direction].Hi <= certain*(1+width) {
			count = i
			break
		}
		if c.half[c.longest()] <= deepest {
			return false
		}
		low, high := c.halves()
		halves = append(halves, stretchCell{cell: low}, stretchCell{cell: high})
	}
	s.cells = slices.Delete(s.cells, 0, count)
	s.evaluate(halves)
	return count > 0
}

func (s *stretching) stretch() Stretch {
	r := Stretch{Forward: make([]float64, parts), Inverse: make([]float64, parts), Evaluations: s.evaluations}
	for i := range s.cells {
		c := &s.cells[i]
		r.Forward[c.part] = max(r.Forward[c.part], c.stretch[0].Hi)
		r.Inverse[c.part] = max(r.Inverse[c.part], c.stretch[1].Hi)
	}
	return r
}

// absolute returns an interval that contains the absolute values of i's numbers.
func absolute(i interval.Interval) interval.Interval {
	if i.Contains(0) {
		return interval.Interval{Lo: 0, Hi: i.Magnitude()}
	}
	return interval.Interval{Lo: min(math.Abs(i.Lo), math.Abs(i.Hi)), Hi: i.Magnitude()}
}

// largestSingular bounds the largest singular value of a matrix by rows: it is at most Hi
// for all matrices that are enclosed, and at least Lo.
func largestSingular(j []taylor.Model, dim int) interval.Interval {
	// The matrix J^T J, whose largest eigenvalue is the square and at least each entry of
	// the diagonal.
	g := make([]interval.Interval, dim*dim)
	least := 0.0
	for a := range dim {
		for b := range dim {
			sum := taylor.Constant(0)
			for k := range dim {
				product := taylor.Mul(&j[k*dim+a], &j[k*dim+b])
				sum = taylor.Add(&sum, &product)
			}
			if !sum.Known() {
				return interval.Interval{Lo: 0, Hi: math.Inf(1)}
			}
			g[a*dim+b] = sum.Range()
		}
		least = max(least, g[a*dim+a].Lo)
	}
	return interval.Interval{Lo: interval.Point(least).Sqrt().Lo, Hi: interval.Point(largestEigenvalue(g, dim)).Sqrt().Hi}
}

// largestEigenvalue returns a number that no eigenvalue exceeds of the positive
// semidefinite matrices in g: the trace of one row, the formula of two, and of three rows
// G the 64th root of the Frobenius norm of G^64, which is at most 1 % too large.
func largestEigenvalue(g []interval.Interval, dim int) float64 {
	half := interval.Point(0.5)
	trace := interval.Point(0)
	for a := range dim {
		trace = trace.Add(g[a*dim+a])
	}
	switch {
	case dim == 1, !(trace.Hi > 0x1p-200 && trace.Hi < 0x1p200):
		return max(trace.Hi, 0)
	case dim == 2:
		h, b := absolute(g[0].Sub(g[3]).Mul(half)), absolute(g[1])
		apart := interval.Point(h.Hi).Mul(interval.Point(h.Hi)).Add(interval.Point(b.Hi).Mul(interval.Point(b.Hi)))
		return min(trace.Hi, trace.Mul(half).Add(interval.Point(apart.Hi).Sqrt()).Hi)
	}
	const squarings = 6
	scale := interval.Point(trace.Hi)
	power := make([]interval.Interval, len(g))
	for i := range g {
		power[i] = g[i].Div(scale)
	}
	for range squarings {
		next := make([]interval.Interval, len(g))
		for a := range dim {
			for b := range dim {
				for k := range dim {
					next[a*dim+b] = next[a*dim+b].Add(power[a*dim+k].Mul(power[k*dim+b]))
				}
			}
		}
		power = next
	}
	norm := interval.Point(0)
	for _, v := range power {
		m := interval.Point(v.Magnitude())
		norm = norm.Add(m.Mul(m))
	}
	norm = interval.Point(norm.Hi)
	for range squarings + 1 { // the first one is that of the norm
		norm = norm.Sqrt()
	}
	return min(trace.Hi, norm.Mul(scale).Hi)
}

// adjugate returns the determinant of a matrix by rows and its inverse times that.
func adjugate(j []taylor.Model, dim int) (a []taylor.Model, determinant taylor.Model) {
	if dim == 1 {
		return []taylor.Model{taylor.Constant(1)}, j[0]
	}
	a = make([]taylor.Model, dim*dim)
	if dim == 2 {
		a[0], a[1], a[2], a[3] = j[3], taylor.Neg(&j[1]), taylor.Neg(&j[2]), j[0]
	} else {
		for r := range dim { // cofactors by cyclic rows and columns, which carry no sign
			for c := range dim {
				r1, r2, c1, c2 := (r+1)%3, (r+2)%3, (c+1)%3, (c+2)%3
				x, y := taylor.Mul(&j[r1*3+c1], &j[r2*3+c2]), taylor.Mul(&j[r1*3+c2], &j[r2*3+c1])
				a[c*3+r] = taylor.Sub(&x, &y)
			}
		}
	}
	for k := range dim {
		product := taylor.Mul(&j[k], &a[k*dim])
		determinant = taylor.Add(&determinant, &product)
	}
	return a, determinant
}
