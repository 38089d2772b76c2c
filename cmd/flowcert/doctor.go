package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"flowcert/internal/kernel"
	"flowcert/measure"
	"flowcert/probe"
)

// checkup is what a machine can measure, and how well.
type checkup struct {
	Environment probe.Environment `json:"environment"`
	// Threads is how many processors Go uses at a time.
	Threads int    `json:"threads"`
	Kernels string `json:"kernels"`
	// ClockStep is the shortest time that can be told, and Overhead what measuring a
	// repeat takes itself, which is subtracted.
	ClockStep float64 `json:"clock_step_seconds"`
	Overhead  float64 `json:"overhead_seconds"`
	Noise     noise   `json:"noise"`
	// CPUTime says whether the system tells processor time.
	CPUTime bool         `json:"cpu_time"`
	Memory  probe.Memory `json:"memory"`
	Energy  energy       `json:"energy"`
	// Advice is what to do to measure more, or better.
	Advice []string `json:"advice"`
}

// noise is how much the same work differs from one repeat to the next.
type noise struct {
	Repeats int     `json:"repeats"`
	Median  float64 `json:"median_seconds"`
	// Spread is half of what the middle 90 % of the repeats span, and Floor half of the
	// 95 % interval of the median, both as shares of the median: a smaller difference
	// between two models cannot be seen here.
	Spread float64 `json:"spread"`
	Floor  float64 `json:"floor"`
	// Load is the share of all cores that did other work; nil where it is not told.
	Load *float64 `json:"load,omitempty"`
}

// energy is where figures of energy come from.
type energy struct {
	Source probe.Source `json:"source"`
	Note   string       `json:"note,omitempty"`
	// IdleWatts is the power without work; nil where it is not counted.
	IdleWatts *float64 `json:"idle_watts,omitempty"`
	// WattsPerCore is what a model assumes.
	WattsPerCore measure.Watts `json:"watts_per_core"`
	Tiers        []probe.Tier  `json:"tiers"`
}

func doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine can measure, how well, and how to measure more",
		Long: `Measure for some seconds how well this machine measures: the steps of its clock,
what measuring takes itself, how much the same work differs from one repeat to the
next, which memory and energy it tells, and what to do to be told more.

Energy comes from the best of: a meter at the wall, whose reading is in the file that
` + probe.WallVariable + ` names ("81532.5 J"); the processors' counters (RAPL), in the
tree that ` + probe.SysVariable + ` names in place of /sys; the same through perf; and
otherwise a model, which is a range and says so.`,
		Example: "  flowcert doctor\n  flowcert doctor --json",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := examineMachine(cmd.Context(), probe.SystemRoots())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), c)
			}
			return c.print(cmd.OutOrStdout())
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// The work of which the noise is measured lasts some milliseconds, as repeats do.
const (
	noiseValues = 1 << 12
	noiseRounds = 2000
)

// busyShare and noisyFloor are beyond what a quiet machine shows.
const (
	busyShare  = 0.05
	noisyFloor = 0.02
)

func examineMachine(ctx context.Context, roots probe.Roots) (checkup, error) {
	environment, err := roots.Environment()
	if err != nil {
		return checkup{}, err
	}
	meter := probe.NewMeter(roots)
	c := checkup{
		Environment: environment, Threads: runtime.GOMAXPROCS(0), Kernels: kernel.Best[float32]().Name,
		ClockStep: probe.ClockStep().Seconds(), Advice: []string{},
	}
	empty, err := meter.Repeat(ctx, 1000, 0, func() error { return nil })
	if err != nil {
		return checkup{}, err
	}
	if c.Overhead, err = median(empty.WallSeconds); err != nil {
		return checkup{}, err
	}
	x, y := make([]float64, noiseValues), make([]float64, noiseValues)
	repeats, err := meter.Repeat(ctx, 6, measure.MinSeconds, func() error {
		for range noiseRounds {
			floats.AddScaled(x, 1e-3, y)
		}
		return nil
	})
	if err != nil {
		return checkup{}, err
	}
	if c.Noise, err = noiseOf(repeats); err != nil {
		return checkup{}, err
	}
	c.CPUTime = repeats.Window.CPUSeconds != nil
	if c.Memory, err = meter.Memory(func() error { return nil }); err != nil {
		return checkup{}, err
	}
	if c.Energy, err = energyOf(ctx, meter); err != nil {
		return checkup{}, err
	}
	c.advise()
	return c, nil
}

func median(x []float64) (float64, error) {
	m, err := measure.Median(x, 0.95)
	return m.Value, err
}

func noiseOf(r probe.Repeats) (noise, error) {
	m, err := measure.Median(r.WallSeconds, 0.95)
	if err != nil {
		return noise{}, err
	}
	sorted := slices.Sorted(slices.Values(r.WallSeconds))
	n := noise{Repeats: m.N, Median: m.Value, Floor: (m.Hi - m.Lo) / 2 / m.Value}
	n.Spread = (stat.Quantile(0.95, stat.Empirical, sorted, nil) - stat.Quantile(0.05, stat.Empirical, sorted, nil)) / 2 / m.Value
	if l := r.Window.Load; l != nil {
		share := l.OthersSeconds / l.CoreSeconds
		n.Load = &share
	}
	return n, nil
}

func energyOf(ctx context.Context, meter *probe.Meter) (energy, error) {
	source, _ := meter.EnergySource()
	e := energy{Source: source, Note: meter.Note(), WattsPerCore: meter.WattsPerCore, Tiers: meter.Tiers()}
	if !source.Counted() {
		return e, nil
	}
	w, err := meter.IdleWindow(ctx)
	if err != nil {
		return energy{}, err
	}
	if lo, hi, ok := w.Joules(); ok && w.Source.Counted() {
		watts := (lo + hi) / 2 / measure.Span(w.Counters)
		e.IdleWatts = &watts
	} else {
		// The counters are there but do not count, as on some virtual machines.
		e.Source, e.Note = w.Source, w.Reason
	}
	return e, nil
}

// advise says what is in the way of better figures.
func (c *checkup) advise() {
	if l := c.Noise.Load; l != nil && *l > busyShare {
		c.Advice = append(c.Advice, "times: end other programs, or wait until they have ended")
	} else if c.Noise.Floor > noisyFloor {
		c.Advice = append(c.Advice, "times: fix the processor's frequency, and keep other guests off its cores")
	}
	if c.Kernels == "portable" && runtime.GOARCH == "amd64" {
		c.Advice = append(c.Advice, "kernels: build without the tag purego, on a processor with AVX2 and FMA")
	}
	for _, t := range c.Energy.Tiers {
		if t.Source == c.Energy.Source {
			break
		}
		if t.Hint != "" {
			c.Advice = append(c.Advice, fmt.Sprintf("energy, %s: %s", t.Source, t.Hint))
		}
	}
}

func (c checkup) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	e := c.Environment
	line("processor", "%s, %d cores, %d used (%s/%s)", e.Processor, e.Cores, c.Threads, e.OS, e.Arch)
	line("kernels", "%s", c.Kernels)
	line("clock", "steps of %s; measuring a repeat takes %s, which is subtracted", seconds(c.ClockStep), seconds(c.Overhead))
	line("noise", "%s: the middle 90 %% of %d repeats of %s lie within ±%s; a median over a second is good to ±%s",
		c.verdict(), c.Noise.Repeats, seconds(c.Noise.Median), percent(c.Noise.Spread), percent(c.Noise.Floor))
	if c.Noise.Load != nil {
		line("load", "%s of all cores did other work meanwhile", percent(*c.Noise.Load))
	} else {
		line("load", "not told by this system")
	}
	line("processor time", "%s", yesOr(c.CPUTime, "not told by this system"))
	for _, m := range []struct {
		name string
		probe.Mark
	}{{"memory: heap", c.Memory.Heap}, {"memory: process", c.Memory.Process}, {"memory: cgroup", c.Memory.Cgroup}} {
		line(m.name, "%s", yesOr(m.Absent == "", m.Absent))
	}
	line("energy", "%s", c.Energy.describe())
	for _, tier := range c.Energy.Tiers {
		line("  "+string(tier.Source), "%s%s", yesOr(tier.Absent == "", tier.Absent), counters(tier.Counters))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(c.Advice) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "\nTo measure more, or better:\n  %s\n", strings.Join(c.Advice, "\n  "))
	return err
}

func (c checkup) verdict() string {
	switch {
	case c.Noise.Load != nil && *c.Noise.Load > busyShare:
		return "busy"
	case c.Noise.Floor > noisyFloor:
		return "noisy"
	}
	return "quiet"
}

func (e energy) describe() string {
	var words string
	switch {
	case e.IdleWatts != nil:
		words = fmt.Sprintf("measured (%s), %.1f W when idle", e.Source, *e.IdleWatts)
	case e.Source == probe.Model:
		words = fmt.Sprintf("not measured: a model of %v to %v W per busy core, printed as a range", e.WattsPerCore.Lo, e.WattsPerCore.Hi)
	default:
		words = "none"
	}
	if e.Note != "" {
		words += "; " + e.Note
	}
	return words
}

func yesOr(yes bool, reason string) string {
	if yes {
		return "yes"
	}
	return "no: " + reason
}

func counters(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// seconds prints a time with its unit, to two digits.
func seconds(s float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}} {
		if s >= unit.size {
			return fmt.Sprintf("%.3g %s", s/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.0f ns", s*1e9)
}

// percent prints a share, to two digits.
func percent(share float64) string {
	if share < 0.0995 {
		return fmt.Sprintf("%.1f %%", 100*share)
	}
	return fmt.Sprintf("%.0f %%", math.Round(100*share))
}
