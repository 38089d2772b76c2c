package probe

import (
	"context"
	"runtime"
	"time"

	"flowcert/measure"
)

// Source says where a figure of energy comes from.
type Source string

const (
	// RAPL is the processors' own counters of package and memory energy. They
	// count everything that the machine did in the window, idle power included.
	RAPL Source = "rapl"
	// Model is CPU seconds times a stated range of watts per core.
	Model Source = "model"
	// None means that there is no figure.
	None Source = "none"
)

// Window is what one stretch of work cost. Time and energy are of the same run.
type Window struct {
	// WallSeconds is by the monotonic clock.
	WallSeconds float64 `json:"wall_seconds"`
	// CPUSeconds is the process's user and system time; nil where it is absent.
	CPUSeconds *float64 `json:"cpu_seconds,omitempty"`
	// Source is the source of Joules.
	Source Source `json:"energy_source"`
	// Counters are the raw reads of the energy counters. Where Source is not RAPL
	// there are none, or they are not fit for a figure.
	Counters []measure.Counter `json:"counters,omitempty"`
	// WattsPerCore is what Model assumes; nil for other sources.
	WattsPerCore *measure.Watts `json:"watts_per_core,omitempty"`
	// Reason says why Source is not RAPL.
	Reason string `json:"reason,omitempty"`
	// Notes say what a reader has to know about the figures.
	Notes []string `json:"notes,omitempty"`
}

// Joules returns the window's energy by its Source: a measured figure has lo = hi,
// a modelled one is a range. ok is false where there is none.
func (w Window) Joules() (lo, hi float64, ok bool) {
	switch {
	case w.Source == RAPL:
		joules, err := measure.Joules(w.Counters)
		return joules, joules, err == nil
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

	roots    Roots
	zones    []zone
	zonesErr error
}

// NewMeter returns a meter that reads energy counters below roots.Sys, if there are
// any that can be read, and models energy with measure.DefaultWatts otherwise.
func NewMeter(roots Roots) *Meter {
	m := &Meter{WattsPerCore: measure.DefaultWatts(), roots: roots}
	m.zones, m.zonesErr = findZones(roots.Sys)
	return m
}

// EnergySource returns the source that windows of sufficient length will have, and
// the reason if it is not RAPL.
func (m *Meter) EnergySource() (Source, string) {
	switch {
	case m.zonesErr == nil:
		return RAPL, ""
	case cpuSeconds() != nil:
		return Model, m.zonesErr.Error()
	}
	return None, m.zonesErr.Error()
}

// Measure runs work once and returns what it cost. The only error is work's own.
func (m *Meter) Measure(work func() error) (Window, error) {
	r := m.start()
	err := work()
	w := r.stop()
	if err != nil {
		return Window{}, err
	}
	return w, nil
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
	counters []measure.Counter
	err      error // of the first read of a counter that failed
	quit     chan struct{}
	done     chan struct{}
}

func (m *Meter) start() *reading {
	// Garbage of earlier work is not collected at the expense of this one.
	runtime.GC()
	r := &reading{meter: m, counters: counters(m.zones), err: m.zonesErr}
	r.wall, r.cpu = time.Now(), cpuSeconds()
	r.read()
	r.watch()
	return r
}

// read adds one read to every counter, until one of them has failed.
func (r *reading) read() {
	for i, z := range r.meter.zones {
		if r.err != nil {
			return
		}
		value, err := z.read(r.meter.roots.Sys)
		if err != nil {
			r.err = explain(err)
			return
		}
		c := &r.counters[i]
		c.Seconds = append(c.Seconds, time.Since(r.wall).Seconds())
		c.Microjoules = append(c.Microjoules, value)
	}
}

// watch reads the counters so often that none can wrap twice between two reads,
// with room for a late wake-up, and at most once in a second, which costs nothing.
func (r *reading) watch() {
	if r.err != nil {
		return
	}
	shortest := r.counters[0].Range
	for _, c := range r.counters {
		shortest = min(shortest, c.Range)
	}
	period := time.Duration(shortest / 1e6 / measure.MaxWatts / 4 * float64(time.Second))
	period = max(period, time.Second)
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
	err := r.err
	if err == nil {
		_, err = measure.Joules(r.counters)
	}
	switch {
	case err == nil:
		w.Source = RAPL
		w.Notes = append(w.Notes, "idle power was not measured and is included")
		if note := r.meter.roots.SysNote; note != "" {
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
