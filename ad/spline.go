package ad

import "flowcert/internal/kernel"

// Spline is a monotone rational-quadratic spline on [-Bound, Bound] with the
// identity outside (Durkan, Bekasov, Murray and Papamakarios, Neural Spline
// Flows, 2019, equations 4 to 8). Each column takes Params raw parameters: Bins
// widths and Bins heights, which a softmax makes positive and summing to the box,
// and Bins-1 derivatives at the inner knots, which a softplus makes positive. The
// outer derivatives are 1. Raw zeros give the identity.
type Spline struct {
	Bins  int
	Bound float64
	// MinBin is the least width and height of a bin as a share of the box, and
	// MinSlope the least derivative at a knot.
	MinBin, MinSlope float64
}

// Params returns the number of raw parameters per column, 3 Bins - 1.
func (s Spline) Params() int { return kernel.Spline(s).Params() }

// saved is the number of columns kept for the backward pass per column: the knots.
func (s Spline) saved() int { return s.Params() }

func splineForward[T kernel.Float](a *Arena[T], st *step[T]) { a.splineRun(st, false) }

func splineInverse[T kernel.Float](a *Arena[T], st *step[T]) { a.splineRun(st, true) }

// splineRun computes the images, or the inverse ones, beside the log-slopes, and
// saves the knots.
func (a *Arena[T]) splineRun(st *step[T], inverse bool) {
	s := kernel.Spline(st.n.spline)
	x, h, y, knots := a.values[st.n.in[0]], a.values[st.n.in[1]], a.values[st.id], a.saved[st.id]
	a.k.SplineKnots(knots, h, s)
	a.k.Spline(view(y, 0, x.Cols), view(y, x.Cols, x.Cols), x, knots, s, inverse)
}

func splineBackward[T kernel.Float](a *Arena[T], st *step[T]) { a.splinePull(st, false) }

func splineInverseBackward[T kernel.Float](a *Arena[T], st *step[T]) { a.splinePull(st, true) }

// splinePull turns the gradients of the images and of their log-slopes into those of
// the points and of the raw parameters. One that is not wanted has no data.
func (a *Arena[T]) splinePull(st *step[T], inverse bool) {
	x, knots, g := a.values[st.n.in[0]], a.saved[st.id], a.gradients[st.id]
	gy, gl := view(g, 0, x.Cols), view(g, x.Cols, x.Cols)
	var none, dx, dh kernel.Block[T]
	if st.want[0] {
		dx = a.gradients[st.n.in[0]]
	}
	if st.want[1] {
		dh = a.gradients[st.n.in[1]]
	}
	s := kernel.Spline(st.n.spline)
	nodes := a.program.nodes
	if st.want[0] && st.want[1] && nodes[st.n.in[0]].root == nodes[st.n.in[1]].root {
		// Points may be among the parameters: what is added comes last.
		a.k.SplineGradient(dx, none, gy, gl, x, knots, s, inverse, st.add[0], false)
		dx = none
	}
	a.k.SplineGradient(dx, dh, gy, gl, x, knots, s, inverse, st.add[0], st.add[1])
}
