package cert

import (
	"fmt"
	"math"

	"flowcert/measure"
)

// bridgeSpecs lists the arrays that compare the sampler with the density.
func bridgeSpecs() []arraySpec {
	return []arraySpec{
		{name: "bridge.gaussian", meaning: "model's density over the sum of it and the Gaussian's, at a draw of the Gaussian"},
		{name: "bridge.samples", meaning: "Gaussian's density over the sum of it and the model's, at a sample of the model"},
	}
}

func bridgeBasis() Basis {
	return Basis{Rule: "bridge", Inputs: []string{"bridge.gaussian", "bridge.samples"},
		Parameters: map[string]float64{"level": level, "probability": chance},
		Method:     "integral by importance sampling both ways between the model and the Gaussian (bridge sampling), if the samples follow the density"}
}

// bridge: the integral of the density, if the samples follow it: the ratio of the means of
// both arrays. It refutes where they differ but for the parameter "probability".
func bridge(in [][]float64, p map[string]float64) (outcome, error) {
	ratio, differ, err := measure.Bridge(in[0], in[1], p["level"], p["probability"])
	if err != nil {
		return unassessed(err), nil
	}
	o := outcome{Strength: Tested, N: ratio.N}
	if !differ {
		o.Value, o.Lo, o.Hi, o.Level = &ratio.Value, &ratio.Lo, &ratio.Hi, ratio.Level
		return o, nil
	}
	o.Strength = Refuted
	if o.Value = &ratio.Value; math.IsInf(ratio.Value, 0) || math.IsNaN(ratio.Value) {
		o.Value = nil
	}
	o.Reason = fmt.Sprintf("the density integrates to %.3g, or the samples do not follow it", ratio.Value)
	return o, nil
}
