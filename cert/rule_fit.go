package cert

import (
	"fmt"
	"math"

	"flowcert/measure"
)

// bits: minus the mean of one array of nats, in bits and per dimension, with Hall's
// interval.
func bits(in [][]float64, p map[string]float64) (outcome, error) {
	scaled := make([]float64, len(in[0]))
	for i, nats := range in[0] {
		scaled[i] = -nats / (math.Ln2 * p["dimensions"])
	}
	return interval(measure.SkewedMean(scaled, p["level"])), nil
}

func lowestDecile(in [][]float64, p map[string]float64) (outcome, error) {
	return interval(measure.LowestDecile(in[0], p["level"])), nil
}

func gap(in [][]float64, p map[string]float64) (outcome, error) {
	return interval(measure.TrainTestGap(in[0], in[1], p["level"])), nil
}

// leakage: the number of marked rows in the first array. It refutes where their share is
// larger than that in the second, but for the parameter "probability".
func leakage(in [][]float64, p map[string]float64) (outcome, error) {
	var marked [2]int
	for side := range marked {
		for i, v := range in[side] {
			if v != 0 && v != 1 {
				return outcome{}, fmt.Errorf("mark %d is %v, want 0 or 1", i, v)
			}
			marked[side] += int(v)
		}
	}
	value := float64(marked[0])
	o := outcome{Strength: Tested, Value: &value, N: len(in[0])}
	others := fmt.Sprintf("%d of %d training rows equal another row", marked[1], len(in[1]))
	switch {
	case measure.Fisher(marked[0], len(in[0]), marked[1], len(in[1])).P <= p["probability"]:
		o.Strength = Refuted
		o.Reason = fmt.Sprintf("%d of %d test rows are among the rows of training, but %s", marked[0], len(in[0]), others)
	case marked[0] > 0:
		o.Reason = "no more than rows that repeat by nature: " + others
	}
	return o, nil
}

func reverseDivergence(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	return interval(measure.ReverseDivergence(in[0], in[1], p["level"])), nil
}

func effectiveSamples(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	return interval(measure.EffectiveSampleSize(in[0], in[1], p["level"])), nil
}

// errorOfTraining: the mean over this training, whose scores are the second array, and
// further ones, whose scores of the same rows stand one after the other in the first, with
// the interval for other seeds.
func errorOfTraining(in [][]float64, p map[string]float64) (outcome, error) {
	return errorOf(in, p, func(e measure.Errors) measure.Interval { return e.Training })
}

// errorOfBoth is errorOfTraining with the interval for other seeds and other rows.
func errorOfBoth(in [][]float64, p map[string]float64) (outcome, error) {
	return errorOf(in, p, func(e measure.Errors) measure.Interval { return e.Combined })
}

func errorOf(in [][]float64, p map[string]float64, of func(measure.Errors) measure.Interval) (outcome, error) {
	rows := len(in[1])
	if len(in[0])%rows != 0 {
		return outcome{}, fmt.Errorf("%d scores of further trainings for %d test rows", len(in[0]), rows)
	}
	scores := [][]float64{in[1]}
	for from := 0; from < len(in[0]); from += rows {
		scores = append(scores, in[0][from:from+rows])
	}
	e, err := measure.ErrorsOf(scores, p["level"])
	return interval(of(e), err), nil
}

func radius(in [][]float64, p map[string]float64) (outcome, error) {
	t, err := measure.RadiusTest(in[0], int(p["dimensions"]))
	return significance(t, err, "the base"), nil
}

// columns: the largest of the columns' distances, of the number of rows in the second
// array, with the words for the smallest adjusted p-value.
func columns(in [][]float64, _ map[string]float64) (outcome, error) {
	if err := oneSize(in[1]); err != nil {
		return outcome{}, err
	}
	tests, err := measure.UniformColumns(in[0], int(in[1][0]))
	if err != nil {
		return outcome{}, err
	}
	worst := tests[0]
	for _, t := range tests {
		if t.Statistic > worst.Statistic {
			worst = t
		}
	}
	return significance(worst, nil, "the base"), nil
}

// regions: the largest distance of the curve of coverage from the diagonal, with its
// bounds.
func regions(in [][]float64, p map[string]float64) (outcome, error) {
	ranks, err := measure.RegionRanks(in[0], in[1])
	if err != nil {
		return unassessed(err), nil
	}
	d, t, err := measure.RegionCoverage(ranks, len(in[1]), p["level"])
	if err != nil {
		return unassessed(err), nil
	}
	return outcome{Strength: Bounded, Value: &d.Value, Lo: &d.Lo, Hi: &d.Hi, Level: d.Level, N: d.N,
		Reason: inWords(t.P, "what the model says")}, nil
}
