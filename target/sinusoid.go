package target

import "flowcert/ad"

// Sinusoid is U2 with an envelope instead of a box (Sinusoidal of normflows, for the
// scale 0.4 and the period 4).
func Sinusoid() Target {
	return Target{
		Info{
			Name: "sinusoid", Title: "A wave with an envelope", Source: stimper,
			Summary: "A band follows a sine wave and fades far out.",
			LogZ:    2.850137765101, // by the trapezoidal rule, to the digits given
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value {
			return t.Add(normal(t, above(t, z1, z2), 0, scale), envelope(t, z1, z2))
		},
	}
}
