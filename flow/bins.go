package flow

import (
	"math"

	"flowcert/ad"
	"flowcert/setting"
)

// The least size of a bin as a share of the box and the least slope, which are nflows'
// defaults too. They keep an inverse well conditioned: it loses a thousand times what
// rounding does.
const (
	minBin   = 1e-3
	minSlope = 1e-3
)

// binSettings are those of a spline on a box, with at least the given number of bins.
func binSettings(least float64) []setting.Setting {
	return []setting.Setting{
		{Name: "bins", Type: setting.Int, Default: 8, Min: least, Max: 256, Meaning: "pieces of the spline"},
		{Name: "bound", Type: setting.Float, Default: 5.0, Min: 0.1, Max: 1000, Meaning: "half the width of the spline's box; outside it the map is the identity"},
	}
}

// slope records a number above minSlope for each raw one: the softplus, moved so that 0
// gives 1.
func slope(t *ad.Tape, raw ad.Value) ad.Value {
	return t.Linear(t.Softplus(t.Linear(raw, 1, math.Log(math.Expm1(1-minSlope)))), 1, minSlope)
}

// knotSlope records a derivative at a knot; raw 0 stands for 1. Raw values are softly clipped, so that the derivative is between minSlope and about
// 1/minSlope and no parameters make the map too flat between the knots to be inverted.
func knotSlope(t *ad.Tape, raw ad.Value) ad.Value {
	return slope(t, t.SoftClip(raw, 1/minSlope))
}

// choose records yes where mask is 1 and no where it is 0, both exactly.
func choose(t *ad.Tape, mask, yes, no ad.Value) ad.Value {
	return t.Add(t.Mul(mask, yes), t.Mul(complement(t, mask), no))
}

// complement records 1 - x.
func complement(t *ad.Tape, x ad.Value) ad.Value { return t.Linear(x, -1, 1) }

// mix records (1-x) a + x b. Between 0 and 1 nothing cancels if a and b are positive.
func mix(t *ad.Tape, x, a, b ad.Value) ad.Value {
	return t.Add(t.Mul(complement(t, x), a), t.Mul(x, b))
}

// group records columns lo to hi-1 of each group of size columns of h, side by side.
func group(t *ad.Tape, h ad.Value, size, lo, hi int) ad.Value {
	var index []int
	for first := 0; first < h.Cols(); first += size {
		for i := lo; i < hi; i++ {
			index = append(index, first+i)
		}
	}
	return t.Gather(h, index...)
}
