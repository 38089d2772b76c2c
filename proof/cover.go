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

// Map encloses a map of D variables to as many on boxes. It is for one goroutine.
type Map interface {
	// Encode returns Taylor models of the image's coordinates at centre + half d for d in
	// [-1, 1]^D; some half may be 0.
	Encode(centre, half []float64) []taylor.Model
}

// Cover returns a radius, as large as it can prove, such that the image of the box from lo
// to hi under a continuous injective map contains the open ball of that radius around 0;
// it is 0 if that of the centre point given, which must lie in the box, is not in such a
// ball. No log-determinant is used.
//
// Proof: let all of the box's boundary have images at distances of at least r from 0, and
// one point of the box an image nearer. The image of the inside is open (Brouwer,
// invariance of domain) and that of the box closed; within the ball they are the same set,
// which is therefore open and closed in it and not empty: all of it.
//
// It looks at Evaluations cells of the boundary at most, and stops where the radius can
// grow by no more than the share Width of itself.
func Cover(ctx context.Context, newMap func() (Map, error), lo, hi, centre []float64, o Options) (radius float64, err error) {
	if err := checkBox(lo, hi); err != nil {
		return 0, fmt.Errorf("cover: %w", err)
	}
	c := &covering{dim: len(lo), pool: parallel.NewPool(o.Workers)}
	defer c.pool.Close()
	if c.maps, err = perWorker(c.pool, newMap); err != nil {
		return 0, fmt.Errorf("cover: %w", err)
	}
	cells := faces(lo, hi)
	for evaluations := 0; ; {
		if err := ctx.Err(); err != nil {
			return 0, fmt.Errorf("cover: %w", err)
		}
		c.evaluate(cells)
		evaluations += len(cells)
		nearest := c.cells[0].mass // squared distances
		if evaluations >= o.Evaluations || nearest.Hi <= nearest.Lo*(1+o.Width)*(1+o.Width) {
			break
		}
		cells = c.refine(o.Evaluations - evaluations)
		if len(cells) == 0 {
			break
		}
	}
	r := interval.Point(c.cells[0].mass.Lo).Sqrt().Lo
	if centreAt := squaredNorm(c.maps[0].Encode(centre, make([]float64, c.dim))); !(centreAt.Hi < c.cells[0].mass.Lo) {
		return 0, nil
	}
	return r, nil
}

// BallMass returns a number that the probability is not below that a standard normal
// vector of dim entries, one to three, is shorter than r.
func BallMass(ctx context.Context, dim int, r float64) (float64, error) {
	r = math.Floor(min(r, 16)/gridStep) * gridStep // the farther ones do not count
	if !(r > 0) {
		return 0, nil
	}
	length := interval.Point(r)
	density := length.Mul(length).Mul(interval.Point(-0.5)).Exp()
	if dim == 2 {
		return max(0, interval.Point(1).Sub(density).Lo), nil
	}
	m, err := Integrate(ctx, func() (LogDensity, error) { return normal{}, nil }, []float64{-r}, []float64{r}, Options{Evaluations: 500, Workers: 1})
	if err != nil {
		return 0, fmt.Errorf("mass of a ball: %w", err)
	}
	mass := m.Total()
	if dim == 3 { // by parts: less 2 r phi(r)
		pi := interval.Interval{Lo: math.Pi, Hi: math.Nextafter(math.Pi, 4)}
		mass = mass.Sub(interval.Point(2).Div(pi).Sqrt().Mul(length).Mul(density))
	}
	return max(0, mass.Lo), nil
}

// normal is the standard normal density of one variable.
type normal struct{}

func (normal) Enclose(centre, half []float64) taylor.Model {
	x := taylor.Variable(0, centre[0], half[0])
	x = taylor.Square(&x)
	x = taylor.Linear(&x, -0.5, 0)
	twoPi := interval.Interval{Lo: 2 * math.Pi, Hi: 2 * math.Nextafter(math.Pi, 4)}
	return taylor.Shift(&x, twoPi.Log().Mul(interval.Point(-0.5)))
}

// covering is the state of Cover. The cells' masses are the squared distances of their
// images from 0, and the nearest cell comes first.
type covering struct {
	dim   int
	maps  []Map // by worker
	pool  *parallel.Pool
	cells []cell
}

// faces returns the box's faces.
func faces(lo, hi []float64) []cell {
	var cells []cell
	for i := range lo {
		for _, end := range []float64{lo[i], hi[i]} {
			var c cell
			for j := range lo {
				c.centre[j], c.half[j] = (lo[j]+hi[j])/2, (hi[j]-lo[j])/2
			}
			c.centre[i], c.half[i] = end, 0
			cells = append(cells, c)
		}
	}
	return cells
}

func (c *covering) evaluate(cells []cell) {
	c.pool.Run(len(cells), func(worker, unit int) {
		a := &cells[unit]
		a.mass = squaredNorm(c.maps[worker].Encode(a.centre[:c.dim], a.half[:c.dim]))
	})
	c.cells = append(c.cells, cells...)
	slices.SortStableFunc(c.cells, func(a, b cell) int {
		switch {
		case a.mass.Lo < b.mass.Lo:
			return -1
		case a.mass.Lo > b.mass.Lo:
			return 1
		}
		return 0
	})
}

// refine takes the nearest cells out and returns their halves, at most so many.
func (c *covering) refine(most int) []cell {
	count := min(max(1, int(float64(len(c.cells))*batch)), max(1, most/2))
	var halves []cell
	for i := range count {
		if a := &c.cells[i]; a.half[a.longest()] > deepest {
			low, high := a.halves()
			halves = append(halves, low, high)
			continue
		}
		return nil // as small as cells can be, and the nearest
	}
	c.cells = slices.Delete(c.cells, 0, count)
	return halves
}

// squaredNorm returns an interval that contains the squared lengths of vectors, the larger
// lower bound of two: by the range of the sum of squares, and by the sum of the ranges.
func squaredNorm(z []taylor.Model) interval.Interval {
	sum, apart := taylor.Constant(0), interval.Point(0)
	for i := range z {
		square := taylor.Square(&z[i])
		sum = taylor.Add(&sum, &square)
		r := z[i].Range()
		nearest := 0.0
		if !r.Contains(0) {
			nearest = min(math.Abs(r.Lo), math.Abs(r.Hi))
		}
		n := interval.Point(nearest)
		apart = apart.Add(interval.Interval{Lo: n.Mul(n).Lo, Hi: math.Inf(1)})
	}
	r := sum.Range()
	if !sum.Known() {
		r = interval.All()
	}
	return interval.Interval{Lo: max(r.Lo, apart.Lo, 0), Hi: r.Hi}
}
