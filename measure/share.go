package measure

import (
	"fmt"

	"gonum.org/v1/gonum/stat/distuv"
)

// Share returns the share k/n of independent trials that succeeded, with the exact
// interval of Clopper and Pearson, The use of confidence or fiducial limits, Biometrika 26
// (1934): it holds the probability of success with at least the level's confidence. It
// fails unless 0 <= k <= n and n >= 1.
func Share(k, n int, level float64) (Interval, error) {
	checkLevel(level)
	if n < 1 || k < 0 || k > n {
		return Interval{}, fmt.Errorf("share: %d of %d", k, n)
	}
	i := Interval{Value: float64(k) / float64(n), Lo: 0, Hi: 1, Level: level, N: n}
	tail := (1 - level) / 2
	if k > 0 {
		i.Lo = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
	}
	if k < n {
		i.Hi = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
	}
	return i, nil
}
