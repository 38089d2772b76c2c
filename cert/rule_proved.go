package cert

import (
	"errors"
	"fmt"
	"math"

	"flowcert/measure"
)

// mass: the sums of lower and of upper bounds of the mass in the parts of a box, rounded
// down and up. It refutes where the lower one exceeds 1, and where both miss the
// interval, at the parameter "level", of the share of samples in the box, and where the upper
// one is below the mass that the boundary alone proves; it is not assessed where they are
// further apart than the parameter "width".
func mass(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in[:2]); err != nil {
		return outcome{}, err
	}
	lo, hi := 0.0, 0.0
	for i, lower := range in[0] {
		upper := in[1][i]
		if !(lower >= 0 && lower <= upper) {
			return outcome{}, fmt.Errorf("part %d has a mass between %v and %v", i, lower, upper)
		}
		lo, hi = math.Nextafter(lo+lower, math.Inf(-1)), math.Nextafter(hi+upper, math.Inf(1))
	}
	if len(in[2]) != 2 || !(in[2][0] >= 0 && in[2][0] <= in[2][1]) {
		return outcome{}, errors.New("samples in the box and in all are not two numbers")
	}
	if len(in[3]) != 1 || !(in[3][0] >= 0 && in[3][0] <= 1) {
		return outcome{}, errors.New("the covered mass is not one probability")
	}
	share, err := measure.Share(int(in[2][0]), int(in[2][1]), p["level"])
	if err != nil {
		return outcome{}, err
	}
	lo, hi = shortBelow(lo), shortAbove(hi)
	o := outcome{Strength: Proved, Lo: &lo, Hi: &hi, N: share.N}
	if math.IsInf(hi, 1) {
		o.Hi = nil
	}
	switch {
	case lo > 1:
		o.Strength, o.Reason = Refuted, fmt.Sprintf("the mass in the box is at least %v, more than 1", lo)
	case hi < in[3][0]:
		o.Strength, o.Reason = Refuted, fmt.Sprintf("the mass in the box is at most %v, less than the %.6g that the image of its boundary encloses", hi, in[3][0])
	case !(hi-lo <= p["width"]):
		return unassessed(fmt.Errorf("the bounds of the mass, %v and %.3g, are too far apart to say something", lo, hi)), nil
	case share.Hi < lo || share.Lo > hi:
		o.Strength = Refuted
		o.Reason = fmt.Sprintf("of the samples %.6g are in the box, %.6g to %.6g of all, but its mass is from %v to %v", share.Value, share.Lo, share.Hi, lo, hi)
	}
	return o, nil
}

// A row shows six significant digits: bounds are rounded outward to as many, so that no
// further rounding makes them tighter. Below 10 five decimals are enough.
const decimals = 1e5

func shortBelow(lo float64) float64 {
	return max(0, math.Floor(math.Nextafter(lo*decimals, math.Inf(-1)))/decimals)
}

func shortAbove(hi float64) float64 {
	return math.Ceil(math.Nextafter(hi*decimals, math.Inf(1))) / decimals
}
