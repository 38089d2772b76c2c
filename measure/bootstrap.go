package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"flowcert/internal/random"
)

// minResamples is what two-sided p-values of 0.001 need; Efron and Tibshirani ask
// 1000 for intervals at 0.95.
const minResamples = 1999

// scored is a model's scores, to be resampled.
type scored struct {
	// rows are means over the seeds.
	rows []float64
	// seeds are kept where there are enough to resample, otherwise nil.
	seeds [][]float64
	// seedVariance is that of the mean over seeds, 0 where they are taken as given.
	seedVariance float64
}

func newScored(scores [][]float64) (scored, error) {
	if len(scores) == 0 {
		return scored{}, fmt.Errorf("no seeds")
	}
	if err := checkSeeds(scores); err != nil {
		return scored{}, err
	}
	if n := len(scores[0]); n < minRows {
		return scored{}, fmt.Errorf("%d rows, want at least %d", n, minRows)
	}
	s := scored{rows: meanOverSeeds(scores)}
	if k := len(scores); k >= MinSeeds {
		s.seeds = scores
		s.seedVariance = stat.Variance(meanOverRows(scores), nil) / float64(k)
	}
	return s, nil
}

// resample draws seeds and returns the model as scored by them, given how often each
// row was drawn. It writes the rows to buffer.
func (s scored) resample(r *rand.Rand, counts, buffer []float64) scored {
	k := len(s.seeds)
	if k == 0 {
		return s
	}
	clear(buffer)
	means := make([]float64, k)
	for i := range means {
		var sum float64
		for row, v := range s.seeds[r.IntN(k)] {
			buffer[row] += v
			sum += counts[row] * v
		}
		means[i] = sum / float64(len(counts))
	}
	for row := range buffer {
		buffer[row] /= float64(k)
	}
	return scored{rows: buffer, seedVariance: stat.Variance(means, nil) / float64(k)}
}

// difference returns the mean of a less that of b and its standard error, with each
// row counted as often as counts says.
func difference(a, b scored, counts []float64) (mean, standardError float64) {
	n := float64(len(counts))
	// Differences are taken from the first, so that squares do not cancel.
	origin := a.rows[0] - b.rows[0]
	var sum, squares float64
	for row, c := range counts {
		d := a.rows[row] - b.rows[row] - origin
		sum += c * d
		squares += c * d * d
	}
	rows := max(0, squares-sum*sum/n) / (n - 1) / n
	return origin + sum/n, math.Sqrt(rows + a.seedVariance + b.seedVariance)
}

// studentised is the difference of a pair and its resamples.
type studentised struct {
	value, standardError float64
	n                    int
	// resampled are (resampled - value)/(their standard errors), ascending.
	resampled []float64
}

// studentise resamples rows and seeds, the same for all pairs.
func studentise(models []scored, pairs []Pair, resamples int) []studentised {
	n := len(models[0].rows)
	counts := slices.Repeat([]float64{1}, n)
	results := make([]studentised, len(pairs))
	for i, p := range pairs {
		results[i] = studentised{n: n, resampled: make([]float64, resamples)}
		results[i].value, results[i].standardError = difference(models[p.A], models[p.B], counts)
	}
	drawn := make([]scored, len(models))
	buffers := make([][]float64, len(models))
	for m := range buffers {
		buffers[m] = make([]float64, n)
	}
	for k := range resamples {
		r := random.New(0, "paired bootstrap", uint64(k), 0)
		clear(counts)
		for range n {
			counts[r.IntN(n)]++
		}
		for m, s := range models {
			drawn[m] = s.resample(r, counts, buffers[m])
		}
		for i, p := range pairs {
			value, standardError := difference(drawn[p.A], drawn[p.B], counts)
			results[i].resampled[k] = ratio(value-results[i].value, standardError)
		}
	}
	for _, r := range results {
		slices.Sort(r.resampled)
	}
	return results
}

// ratio is infinite where a difference has no error, and 0 where there is none either.
func ratio(difference, standardError float64) float64 {
	if difference == 0 {
		return 0
	}
	return difference / standardError
}

// p is twice the share of resamples at least as far on the side of the difference,
// which itself counts as one. It is at most alpha if and only if the interval at level
// 1 - alpha does not hold 0.
func (s studentised) p() float64 {
	t := ratio(s.value, s.standardError)
	above, below := 1, 1
	for _, v := range s.resampled {
		if v >= t {
			above++
		}
		if v <= t {
			below++
		}
	}
	return min(1, 2*float64(min(above, below))/float64(len(s.resampled)+1))
}

func (s studentised) interval(level float64) Interval {
	i := Interval{Value: s.value, Lo: s.value, Hi: s.value, Level: level, N: s.n, StandardError: s.standardError}
	if s.standardError == 0 {
		return i
	}
	b := len(s.resampled)
	tail := int((1-level)/2*float64(b+1) + 1e-9) // rounded down, but not where it is whole but for rounding
	i.Lo = s.value - s.standardError*s.resampled[b-tail]
	i.Hi = s.value - s.standardError*s.resampled[tail-1]
	return i
}
