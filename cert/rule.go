package cert

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"flowcert/measure"
)

// outcome is what a rule makes of the evidence, before rounding.
type outcome struct {
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
type rule func(in [][]float64, parameters map[string]float64) (outcome, error)

// rules are all computations by name.
func rules() map[string]rule {
	return map[string]rule{
		"mean":                      mean,
		"mean difference":           meanDifference,
		"gain":                      gain,
		"skill":                     skill,
		"exponent":                  exponent,
		"bits":                      bits,
		"lowest decile":             lowestDecile,
		"gap":                       gap,
		"leakage":                   leakage,
		"reverse divergence":        reverseDivergence,
		"effective samples":         effectiveSamples,
		"error of training":         errorOfTraining,
		"error of both":             errorOfBoth,
		"radius":                    radius,
		"columns":                   columns,
		"energy of codes":           testOf(measure.PermutationTest, "the base"),
		"regions":                   regions,
		"total variation":           totalVariation,
		"told apart":                toldApart,
		"beside":                    beside,
		"share":                     shareBeside,
		"permutations":              testOf(measure.PermutationTest, "data"),
		"discrepancy":               testOf(measure.MMDTest, "data"),
		"two samples":               twoSamples,
		"correlations":              correlations,
		"copies":                    copies,
		"bridge":                    bridge,
		"finite":                    finite,
		"largest":                   largest,
		"highest":                   highest,
		"distance":                  distance,
		"largest and distance":      largestAndDistance,
		"positive":                  positive,
		"spread":                    spread,
		"near one":                  nearOne,
		"stretch":                   stretch,
		"degree":                    degree,
		"share not finite":          shareNotFinite,
		"missing":                   missing,
		"integral":                  integral,
		"mass":                      mass,
		"lipschitz":                 lipschitz,
		"condition":                 condition,
		"layers":                    layers,
		"rounding":                  rounding,
		"smoothness":                smoothness,
		"sum":                       sum,
		"rate":                      rate,
		"net median rate":           netMedianRate,
		"load":                      load,
		"above baseline":            aboveBaseline,
		"counted joules":            reader(counted).joules,
		"counted joules above idle": reader(counted).aboveIdle,
		"counted idle watts":        reader(counted).idleWatts,
		"metered joules":            reader(metered).joules,
		"metered joules above idle": reader(metered).aboveIdle,
		"metered idle watts":        reader(metered).idleWatts,
		"modelled joules":           modelledJoules,
	}
}

// emissionsOf begins the names of rules that turn joules into grams of carbon dioxide.
const emissionsOf = "emissions of "

func ruleOf(name string) rule {
	if of, ok := strings.CutPrefix(name, emissionsOf); ok {
		return emitted(ruleOf(of))
	}
	r, ok := rules()[name]
	if !ok {
		panic(fmt.Sprintf("cert: unknown rule %q", name))
	}
	return r
}

// measured is an outcome without an interval.
func measured(value float64, n int) outcome {
	return outcome{Strength: Measured, Value: &value, N: n}
}

// unassessed is the outcome of evidence that does not carry the claim.
func unassessed(reason error) outcome {
	return outcome{Strength: NotAssessed, Reason: reason.Error()}
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
