package probe

import (
	"errors"
	"time"

	"flowcert/measure"
)

// gauge is one energy counter that can be read.
type gauge struct {
	name string
	wrap float64 // where it goes back to zero, in microjoules
	read func() (microjoules float64, err error)
}

// tier is one way of counting energy: its gauges, or why it has none.
type tier struct {
	source Source
	gauges []gauge
	err    error
	// hint says what to do to get its counters.
	hint string
	// note, if not empty, is what a reader has to know about its figures.
	note string
}

// tiers returns the ways of counting energy, the best first.
func tiers(r Roots) []tier {
	rapl, perf := raplTier(r.Sys), perfTier(r.Sys)
	if r.virtual() && errors.Is(rapl.err, errNoCounters) {
		rapl.hint = "this is a virtual machine: have the hypervisor share a tree of counters and name it in " + SysVariable + ", or measure on the machine itself"
		perf.hint = ""
	}
	if r.SysNote != "" {
		// Events are opened on this system, whatever another tree says of them.
		rapl.note, perf = r.SysNote, tier{source: Perf, err: errors.New(r.SysNote)}
	}
	return []tier{wallTier(r.WallMeter), rapl, perf}
}

// counters starts the record of reads of every gauge.
func (t tier) counters() []measure.Counter {
	c := make([]measure.Counter, len(t.gauges))
	for i, g := range t.gauges {
		c[i] = measure.Counter{Zone: g.name, Range: g.wrap}
	}
	return c
}

// wallPeriod finds the steps of a meter that moves once in a second or more often.
const wallPeriod = 100 * time.Millisecond

// period is how often the gauges are read within a window: so often that none can wrap
// twice between two reads, with room for a late wake-up, and at most once in a second,
// which costs nothing. A meter at the wall is read more often, to see its steps.
func (t tier) period() time.Duration {
	if t.source == WallMeter {
		return wallPeriod
	}
	shortest := t.gauges[0].wrap
	for _, g := range t.gauges {
		shortest = min(shortest, g.wrap)
	}
	seconds := min(shortest/1e6/measure.MaxWatts/4, time.Hour.Seconds())
	return max(time.Duration(seconds*float64(time.Second)), time.Second)
}

// joules returns the energy that the counters of a source tell; a range where the
// source's steps are coarse.
func joules(s Source, counters []measure.Counter) (lo, hi float64, err error) {
	if s == WallMeter && len(counters) == 1 {
		_, lo, hi, err = counters[0].Metered()
		return lo, hi, err
	}
	lo, err = measure.Joules(counters)
	return lo, lo, err
}

// Tier says whether a source of energy can be read here.
type Tier struct {
	Source Source `json:"source"`
	// Counters are the names of its counters; empty where Absent says why there are
	// none, and Hint what to do about it.
	Counters []string `json:"counters,omitempty"`
	Absent   string   `json:"absent,omitempty"`
	Hint     string   `json:"hint,omitempty"`
}

// Tiers says of every source of measured energy, the best first, whether it can be
// read. A counter that can be read may still turn out to stand still.
func (m *Meter) Tiers() []Tier {
	var list []Tier
	for _, t := range m.tiers {
		item := Tier{Source: t.source}
		for _, g := range t.gauges {
			item.Counters = append(item.Counters, g.name)
		}
		if t.err != nil {
			item.Absent, item.Hint = t.err.Error(), t.hint
		}
		list = append(list, item)
	}
	return list
}
