package target

import "flowcert/ad"

// TwoMoons is two narrow arcs of a ring of radius 2, of equal weight: U1 with half the
// deviations (TwoMoons of normflows, and its TwoModes for the radius 2 and scale 0.1).
func TwoMoons() Target {
	return Target{
		Info{
			Name: "two-moons", Title: "Two moons", Source: stimper,
			Summary: "Two narrow arcs of a ring face each other.",
			LogZ:    0.804214448632, // by the trapezoidal rule, to the digits given
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value { return twoModes(t, z1, z2, 2, 0.2, 0.3) },
	}
}
