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

// Layers encloses the layers of an invertible map of D variables to as many. It is for one
// goroutine.
type Layers interface {
	// Len returns the number of layers.
	Len() int
	// Map sets z to models of the values of layer i at the D points that x encloses, and
	// j, by rows, to models of its Jacobian there.
	Map(i int, z, j, x []taylor.Model)
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

// Lipschitz bounds the stretch of a map in the box from lo to hi by adaptive bisection: half
// of the Evaluations go to the cells with the largest bounds of the map, the others to
// those of the inverse. It stops where a bound exceeds what some cell has certainly by no
// more than the share Width. A box of more than three dimensions is one part, and is not
// divided. newLayers is called once per worker. The errors are those of Integrate.
func Lipschitz(ctx context.Context, newLayers func() (Layers, error), lo, hi []float64, o Options) (Stretch, error) {
	if len(lo) > MostDimensions {
		layers, err := newLayers()
		if err != nil {
			return Stretch{}, fmt.Errorf("lipschitz: %w", err)
		}
		return wholeStretch(layers, lo, hi), nil
	}
	if err := checkBox(lo, hi); err != nil {
		return Stretch{}, fmt.Errorf("lipschitz: %w", err)
	}
	pool := parallel.NewPool(o.Workers)
	defer pool.Close()
	stretchings, err := perWorker(pool, func() (*stretching, error) {
		layers, err := newLayers()
		return newStretching(layers, len(lo)), err
	})
	if err != nil {
		return Stretch{}, fmt.Errorf("lipschitz: %w", err)
	}
	l := &largest{dim: len(lo), pool: pool, bound: func(worker int, c *cell) []interval.Interval {
		s := stretchings[worker]
		forward, inverse := s.run(c.variables(s.dim))
		return []interval.Interval{forward, inverse}
	}}
	if err := l.search(ctx, lo, hi, o); err != nil {
		return Stretch{}, fmt.Errorf("lipschitz: %w", err)
	}
	return Stretch{Forward: l.parts(0), Inverse: l.parts(1), Evaluations: l.evaluations}, nil
}

// wholeStretch bounds the stretch in a box as a whole.
func wholeStretch(layers Layers, lo, hi []float64) Stretch {
	x := make([]taylor.Model, len(lo))
	for i := range x {
		x[i] = taylor.Between(interval.Interval{Lo: lo[i], Hi: hi[i]})
	}
	s := newStretching(layers, len(lo))
	forward, inverse := s.run(x)
	return Stretch{Forward: []float64{forward.Hi}, Inverse: []float64{inverse.Hi}, Evaluations: 1}
}

// stretching bounds how much layers stretch.
type stretching struct {
	layers Layers
	dim    int
	j      []taylor.Model
}

func newStretching(layers Layers, dim int) *stretching {
	return &stretching{layers: layers, dim: dim, j: make([]taylor.Model, dim*dim)}
}

// run returns bounds of the largest singular value of the Jacobian at the points that x
// encloses, and of one over the least: of the product of the layers' Jacobians, and of the
// inverses of these, whose determinants are far from 0 where the product's may not be; or
// the products of the layers' bounds where those are less.
func (s *stretching) run(x []taylor.Model) (forward, inverse interval.Interval) {
	whole, back := identity(s.dim), identity(s.dim)
	most, mostInverse := interval.Point(1), interval.Point(1)
	x = slices.Clone(x)
	for i := range s.layers.Len() {
		s.layers.Map(i, x, s.j, x)
		over := inverseOf(s.j, s.dim)
		most = most.Mul(interval.Point(largestSingular(s.j, s.dim).Hi))
		mostInverse = mostInverse.Mul(interval.Point(largestSingular(over, s.dim).Hi))
		whole, back = product(s.j, whole, s.dim), product(back, over, s.dim)
	}
	forward, inverse = largestSingular(whole, s.dim), largestSingular(back, s.dim)
	return atMost(forward, most.Hi), atMost(inverse, mostInverse.Hi)
}

// atMost returns i with another upper bound of what it bounds, if that is less.
func atMost(i interval.Interval, bound float64) interval.Interval {
	if math.IsNaN(bound) {
		return i
	}
	return interval.Interval{Lo: i.Lo, Hi: min(i.Hi, bound)}
}

// Layer returns the layer i alone.
func Layer(layers Layers, i int) Layers { return oneLayer{layers, i} }

type oneLayer struct {
	layers Layers
	i      int
}

func (o oneLayer) Len() int { return 1 }

func (o oneLayer) Map(_ int, z, j, x []taylor.Model) { o.layers.Map(o.i, z, j, x) }

// Norm returns a number that the Euclidean norm of the image of x is not above; +Inf where
// nothing is known.
func Norm(layers Layers, x []float64) float64 {
	z, j := make([]taylor.Model, len(x)), make([]taylor.Model, len(x)*len(x))
	for i, v := range x {
		z[i] = taylor.Constant(v)
	}
	for i := range layers.Len() {
		layers.Map(i, z, j, z)
	}
	return interval.Point(squaredNorm(z).Hi).Sqrt().Hi
}
