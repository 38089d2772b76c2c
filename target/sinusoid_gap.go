package target

import "flowcert/ad"

// SinusoidGap is U3 with an envelope instead of a box (Sinusoidal_gap of normflows, for
// the scale 0.4 and the period 4).
func SinusoidGap() Target {
	return Target{
		Info{
			Name: "sinusoid-gap", Title: "A wave with a gap and an envelope", Source: stimper,
			Summary: "A band follows a sine wave, parts in two on the way, and fades far out.",
			LogZ:    3.543230428898, // by the trapezoidal rule, to the digits given
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value {
			v := above(t, z1, z2)
			bands := logSum(t, normal(t, v, 0, scale), normal(t, t.Add(v, bump(t, z1)), 0, scale))
			return t.Add(bands, envelope(t, z1, z2))
		},
	}
}
