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

// MaxWallWatts is the same for a meter at the wall, which counts a whole machine.
const MaxWallWatts = 10_000

// Boundless is the Range of counters that never wrap around in use: 9 billion joules,
// the largest number of microjoules up to which every one is exact as a float64.
const Boundless = 1 << 53

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
	joules, _, err := c.joules(MaxWatts)
	return joules, err
}

// joules returns also the largest advance between two reads that follow each other,
// and fails where a power is more than maxWatts.
func (c Counter) joules(maxWatts float64) (total, step float64, err error) {
	fail := func(format string, a ...any) (float64, float64, error) {
		return 0, 0, fmt.Errorf("energy counter %q "+format, append([]any{c.Zone}, a...)...)
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
	for i, read := range c.Microjoules {
		if !(read >= 0 && read <= c.Range) {
			return fail("read %v, outside its range of %v microjoules", read, c.Range)
		}
		if i == 0 {
			continue
		}
		span := c.Seconds[i] - c.Seconds[i-1]
		most := span * maxWatts * 1e6
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
			return fail("advanced by %.3g J in %.3g s, more than %v W: it was reset", advance/1e6, span, maxWatts)
		}
		total += advance
		step = max(step, advance)
	}
	if total == 0 {
		return fail("did not advance")
	}
	return total / 1e6, step / 1e6, nil
}

// Metered returns how far a meter at the wall advanced, and the range that the true
// figure lies in. Such meters move in steps, once in a second or for every so many
// joules, so that each end may be off by a step; the largest advance between two reads
// is taken for one. It fails as Joules does, with MaxWallWatts in place of MaxWatts.
func (c Counter) Metered() (joules, lo, hi float64, err error) {
	joules, step, err := c.joules(MaxWallWatts)
	return joules, joules - step, joules + step, err
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

// IdleWatts returns the power of a machine without work from counters that were read
// before and after some work: the mean of the two, and the range that holds both. The
// first half of the counters was read before and the second half after; joules gives what
// one of them counted, with its range. It fails as joules does, and where the halves are
// not of the same zones.
func IdleWatts(counters []Counter, joules func(Counter) (value, lo, hi float64, err error)) (mean, least, most float64, err error) {
	half := len(counters) / 2
	if half == 0 || len(counters)%2 != 0 {
		return 0, 0, 0, fmt.Errorf("%d idle counters, want as many before as after", len(counters))
	}
	var watts, lo, hi [2]float64
	for i, c := range counters {
		if c.Zone != counters[i%half].Zone {
			return 0, 0, 0, fmt.Errorf("idle energy counter %q stands where %q belongs", c.Zone, counters[i%half].Zone)
		}
		value, least, most, err := joules(c)
		if err != nil {
			return 0, 0, 0, fmt.Errorf("idle power: %w", err)
		}
		span := c.span()
		watts[i/half] += value / span
		lo[i/half] += least / span
		hi[i/half] += most / span
	}
	return (watts[0] + watts[1]) / 2, min(lo[0], lo[1]), max(hi[0], hi[1]), nil
}

// span is the time from the first read to the last.
func (c Counter) span() float64 { return c.Seconds[len(c.Seconds)-1] - c.Seconds[0] }

// Span returns the time over which the counters were read, in seconds: that of the one
// read longest. Counters without reads span nothing.
func Span(counters []Counter) float64 {
	var longest float64
	for _, c := range counters {
		if len(c.Seconds) > 0 {
			longest = max(longest, c.span())
		}
	}
	return longest
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
