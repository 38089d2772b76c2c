package measure

import (
	"cmp"
	"math"
	"slices"
)

// Test is the outcome of a test of significance.
type Test struct {
	// Statistic is what the test is named after, in the unit that the function
	// states.
	Statistic float64
	// P is the probability of a statistic at least as extreme if nothing differs.
	P float64
	// N is the number of values behind the statistic.
	N int
}

// holm returns the p-values adjusted for being several: rejecting those at most
// alpha makes a wrong rejection with probability at most alpha, however the tests
// depend on each other. Source: Holm, "A simple sequentially rejective multiple test
// procedure", Scandinavian Journal of Statistics 6 (1979). It panics if a p-value is
// not between 0 and 1.
func holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			panic("measure: p-value is not between 0 and 1")
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	adjusted, largest := make([]float64, len(p)), 0.0
	for step, i := range order {
		largest = math.Max(largest, math.Min(1, float64(len(p)-step)*p[i]))
		adjusted[i] = largest
	}
	return adjusted
}
