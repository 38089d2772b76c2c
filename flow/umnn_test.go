package flow_test

import (
	"math"
	"testing"

	"flowcert/flow"
)

// TestUnconstrainedMonotonicIncreases computes the bound that the type's comment states:
// with s up to Nodes/5, on a Bernstein ellipse of the interval within which hyperbolic
// tangents have arguments of imaginary part up to pi/4, |tanh| <= 1 and |tanh'| <= 2;
// the error of the rule there follows from Trefethen, Approximation Theory and
// Approximation Practice, theorem 19.3.
func TestUnconstrainedMonotonicIncreases(t *testing.T) {
	const bound = 3
	for nodes := 8; nodes <= 128; nodes++ {
		sharpness := float64(nodes) / 5
		minor := math.Pi / 2 / sharpness // half axes, in half lengths of the interval
		major := math.Sqrt(1 + minor*minor)
		rho := minor + major
		// The sum's derivative is the rule's value for g + t dg/dt, relative to g.
		most := math.Exp(2*bound) * (1 + (1+major)/2*2*bound*sharpness)
		off := 32.0 / 15 * most * math.Pow(rho, -2*float64(nodes-1)) / (1 - 1/(rho*rho))
		if !(off <= 0.25) {
			t.Errorf("%d nodes: the slope may differ from the integrand by %v of it", nodes, off)
		}
	}
}

// TestUnconstrainedMonotonicSlopes: parameters of any size leave slopes in the range
// that the type's comment states.
func TestUnconstrainedMonotonicSlopes(t *testing.T) {
	for _, e := range []flow.UnconstrainedMonotonic{{Units: 1, Nodes: 8, Bound: 3}, {Units: 5, Nodes: 32, Bound: 3}} {
		least, most := math.Inf(1), math.Inf(-1)
		for _, deviation := range []float64{1, 10, 100, 1e6} {
			for seed := range uint64(20) {
				for _, p := range atPoints[float64](e, false, grid(64, -4, 4), normalParameters(e, seed, deviation)) {
					least, most = min(least, p.l), max(most, p.l)
				}
			}
		}
		if !(least >= -6+math.Log(0.75) && most <= 6+math.Log(1.25)) || least > -4 || most < 4 {
			t.Errorf("%+v: log-slopes from %v to %v, want nearly -6 to 6", e, least, most)
		}
	}
}
