package cert

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"flowcert/measure"
)

// sum: the sum of all entries of all arrays.
func sum(in [][]float64, _ map[string]float64) (outcome, error) {
	total := 0.0
	for _, x := range in {
		for _, v := range x {
			if !(v >= 0) {
				return outcome{}, fmt.Errorf("a cost of %v", v)
			}
			total += v
		}
	}
	return measured(total, 0), nil
}

// rate: the sum of the first array over the sum of the second (rows), times the
// parameter "scale".
func rate(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	rows, err := rowsOf(in[1])
	if err != nil {
		return outcome{}, err
	}
	cost, err := sum(in[:1], nil)
	if err != nil {
		return outcome{}, err
	}
	return measured(*cost.Value/rows*p["scale"], len(in[0])), nil
}

// netMedianRate: the median over repeats of seconds per row, times the parameter
// "scale", with an interval between order statistics. The seconds are those of the first
// array less the median of the third, which are repeats of nothing; the second has the
// rows.
func netMedianRate(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in[:2]); err != nil {
		return outcome{}, err
	}
	if _, err := rowsOf(in[1]); err != nil {
		return outcome{}, err
	}
	for _, seconds := range [][]float64{in[0], in[2]} {
		if _, err := sum([][]float64{seconds}, nil); err != nil {
			return outcome{}, err
		}
	}
	overhead, err := measure.Median(in[2], p["level"])
	if err != nil {
		return outcome{}, err
	}
	rates := make([]float64, len(in[0]))
	for i, seconds := range in[0] {
		if seconds <= overhead.Value {
			return unassessed(fmt.Errorf("repeat %d took no longer than measuring itself", i)), nil
		}
		rates[i] = (seconds - overhead.Value) / in[1][i] * p["scale"]
	}
	return interval(measure.Median(rates, p["level"])), nil
}

// leastCoreSeconds is the least processor time over which the load of a machine is told:
// systems count it in hundredths of a second.
const leastCoreSeconds = 1

// load: the sum of every other array over that of the arrays that follow them, of one
// entry each: processor time that other work took, and that of all cores. Beyond the
// parameter "threshold" the reason says what follows.
func load(in [][]float64, p map[string]float64) (outcome, error) {
	var others, cores float64
	for i := 0; i+1 < len(in); i += 2 {
		if len(in[i]) != 1 || len(in[i+1]) != 1 || !(in[i][0] >= 0 && in[i+1][0] > 0) {
			return outcome{}, errors.New("a load is not of one window")
		}
		others += in[i][0]
		cores += in[i+1][0]
	}
	if cores < leastCoreSeconds {
		return unassessed(fmt.Errorf("%.2g s of processor time are too few to tell how busy the machine was", cores)), nil
	}
	share := others / cores
	o := measured(share, 0)
	if share > p["threshold"] {
		o.Reason = fmt.Sprintf("the machine was busy, more than %v of all cores with other work: times and energy may be too high", p["threshold"])
	}
	return o, nil
}

// aboveBaseline: the second entry less the first: a high-water mark above what there
// was before.
func aboveBaseline(in [][]float64, _ map[string]float64) (outcome, error) {
	if len(in[0]) != 2 || !(in[0][0] >= 0 && in[0][1] >= in[0][0]) {
		return outcome{}, errors.New("not a baseline and a peak above it")
	}
	return measured(in[0][1]-in[0][0], 0), nil
}

// reader makes joules, and their range, of one energy counter or the sum of several.
type reader func([]measure.Counter) (joules, lo, hi float64, err error)

// counted is exact but for the units of the counters.
func counted(counters []measure.Counter) (joules, lo, hi float64, err error) {
	joules, err = measure.Joules(counters)
	return joules, joules, joules, err
}

// metered is for one meter that moves in coarse steps.
func metered(counters []measure.Counter) (joules, lo, hi float64, err error) {
	if len(counters) != 1 {
		return 0, 0, 0, fmt.Errorf("%d meters, want one", len(counters))
	}
	return counters[0].Metered()
}

// joules: what energy counters advanced, from their raw reads (zone, seconds,
// microjoules, range), per row where a fifth array gives the rows, times the parameter
// "scale".
func (read reader) joules(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in[:4]); err != nil {
		return outcome{}, err
	}
	rows, err := rowsOf(slices.Concat(in[4:]...))
	if err != nil {
		return outcome{}, err
	}
	value, lo, hi, err := read(counters(in))
	if err != nil {
		return unassessed(err), nil
	}
	return ranged(value/rows*p["scale"], lo/rows*p["scale"], hi/rows*p["scale"]), nil
}

// aboveIdle: joules, less idle power (idleWatts) for as long; the raw reads of the idle
// machine come before the rows.
func (read reader) aboveIdle(in [][]float64, p map[string]float64) (outcome, error) {
	if err := errors.Join(sameLength(in[:4]), sameLength(in[4:8])); err != nil {
		return outcome{}, err
	}
	rows, err := rowsOf(slices.Concat(in[8:]...))
	if err != nil {
		return outcome{}, err
	}
	window := counters(in)
	joules, lo, hi, err := read(window)
	if err != nil {
		return unassessed(err), nil
	}
	watts, least, most, err := read.idlePower(in[4:])
	if err != nil {
		return unassessed(err), nil
	}
	seconds := measure.Span(window)
	if joules <= watts*seconds {
		return unassessed(errors.New("the machine drew no less power when it was idle")), nil
	}
	scale := p["scale"] / rows
	return ranged((joules-watts*seconds)*scale, (lo-most*seconds)*scale, (hi-least*seconds)*scale), nil
}

// idleWatts: the mean power of an idle machine before and after, from raw reads of
// which the first half of the zones is of before.
func (read reader) idleWatts(in [][]float64, _ map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	watts, least, most, err := read.idlePower(in)
	if err != nil {
		return unassessed(err), nil
	}
	return ranged(watts, least, most), nil
}

func (read reader) idlePower(in [][]float64) (watts, least, most float64, err error) {
	idle := counters(in)
	for i := range idle {
		idle[i].Zone = fmt.Sprint(i % max(1, len(idle)/2))
	}
	return measure.IdleWatts(idle, func(c measure.Counter) (joules, lo, hi float64, err error) {
		return read([]measure.Counter{c})
	})
}

// ranged is an outcome with a range that is not a confidence interval, where there is
// one.
func ranged(value, lo, hi float64) outcome {
	o := measured(value, 0)
	if lo < hi {
		o.Lo, o.Hi = &lo, &hi
	}
	return o
}

// counters puts together the reads of each zone (zone, seconds, microjoules, range),
// which follow each other.
func counters(in [][]float64) []measure.Counter {
	zone, seconds, microjoules, ranges := in[0], in[1], in[2], in[3]
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
func modelledJoules(in [][]float64, p map[string]float64) (outcome, error) {
	if len(in[1]) != 2 || !(in[1][0] > 0 && in[1][0] <= in[1][1]) {
		return outcome{}, errors.New("watts per core are not a range")
	}
	rows, err := rowsOf(slices.Concat(in[2:]...))
	if err != nil {
		return outcome{}, err
	}
	cpu, err := sum(in[:1], nil)
	if err != nil {
		return outcome{}, err
	}
	lo, hi := measure.Modelled(*cpu.Value/rows*p["scale"], measure.Watts{Lo: in[1][0], Hi: in[1][1]})
	return outcome{Strength: Declared, Lo: &lo, Hi: &hi, N: len(in[0])}, nil
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

// emitted: the outcome of a rule of joules, times the grid's grams of carbon dioxide per
// kilowatt-hour, the last array, of one entry.
func emitted(joules rule) rule {
	return func(in [][]float64, p map[string]float64) (outcome, error) {
		last := len(in) - 1
		if len(in[last]) != 1 || !(in[last][0] >= 0) || math.IsInf(in[last][0], 1) {
			return outcome{}, fmt.Errorf("intensities %v of the grid, want one", in[last])
		}
		o, err := joules(in[:last], p)
		for _, number := range []**float64{&o.Value, &o.Lo, &o.Hi} {
			if *number != nil {
				grams := **number * in[last][0] / 3.6e6
				*number = &grams
			}
		}
		if o.Strength == Measured {
			o.Strength = Declared
		}
		return o, err
	}
}
