// Package probe measures what work costs: wall and CPU time, memory, and energy. It
// is the only package that reads the clock and the operating system's counters.
//
// What cannot be measured is absent, with the reason; it is never zero and never a
// constant.
package probe

import "time"

// Now returns the wall clock's time, for dates in documents.
func Now() time.Time { return time.Now() }

// ClockStep returns the smallest step of the wall clock that was seen in some thousand
// reads of it, one after the other: no shorter time can be told.
func ClockStep() time.Duration {
	smallest := time.Hour
	last := time.Now()
	for range 10_000 {
		now := time.Now()
		if step := now.Sub(last); step > 0 {
			smallest = min(smallest, step)
		}
		last = now
	}
	return smallest
}

// cpuSince returns the CPU seconds used since start, or nil where one of the two
// reads is absent.
func cpuSince(start *float64) *float64 {
	end := cpuSeconds()
	if start == nil || end == nil {
		return nil
	}
	used := *end - *start
	return &used
}
