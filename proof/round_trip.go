package proof

import (
	"context"
	"fmt"
	"math"

	"flowcert/internal/interval"
	"flowcert/internal/parallel"
	"flowcert/internal/taylor"
)

// RoundedLayers are layers of which evaluations in floating-point numbers are known to err
// by no more than bounds.
type RoundedLayers interface {
	Layers
	// Errors returns how far, in Euclidean distance, evaluations of layer i at points that
	// x encloses can be from its values there, and evaluations of its inverse at points that
	// z encloses from the inverse's; +Inf where nothing is known.
	Errors(i int, x, z []taylor.Model) (forward, inverse float64)
}

// reach is how far evaluations may be from exact values for a proof to find it.
const reach = 0x1p-20

// RoundTrip bounds, for all points of a box from lo to hi of at most three dimensions, how
// far, in Euclidean distance, a point is from what an evaluation of the map, and of the
// inverse at what that gave, makes of it: in each of equal parts of the box, +Inf where no
// bound of at most 2^-20 was found. It halves the cells with the largest bounds while
// there are Evaluations. The errors are those of Lipschitz.
//
// Proof: let u_i be what the evaluation makes of layer i, off by at most d_i, and w_i what
// the evaluation of the inverses comes back to, off by at most b_i of the inverse of layer
// i, with w_L = u_L. If the inverse of the Jacobian of layer i has no norm above M_i in the
// ball of radius r around u_(i-1), then a straight line from g_i(u_(i-1)) of length below
// r/M_i is the image of a curve from u_(i-1) in that ball, M_i times as long at most. So
//
//	|w_(i-1) - u_(i-1)| <= M_i (|w_i - u_i| + d_i) + b_i
//
// as long as that is below r; the models of u_(i-1) are wide enough for that.
func RoundTrip(ctx context.Context, newLayers func() (RoundedLayers, error), lo, hi []float64, o Options) (errors []float64, err error) {
	if err := checkBox(lo, hi); err != nil {
		return nil, fmt.Errorf("round trip: %w", err)
	}
	pool := parallel.NewPool(o.Workers)
	defer pool.Close()
	var layers []RoundedLayers // by worker
	for range pool.Workers() {
		l, err := newLayers()
		if err != nil {
			return nil, fmt.Errorf("round trip: %w", err)
		}
		layers = append(layers, l)
	}
	dim := len(lo)
	l := &largest{dim: dim, pool: pool, bound: func(worker int, c *cell) []interval.Interval {
		return []interval.Interval{{Lo: 0, Hi: roundTripError(layers[worker], c.variables(dim))}}
	}}
	if err := l.search(ctx, lo, hi, o); err != nil {
		return nil, fmt.Errorf("round trip: %w", err)
	}
	return l.parts(0), nil
}

// roundTripError bounds the error at the points that x encloses.
func roundTripError(layers RoundedLayers, x []taylor.Model) float64 {
	n, dim := layers.Len(), len(x)
	near := func(x []taylor.Model) {
		for i := range x {
			x[i].Radius = taylor.Wider(x[i].Radius, reach)
		}
	}
	near(x)
	j, z := make([]taylor.Model, dim*dim), make([]taylor.Model, dim)
	magnified, forward, back := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		layers.Map(i, z, j, x)
		near(z)
		magnified[i] = largestSingular(inverseOf(j, dim), dim).Hi
		forward[i], back[i] = layers.Errors(i, x, z)
		if !(forward[i] < reach) || !(magnified[i] < math.Inf(1)) {
			return math.Inf(1)
		}
		copy(x, z)
	}
	apart := 0.0 // of w_i and u_i
	for i := n - 1; i >= 0; i-- {
		e := interval.Point(apart).Add(interval.Point(forward[i])).Mul(interval.Point(magnified[i])).Add(interval.Point(back[i]))
		apart = e.Hi
		before := 0.0
		if i > 0 {
			before = forward[i-1]
		}
		if !(apart+before < reach/2) {
			return math.Inf(1)
		}
	}
	return apart
}
