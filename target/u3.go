package target

import (
	"math"

	"flowcert/ad"
)

// U3 is a band along a sine wave that parts in two and closes again around z1 = 1
// (energy U3 of Rezende and Mohamed, 2015, table 1), for -4 < z1 < 4.
func U3() Target {
	return Target{
		Info{
			Name: "u3", Title: "U3, a wave with a gap", Source: rezende,
			Summary: "A band follows a sine wave and parts in two on the way.",
			LogZ:    math.Log(2 * edge * 2 * 0.35 * root2Pi),
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value {
			v := above(t, z1, z2)
			return t.Add(logSum(t, normal(t, v, 0, 0.35), normal(t, t.Add(v, bump(t, z1)), 0, 0.35)), box(t, z1))
		},
	}
}
