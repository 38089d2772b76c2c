// Package measure turns raw measurements into figures: means and medians with
// confidence intervals, paired comparisons, skill scores, and joules from counter
// reads. All functions are pure: the same input gives the same figure, so that a
// reader of the evidence can compute every figure again.
package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is an estimate with a confidence interval, in the unit of its input.
type Interval struct {
	Value, Lo, Hi float64
	// Level is the confidence that [Lo, Hi] reaches, which may be less than was
	// asked for where there are too few values.
	Level float64
	// N is the number of values behind the estimate.
	N int
	// StandardError is that of Value; 0 where the method does not use one.
	StandardError float64
}

// Mean returns the mean of x with Student's t interval.
//
// The values are assumed independent with finite variance, and their mean to be
// near enough normal; no other assumption is made. Source: Student, "The probable
// error of a mean", Biometrika 6 (1908). It fails for fewer than two values and
// for a value that is not finite, which it names by its index.
func Mean(x []float64, level float64) (Interval, error) {
	checkLevel(level)
	if err := checkSample(x, 2); err != nil {
		return Interval{}, fmt.Errorf("mean: %w", err)
	}
	mean, deviation := stat.MeanStdDev(x, nil)
	standardError := stat.StdErr(deviation, float64(len(x)))
	half := tQuantile(len(x), level) * standardError
	return Interval{
		Value: mean, Lo: mean - half, Hi: mean + half,
		Level: level, N: len(x), StandardError: standardError,
	}, nil
}

// PairedDifference returns the mean of a[i] - b[i] with Hall's interval, as SkewedMean
// does. Pairing removes what a row contributes to both sides, which makes the
// interval much narrower than that of two separate means. It panics if the lengths
// differ.
func PairedDifference(a, b []float64, level float64) (Interval, error) {
	difference, err := SkewedMean(subtract(a, b), level)
	if err != nil {
		return Interval{}, fmt.Errorf("paired difference: %w", err)
	}
	return difference, nil
}

// GainPerDimension returns the mean of (model[i] - baseline[i])/dim with Hall's
// interval. For log-densities in nats over dim columns it is in nats per
// dimension, and does not depend on the units of the data.
func GainPerDimension(model, baseline []float64, dim int, level float64) (Interval, error) {
	gain, err := PairedDifference(model, baseline, level)
	if err != nil {
		return Interval{}, fmt.Errorf("gain per dimension: %w", err)
	}
	d := float64(dim)
	gain.Value /= d
	gain.Lo /= d
	gain.Hi /= d
	gain.StandardError /= d
	return gain, nil
}

// Median returns the median of x with an interval between two of its order
// statistics.
//
// The values are assumed independent and equally distributed; the distribution
// does not matter, and the stated level holds for every number of values, at least.
// The interval is the narrowest symmetric one that reaches the level. Where none
// does (0.95 needs six values) it is the whole range, and Level says what that
// reaches: 1 - 2^(1-n). Source: Hahn and Meeker, Statistical Intervals (1991),
// section 5.2. It fails for no values and for a value that is not finite.
func Median(x []float64, level float64) (Interval, error) {
	checkLevel(level)
	if err := checkSample(x, 1); err != nil {
		return Interval{}, fmt.Errorf("median: %w", err)
	}
	n := len(x)
	sorted := slices.Sorted(slices.Values(x))
	// The interval leaves out trim values on either side. It misses the median
	// when at most trim values lie below it, or at most trim above it.
	below := distuv.Binomial{N: float64(n), P: 0.5}
	reached := func(trim int) float64 { return 1 - 2*below.CDF(float64(trim)) }
	trim := 0
	for 2*(trim+1) < n && reached(trim+1) >= level {
		trim++
	}
	return Interval{
		Value: (sorted[(n-1)/2] + sorted[n/2]) / 2,
		Lo:    sorted[trim],
		Hi:    sorted[n-1-trim],
		Level: max(0, reached(trim)),
		N:     n,
	}, nil
}

// Worst returns the largest value and its index. Unlike an ordinary maximum it
// takes NaN for worse than any number, so that a failed computation cannot hide
// behind the others. It panics if x is empty.
func Worst(x []float64) (value float64, index int) {
	if len(x) == 0 {
		panic("measure: worst of no values")
	}
	for i, v := range x {
		if math.IsNaN(v) {
			return v, i
		}
		if v > x[index] {
			index = i
		}
	}
	return x[index], index
}

// errNoGap says that a skill score has no meaning for the data, because the
// reference cannot be told from the baseline, or is worse.
var errNoGap = errors.New("the reference cannot be told from the baseline")

// Skill returns mean(model - baseline) / mean(reference - baseline): 0 for a model
// no better than the baseline, 1 for one as good as the reference. The units of the
// data cancel. The arguments are scores of the same rows, higher being better.
//
// The interval is Fieller's, which takes the two means for jointly normal and
// accounts for their covariance. Source: Fieller, "Some problems in interval
// estimation", J. R. Stat. Soc. B 16 (1954). It fails as Mean does, and where the
// reference cannot be told from the baseline: the interval of the denominator at the
// same level does not lie above 0. It panics if the lengths differ.
func Skill(model, baseline, reference []float64, level float64) (Interval, error) {
	checkLevel(level)
	gain, gap := subtract(model, baseline), subtract(reference, baseline)
	for _, x := range [][]float64{gain, gap} {
		if err := checkSample(x, 2); err != nil {
			return Interval{}, fmt.Errorf("skill: %w", err)
		}
	}
	n := float64(len(gain))
	a, b := stat.Mean(gain, nil), stat.Mean(gap, nil)
	// One routine for all three, so that a model equal to the reference scores
	// exactly 1.
	varA, varB := stat.Covariance(gain, gain, nil), stat.Covariance(gap, gap, nil)
	cov := stat.Covariance(gain, gap, nil)
	// The interval holds every ratio s with (a - s b)^2 <= q (varA - 2 s cov + s^2 varB),
	// the roots of square s^2 - 2 middle s + constant.
	q := math.Pow(tQuantile(len(gain), level), 2) / n
	square, middle, constant := b*b-q*varB, a*b-q*cov, a*a-q*varA
	if b <= 0 || square <= 0 {
		return Interval{}, fmt.Errorf("skill: %w", errNoGap)
	}
	root := math.Sqrt(max(0, middle*middle-square*constant))
	return Interval{Value: a / b, Lo: (middle - root) / square, Hi: (middle + root) / square, Level: level, N: len(gain)}, nil
}

func tQuantile(n int, level float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile((1 + level) / 2)
}

func subtract(a, b []float64) []float64 {
	if len(a) != len(b) {
		panic("measure: paired values differ in number")
	}
	difference := make([]float64, len(a))
	for i := range a {
		difference[i] = a[i] - b[i]
	}
	return difference
}

func checkLevel(level float64) {
	if !(level > 0 && level < 1) {
		panic("measure: level is not between 0 and 1")
	}
}

func checkSample(x []float64, atLeast int) error {
	if len(x) < atLeast {
		return fmt.Errorf("%d values, want at least %d", len(x), atLeast)
	}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("value %d is %v", i, v)
		}
	}
	return nil
}
