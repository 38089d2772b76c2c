package proof

import (
	"cmp"
	"context"
	"math"
	"slices"

	"flowcert/internal/interval"
	"flowcert/internal/parallel"
)

// largest searches boxes of at most three dimensions for the largest values of functions,
// by adaptive bisection.
type largest struct {
	dim  int
	pool *parallel.Pool
	// bound returns, for each function, an interval from a number that its largest value in
	// the cell is not below to one that it is not above.
	bound       func(worker int, c *cell) []interval.Interval
	cells       []boundedCell
	evaluations int
}

type boundedCell struct {
	cell
	bounds []interval.Interval
}

// search bounds the functions in the box: an equal share of the evaluations goes to the
// cells with the largest bounds of each. It stops where a bound exceeds what some cell
// has certainly by no more than the share Width.
func (l *largest) search(ctx context.Context, lo, hi []float64, o Options) error {
	var cells []boundedCell
	for _, c := range divide(lo, hi) {
		cells = append(cells, boundedCell{cell: c})
	}
	l.evaluate(cells)
	functions := len(l.cells[0].bounds)
	for f := range functions {
		budget := o.Evaluations / functions * (f + 1)
		for l.evaluations < budget && l.refine(f, o.Width, budget-l.evaluations) {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *largest) evaluate(cells []boundedCell) {
	l.pool.Run(len(cells), func(worker, unit int) {
		c := &cells[unit]
		c.bounds = l.bound(worker, &c.cell)
	})
	l.evaluations += len(cells)
	l.cells = append(l.cells, cells...)
}

// refine halves the cells with the largest upper bounds of a function, at most so many
// that the halves are within the given number. It reports whether there was reason to.
func (l *largest) refine(f int, width float64, most int) bool {
	slices.SortStableFunc(l.cells, func(a, b boundedCell) int { return cmp.Compare(b.bounds[f].Hi, a.bounds[f].Hi) })
	certain := 0.0
	for i := range l.cells {
		certain = max(certain, l.cells[i].bounds[f].Lo)
	}
	count := min(max(1, int(float64(len(l.cells))*batch)), max(1, most/2))
	var halves []boundedCell
	for i := range count {
		c := &l.cells[i]
		if c.bounds[f].Hi <= certain*(1+width) {
			count = i
			break
		}
		if c.half[c.longest()] <= deepest {
			return false
		}
		low, high := c.halves()
		halves = append(halves, boundedCell{cell: low}, boundedCell{cell: high})
	}
	l.cells = slices.Delete(l.cells, 0, count)
	l.evaluate(halves)
	return count > 0
}

// parts returns the largest upper bounds of a function in each of equal parts of the box.
func (l *largest) parts(f int) []float64 {
	all := make([]float64, parts)
	for i := range l.cells {
		c := &l.cells[i]
		all[c.part] = max(all[c.part], c.bounds[f].Hi)
	}
	return all
}

// nothing is what is known of a positive number of which nothing is.
func nothing() interval.Interval { return interval.Interval{Lo: 0, Hi: math.Inf(1)} }
