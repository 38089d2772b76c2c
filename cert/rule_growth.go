package cert

import (
	"fmt"

	"flowcert/measure"
)

// exponent: that of the power law from sizes to seconds, with that of the counted
// operations in words.
func exponent(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	o := interval(measure.Exponent(in[0], in[1], p["level"]))
	counted, err := measure.Exponent(in[0], in[2], p["level"])
	if err != nil || o.Strength != Measured {
		return o, nil
	}
	o.Reason = fmt.Sprintf("the counted operations grow with the exponent %.3g", counted.Value)
	return o, nil
}
