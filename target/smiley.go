package target

import "flowcert/ad"

// Smiley is a ring of radius 2 that is dense where z2 is 0.4 or -2 (Smiley of
// normflows, for the scale 0.15): two eyes and a mouth.
func Smiley() Target {
	return Target{
		Info{
			Name: "smiley", Title: "A smiling face", Source: stimper,
			Summary: "Two eyes and a mouth lie on a ring.",
			LogZ:    1.00890904, // by the trapezoidal rule, to the digits given: there is a kink
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value {
			height := normal(t, abs(t, t.Linear(z2, 1, 0.8)), 1.2, 0.3)
			return t.Add(normal(t, radius(t, z1, z2), 2, 0.3), height)
		},
	}
}
