package cert

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"flowcert/measure"
)

// alpha is the level of the tests whose outcome a row puts into words.
const alpha = 1 - level

// significance is a statistic with the words for its test.
func significance(t measure.Test, err error, what string) outcome {
	if err != nil {
		return unassessed(err)
	}
	o := measured(t.Statistic, t.N)
	o.Reason = inWords(t.P, what)
	return o
}

// testOf makes a rule of the test of one array, with the words for what is compared.
func testOf(test func([]float64) (measure.Test, error), what string) rule {
	return func(in [][]float64, _ map[string]float64) (outcome, error) {
		t, err := test(in[0])
		return significance(t, err, what), nil
	}
}

func inWords(p float64, what string) string {
	if p <= alpha {
		return fmt.Sprintf("differs from %s (p = %.2g)", what, p)
	}
	return fmt.Sprintf("cannot be told from %s (p = %.2g)", what, p)
}

// totalVariation: the least total variation distance that a classifier's accuracy proves
// but for the level.
func totalVariation(in [][]float64, p map[string]float64) (outcome, error) {
	i, err := measure.TotalVariation(in[0], p["level"])
	if err != nil {
		return outcome{}, err
	}
	return outcome{Strength: Bounded, Value: &i.Lo, Lo: &i.Lo, Hi: &i.Hi, Level: i.Level, N: i.N}, nil
}

// toldApart: twice the accuracy of a classifier, less 1, and whether chance explains it.
func toldApart(in [][]float64, p map[string]float64) (outcome, error) {
	t, err := measure.ClassifierTest(in[0])
	if err != nil {
		return outcome{}, err
	}
	signs := make([]float64, len(in[0]))
	for i, right := range in[0] {
		signs[i] = 2*right - 1
	}
	o := interval(measure.Mean(signs, p["level"]))
	if o.Strength == Measured {
		o.Reason = inWords(t.P, "data")
	}
	return o, nil
}

// beside: the mean of the first array, with that of the second in words.
func beside(in [][]float64, _ map[string]float64) (outcome, error) {
	o := measured(stat.Mean(in[0], nil), len(in[0]))
	o.Reason = fmt.Sprintf("training rows in place of samples: %.3g", stat.Mean(in[1], nil))
	return o, nil
}

// shareBeside is beside, for arrays of shares and counts.
func shareBeside(in [][]float64, p map[string]float64) (outcome, error) {
	if low := min(floats.Min(in[0]), floats.Min(in[1])); !(low >= 0) {
		return outcome{}, fmt.Errorf("a share of %v", low)
	}
	return beside(in, p)
}

// twoSamples: the largest of the columns' distances, of samples of the sizes in the
// second array.
func twoSamples(in [][]float64, _ map[string]float64) (outcome, error) {
	if len(in[1]) != 2 || !(in[1][0] >= 1) || !(in[1][1] >= 1) || math.IsInf(floats.Max(in[1]), 1) {
		return outcome{}, fmt.Errorf("sizes %v of samples, want two numbers of rows", in[1])
	}
	t, err := measure.KolmogorovSmirnovTest(in[0], int(in[1][0]), int(in[1][1]))
	return significance(t, err, "data"), nil
}

// correlations: the Frobenius norm of the first array's differences, with that of the
// second in words.
func correlations(in [][]float64, _ map[string]float64) (outcome, error) {
	o := measured(measure.CorrelationDistance(in[0]), len(in[0]))
	o.Reason = fmt.Sprintf("training rows in place of samples: %.3g", measure.CorrelationDistance(in[1]))
	return o, nil
}

// copies: the number of samples at distance 0 from a training row, where rows of data are
// not. It refutes where samples are copies but test rows are not, in shares that differ
// but for the parameter "probability".
func copies(in [][]float64, p map[string]float64) (outcome, error) {
	samples, test := measure.Copies(in[0]), measure.Copies(in[1])
	value := float64(samples)
	o := outcome{Strength: Tested, Value: &value, N: len(in[0])}
	if measure.Fisher(samples, len(in[0]), test, len(in[1])).P <= p["probability"] {
		o.Strength = Refuted
		o.Reason = fmt.Sprintf("%d of %d samples are copies of training rows, %d of %d test rows are", samples, len(in[0]), test, len(in[1]))
		return o, nil
	}
	t, err := measure.MemorisationTest(in[0], in[1])
	if err != nil {
		return unassessed(err), nil
	}
	o.Reason = fmt.Sprintf("a sample is nearer to the training rows than a test row in %.3g of 100 pairs", 100*t.Statistic)
	if t.P <= alpha {
		o.Reason += fmt.Sprintf(", more often than chance explains (p = %.2g)", t.P)
	}
	return o, nil
}
