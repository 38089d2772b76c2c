package measure

import (
	"slices"
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
		{"as much as a package can draw", []float64{0, 2}, []float64{0, 2e9}, socket, 2000},
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
		{"could have wrapped just so", func(c *Counter) { c.Range = 2e9 }, "more than once"},
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

func TestMetered(t *testing.T) {
	meter := func(seconds, microjoules []float64) Counter {
		return Counter{Zone: "wall meter", Range: Boundless, Seconds: seconds, Microjoules: microjoules}
	}
	for _, c := range []struct {
		name         string
		meter        Counter
		want, lo, hi float64
	}{
		{"even steps", meter([]float64{0, 1, 2, 3}, []float64{5e6, 65e6, 125e6, 185e6}), 180, 120, 240},
		{"a step now and then", meter([]float64{0, 1, 2, 3}, []float64{0, 0, 3.6e9, 3.6e9}), 3600, 0, 7200},
		{"more than a package", meter([]float64{0, 1}, []float64{0, 2.5e9}), 2500, 0, 5000},
	} {
		got, lo, hi, err := c.meter.Metered()
		if err != nil || got != c.want || lo != c.lo || hi != c.hi {
			t.Errorf("%s: %v [%v, %v] J, error %v; want %v [%v, %v]", c.name, got, lo, hi, err, c.want, c.lo, c.hi)
		}
	}
	for name, bad := range map[string]Counter{
		"stands still":         meter([]float64{0, 2}, []float64{5e6, 5e6}),
		"set back":             meter([]float64{0, 2}, []float64{5e6, 1e6}),
		"faster than machines": meter([]float64{0, 2}, []float64{0, 30e9}),
	} {
		if got, _, _, err := bad.Metered(); err == nil {
			t.Errorf("%s: %v J, want an error", name, got)
		}
	}
}

func TestIdleWatts(t *testing.T) {
	idle := func(zone string, seconds, joules float64) Counter {
		return Counter{Zone: zone, Range: socket, Seconds: []float64{0, seconds}, Microjoules: []float64{7e6, 7e6 + joules*1e6}}
	}
	counted := func(c Counter) (value, lo, hi float64, err error) {
		value, err = c.Joules()
		return value, value - 2, value + 6, err
	}
	// 10 W (9 to 13) and 2 W (1 to 5) before, 13 W (12.5 to 14.5) and 1 W (0.5 to 2.5)
	// after.
	both := []Counter{idle("a", 2, 20), idle("b", 2, 4), idle("a", 4, 52), idle("b", 4, 4)}
	for _, counters := range [][]Counter{both, slices.Concat(both[2:], both[:2])} {
		mean, lo, hi, err := IdleWatts(counters, counted)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "mean", mean, 13)
		near(t, "least", lo, 10)
		near(t, "most", hi, 18)
	}
	for because, bad := range map[string][]Counter{
		"as many before as after": both[:3],
		"0 idle counters":         nil,
		"stands where":            {both[0], both[1], both[3], both[2]},
		"did not advance":         {both[0], idle("a", 2, 0)},
	} {
		if _, _, _, err := IdleWatts(bad, counted); err == nil || !strings.Contains(err.Error(), because) {
			t.Errorf("error %v, want one with %q", err, because)
		}
	}
}

func TestSpan(t *testing.T) {
	if got := Span([]Counter{{}, {Seconds: []float64{1, 4}}, {Seconds: []float64{0, 2}}}); got != 3 {
		t.Errorf("span = %v s, want 3", got)
	}
}
