package cert

import (
	"errors"
	"fmt"
	"slices"

	"flowcert/measure"
)

// sum: the sum of all entries of all arrays.
func sum(in [][]float64, _ map[string]float64) (Outcome, error) {
	total := 0.0
	for _, x := range in {
		for _, v := range x {
			if !(v >= 0) {
				return Outcome{}, fmt.Errorf("a cost of %v", v)
			}
			total += v
		}
	}
	return measured(total, 0), nil
}

// rate: the sum of the first array over the sum of the second (rows), times the
// parameter "scale".
func rate(in [][]float64, p map[string]float64) (Outcome, error) {
	if err := sameLength(in); err != nil {
		return Outcome{}, err
	}
	rows, err := rowsOf(in[1])
	if err != nil {
		return Outcome{}, err
	}
	cost, err := sum(in[:1], nil)
	if err != nil {
		return Outcome{}, err
	}
	return measured(*cost.Value/rows*p["scale"], len(in[0])), nil
}

// medianRate: the median over repeats of seconds per row, times the parameter
// "scale", with an interval between order statistics.
func medianRate(in [][]float64, p map[string]float64) (Outcome, error) {
	if err := sameLength(in); err != nil {
		return Outcome{}, err
	}
	if _, err := rowsOf(in[1]); err != nil {
		return Outcome{}, err
	}
	if _, err := sum(in[:1], nil); err != nil {
		return Outcome{}, err
	}
	rates := make([]float64, len(in[0]))
	for i, seconds := range in[0] {
		rates[i] = seconds / in[1][i] * p["scale"]
	}
	return interval(measure.Median(rates, p["level"])), nil
}

// countedJoules: what energy counters advanced, from their raw reads (zone,
// seconds, microjoules, range), per row where a fifth array gives the rows, times
// the parameter "scale".
func countedJoules(in [][]float64, p map[string]float64) (Outcome, error) {
	if err := sameLength(in[:4]); err != nil {
		return Outcome{}, err
	}
	rows, err := rowsOf(slices.Concat(in[4:]...))
	if err != nil {
		return Outcome{}, err
	}
	joules, err := measure.Joules(counters(in[0], in[1], in[2], in[3]))
	if err != nil {
		return unassessed(err), nil
	}
	return measured(joules/rows*p["scale"], 0), nil
}

// counters puts together the reads of each zone, which follow each other.
func counters(zone, seconds, microjoules, ranges []float64) []measure.Counter {
	var list []measure.Counter
	for i := range zone {
		if i == 0 || zone[i] != zone[i-1] {
			list = append(list, measure.Counter{Zone: fmt.Sprint(zone[i]), Range: ranges[i]})
		}
		c := &list[len(list)-1]
		c.Seconds = append(c.Seconds, seconds[i])
		c.Microjoules = append(c.Microjoules, microjoules[i])
	}
	return list
}

// modelledJoules: processor seconds times a range of watts per core, per row
// where a third array gives the rows, times the parameter "scale". It is declared,
// not measured: the range is an assumption.
func modelledJoules(in [][]float64, p map[string]float64) (Outcome, error) {
	if len(in[1]) != 2 || !(in[1][0] > 0 && in[1][0] <= in[1][1]) {
		return Outcome{}, errors.New("watts per core are not a range")
	}
	rows, err := rowsOf(slices.Concat(in[2:]...))
	if err != nil {
		return Outcome{}, err
	}
	cpu, err := sum(in[:1], nil)
	if err != nil {
		return Outcome{}, err
	}
	lo, hi := measure.Modelled(*cpu.Value/rows*p["scale"], measure.Watts{Lo: in[1][0], Hi: in[1][1]})
	return Outcome{Strength: Declared, Lo: &lo, Hi: &hi, N: len(in[0])}, nil
}

// rowsOf returns the sum of rows over repeats, and 1 where there are no repeats to
// divide by.
func rowsOf(rows []float64) (float64, error) {
	if len(rows) == 0 {
		return 1, nil
	}
	total := 0.0
	for _, n := range rows {
		if !(n >= 1) {
			return 0, fmt.Errorf("a repeat of %v rows", n)
		}
		total += n
	}
	return total, nil
}
