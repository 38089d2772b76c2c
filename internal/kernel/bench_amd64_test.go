//go:build amd64 && !purego

package kernel

import "time"

// peak returns the most floating-point operations that a core does in a second
// now, from the best of several short runs.
func peak() float64 {
	if accelerated() == nil {
		return 0
	}
	const rounds = 20000
	best := time.Duration(1 << 62)
	for range 10 {
		start := time.Now()
		peakAVX2(rounds)
		best = min(best, time.Since(start))
	}
	return rounds * 384 / best.Seconds()
}
