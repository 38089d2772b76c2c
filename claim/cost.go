package claim

import (
	"context"

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
	// Windows last long enough for energy counters, sampling half as long where
	// there are none to read.
	densitySeconds  = measure.MinSeconds
	samplingSeconds = 0.5
)

// DensityCost measures time and energy of log-densities, in float32.
func DensityCost() Claim {
	return Claim{
		Name:  "cost of densities",
		Lines: []string{"time.density", "time.density_cpu", "energy.density"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			x := batch(e.Split.Test)
			return e.recordCost(ctx, b, "density", densitySeconds, func() error {
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
		Lines: []string{"time.sampling", "time.sampling_cpu", "energy.sampling"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			seconds := samplingSeconds
			if source, _ := e.Meter.EnergySource(); source == probe.RAPL {
				seconds = measure.MinSeconds
			}
			draw := func() error {
				_, err := e.Model.Sample(batchRows, e.Description.Seed, e.float32s())
				return err
			}
			if err := draw(); err != nil {
				skipAll(b, SamplingCost().Lines, "the model cannot be sampled: %v", err)
				return nil
			}
			return e.recordCost(ctx, b, "sampling", seconds, draw)
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

// recordCost measures call, which is of batchRows rows, and records the repeats of
// a window of the given seconds.
func (e *Examination) recordCost(ctx context.Context, b *cert.Builder, window string, seconds float64, call func() error) error {
	calls := 1
	repeat := func() error {
		for range calls {
			if err := call(); err != nil {
				return err
			}
		}
		return nil
	}
	for {
		w, err := e.Meter.Measure(repeat)
		if err != nil {
			return err
		}
		if w.WallSeconds >= repeatSeconds {
			break
		}
		calls *= 2
	}
	r, err := e.Meter.Repeat(ctx, leastRepeats, seconds, repeat)
	if err != nil {
		return err
	}
	b.Record(window+".seconds", r.WallSeconds)
	rows := make([]float64, len(r.WallSeconds))
	for i := range rows {
		rows[i] = float64(calls * batchRows)
	}
	b.Record(window+".rows", rows)
	if r.CPUSeconds != nil {
		b.Record(window+".cpu_seconds", r.CPUSeconds)
	} else {
		b.Skip("time."+window+"_cpu", "this system does not tell the processor time")
	}
	recordEnergy(b, window, r.Window)
	return nil
}

// recordEnergy records what the window's source of energy rests on.
func recordEnergy(b *cert.Builder, window string, w probe.Window) {
	switch w.Source {
	case probe.RAPL:
		var zone, seconds, microjoules, limit []float64
		for i, c := range w.Counters {
			for k := range c.Seconds {
				zone = append(zone, float64(i))
				seconds = append(seconds, c.Seconds[k])
				microjoules = append(microjoules, c.Microjoules[k])
				limit = append(limit, c.Range)
			}
		}
		b.Record(window+".counter_zone", zone)
		b.Record(window+".counter_seconds", seconds)
		b.Record(window+".counter_microjoules", microjoules)
		b.Record(window+".counter_range", limit)
	case probe.Model:
		b.Record(window+".watts_per_core", []float64{w.WattsPerCore.Lo, w.WattsPerCore.Hi})
	default:
		b.Skip("energy."+window, w.Reason)
	}
}
