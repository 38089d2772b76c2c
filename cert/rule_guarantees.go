package cert

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// positive: the least of the first array's margins, which belong to the parts of the
// model in the second; one that is not above 0 refutes.
func positive(in [][]float64, _ map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	least := 0
	for i, v := range in[0] {
		if in[1][i] != math.Trunc(in[1][i]) {
			return outcome{}, fmt.Errorf("a margin of part %v", in[1][i])
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return outcome{Strength: Refuted, N: len(in[0]), Reason: fmt.Sprintf("case %d, part %g, has no finite margin", i, in[1][i])}, nil
		}
		if v < in[0][least] {
			least = i
		}
	}
	value := in[0][least]
	o := outcome{Strength: Tested, Value: &value, N: len(in[0])}
	if value <= 0 {
		o.Strength, o.Reason = Refuted, fmt.Sprintf("case %d, part %g, has the margin %.3g, not above 0", least, in[1][least], value)
	}
	return o, nil
}

// spread: the largest entry less the least. It refutes where it is beyond the parameter
// "threshold" or not finite.
func spread(in [][]float64, p map[string]float64) (outcome, error) {
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range in[0] {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return outcome{Strength: Refuted, N: len(in[0]), Reason: fmt.Sprintf("case %d is %v", i, v)}, nil
		}
		low, high = min(low, v), max(high, v)
	}
	value := high - low
	o := outcome{Strength: Tested, Value: &value, N: len(in[0])}
	if value > p["threshold"] {
		o.Strength, o.Reason = Refuted, fmt.Sprintf("from %.6g to %.6g, further apart than %g", low, high, p["threshold"])
	}
	return o, nil
}

// nearOne: the entry furthest from 1. It refutes where it is further than the parameter
// "threshold" or not finite.
func nearOne(in [][]float64, p map[string]float64) (outcome, error) {
	off := make([]float64, len(in[0]))
	for i, v := range in[0] {
		off[i] = v - 1
	}
	o, err := largest([][]float64{off}, p)
	if o.Value == nil {
		return o, err
	}
	for i, v := range off {
		if math.Abs(v) == *o.Value {
			o.Value = &in[0][i]
			break
		}
	}
	return o, err
}

// stretch: the largest quotient of the two arrays, entry by entry: of the largest and the
// least singular value of a Jacobian. A map that folds or tears refutes.
func stretch(in [][]float64, _ map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	worst := 0.0
	for i, v := range in[0] {
		quotient := v / in[1][i]
		if !(quotient >= 1) || math.IsInf(quotient, 0) {
			return outcome{Strength: Refuted, N: len(in[0]),
				Reason: fmt.Sprintf("case %d stretches by %.3g one way and %.3g another", i, v, in[1][i])}, nil
		}
		worst = max(worst, quotient)
	}
	return outcome{Strength: Tested, Value: &worst, N: len(in[0])}, nil
}

// degree: the degree of the polynomials of the first array, equally spaced, that give
// the counts of the others exactly, the largest: the least order of which at least two
// differences are the same. Where counts follow none, it is the power, rounded up, with
// which they grow from the first entry to the last.
func degree(in [][]float64, _ map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	x, worst, reason := in[0], 0.0, ""
	for i := 1; i < len(x); i++ {
		if !(x[0] > 0) || !(x[1] > x[0]) || x[i]-x[i-1] != x[1]-x[0] {
			return outcome{}, errors.New("counts at unequal distances")
		}
	}
	for _, counts := range in[1:] {
		d := exactDegree(counts)
		if d < 0 {
			first, last := counts[0], counts[len(counts)-1]
			if !(first > 0) || !(last > 0) || math.IsInf(last, 1) {
				return outcome{}, fmt.Errorf("counts from %v to %v", first, last)
			}
			d = int(math.Ceil(math.Log(last/first) / math.Log(x[len(x)-1]/x[0])))
			reason = "no polynomial: the power with which the counts grow from the first dimension to the last, rounded up"
		}
		worst = max(worst, float64(d))
	}
	return outcome{Strength: Tested, Value: &worst, N: len(x), Reason: reason}, nil
}

// exactDegree returns the least order of which at least two differences are the same; -1
// if there is none.
func exactDegree(counts []float64) int {
	for order := 0; len(counts) > 1; order++ {
		next := make([]float64, len(counts)-1)
		same := true
		for i := range next {
			next[i] = counts[i+1] - counts[i]
			same = same && next[i] == 0
		}
		if same {
			return order
		}
		counts = next
	}
	return -1
}

// shareNotFinite: the share of entries that are not finite.
func shareNotFinite(in [][]float64, _ map[string]float64) (outcome, error) {
	count := 0
	for _, v := range in[0] {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			count++
		}
	}
	value := float64(count) / float64(len(in[0]))
	return outcome{Strength: Tested, Value: &value, N: len(in[0])}, nil
}

// missing: how many rows break what is asked of missing values. The first array has the
// log-densities of a batch, the second those of the same rows without holes, the third the
// column that a row misses, -1 for none. A row with a hole must score as NaN, another one as
// it does without the holes of the others; the first that does not refutes.
func missing(in [][]float64, _ map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	count, reason := 0.0, ""
	for i, v := range in[0] {
		whole, column := in[1][i], in[2][i]
		broken := ""
		switch {
		case column != math.Trunc(column) || column < -1:
			return outcome{}, fmt.Errorf("case %d misses column %v", i, column)
		case column >= 0 && !math.IsNaN(v):
			broken = fmt.Sprintf("case %d misses column %g and has the log-density %.3g", i, column, v)
		case column < 0 && v != whole && !(math.IsNaN(v) && math.IsNaN(whole)):
			broken = fmt.Sprintf("case %d has the log-density %.3g beside a missing value, %.3g without", i, v, whole)
		}
		if broken != "" {
			count++
			reason = cmp.Or(reason, broken)
		}
	}
	o := outcome{Strength: Tested, Value: &count, N: len(in[0])}
	if count > 0 {
		o.Strength, o.Reason = Refuted, reason
	}
	return o, nil
}
