package probe

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

func TestReadWallMeter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meter")
	for text, want := range map[string]float64{"81532.5 J\n": 81532.5e6, "0 J": 0, " 7 uJ": 7, "1e3 J": 1e9} {
		write(t, path, text)
		if got, err := readWallMeter(path); err != nil || got != want {
			t.Errorf("%q: %v microjoules, error %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "81532.5", "J", "5 kWh", "-1 J", "NaN J", "Inf J", "1e30 J", "5 J 6 J", strings.Repeat("x", 1000)} {
		write(t, path, text)
		if got, err := readWallMeter(path); err == nil || len(err.Error()) > 300 {
			t.Errorf("%q: %v microjoules, error %v; want a short error", text, got, err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// meterAtTheWall counts watts in steps of a second, from the bubble's start.
func meterAtTheWall(t *testing.T, watts float64) (path string, stop func()) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "meter")
	tick := func(seconds int) {
		write(t, path, strconv.FormatFloat(100+watts*float64(seconds), 'f', 3, 64)+" J\n")
	}
	tick(0)
	quit := make(chan struct{})
	go func() {
		for i := 1; ; i++ {
			select {
			case <-time.After(time.Second):
				tick(i)
			case <-quit:
				return
			}
		}
	}()
	return path, func() { close(quit) }
}

func TestWallMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path, stop := meterAtTheWall(t, 60)
		defer stop()
		// It is better than the counters of the processor.
		rapl := newProcessor(t, "one_socket", map[string]float64{"intel-rapl:0": 50, "intel-rapl:0/intel-rapl:0:2": 1})
		m := NewMeter(Roots{Sys: rapl, WallMeter: path})
		if source, reason := m.EnergySource(); source != WallMeter || reason != "" {
			t.Fatalf("source %q because %q", source, reason)
		}
		time.Sleep(50 * time.Millisecond) // so that no read falls on a step
		w, err := m.Measure(wait(20 * time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if lo, hi, ok := w.Joules(); w.Source != WallMeter || !ok || lo != 1140 || hi != 1260 {
			t.Errorf("[%v, %v] J from %q (%s), want 1200 give or take a step of 60", lo, hi, w.Source, w.Reason)
		}
		// In a shorter window than its steps it may not move.
		w, err = m.Measure(wait(500 * time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		checkNotMeasured(t, w, "wall meter")
	})
}

// A meter that the user has named but that cannot be read is spoken of, whatever is
// used in its place.
func TestWallMeterThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const path = "no/such/meter"
		m := NewMeter(Roots{Sys: newProcessor(t, "one_socket", map[string]float64{"intel-rapl:0": 50}), WallMeter: path})
		if source, _ := m.EnergySource(); source != RAPL || !strings.Contains(m.Note(), path) {
			t.Errorf("source %q with the note %q, want %q and the meter's name", source, m.Note(), RAPL)
		}
		m = NewMeter(Roots{Sys: fstest.MapFS{}, WallMeter: path})
		if source, reason := m.EnergySource(); source.Counted() || !strings.Contains(reason, path) {
			t.Errorf("source %q because %q, want the meter's name", source, reason)
		}
	})
}

func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMeter(Roots{Sys: newProcessor(t, "separate_dies", map[string]float64{"intel-rapl:0": 10, "intel-rapl:1": 5})})
		before, err := m.Idle(t.Context(), false)
		if err != nil || len(before) != 2 {
			t.Fatalf("%d counters, error %v", len(before), err)
		}
		for _, c := range before {
			if joules, err := c.Joules(); err != nil || joules <= 0 {
				t.Errorf("%s: %v J, error %v: want a window that gives a figure", c.Zone, joules, err)
			}
		}
		start := time.Now()
		if again, err := m.Idle(t.Context(), false); err != nil || time.Since(start) != 0 || !slices.Equal(again[0].Seconds, before[0].Seconds) {
			t.Errorf("a reading that may be shared is not: %v later, error %v", time.Since(start), err)
		}
		if again, err := m.Idle(t.Context(), true); err != nil || again[0].Microjoules[0] <= before[0].Microjoules[0] {
			t.Errorf("a fresh reading is an old one, error %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := m.Idle(ctx, true); err != context.Canceled {
			t.Errorf("cancelled: error %v", err)
		}

		w, err := m.MeasureAll(t.Context(), wait(3*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if w.Memory == nil || len(w.Idle) != 4 || w.Idle[0].Zone != w.Idle[2].Zone || w.WallSeconds != 3 {
			t.Errorf("%d idle counters, memory %v, %v s; want two before and two after, and 3 s", len(w.Idle), w.Memory, w.WallSeconds)
		}

		start = time.Now()
		m = NewMeter(Roots{Sys: fstest.MapFS{}})
		if idle, err := m.Idle(t.Context(), true); idle != nil || err != nil || time.Since(start) != 0 {
			t.Errorf("without counters: %v, error %v", idle, err)
		}
		if w, err := m.MeasureAll(t.Context(), wait(time.Second)); err != nil || w.Idle != nil || m.Seconds() != 1 {
			t.Errorf("without counters: idle %v, %v s of measuring, error %v", w.Idle, m.Seconds(), err)
		}
	})
}
