package cert

import (
	"fmt"
	"math"
	"strconv"
)

// Outcome is what a rule makes of the evidence, before rounding.
type Outcome struct {
	// Strength is fixed by the rule, unless the evidence refutes the claim or
	// does not carry it.
	Strength      Strength
	Value, Lo, Hi *float64
	Level         float64
	N             int
	// Reason says what refutes the claim (with the index of the counterexample
	// in the array) or why the evidence does not carry it.
	Reason string
}

// rule computes an outcome from arrays that are not empty. It fails where the
// arrays do not fit each other, which happens in forged evidence only.
type rule func(in [][]float64, parameters map[string]float64) (Outcome, error)

func ruleOf(name string) rule {
	switch name {
	case "mean":
		return mean
	case "mean difference":
		return meanDifference
	case "gain":
		return gain
	case "skill":
		return skill
	case "finite":
		return finite
	case "largest":
		return largest
	case "highest":
		return highest
	case "distance":
		return distance
	case "largest and distance":
		return largestAndDistance
	case "positive":
		return positive
	case "spread":
		return spread
	case "near one":
		return nearOne
	case "stretch":
		return stretch
	case "degree":
		return degree
	case "share not finite":
		return share
	case "integral":
		return integral
	case "sum":
		return sum
	case "rate":
		return rate
	case "net median rate":
		return netMedianRate
	case "load":
		return load
	case "above baseline":
		return aboveBaseline
	case "counted joules":
		return reader(counted).joules
	case "counted joules above idle":
		return reader(counted).aboveIdle
	case "counted idle watts":
		return reader(counted).idleWatts
	case "metered joules":
		return reader(metered).joules
	case "metered joules above idle":
		return reader(metered).aboveIdle
	case "metered idle watts":
		return reader(metered).idleWatts
	case "modelled joules":
		return modelledJoules
	}
	panic(fmt.Sprintf("cert: unknown rule %q", name))
}

// measured is an outcome without an interval.
func measured(value float64, n int) Outcome {
	return Outcome{Strength: Measured, Value: &value, N: n}
}

// unassessed is the outcome of evidence that does not carry the claim.
func unassessed(reason error) Outcome {
	return Outcome{Strength: NotAssessed, Reason: reason.Error()}
}

func sameLength(in [][]float64) error {
	for _, x := range in[1:] {
		if len(x) != len(in[0]) {
			return fmt.Errorf("arrays of %d and %d entries, which belong together", len(in[0]), len(x))
		}
	}
	return nil
}

// round returns v to six significant digits, and integers as they are.
func round(v float64) float64 {
	if v == math.Trunc(v) {
		return v
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		panic(err) // FormatFloat prints what ParseFloat reads
	}
	return short
}
