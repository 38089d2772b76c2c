package target

import "flowcert/ad"

// U1 is two arcs of a ring of radius 2, of equal weight (energy U1 of Rezende and
// Mohamed, 2015, table 1).
func U1() Target {
	return Target{
		Info{
			Name: "u1", Title: "U1, two arcs of a ring", Source: rezende,
			Summary: "Two arcs of a ring face each other.",
			LogZ:    1.877501626110, // by the trapezoidal rule, to the digits given
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value { return twoModes(t, z1, z2, 2, 0.4, 0.6) },
	}
}
