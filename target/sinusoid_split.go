package target

import "flowcert/ad"

// SinusoidSplit is U4 with an envelope instead of a box and equal widths
// (Sinusoidal_split of normflows, for the scale 0.4 and the period 4).
func SinusoidSplit() Target {
	return Target{
		Info{
			Name: "sinusoid-split", Title: "A wave that splits, with an envelope", Source: stimper,
			Summary: "A band follows a sine wave, splits in two, and fades far out.",
			LogZ:    3.540256660593, // by the trapezoidal rule, to the digits given
		},
		func(t *ad.Tape, z1, z2 ad.Value) ad.Value {
			v := above(t, z1, z2)
			bands := logSum(t, normal(t, v, 0, scale), normal(t, t.Add(v, rise(t, z1)), 0, scale))
			return t.Add(bands, envelope(t, z1, z2))
		},
	}
}
