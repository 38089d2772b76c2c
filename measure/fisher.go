package measure

import "math"

// Fisher returns Fisher's exact test of the hypothesis that two parts of a whole have
// the same share of marked rows, against a larger share in the first part. Statistic is
// the difference of the shares, N the number of rows, and P the probability that as many
// marked rows or more fall into the first part when all that are marked are dealt out at
// random (the hypergeometric distribution; Fisher, "The Design of Experiments", 1935,
// chapter II). It panics where a part has no rows, or more marked ones than rows.
func Fisher(marked, rows, otherMarked, otherRows int) Test {
	if marked < 0 || otherMarked < 0 || rows < max(1, marked) || otherRows < max(1, otherMarked) {
		panic("measure: no two parts of rows")
	}
	all, total := marked+otherMarked, rows+otherRows
	p := 0.0
	for k := marked; k <= min(all, rows); k++ {
		p += math.Exp(logBinomial(all, k) + logBinomial(total-all, rows-k) - logBinomial(total, rows))
	}
	return Test{
		Statistic: float64(marked)/float64(rows) - float64(otherMarked)/float64(otherRows),
		P:         min(1, p), N: total,
	}
}

// logBinomial returns the logarithm of the number of ways to choose k of n.
func logBinomial(n, k int) float64 {
	if k < 0 || k > n {
		return math.Inf(-1)
	}
	a, _ := math.Lgamma(float64(n) + 1)
	b, _ := math.Lgamma(float64(k) + 1)
	c, _ := math.Lgamma(float64(n-k) + 1)
	return a - b - c
}
