package cert

import (
	"fmt"
	"math"

	"flowcert/measure"
)

// finite: the number of entries that are not finite; one refutes.
func finite(in [][]float64, _ map[string]float64) (outcome, error) {
	count, first := 0, 0
	for i, v := range in[0] {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			if count == 0 {
				first = i
			}
			count++
		}
	}
	value := float64(count)
	o := outcome{Strength: Tested, Value: &value, N: len(in[0])}
	if count > 0 {
		o.Strength = Refuted
		o.Reason = fmt.Sprintf("case %d is %v", first, in[0][first])
	}
	return o, nil
}

// largest: the largest absolute entry. It refutes where it is beyond the
// parameter "threshold", if given, or not finite.
func largest(in [][]float64, p map[string]float64) (outcome, error) {
	absolute := make([]float64, len(in[0]))
	for i, v := range in[0] {
		absolute[i] = math.Abs(v)
	}
	worst, at := measure.Worst(absolute)
	if math.IsNaN(worst) || math.IsInf(worst, 0) {
		return outcome{Strength: Refuted, N: len(absolute), Reason: fmt.Sprintf("case %d has no finite error", at)}, nil
	}
	o := outcome{Strength: Tested, Value: &worst, N: len(absolute)}
	if threshold, ok := p["threshold"]; ok && worst > threshold {
		o.Strength = Refuted
		o.Reason = fmt.Sprintf("case %d is off by %.3g, more than %g", at, worst, threshold)
	}
	return o, nil
}

// integral: the last of successive refinements of an integral that should be 1.
// It is not assessed where the last refinement moved it by more than the
// parameter "threshold", and refuted where it is further than that from 1.
func integral(in [][]float64, p map[string]float64) (outcome, error) {
	n := len(in[0])
	if n < 2 {
		return outcome{}, fmt.Errorf("%d refinements of an integral, want at least 2", n)
	}
	before, after, threshold := in[0][n-2], in[0][n-1], p["threshold"]
	if math.IsNaN(after) || math.IsInf(after, 0) {
		return outcome{Strength: Refuted, Reason: fmt.Sprintf("the density integrates to %v", after)}, nil
	}
	if !(math.Abs(after-before) <= threshold) {
		return unassessed(fmt.Errorf("the quadrature has not settled: %.6g, then %.6g", before, after)), nil
	}
	o := outcome{Strength: Tested, Value: &after}
	if math.Abs(after-1) > threshold {
		o.Strength = Refuted
		o.Reason = fmt.Sprintf("the density integrates to %.6g, further than %g from 1", after, threshold)
	}
	return o, nil
}
