package target

import (
	"math"

	"flowcert/ad"
)

// U4 is a band along a sine wave that splits in two of unlike widths at z1 = 1 (energy
// U4 of Rezende and Mohamed, 2015, table 1), for -4 < z1 < 4.
func U4() Target {
	return Target{
		Info{
			Name: "u4", Title: "U4, a wave that splits", Source: rezende,
			Summary: "A band follows a sine wave and splits in two.",
			LogZ:    math.Log(2 * edge * (0.4 + 0.35) * root2Pi),
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value {
			v := above(t, z1, z2)
			return t.Add(logSum(t, normal(t, v, 0, 0.4), normal(t, t.Add(v, rise(t, z1)), 0, 0.35)), box(t, z1))
		},
	}
}
