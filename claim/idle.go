package claim

import (
	"context"
	"slices"

	"flowcert/cert"
	"flowcert/measure"
	"flowcert/probe"
)

// noIdle is why there is no energy above that of an idle machine.
const noIdle = "the power of the idle machine was not measured"

// IdlePower measures the power of the machine without work, after the costs; what there
// was before is the Meter's latest reading, which others may share.
func IdlePower() Claim {
	return Claim{
		Name:  "power when idle",
		Lines: []string{"energy.idle"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			source, reason := e.Meter.EnergySource()
			if !source.Counted() {
				b.Skip("energy.idle", reason)
				return nil
			}
			before, err := e.Meter.Idle(ctx, false)
			if err != nil {
				return err
			}
			after, err := e.Meter.Idle(ctx, true)
			if err != nil {
				return err
			}
			recordIdle(b, "idle", "energy.idle", source, slices.Concat(before, after))
			return nil
		},
	}
}

// recordIdle records reads of the counters of an idle machine, before work and after it,
// or that a line is without them: a counter may have failed in between.
func recordIdle(b *cert.Builder, window, line string, source probe.Source, idle []measure.Counter) {
	incomplete := func(c measure.Counter) bool { return len(c.Seconds) < 2 }
	if len(idle) == 0 || slices.ContainsFunc(idle, incomplete) {
		b.Skip(line, noIdle)
		return
	}
	recordCounters(b, window, source, idle)
}
