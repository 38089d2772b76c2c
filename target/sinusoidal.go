package target

import (
	"math"

	"flowcert/ad"
)

// above records z2 - sin(2 pi z1/4), how far a point lies above the wave that several
// targets follow.
func above(t *ad.Tape, z1, z2 ad.Value) ad.Value {
	return t.Sub(z2, t.Sin(t.Linear(z1, math.Pi/2, 0)))
}

// bump records 3 exp(-((z1 - 1)/0.6)^2/2), by how much a second wave lies below the
// first around z1 = 1.
func bump(t *ad.Tape, z1 ad.Value) ad.Value {
	return t.Linear(t.Exp(normal(t, z1, 1, 0.6)), 3, 0)
}

// rise records 3/(1 + exp(-(z1 - 1)/0.3)), by how much a second wave lies below the
// first from about z1 = 1 on.
func rise(t *ad.Tape, z1 ad.Value) ad.Value {
	return t.Linear(t.Sigmoid(t.Linear(z1, 1/0.3, -1/0.3)), 3, 0)
}

// The energies U2 to U4 are constant along z1, so their densities have no integral
// over the plane. A factor sigmoid((4 - z1)/s) sigmoid((4 + z1)/s) confines them to
// about -4 < z1 < 4. Its integral is 8/(1 - e^(-8/s)), in float64 exactly the length
// of the interval, and the integral of each density over z2 does not depend on z1: so
// the integrals are those over the interval, in closed form.
const (
	edge  = 4
	width = 0.05 // s, small against the waves and large enough for gradients
)

// box records the logarithm of the factor.
func box(t *ad.Tape, z1 ad.Value) ad.Value {
	outside := t.Add(
		t.Softplus(t.Linear(z1, 1/width, -edge/width)),
		t.Softplus(t.Linear(z1, -1/width, -edge/width)),
	)
	return t.Linear(outside, -1, 0)
}

// scale is the deviation from the wave of the sinusoidal targets of normflows.
const scale = 0.4

// envelope records -(|z|_4/(20 scale))^4/2, |z|_4 being the sum of the fourth powers'
// fourth root: instead of a box, it makes the integral over the plane finite.
func envelope(t *ad.Tape, z1, z2 ad.Value) ad.Value {
	fourth := func(z ad.Value) ad.Value {
		square := t.Linear(t.Mul(z, z), 1/((20*scale)*(20*scale)), 0)
		return t.Mul(square, square)
	}
	return t.Linear(t.Add(fourth(z1), fourth(z2)), -0.5, 0)
}
