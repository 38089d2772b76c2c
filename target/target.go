// Package target holds densities that are known up to a factor, one file each: what
// flows can be fitted to without any rows.
package target

import (
	"fmt"
	"math"

	"flowcert/ad"
)

// Target is an unnormalised density of the plane. Its logarithm and gradient are
// finite at all points of up to a million from the origin and further.
type Target struct {
	info   Info
	record func(t *ad.Tape, z1, z2 ad.Value) ad.Value
}

// Info is what there is to say about a target.
type Info struct {
	// Name is what a user types.
	Name  string `json:"name"`
	Title string `json:"title"`
	// Summary is one plain sentence.
	Summary string `json:"summary"`
	Source  string `json:"source"`
	// LogZ is the logarithm of the density's integral over the plane, in nats: the
	// largest evidence lower bound that there is.
	LogZ float64 `json:"log_z"`
}

// Info says what the target is.
func (t Target) Info() Info { return t.info }

// Name returns what a user types.
func (t Target) Name() string { return t.info.Name }

// Dim returns 2, the number of columns of a point.
func (t Target) Dim() int { return 2 }

// LogDensity records the logarithm of the unnormalised density at each row of x, one
// column in nats.
func (t Target) LogDensity(tape *ad.Tape, x ad.Value) ad.Value {
	if x.Cols() != t.Dim() {
		panic(fmt.Sprintf("target: %q of %d columns", t.info.Name, x.Cols()))
	}
	return t.record(tape, tape.Slice(x, 0, 1), tape.Slice(x, 1, 2))
}

const (
	rezende = "Rezende and Mohamed, Variational Inference with Normalizing Flows, 2015, table 1"
	stimper = "Stimper et al., normflows: A PyTorch Package for Normalizing Flows, 2023"
)

// root2Pi is the integral of exp(-x^2/2).
var root2Pi = math.Sqrt(2 * math.Pi)

// normal records -((x - centre)/scale)^2/2.
func normal(t *ad.Tape, x ad.Value, centre, scale float64) ad.Value {
	s := t.Linear(x, 1/scale, -centre/scale)
	return t.Linear(t.Mul(s, s), -0.5, 0)
}

// abs records |x|, with a derivative of 0 at 0.
func abs(t *ad.Tape, x ad.Value) ad.Value {
	return t.Add(t.ReLU(x), t.ReLU(t.Linear(x, -1, 0)))
}

// radius records the distance from the origin. What is added under the root is less
// than rounding, except at the origin, where it keeps the derivative finite.
func radius(t *ad.Tape, z1, z2 ad.Value) ad.Value {
	square := t.Add(t.Mul(z1, z1), t.Mul(z2, z2))
	return t.Exp(t.Linear(t.Log(t.Linear(square, 1, 1e-30)), 0.5, 0))
}

// logSum records log(e^a + e^b) as the larger of the two and a rest of at most log 2,
// so that nothing overflows.
func logSum(t *ad.Tape, a, b ad.Value) ad.Value {
	difference := abs(t, t.Sub(a, b))
	larger := t.Linear(t.Add(t.Add(a, b), difference), 0.5, 0)
	return t.Add(larger, t.Softplus(t.Linear(difference, -1, 0)))
}

// twoModes records a ring of the given radius, cut out by normal densities around its
// ends on the first axis: across and along are the deviations of the two. The sum of
// the ends is written as a function of |z1|, which nothing cancels in.
func twoModes(t *ad.Tape, z1, z2 ad.Value, ring, across, along float64) ad.Value {
	a := abs(t, z1)
	ends := t.Add(normal(t, a, ring, along), t.Softplus(t.Linear(a, -2*ring/(along*along), 0)))
	return t.Add(normal(t, radius(t, z1, z2), ring, across), ends)
}
