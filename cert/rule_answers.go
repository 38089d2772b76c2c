package cert

import (
	"fmt"
	"math"

	"flowcert/measure"
)

// highest: the largest entry, which may be negative. It refutes where it is beyond the
// parameter "threshold" or not a number.
func highest(in [][]float64, p map[string]float64) (outcome, error) {
	worst, at := measure.Worst(in[0])
	o := outcome{Strength: Tested, N: len(in[0])}
	switch {
	case math.IsNaN(worst) || math.IsInf(worst, 1):
		o.Strength, o.Reason = Refuted, fmt.Sprintf("case %d is %v", at, worst)
		return o, nil
	case math.IsInf(worst, -1):
		o.Strength, o.Reason = Refuted, "every case is -Inf"
		return o, nil
	case worst > p["threshold"]:
		o.Strength, o.Reason = Refuted, fmt.Sprintf("case %d is higher by %.3g, more than %g", at, worst, p["threshold"])
	}
	o.Value = &worst
	return o, nil
}

// distance: the largest Kolmogorov-Smirnov distance, of samples of so many rows (the
// second array has one entry) from a distribution, or from the parameter "samples" - 1
// other samples as large. It refutes where the distance is beyond what the inequality of
// Dvoretzky, Kiefer and Wolfowitz, with the constant of Massart 1990, allows all of them
// together but with the parameter "probability".
func distance(in [][]float64, p map[string]float64) (outcome, error) {
	if err := oneSize(in[1]); err != nil {
		return outcome{}, err
	}
	worst, at := measure.Worst(in[0])
	o := outcome{Strength: Tested, N: int(in[1][0])}
	if math.IsNaN(worst) || math.IsInf(worst, 0) {
		o.Strength, o.Reason = Refuted, fmt.Sprintf("case %d has no finite distance", at)
		return o, nil
	}
	o.Value = &worst
	samples := p["samples"]
	allowed := samples * math.Sqrt(math.Log(2*samples*float64(len(in[0]))/p["probability"])/(2*in[1][0]))
	if worst > allowed {
		o.Strength, o.Reason = Refuted, fmt.Sprintf("case %d is %.3g away, more than chance allows: %.3g", at, worst, allowed)
	}
	return o, nil
}

// largestAndDistance: the largest absolute entry of the first array, as the rule "largest"
// has it, if the distances of the other two do not refute, as the rule "distance" has it.
func largestAndDistance(in [][]float64, p map[string]float64) (outcome, error) {
	drawn, err := distance(in[1:], p)
	if err != nil {
		return outcome{}, err
	}
	o, err := largest(in[:1], p)
	if err == nil && o.Strength != Refuted && drawn.Strength == Refuted {
		o.Strength, o.Reason = Refuted, "draws: "+drawn.Reason
	}
	return o, err
}

// oneSize refuses what is no number of rows.
func oneSize(sizes []float64) error {
	if len(sizes) != 1 || !(sizes[0] >= 1) || math.IsInf(sizes[0], 1) {
		return fmt.Errorf("sizes %v of samples, want one number of rows", sizes)
	}
	return nil
}
