package measure

import (
	"strings"
	"testing"
)

// socket is the range that Intel's packages commonly have: 2^32 units of 2^-14 J.
const socket = 262143328850

func TestCounterJoules(t *testing.T) {
	for _, c := range []struct {
		name                 string
		seconds, microjoules []float64
		wrap                 float64
		want                 float64
	}{
		{"two reads", []float64{0, 2}, []float64{1e6, 81e6}, socket, 80},
		{"reads between", []float64{0, 60, 120}, []float64{5e6, 3005e6, 7005e6}, socket, 7000},
		{"wraps between", []float64{0, 2}, []float64{socket - 30e6, 50e6}, socket, 80},
		{"wraps twice, read between", []float64{0, 0.9, 1.8}, []float64{900e6, 500e6, 100e6}, 1e9, 1200},
		{"ends where it began, a wrap later", []float64{0, 0.9, 1.8}, []float64{200e6, 700e6, 200e6}, 1e9, 1000},
		{"ends where it wraps", []float64{0, 1}, []float64{socket - 7e6, socket}, socket, 7},
	} {
		got, err := Counter{Zone: "package-0", Range: c.wrap, Seconds: c.seconds, Microjoules: c.microjoules}.Joules()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		near(t, c.name, got, c.want)
	}
}

func TestCounterWithoutFigure(t *testing.T) {
	good := Counter{Zone: "package-0", Range: socket, Seconds: []float64{0, 2}, Microjoules: []float64{1e6, 81e6}}
	if _, err := Joules([]Counter{good, good}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		spoil   func(*Counter)
		because string
	}{
		{"constant", func(c *Counter) { c.Microjoules[1] = c.Microjoules[0] }, "did not advance"},
		{"always zero", func(c *Counter) { c.Microjoules = []float64{0, 0} }, "did not advance"},
		{"short", func(c *Counter) { c.Seconds[1] = 0.5 }, "at least 1 s"},
		{"short, long after the window began", func(c *Counter) { c.Seconds = []float64{5, 5.5} }, "at least 1 s"},
		{"two reads at once", func(c *Counter) {
			c.Seconds, c.Microjoules = []float64{0, 2, 2}, []float64{1e6, 2e6, 2e6}
		}, "out of order"},
		{"no range", func(c *Counter) { c.Range = 0 }, "no range"},
		{"read beyond the range", func(c *Counter) { c.Range = 50e6 }, "outside its range"},
		{"one read", func(c *Counter) { c.Seconds, c.Microjoules = c.Seconds[:1], c.Microjoules[:1] }, "want two"},
		{"a read without time", func(c *Counter) { c.Seconds = c.Seconds[:1] }, "want two"},
		{"could have wrapped twice", func(c *Counter) { c.Seconds[1] = 263 }, "more than once"},
		{"set back", func(c *Counter) { c.Microjoules = []float64{9e9, 1e6} }, "reset"},
		{"faster than any package", func(c *Counter) { c.Microjoules[1] = 3e9 }, "reset"},
		{"time runs back", func(c *Counter) {
			c.Seconds, c.Microjoules = []float64{0, 2, 1.5}, []float64{1e6, 2e6, 3e6}
		}, "out of order"},
	} {
		bad := good
		bad.Seconds, bad.Microjoules = append([]float64(nil), good.Seconds...), append([]float64(nil), good.Microjoules...)
		c.spoil(&bad)
		// One counter without a figure spoils the sum.
		if got, err := Joules([]Counter{good, bad}); err == nil || !strings.Contains(err.Error(), c.because) {
			t.Errorf("%s: %v J, error %v; want an error with %q", c.name, got, err, c.because)
		}
	}
	if got, err := Joules(nil); err == nil {
		t.Errorf("no counters: %v J, want an error", got)
	}
}

func TestJoulesAddsCounters(t *testing.T) {
	counter := func(joules float64) Counter {
		return Counter{Zone: "z", Range: socket, Seconds: []float64{0, 4}, Microjoules: []float64{3e6, (3 + joules) * 1e6}}
	}
	got, err := Joules([]Counter{counter(100), counter(20)})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "sum", got, 120)
}

func TestModelled(t *testing.T) {
	if lo, hi := Modelled(10, Watts{Lo: 1.5, Hi: 20}); lo != 15 || hi != 200 {
		t.Errorf("10 CPU seconds at 1.5 to 20 W = [%v, %v] J, want [15, 200]", lo, hi)
	}
}
