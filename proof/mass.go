// Package proof bounds what densities do on boxes, rigorously: what it states of the real
// functions that stored weights define follows from the arithmetic alone, every rounding
// counted.
package proof

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math"

	"flowcert/internal/interval"
	"flowcert/internal/parallel"
	"flowcert/internal/taylor"
)

// LogDensity encloses the logarithm of a density on boxes. It is for one goroutine.
type LogDensity interface {
	// Enclose returns a Taylor model of the log-density, in nats, at centre + half d for
	// d in [-1, 1]^D.
	Enclose(centre, half []float64) taylor.Model
}

// Options say how much work to do.
type Options struct {
	// Width is when to stop: when the enclosure is that narrow.
	Width float64
	// Evaluations is the most cells that are evaluated.
	Evaluations int
	// Workers is the number of goroutines; 0 means all processors. It never changes the
	// result.
	Workers int
}

// Mass is an enclosure of the mass that a density has in a box.
type Mass struct {
	// Lower and Upper bound the mass in each of equal parts of the box; their sums,
	// rounded down and up, bound the whole.
	Lower, Upper []float64
	// Cells is the number of boxes that the box was divided into in the end, and
	// Evaluations that of all that were evaluated on the way.
	Cells, Evaluations int
}

// Total returns the enclosure of the mass in the whole box.
func (m Mass) Total() interval.Interval {
	total := interval.Point(0)
	for i := range m.Lower {
		total = total.Add(interval.Interval{Lo: m.Lower[i], Hi: m.Upper[i]})
	}
	return interval.Interval{Lo: max(total.Lo, 0), Hi: total.Hi}
}

const (
	// Where the ends of a box are multiples of gridStep of at most gridReach, all centres
	// and half sides are exact, down to half sides of deepest: they are multiples of it,
	// of at most 2^48 times as much.
	gridStep  = 0x1p-10
	gridReach = 0x1p8
	deepest   = 0x1p-40
	// MostDimensions is the largest number of dimensions of a box that is divided.
	MostDimensions = taylor.MaxVariables
	// parts is the number of parts that a Mass tells apart.
	parts = 64
	// batch is the share of the cells that is halved at once: small enough for the worst
	// to come first, and independent of the workers.
	batch = 1.0 / 16
)

// OnGrid returns the smallest box around the given one whose ends are as Integrate wants
// them.
func OnGrid(lo, hi []float64) (gridLo, gridHi []float64) {
	for i := range lo {
		gridLo = append(gridLo, math.Floor(lo[i]/gridStep)*gridStep)
		gridHi = append(gridHi, math.Ceil(hi[i]/gridStep)*gridStep)
	}
	return gridLo, gridHi
}

// ErrBox is the error of a box that Integrate does not take.
var ErrBox = errors.New("unsuitable box")

// Integrate encloses the mass in the box from lo to hi, in at most three dimensions, by
// adaptive bisection: what contributes most to the width is halved, time and again.
// newDensity is called once per worker. It is ErrBox if the box is not on the grid (see OnGrid), or
// reaches beyond 256, and an error if the context ends.
func Integrate(ctx context.Context, newDensity func() (LogDensity, error), lo, hi []float64, o Options) (Mass, error) {
	if err := checkBox(lo, hi); err != nil {
		return Mass{}, fmt.Errorf("integrate: %w", err)
	}
	s := &search{dim: len(lo), quadrature: newQuadrature(len(lo)), pool: parallel.NewPool(o.Workers)}
	defer s.pool.Close()
	var err error
	if s.densities, err = perWorker(s.pool, newDensity); err != nil {
		return Mass{}, fmt.Errorf("integrate: %w", err)
	}
	s.evaluate(divide(lo, hi))
	for s.evaluations < o.Evaluations && !(s.width() <= o.Width) {
		if err := ctx.Err(); err != nil {
			return Mass{}, fmt.Errorf("integrate: %w", err)
		}
		if !s.refine(o.Evaluations - s.evaluations) {
			break
		}
	}
	return s.mass(), nil
}

func checkBox(lo, hi []float64) error {
	if len(lo) < 1 || len(lo) > taylor.MaxVariables || len(hi) != len(lo) {
		return fmt.Errorf("%w: a box of %d and %d ends, want 1 to %d dimensions", ErrBox, len(lo), len(hi), taylor.MaxVariables)
	}
	for i := range lo {
		for _, end := range []float64{lo[i], hi[i]} {
			if !(math.Abs(end) <= gridReach) || end != math.Floor(end/gridStep)*gridStep {
				return fmt.Errorf("%w: a box that ends at %v, want a multiple of 2^-10 of at most 2^8", ErrBox, end)
			}
		}
		if !(lo[i] < hi[i]) {
			return fmt.Errorf("%w: a box from %v to %v", ErrBox, lo[i], hi[i])
		}
	}
	return nil
}

// perWorker returns what each worker has of its own.
func perWorker[T any](pool *parallel.Pool, make func() (T, error)) (all []T, err error) {
	for range pool.Workers() {
		own, err := make()
		if err != nil {
			return nil, err
		}
		all = append(all, own)
	}
	return all, nil
}

// divide returns the box in equal parts, by halving the longest side of all.
func divide(lo, hi []float64) []cell {
	dim := len(lo)
	var whole cell
	for i := range dim {
		whole.centre[i], whole.half[i] = (lo[i]+hi[i])/2, (hi[i]-lo[i])/2
	}
	cells := []cell{whole}
	for len(cells) < parts {
		var next []cell
		for _, c := range cells {
			a, b := c.halves()
			next = append(next, a, b)
		}
		cells = next
	}
	for i := range cells {
		cells[i].part = i
	}
	return cells
}

// search is the state of an integration. The cells are a heap, the widest mass first.
type search struct {
	dim         int
	quadrature  *quadrature
	densities   []LogDensity // by worker
	pool        *parallel.Pool
	cells       []cell
	done        []cell // as small as cells can be
	evaluations int
}

// evaluate encloses the mass in new cells and adds them.
func (s *search) evaluate(cells []cell) {
	const tile = 16
	s.pool.Run((len(cells)+tile-1)/tile, func(worker, unit int) {
		for i := unit * tile; i < min((unit+1)*tile, len(cells)); i++ {
			c := &cells[i]
			m := s.densities[worker].Enclose(c.centre[:s.dim], c.half[:s.dim])
			c.mass = s.quadrature.mean(&m).Mul(c.volume(s.dim))
			c.mass.Lo = max(c.mass.Lo, 0)
		}
	})
	s.evaluations += len(cells)
	for _, c := range cells {
		heap.Push(s, c)
	}
}

// refine halves the worst cells, at most so many that the halves are within the given
// number. It reports whether there were any.
func (s *search) refine(most int) bool {
	count := min(max(1, int(float64(len(s.cells))*batch)), max(1, most/2))
	var halves []cell
	for range count {
		if len(s.cells) == 0 {
			break
		}
		c := heap.Pop(s).(cell)
		if c.half[c.longest()] <= deepest {
			s.done = append(s.done, c)
			continue
		}
		a, b := c.halves()
		halves = append(halves, a, b)
	}
	s.evaluate(halves)
	return len(halves) > 0
}

// width returns about by how much the upper bound exceeds the lower one.
func (s *search) width() float64 {
	sum := 0.0
	for _, cells := range [][]cell{s.cells, s.done} {
		for i := range cells {
			sum += cells[i].mass.Width()
		}
	}
	return sum
}

func (s *search) mass() Mass {
	m := Mass{Cells: len(s.cells) + len(s.done), Evaluations: s.evaluations}
	totals := make([]interval.Interval, parts)
	for _, cells := range [][]cell{s.cells, s.done} {
		for i := range cells {
			c := &cells[i]
			totals[c.part] = totals[c.part].Add(c.mass)
		}
	}
	for _, t := range totals {
		m.Lower, m.Upper = append(m.Lower, max(t.Lo, 0)), append(m.Upper, t.Hi)
	}
	return m
}

// Len, Less, Swap, Push and Pop make the cells a heap. Cells of equal widths are in the
// order of their places, so that the order of work is determined.
func (s *search) Len() int { return len(s.cells) }

func (s *search) Less(i, j int) bool {
	a, b := &s.cells[i], &s.cells[j]
	return a.mass.Hi-a.mass.Lo > b.mass.Hi-b.mass.Lo
}

func (s *search) Swap(i, j int) { s.cells[i], s.cells[j] = s.cells[j], s.cells[i] }

func (s *search) Push(c any) { s.cells = append(s.cells, c.(cell)) }

func (s *search) Pop() any {
	last := len(s.cells) - 1
	c := s.cells[last]
	s.cells = s.cells[:last]
	return c
}
