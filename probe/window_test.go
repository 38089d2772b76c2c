package probe

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

func TestRepeat(t *testing.T) {
	for _, c := range []struct {
		name    string
		atLeast int
		seconds float64
		repeats int
	}{
		{"until there are enough repeats", 7, 0, 7},
		{"until there is enough time", 2, 2, 8},
		{"once at the least", 1, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				work := func() error {
					calls++
					time.Sleep(time.Second / 4)
					return nil
				}
				r, err := NewMeter(Roots{Sys: fstest.MapFS{}}).Repeat(t.Context(), c.atLeast, c.seconds, work)
				if err != nil {
					t.Fatal(err)
				}
				if len(r.WallSeconds) != c.repeats || calls != c.repeats+1 {
					t.Errorf("%d repeats of %d calls, want %d repeats and one call to warm up", len(r.WallSeconds), calls, c.repeats)
				}
				if absent := r.Window.CPUSeconds == nil; absent != (r.CPUSeconds == nil) || !absent && len(r.CPUSeconds) != c.repeats {
					t.Errorf("CPU seconds of %d repeats, want %d", len(r.CPUSeconds), c.repeats)
				}
				var total float64
				for _, s := range r.WallSeconds {
					total += s
				}
				// The bubble's clock stands still between repeats.
				if r.Window.WallSeconds != total {
					t.Errorf("the window has %v s and its repeats %v s", r.Window.WallSeconds, total)
				}
			})
		})
	}
}

func TestWorkThatFails(t *testing.T) {
	m := NewMeter(Roots{Sys: fstest.MapFS{}})
	broken := errors.New("broken")
	if w, err := m.Measure(func() error { return broken }); !errors.Is(err, broken) || w.Source != "" {
		t.Errorf("Measure gives %+v, %v; want no window and the error of work", w, err)
	}
	for failing := 1; failing <= 3; failing++ {
		calls := 0
		r, err := m.Repeat(t.Context(), 5, 0, func() error {
			if calls++; calls == failing {
				return broken
			}
			return nil
		})
		if !errors.Is(err, broken) || len(r.WallSeconds) != 0 {
			t.Errorf("call %d fails: Repeat gives %+v, %v; want no repeats and the error of work", failing, r, err)
		}
	}
}

func TestRepeatStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	_, err := NewMeter(Roots{Sys: fstest.MapFS{}}).Repeat(ctx, 100, 0, func() error {
		if calls++; calls == 3 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || calls != 3 {
		t.Errorf("%d calls and error %v, want 3 and %v", calls, err, context.Canceled)
	}
}

// CPU time advances with work, and by less than the wall clock in sleep.
func TestCPUSeconds(t *testing.T) {
	start := cpuSeconds()
	if start == nil {
		t.Skip("this system does not tell CPU time")
	}
	sum := 0
	for *cpuSince(start) < 0.02 {
		for i := range 1_000_000 {
			sum ^= i
		}
	}
	w, err := NewMeter(Roots{Sys: fstest.MapFS{}}).Measure(wait(100 * time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if *w.CPUSeconds >= w.WallSeconds {
		t.Errorf("sleep of %v s used %v s of CPU (after %d)", w.WallSeconds, *w.CPUSeconds, sum)
	}
}

func TestClockStep(t *testing.T) {
	// Clocks of systems step by a nanosecond to some fifteen milliseconds.
	if step := ClockStep(); step <= 0 || step > 20*time.Millisecond {
		t.Errorf("the clock steps by %v", step)
	}
}
