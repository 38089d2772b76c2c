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

// reaches are how far evaluations may be from exact values for a proof to find it. The
// nearer that is the less wide are the models, so that the least is tried first.
func reaches() []float64 { return []float64{0x1p-30, 0x1p-25, 0x1p-20} }

// RoundTrip bounds, for all points of a box from lo to hi of at most three dimensions, how
// far, in Euclidean distance, a point is from what an evaluation of the map, and of the
// inverse at what that gave, makes of it: in each of equal parts of the box, +Inf where no
// bound below 2^-21 was found. It halves the cells with the largest bounds while
// there are Evaluations. The errors are those of Lipschitz.
//
// Proof: let u_i be what the evaluation makes of layer i, off by at most d_i, and w_i what
// the evaluation of the inverses comes back to, off by at most b_i of the inverse of layer
// i, with w_L = u_L. There is a path from u_i to w_i: from u_L to w_L none is needed, and
// below, take the straight line from g_i(u_(i-1)) to u_i, which is d_i long, then the path
// from u_i to w_i, all of it back through layer i, and then the straight line to w_(i-1),
// which is b_i long. What was a line at layer m has at layer i at most the length times
// the norm of the product P_im of the inverses of the Jacobians of layers i+1 to m, so
//
//	|w_i - u_i| <= sum over m > i of |P_im| d_m + |P_i(m-1)| b_m
//
// A path can be taken back as long as the inverses are bounded near it, and it is near u_i
// as the sum is small: the models of u_i are wide enough for that.
func RoundTrip(ctx context.Context, newLayers func() (RoundedLayers, error), lo, hi []float64, o Options) (errors []float64, err error) {
	if err := checkBox(lo, hi); err != nil {
		return nil, fmt.Errorf("round trip: %w", err)
	}
	pool := parallel.NewPool(o.Workers)
	defer pool.Close()
	layers, err := perWorker(pool, newLayers)
	if err != nil {
		return nil, fmt.Errorf("round trip: %w", err)
	}
	dim := len(lo)
	l := &largest{dim: dim, pool: pool, bound: func(worker int, c *cell) []interval.Interval {
		bound := math.Inf(1)
		for _, reach := range reaches() {
			if bound = min(bound, roundTripError(layers[worker], c.variables(dim), reach)); bound < math.Inf(1) {
				break
			}
		}
		return []interval.Interval{{Lo: 0, Hi: bound}}
	}}
	if err := l.search(ctx, lo, hi, o); err != nil {
		return nil, fmt.Errorf("round trip: %w", err)
	}
	return l.parts(0), nil
}

// roundTripError bounds the error at the points that x encloses, which it makes wider; +Inf
// unless it is less than half of reach.
func roundTripError(layers RoundedLayers, x []taylor.Model, reach float64) float64 {
	n, dim := layers.Len(), len(x)
	near := func(x []taylor.Model) {
		for i := range x {
			x[i].Radius = taylor.Wider(x[i].Radius, reach)
		}
	}
	near(x)
	j, z := make([]taylor.Model, dim*dim), make([]taylor.Model, dim)
	forward, back, inverses := make([]float64, n), make([]float64, n), make([][]taylor.Model, n)
	for i := range n {
		layers.Map(i, z, j, x)
		near(z)
		inverses[i] = inverseOf(j, dim)
		forward[i], back[i] = layers.Errors(i, x, z)
		copy(x, z)
	}
	worst := 0.0
	for i := n - 1; i >= 0; i-- {
		apart := interval.Point(0) // w_i and u_i, of the values before layer i
		magnified, path, norm := interval.Point(1), identity(dim), interval.Point(1)
		for m := i; m < n; m++ {
			apart = apart.Add(norm.Mul(interval.Point(back[m])))
			path = product(path, inverses[m], dim)
			magnified = magnified.Mul(interval.Point(largestSingular(inverses[m], dim).Hi))
			norm = interval.Point(atMost(largestSingular(path, dim), magnified.Hi).Hi)
			apart = apart.Add(norm.Mul(interval.Point(forward[m])))
		}
		before := 0.0 // by how much u_i is off itself
		if i > 0 {
			before = forward[i-1]
		}
		if worst = apart.Hi; !(worst+before < reach/2) {
			return math.Inf(1)
		}
	}
	return worst
}
