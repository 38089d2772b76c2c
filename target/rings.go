package target

import (
	"math"

	"flowcert/ad"
)

// Rings is two rings of the radii 1 and 2 (RingMixture of normflows, with two).
func Rings() Target {
	const deviation = 1.0 / 8
	// The integral over all radii of 2 pi r exp(-(r - ring)^2/(2 deviation^2)).
	integral := func(ring float64) float64 {
		far := ring / deviation
		return 2 * math.Pi * deviation * (deviation*math.Exp(-far*far/2) + ring*root2Pi/2*(1+math.Erf(far/math.Sqrt2)))
	}
	return Target{
		Info{
			Name: "rings", Title: "Two rings", Source: stimper,
			Summary: "Two rings lie within each other.",
			LogZ:    math.Log(integral(1) + integral(2)),
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value {
			r := radius(t, z1, z2)
			return logSum(t, normal(t, r, 1, deviation), normal(t, r, 2, deviation))
		},
	}
}
