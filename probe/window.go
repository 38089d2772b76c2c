package probe

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"time"

	"flowcert/measure"
)

// Source says where a figure of energy comes from.
type Source string

// The sources, the best first. Those before Model are counted: they count everything
// that the machine did in the window, idle power included.
const (
	// WallMeter is a meter at the wall, of the whole machine.
	WallMeter Source = "wall meter"
	// RAPL is the processors' own counters of package and memory energy, read through
	// powercap.
	RAPL Source = "rapl"
	// Perf is the same counters, read through perf events.
	Perf Source = "perf"
	// Model is CPU seconds times a stated range of watts per core.
	Model Source = "model"
	// None means that there is no figure.
	None Source = "none"
)

// Counted says whether figures of the source are counted, and neither modelled nor
// absent.
func (s Source) Counted() bool { return s == WallMeter || s == RAPL || s == Perf }

// Window is what one stretch of work cost. Time and energy are of the same run.
type Window struct {
	// WallSeconds is by the monotonic clock.
	WallSeconds float64 `json:"wall_seconds"`
	// CPUSeconds is the process's user and system time; nil where it is absent.
	CPUSeconds *float64 `json:"cpu_seconds,omitempty"`
	// Source is the source of Joules.
	Source Source `json:"energy_source"`
	// Counters are the raw reads of the energy counters. Where Source is not counted
	// there are none, or they are not fit for a figure.
	Counters []measure.Counter `json:"counters,omitempty"`
	// Idle are reads of the same counters while the machine had nothing to do, before
	// the window and after it, each in the counters' order; nil where it was not read.
	Idle []measure.Counter `json:"idle_counters,omitempty"`
	// Load is other work of the machine; nil where the system does not tell.
	Load *Load `json:"load,omitempty"`
	// Memory are high-water marks; nil where they were not asked for.
	Memory *Memory `json:"memory,omitempty"`
	// WattsPerCore is what Model assumes; nil for other sources.
	WattsPerCore *measure.Watts `json:"watts_per_core,omitempty"`
	// Reason says why Source is not counted.
	Reason string `json:"reason,omitempty"`
	// Notes say what a reader has to know about the figures.
	Notes []string `json:"notes,omitempty"`
}

// Joules returns the window's energy by its Source: a figure of the
// processors' counters has lo = hi, others are a range. ok is false where there is none.
func (w Window) Joules() (lo, hi float64, ok bool) {
	switch {
	case w.Source.Counted():
		lo, hi, err := joules(w.Source, w.Counters)
		return lo, hi, err == nil
	case w.Source == Model && w.CPUSeconds != nil && w.WattsPerCore != nil:
		lo, hi = measure.Modelled(*w.CPUSeconds, *w.WattsPerCore)
		return lo, hi, true
	}
	return 0, 0, false
}

// Repeats are the costs of the same work done several times.
type Repeats struct {
	// WallSeconds and CPUSeconds have one entry per repeat; CPUSeconds is nil where
	// CPU time is absent.
	WallSeconds []float64 `json:"wall_seconds"`
	CPUSeconds  []float64 `json:"cpu_seconds,omitempty"`
	// Window covers all repeats together.
	Window Window `json:"window"`
}

// Meter measures windows of work. One window at a time is meaningful: CPU time and
// energy are those of the whole process and the whole machine.
type Meter struct {
	// WattsPerCore is what a modelled figure assumes where there are no counters.
	WattsPerCore measure.Watts
	// WindowSeconds is how long a cost is to be measured at least. Counters of energy
	// give no figure for less than measure.MinSeconds.
	WindowSeconds float64

	roots Roots
	tiers []tier
	// tier is the best of tiers that has counters; without gauges if none has.
	tier tier
	// idle is the latest reading of an idle machine.
	idle []measure.Counter
	// measured is the wall time of all windows.
	measured float64
}

// NewMeter returns a meter that reads the best energy counters that roots has and lets
// it read, and models energy with measure.DefaultWatts where there are none. Its windows
// are of measure.MinSeconds.
func NewMeter(roots Roots) *Meter {
	m := &Meter{WattsPerCore: measure.DefaultWatts(), WindowSeconds: measure.MinSeconds, roots: roots, tiers: tiers(roots)}
	var missing error
	for _, t := range m.tiers {
		if t.err == nil {
			m.tier = t
			if missing != nil && roots.WallMeter != "" {
				m.tier.note = strings.TrimPrefix(t.note+"; not read: "+missing.Error(), "; ")
			}
			return m
		}
		// A meter that the user has named is missed more than the counters of powercap,
		// and no other.
		if missing == nil && (t.source == RAPL || roots.WallMeter != "") {
			missing = t.err
		}
	}
	m.tier.err = missing
	return m
}

// EnergySource returns the source that windows of sufficient length will have, and
// the reason if it is not a counted one.
func (m *Meter) EnergySource() (Source, string) {
	switch {
	case m.tier.err == nil:
		return m.tier.source, ""
	case cpuSeconds() != nil:
		return Model, m.tier.err.Error()
	}
	return None, m.tier.err.Error()
}

// Note returns what a reader has to know about the source of energy, or nothing.
func (m *Meter) Note() string { return m.tier.note }

// Seconds returns the wall time of all windows and idle readings so far: how long it
// took to measure.
func (m *Meter) Seconds() float64 { return m.measured }

// Idle returns reads of the energy counters while this process has nothing to do, for
// the shortest time that gives a figure; nil where there are no counters. Reads of the
// same machine before some work may be shared: with fresh false, the latest ones are
// given again if there are any. The only error is the context's; reads that failed give
// no figure later.
func (m *Meter) Idle(ctx context.Context, fresh bool) ([]measure.Counter, error) {
	if m.tier.err != nil || !fresh && m.idle != nil {
		return m.idle, nil
	}
	w, err := m.IdleWindow(ctx)
	if err != nil {
		return nil, err
	}
	m.idle = w.Counters
	return m.idle, nil
}

// IdleWindow measures the shortest window that gives a figure, in which this process has
// nothing to do. The only error is the context's.
func (m *Meter) IdleWindow(ctx context.Context) (Window, error) {
	// A tenth more than the least, for timers that wake early by another clock.
	wait := time.Duration(1.1 * measure.MinSeconds * float64(time.Second))
	return m.Measure(func() error {
		select {
		case <-time.After(wait):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// Measure runs work once and returns what it cost. The only error is work's own.
func (m *Meter) Measure(work func() error) (Window, error) {
	r := m.start()
	err := work()
	w := r.stop()
	m.measured += w.WallSeconds
	if err != nil {
		return Window{}, err
	}
	return w, nil
}

// MeasureAll is Measure with high-water marks of memory, and where energy is counted
// with idle reads before and after.
func (m *Meter) MeasureAll(ctx context.Context, work func() error) (Window, error) {
	before, err := m.Idle(ctx, false)
	if err != nil {
		return Window{}, err
	}
	watch := m.roots.watchMemory()
	w, err := m.Measure(work)
	marks := watch.end()
	if err != nil {
		return Window{}, err
	}
	w.Memory = &marks
	if w.Source.Counted() {
		after, err := m.Idle(ctx, true)
		if err != nil {
			return Window{}, err
		}
		w.Idle = slices.Concat(before, after)
	}
	return w, nil
}

// Memory runs work once and returns the high-water marks of its memory. The only error
// is work's own.
func (m *Meter) Memory(work func() error) (Memory, error) {
	watch := m.roots.watchMemory()
	err := work()
	return watch.end(), err
}

// Repeat runs work once to warm up, and then again until there are both atLeast
// repeats and the given seconds of wall time. It fails with work's error, or with the
// context's, which it asks between repeats.
func (m *Meter) Repeat(ctx context.Context, atLeast int, seconds float64, work func() error) (Repeats, error) {
	if err := work(); err != nil {
		return Repeats{}, err
	}
	var repeats Repeats
	window, err := m.Measure(func() error {
		for total := 0.0; len(repeats.WallSeconds) < atLeast || total < seconds; {
			if err := ctx.Err(); err != nil {
				return err
			}
			wall, cpu := time.Now(), cpuSeconds()
			if err := work(); err != nil {
				return err
			}
			elapsed := time.Since(wall).Seconds()
			if used := cpuSince(cpu); used != nil {
				repeats.CPUSeconds = append(repeats.CPUSeconds, *used)
			}
			repeats.WallSeconds = append(repeats.WallSeconds, elapsed)
			total += elapsed
		}
		return nil
	})
	if err != nil {
		return Repeats{}, err
	}
	repeats.Window = window
	return repeats, nil
}

// reading is a window that has not ended.
type reading struct {
	meter    *Meter
	wall     time.Time
	cpu      *float64
	load     load
	loadErr  error
	counters []measure.Counter
	err      error // of the first read of a counter that failed
	quit     chan struct{}
	done     chan struct{}
}

func (m *Meter) start() *reading {
	// Garbage of earlier work is not collected at the expense of this one.
	runtime.GC()
	r := &reading{meter: m, counters: m.tier.counters(), err: m.tier.err}
	r.load, r.loadErr = m.roots.readLoad()
	r.wall, r.cpu = time.Now(), cpuSeconds()
	r.read()
	r.watch()
	return r
}

// read adds one read to every counter, until one of them has failed.
func (r *reading) read() {
	for i, g := range r.meter.tier.gauges {
		if r.err != nil {
			return
		}
		value, err := g.read()
		if err != nil {
			r.err = err
			return
		}
		c, seconds := &r.counters[i], time.Since(r.wall).Seconds()
		if n := len(c.Seconds); n > 0 && seconds <= c.Seconds[n-1] {
			continue // the clock has not moved since the last read
		}
		c.Seconds = append(c.Seconds, seconds)
		c.Microjoules = append(c.Microjoules, value)
	}
}

// watch reads the counters now and then, until quit.
func (r *reading) watch() {
	if r.err != nil {
		return
	}
	period := r.meter.tier.period()
	r.quit, r.done = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(r.done)
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				r.read()
			case <-r.quit:
				return
			}
		}
	}()
}

func (r *reading) stop() Window {
	if r.quit != nil {
		close(r.quit)
		<-r.done
	}
	r.read()
	w := Window{CPUSeconds: cpuSince(r.cpu), Counters: r.counters}
	w.WallSeconds = time.Since(r.wall).Seconds()
	ended, err := r.meter.roots.readLoad()
	w.Load = loadSince(r.load, ended, errors.Join(r.loadErr, err), w.WallSeconds, w.CPUSeconds)
	if err = r.err; err == nil {
		_, _, err = joules(r.meter.tier.source, r.counters)
	}
	switch {
	case err == nil:
		w.Source = r.meter.tier.source
		w.Notes = append(w.Notes, "idle power is included")
		if note := r.meter.tier.note; note != "" {
			w.Notes = append(w.Notes, note)
		}
	case w.CPUSeconds != nil:
		w.Source, w.Reason = Model, err.Error()
		watts := r.meter.WattsPerCore
		w.WattsPerCore = &watts
		w.Notes = append(w.Notes, "energy is modelled from CPU time, not measured")
	default:
		w.Source, w.Reason = None, err.Error()
	}
	return w
}
