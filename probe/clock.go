// Package probe measures what work costs: wall and CPU time, memory, and energy. It
// is the only package that reads the clock and the operating system's counters.
//
// What cannot be measured is absent, with the reason; it is never zero and never a
// constant.
package probe

import "time"

// Now returns the wall clock's time, for dates in documents.
func Now() time.Time { return time.Now() }

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
