package target

import (
	"math"

	"flowcert/ad"
)

// U2 is a band along a sine wave (energy U2 of Rezende and Mohamed, 2015, table 1),
// for -4 < z1 < 4.
func U2() Target {
	return Target{
		Info{
			Name: "u2", Title: "U2, a wave", Source: rezende,
			Summary: "A band follows a sine wave.",
			LogZ:    math.Log(2 * edge * 0.4 * root2Pi),
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value {
			return t.Add(normal(t, above(t, z1, z2), 0, 0.4), box(t, z1))
		},
	}
}
