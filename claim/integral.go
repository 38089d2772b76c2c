package claim

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/cert"
)

// Integral integrates the density over all of space, where that takes quadrature
// in one or two dimensions only.
func Integral() Claim {
	return Claim{Name: "integral", Lines: []string{"guarantees.normalised.checked"}, Assess: integral}
}

func integral(_ context.Context, e *Examination, b *cert.Builder) error {
	const line = "guarantees.normalised.checked"
	if dim := e.Model.Dim(); dim > 2 {
		b.Skip(line, fmt.Sprintf("quadrature is out of reach in %d dimensions", dim))
		return nil
	}
	c := newCubature(e)
	cells, err := c.adapt()
	if err != nil {
		return err
	}
	if cells == nil {
		b.Skip(line, fmt.Sprintf("the quadrature has not settled after %d densities", cubatureBudget))
		return nil
	}
	halved, err := c.halve(cells)
	if err != nil {
		return err
	}
	b.Record("integral.refinements", []float64{total(cells), total(halved)})
	return nil
}

const (
	// cubatureNodes is the number of Gauss nodes of a cell in each dimension.
	cubatureNodes = 5
	// cubatureTolerance is what the cells' estimates may add up to. An estimate is
	// of the error before the last halving, which took away most of it.
	cubatureTolerance = 2e-3
	// cubatureBudget is the most densities that the adaptation asks for. The halving
	// at the end takes about three times as many as the adaptation did.
	cubatureBudget = 150_000
)

// cubature integrates over all of space: each coordinate is centre + scale *
// t/(1-t^2) with t in (-1, 1), which is cut into cells.
type cubature struct {
	e              *Examination
	centre, scale  []float64
	nodes, weights []float64
}

// cell is a box in t with the integral over it.
type cell struct {
	lo, width []float64
	value     float64
	// estimate is its share of how far the integral moved when the cell was cut out
	// of a larger one.
	estimate float64
}

func newCubature(e *Examination) cubature {
	_, dim := e.Split.Train.Dims()
	c := cubature{
		e: e, centre: make([]float64, dim), scale: make([]float64, dim),
		nodes: make([]float64, cubatureNodes), weights: make([]float64, cubatureNodes),
	}
	for j := range dim {
		c.centre[j], c.scale[j] = stat.MeanStdDev(mat.Col(nil, j, e.Split.Train), nil)
	}
	quad.Legendre{}.FixedLocations(c.nodes, c.weights, 0, 1)
	return c
}

// adapt halves the cells with the largest estimates until what is left of them is
// within the tolerance; nil if that takes more than the budget.
func (c cubature) adapt() ([]cell, error) {
	cells := []cell{{lo: fill(len(c.centre), -1), width: fill(len(c.centre), 2)}}
	var err error
	// A start as fine as 16 cells a side does not overlook what lies between the
	// nodes of a few large ones.
	for range 4 {
		if cells, err = c.halve(cells); err != nil {
			return nil, err
		}
	}
	for spent := len(cells) * c.perCell(); ; {
		slices.SortStableFunc(cells, func(a, b cell) int { return cmp.Compare(b.estimate, a.estimate) })
		sum := 0.0
		for _, one := range cells {
			sum += one.estimate
		}
		// A sum that is not a number is a verdict, too.
		if !(sum > cubatureTolerance) {
			return cells, nil
		}
		// The largest, which make up three quarters of the sum.
		rough := 0
		for covered := 0.0; rough < len(cells) && covered < 0.75*sum; rough++ {
			covered += cells[rough].estimate
		}
		halved, err := c.halve(cells[:rough])
		if err != nil {
			return nil, err
		}
		if spent += len(halved) * c.perCell(); spent > cubatureBudget {
			return nil, nil
		}
		cells = append(halved, cells[rough:]...)
	}
}

// perCell is the number of nodes in a cell.
func (c cubature) perCell() int {
	n := 1
	for range c.centre {
		n *= cubatureNodes
	}
	return n
}

// halve cuts every cell in half in each dimension and integrates over the parts.
func (c cubature) halve(cells []cell) ([]cell, error) {
	dim := len(c.centre)
	parts := 1 << dim
	halved := make([]cell, 0, len(cells)*parts)
	for _, whole := range cells {
		for part := range parts {
			one := cell{lo: make([]float64, dim), width: make([]float64, dim)}
			for j := range dim {
				one.width[j] = whole.width[j] / 2
				one.lo[j] = whole.lo[j] + float64(part>>j&1)*one.width[j]
			}
			halved = append(halved, one)
		}
	}
	if err := c.integrate(halved); err != nil {
		return nil, err
	}
	for i, whole := range cells {
		family := halved[i*parts:][:parts]
		moved := math.Abs(total(family)-whole.value) / float64(parts)
		for k := range family {
			family[k].estimate = moved
		}
	}
	return halved, nil
}

// integrate sets the value of every cell by a product of Gauss rules.
func (c cubature) integrate(cells []cell) error {
	dim := len(c.centre)
	perCell := c.perCell()
	points := mat.NewDense(len(cells)*perCell, dim, nil)
	logWeights := make([]float64, len(cells)*perCell)
	for i := range logWeights {
		one := cells[i/perCell]
		for j, node := 0, i%perCell; j < dim; j, node = j+1, node/cubatureNodes {
			t := one.lo[j] + one.width[j]*c.nodes[node%cubatureNodes]
			rest := (1 - t) * (1 + t)
			points.Set(i, j, c.centre[j]+c.scale[j]*t/rest)
			slope := c.scale[j] * (1 + t*t) / (rest * rest)
			logWeights[i] += math.Log(c.weights[node%cubatureNodes] * one.width[j] * slope)
		}
	}
	scores, err := c.e.Model.LogDensity(points, c.e.float64s())
	if err != nil {
		return err
	}
	for i, logDensity := range scores.LogDensity {
		cells[i/perCell].value += math.Exp(logDensity + logWeights[i])
	}
	return nil
}

func total(cells []cell) float64 {
	sum := 0.0
	for _, one := range cells {
		sum += one.value
	}
	return sum
}

func fill(n int, v float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = v
	}
	return x
}
