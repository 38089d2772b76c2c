package cert

import (
	"flowcert/measure"
)

// mean: the mean of one array with Hall's interval.
func mean(in [][]float64, p map[string]float64) (outcome, error) {
	return interval(measure.SkewedMean(in[0], p["level"])), nil
}

// meanDifference: the mean of a - b, paired by entry, with Hall's interval,
// per dimension where the parameter "dimensions" is given.
func meanDifference(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	if dimensions, ok := p["dimensions"]; ok {
		return interval(measure.GainPerDimension(in[0], in[1], int(dimensions), p["level"])), nil
	}
	return interval(measure.PairedDifference(in[0], in[1], p["level"])), nil
}

// gain: the mean difference to a yardstick that has fewer parameters, with a word
// where it cannot be told from none.
func gain(in [][]float64, p map[string]float64) (outcome, error) {
	o, err := meanDifference(in, p)
	if o.Lo != nil && *o.Lo <= 0 && *o.Lo < *o.Hi { // of the Gaussian itself it is 0 at every row
		o.Reason = "no gain can be told: a Gaussian, with fewer parameters, would do as well"
	}
	return o, err
}

// skill: mean(model - baseline) / mean(reference - baseline), paired by entry,
// with Fieller's interval; not assessed where the denominator cannot be told
// from zero.
func skill(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	return interval(measure.Skill(in[0], in[1], in[2], p["level"])), nil
}

// interval takes over an estimate; one that does not exist for these values is
// not assessed.
func interval(i measure.Interval, err error) outcome {
	if err != nil {
		return unassessed(err)
	}
	return outcome{Strength: Measured, Value: &i.Value, Lo: &i.Lo, Hi: &i.Hi, Level: i.Level, N: i.N}
}
