package proof

import (
	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// cell is a box with what is known of the mass in it.
type cell struct {
	centre, half [taylor.MaxVariables]float64
	mass         interval.Interval
	part         int // the part of the whole box that it is in
}

// variables returns models of the points of the cell.
func (c *cell) variables(dim int) []taylor.Model {
	x := make([]taylor.Model, dim)
	for i := range x {
		x[i] = taylor.Variable(i, c.centre[i], c.half[i])
	}
	return x
}

// volume returns an interval that contains the cell's volume. Its sides are sums and
// differences of centre and half, which are exact; see grid.
func (c *cell) volume(dim int) interval.Interval {
	v := interval.Point(1)
	for _, h := range c.half[:dim] {
		v = v.Mul(interval.Point(2 * h))
	}
	return v
}

// longest returns the longest side.
func (c *cell) longest() int {
	at := 0
	for i, h := range c.half {
		if h > c.half[at] {
			at = i
		}
	}
	return at
}

// halves returns the two halves of the cell, of which the longest side is halved: sides
// chosen by how the density bends along them took more cells, not fewer.
func (c *cell) halves() (low, high cell) {
	low, high = *c, *c
	i := c.longest()
	h := c.half[i] / 2
	low.half[i], high.half[i] = h, h
	low.centre[i] -= h
	high.centre[i] += h
	return low, high
}
