package measure

import (
	"errors"
	"fmt"
)

// MaxWatts is more than one processor package or its memory draws. It decides how
// far apart two reads of a counter may lie before it could have wrapped twice, and
// which advance must be a reset rather than energy. The largest packages on sale
// have a thermal design power of about half of it.
const MaxWatts = 1000

// MinSeconds is the shortest window whose counter reads give a figure: the counters
// of RAPL move about once in a millisecond, so that the two ends are then uncertain
// by at most 0.2 %.
const MinSeconds = 1

// Counter is one energy counter, read at the start of a window, at its end and now
// and then between.
type Counter struct {
	// Zone is the counter's name, such as "package-0" or "package-0/dram".
	Zone string `json:"zone"`
	// Range is where the counter wraps around to zero, in microjoules.
	Range float64 `json:"range_microjoules"`
	// Seconds are the times of the reads since the start of the window, and
	// Microjoules what was read.
	Seconds     []float64 `json:"seconds"`
	Microjoules []float64 `json:"microjoules"`
}

// Joules returns how far the counter advanced from the first read to the last.
//
// It fails, rather than give a figure that may be wrong, where the reads span less
// than MinSeconds, where two reads lie so far apart that the counter could have
// wrapped twice at MaxWatts, where the counter did not advance at all, where it
// advanced by more than MaxWatts allows (a reset), and where the reads contradict
// the range. Counters count whole units of the hardware, about 61 microjoules, and
// wrap one unit beyond Range.
func (c Counter) Joules() (float64, error) {
	fail := func(format string, a ...any) (float64, error) {
		return 0, fmt.Errorf("energy counter %q "+format, append([]any{c.Zone}, a...)...)
	}
	n := len(c.Seconds)
	if n != len(c.Microjoules) || n < 2 {
		return fail("has %d times and %d reads, want two of each or more", n, len(c.Microjoules))
	}
	if !(c.Range > 0) {
		return fail("has no range")
	}
	if span := c.Seconds[n-1] - c.Seconds[0]; !(span >= MinSeconds) {
		return fail("was read over %.3g s, want at least %d s", span, MinSeconds)
	}
	var total float64
	for i, read := range c.Microjoules {
		if !(read >= 0 && read <= c.Range) {
			return fail("read %v, outside its range of %v microjoules", read, c.Range)
		}
		if i == 0 {
			continue
		}
		span := c.Seconds[i] - c.Seconds[i-1]
		most := span * MaxWatts * 1e6
		advance := read - c.Microjoules[i-1]
		if advance < 0 {
			advance += c.Range
		}
		switch {
		case !(span > 0):
			return fail("has reads out of order")
		case most >= c.Range:
			return fail("was not read for %.3g s and may have wrapped more than once", span)
		case advance > most:
			return fail("advanced by %.3g J in %.3g s, more than %d W: it was reset", advance/1e6, span, MaxWatts)
		}
		total += advance
	}
	if total == 0 {
		return fail("did not advance")
	}
	return total / 1e6, nil
}

// Joules returns the sum over all counters, and fails if there is none or if any of
// them has no figure: a sum that leaves one out would be too small.
func Joules(counters []Counter) (float64, error) {
	if len(counters) == 0 {
		return 0, errors.New("no energy counters")
	}
	var total float64
	for _, c := range counters {
		joules, err := c.Joules()
		if err != nil {
			return 0, err
		}
		total += joules
	}
	return total, nil
}

// Watts is a range of power that one busy core may draw.
type Watts struct {
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
}

// DefaultWatts covers processors on sale in 2026. Hi is a core of a desktop
// processor that boosts: eight cores within a package limit of 142 to 160 W. Lo is a
// hardware thread of the densest servers: 256 threads within 360 W, less what the
// package draws when idle.
func DefaultWatts() Watts { return Watts{Lo: 1, Hi: 20} }

// Modelled returns the joules that cpuSeconds of work may have cost, if a busy core
// draws between w.Lo and w.Hi watts. It is a range, not a confidence interval, and
// must be printed as modelled.
func Modelled(cpuSeconds float64, w Watts) (lo, hi float64) {
	return cpuSeconds * w.Lo, cpuSeconds * w.Hi
}
