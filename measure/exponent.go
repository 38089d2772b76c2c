package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Exponent returns the a of the power law y = c x^a that fits best: the slope of the least
// squares line through the logarithms, with Student's t interval for independent errors of
// equal relative size. It describes growth between the smallest x and the largest and is
// no complexity class: a constant part makes it smaller. It fails for fewer than three
// pairs, for values that are not positive and finite, and where all x are equal. It panics
// if the lengths differ.
func Exponent(x, y []float64, level float64) (Interval, error) {
	checkLevel(level)
	if len(x) != len(y) {
		panic("measure: sizes and values differ in number")
	}
	logs := [2][]float64{}
	for side, values := range [][]float64{x, y} {
		if err := checkSample(values, 3); err != nil {
			return Interval{}, fmt.Errorf("exponent of growth: %w", err)
		}
		for i, v := range values {
			if v <= 0 {
				return Interval{}, fmt.Errorf("exponent of growth: value %d is %v", i, v)
			}
			logs[side] = append(logs[side], math.Log(v))
		}
	}
	n := float64(len(x))
	spread := stat.Variance(logs[0], nil) * (n - 1)
	if spread == 0 {
		return Interval{}, fmt.Errorf("exponent of growth: all sizes are %v", x[0])
	}
	intercept, slope := stat.LinearRegression(logs[0], logs[1], nil, false)
	var residuals float64
	for i, v := range logs[0] {
		residuals += math.Pow(logs[1][i]-intercept-slope*v, 2)
	}
	standardError := math.Sqrt(residuals / (n - 2) / spread)
	half := tQuantile(len(x)-1, level) * standardError
	return Interval{Value: slope, Lo: slope - half, Hi: slope + half, Level: level, N: len(x), StandardError: standardError}, nil
}
