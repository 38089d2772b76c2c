package claim

import (
	"context"
	"strings"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/measure"
	"flowcert/probe"
)

const (
	// batchRows is the number of rows of one call.
	batchRows = 1000
	// repeatSeconds is the least that a repeat lasts, for which fast models are called
	// several times: long beside the resolution of clocks, and short enough for some
	// hundred repeats in a window.
	repeatSeconds = 5e-3
	// An interval of order statistics at 95 % needs six repeats.
	leastRepeats = 6
	// overheadRepeats are of nothing; their median is good to some nanoseconds.
	overheadRepeats = 25
)

// DensityCost measures time and energy of log-densities, in float32.
func DensityCost() Claim {
	return Claim{
		Name:  "cost of densities",
		Lines: []string{"time.density", "time.density_cpu", "energy.density", "energy.density_above_idle", "time.load"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			x := batch(e.Split.Test)
			return e.recordCost(ctx, b, "density", func() error {
				_, err := e.Model.LogDensity(x, e.float32s())
				return err
			})
		},
	}
}

// SamplingCost measures time and energy of samples, in float32.
func SamplingCost() Claim {
	return Claim{
		Name:  "cost of samples",
		Lines: []string{"time.sampling", "time.sampling_cpu", "energy.sampling", "energy.sampling_above_idle"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			draw := func() error {
				_, err := e.Model.Sample(batchRows, e.Description.Seed, e.float32s())
				return err
			}
			if err := draw(); err != nil {
				skipAll(b, SamplingCost().Lines, "the model cannot be sampled: %v", err)
				return nil
			}
			return e.recordCost(ctx, b, "sampling", draw)
		},
	}
}

// batch returns batchRows rows, repeating those of x as often as it takes.
func batch(x *mat.Dense) *mat.Dense {
	rows, cols := x.Dims()
	y := mat.NewDense(batchRows, cols, nil)
	for i := range batchRows {
		y.SetRow(i, x.RawRowView(i%rows))
	}
	return y
}

// recordCost measures call, which is of batchRows rows, and records the repeats of a
// window, and what as many calls of nothing take.
func (e *Examination) recordCost(ctx context.Context, b *cert.Builder, window string, call func() error) error {
	if _, err := e.Meter.Idle(ctx, false); err != nil {
		return err
	}
	calls := 1
	repeat := func(call func() error) func() error {
		return func() error {
			for range calls {
				if err := call(); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for {
		w, err := e.Meter.Measure(repeat(call))
		if err != nil {
			return err
		}
		if w.WallSeconds >= repeatSeconds {
			break
		}
		calls *= 2
	}
	overhead, err := e.Meter.Repeat(ctx, overheadRepeats, 0, repeat(func() error { return nil }))
	if err != nil {
		return err
	}
	r, err := e.Meter.Repeat(ctx, leastRepeats, e.Meter.WindowSeconds, repeat(call))
	if err != nil {
		return err
	}
	b.Record(window+".overhead_seconds", overhead.WallSeconds)
	b.Record(window+".seconds", r.WallSeconds)
	rows := make([]float64, len(r.WallSeconds))
	for i := range rows {
		rows[i] = float64(calls * batchRows)
	}
	b.Record(window+".rows", rows)
	if r.CPUSeconds != nil {
		b.Record(window+".cpu_seconds", r.CPUSeconds)
	} else {
		b.Skip("time."+window+"_cpu", noCPU)
	}
	recordLoad(b, window, "time.load", r.Window)
	recordEnergy(b, window, r.Window)
	return nil
}

// Why processor time is absent, and what follows from it.
const (
	noCPU  = "this system does not tell the processor time"
	noLoad = "this system does not tell how busy it is"
)

// recordLoad records how busy the machine was with other work in a window.
func recordLoad(b *cert.Builder, window, line string, w probe.Window) {
	if w.Load == nil {
		b.Skip(line, noLoad)
		return
	}
	b.Record(window+".others_seconds", []float64{w.Load.OthersSeconds})
	b.Record(window+".core_seconds", []float64{w.Load.CoreSeconds})
}

// recordEnergy records what the window's source of energy rests on.
func recordEnergy(b *cert.Builder, window string, w probe.Window) {
	aboveIdle := "energy." + window + "_above_idle"
	switch {
	case w.Source.Counted():
		recordCounters(b, window, w.Source, w.Counters)
		b.Skip(aboveIdle, noIdle)
	case w.Source == probe.Model:
		b.Record(window+".watts_per_core", []float64{w.WattsPerCore.Lo, w.WattsPerCore.Hi})
		b.Skip(aboveIdle, "energy is modelled from processor time, not measured")
	default:
		b.Skip("energy."+window, w.Reason)
		b.Skip(aboveIdle, w.Reason)
	}
}

// recordCounters records the raw reads of energy counters.
func recordCounters(b *cert.Builder, window string, source probe.Source, counters []measure.Counter) {
	var zone, seconds, microjoules, limit []float64
	for i, c := range counters {
		for k := range c.Seconds {
			zone = append(zone, float64(i))
			seconds = append(seconds, c.Seconds[k])
			microjoules = append(microjoules, c.Microjoules[k])
			limit = append(limit, c.Range)
		}
	}
	prefix := window + "." + strings.ReplaceAll(string(source), " ", "_") + "_counter_"
	b.Record(prefix+"zone", zone)
	b.Record(prefix+"seconds", seconds)
	b.Record(prefix+"microjoules", microjoules)
	b.Record(prefix+"range", limit)
}
