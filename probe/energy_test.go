package probe

import (
	"encoding/json"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

// wait is work that takes the given time by the bubble's clock.
func wait(d time.Duration) func() error {
	return func() error {
		time.Sleep(d)
		return nil
	}
}

func measureWindow(t *testing.T, sys fs.FS, d time.Duration) Window {
	t.Helper()
	w, err := NewMeter(Roots{Sys: sys}).Measure(wait(d))
	if err != nil {
		t.Fatal(err)
	}
	if w.WallSeconds != d.Seconds() {
		t.Errorf("wall time = %v s, want %v", w.WallSeconds, d)
	}
	return w
}

func TestMeasuredEnergy(t *testing.T) {
	for _, c := range []struct {
		name  string
		tree  string
		watts map[string]float64
		zones []string
		// total is the power that must be counted.
		total float64
		time  time.Duration
	}{
		{"one socket: package and memory, nothing twice", "one_socket",
			map[string]float64{
				"intel-rapl:0": 50, "intel-rapl:0/intel-rapl:0:0": 30, "intel-rapl:0/intel-rapl:0:1": 3,
				"intel-rapl:0/intel-rapl:0:2": 6, "intel-rapl:1": 75, "intel-rapl-mmio:0": 50,
				"intel-rapl:0:0": 30, "intel-rapl:0:1": 3, "intel-rapl:0:2": 6,
			},
			[]string{"package-0", "package-0/dram"}, 56, 2 * time.Second},
		{"two sockets, one wraps with its memory", "two_sockets",
			map[string]float64{
				"intel-rapl:0": 120, "intel-rapl:0/intel-rapl:0:0": 20,
				"intel-rapl:1": 90, "intel-rapl:1/intel-rapl:1:0": 10,
			},
			[]string{"package-0", "package-0/dram", "package-1", "package-1/dram"}, 240, 3 * time.Second},
		{"two dies that show one counter", "mirrored_dies",
			map[string]float64{"intel-rapl:0": 68, "intel-rapl:1": 68},
			[]string{"package-0-die-0"}, 68, 2 * time.Second},
		{"two dies with counters of their own", "separate_dies",
			map[string]float64{"intel-rapl:0": 68, "intel-rapl:1": 51},
			[]string{"package-0-die-0", "package-0-die-1"}, 119, 2 * time.Second},
		{"an hour in which the counter wraps often", "mirrored_dies",
			map[string]float64{"intel-rapl:0": 280, "intel-rapl:1": 280},
			[]string{"package-0-die-0"}, 280, time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := measureWindow(t, newProcessor(t, c.tree, c.watts), c.time)
				lo, hi, ok := w.Joules()
				want := c.total * c.time.Seconds()
				// The counters of the processor above hold whole microjoules.
				if w.Source != RAPL || !ok || lo != hi || math.Abs(lo-want) > 1e-3 {
					t.Errorf("energy = [%v, %v] J from %q (%s), want %v from %q", lo, hi, w.Source, w.Reason, want, RAPL)
				}
				var zones []string
				for _, counter := range w.Counters {
					zones = append(zones, counter.Zone)
				}
				if !slices.Equal(zones, c.zones) {
					t.Errorf("counted zones %q, want %q", zones, c.zones)
				}
			})
		})
	}
}

// Two sockets that show the same by chance are still two.
func TestSocketsThatCountAlike(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProcessor(t, "two_sockets", map[string]float64{
			"intel-rapl:0": 80, "intel-rapl:0/intel-rapl:0:0": 10,
			"intel-rapl:1": 80, "intel-rapl:1/intel-rapl:1:0": 10,
		})
		for _, zone := range []string{"intel-rapl:0", "intel-rapl:1"} {
			p.set(zone+"/energy_uj", "118223004512\n")
		}
		if w := measureWindow(t, p, time.Second); w.Source != RAPL || len(w.Counters) != 4 {
			t.Errorf("%d counters from %q, want 4 from %q", len(w.Counters), w.Source, RAPL)
		}
	})
}

// A counter that is seen late, or that wraps between two reads, on the second die is
// still one; what is too close to tell gives no figure.
func TestMirrors(t *testing.T) {
	for _, c := range []struct {
		name string
		// second is what the second die shows; the first begins at 31022981230.
		second  string
		watts   [2]float64
		mirror  bool
		because string
	}{
		{"at rest", "31022981230", [2]float64{0, 0}, true, ""},
		// 68 W advance the first die by as much in 5 ms.
		{"seen late", "31023321230", [2]float64{68, 0}, true, ""},
		{"far apart", "31042981230", [2]float64{68, 68}, false, ""},
		{"far apart beyond where they wrap", "65532610980", [2]float64{68, 68}, false, ""},
		{"too close", "31023981230", [2]float64{68, 68}, false, "too close to tell"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProcessor(t, "mirrored_dies", map[string]float64{"intel-rapl:0": c.watts[0], "intel-rapl:1": c.watts[1]})
				p.set("intel-rapl:1/energy_uj", c.second+"\n")
				zones, err := findZones(p)
				switch {
				case c.because != "":
					if err == nil || !strings.Contains(err.Error(), c.because) {
						t.Errorf("%d zones, error %v, want one with %q", len(zones), err, c.because)
					}
				case err != nil || (len(zones) == 1) != c.mirror:
					t.Errorf("%d zones, error %v, mirrored %t", len(zones), err, c.mirror)
				}
			})
		})
	}
	t.Run("close to where they wrap", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := newProcessor(t, "mirrored_dies", map[string]float64{"intel-rapl:0": 68, "intel-rapl:1": 68})
			p.set("intel-rapl:0/energy_uj", "65532610900\n")
			p.set("intel-rapl:1/energy_uj", "9900\n") // less than a joule later
			if zones, err := findZones(p); err == nil {
				t.Errorf("%d zones, want an error", len(zones))
			}
		})
	})
}

// What cannot be measured gives the reason and never a measured figure.
func TestEnergyThatCannotBeMeasured(t *testing.T) {
	for _, c := range []struct {
		name    string
		tree    string
		spoil   func(*processor)
		because string
	}{
		{"no tree", "one_socket", func(p *processor) { p.tree = fstest.MapFS{} }, "shows no energy counters"},
		{"no package", "platform_only", func(*processor) {}, "no energy counter of a processor package"},
		{"may not be read", "one_socket", func(p *processor) {
			p.fail("intel-rapl:0/energy_uj", 0, fs.ErrPermission)
		}, SysVariable},
		{"second socket may not be read", "two_sockets", func(p *processor) {
			p.fail("intel-rapl:1/energy_uj", 0, fs.ErrPermission)
		}, "permission denied"},
		{"memory may not be read", "one_socket", func(p *processor) {
			p.fail("intel-rapl:0/intel-rapl:0:2/energy_uj", 0, fs.ErrPermission)
		}, "permission denied"},
		{"tree may not be listed", "one_socket", func(p *processor) {
			p.fail("", 0, fs.ErrPermission)
		}, "permission denied"},
		{"vanishes in between", "two_sockets", func(p *processor) {
			p.fail("intel-rapl:1/intel-rapl:1:0/energy_uj", time.Second, fs.ErrNotExist)
		}, "intel-rapl:1:0/energy_uj"},
		{"range may not be read", "one_socket", func(p *processor) {
			p.fail("intel-rapl:0/max_energy_range_uj", 0, fs.ErrPermission)
		}, "max_energy_range_uj"},
		{"range is not there", "one_socket", func(p *processor) {
			delete(p.tree, powercap+"/intel-rapl:0/max_energy_range_uj")
		}, "max_energy_range_uj"},
		{"range is zero", "one_socket", func(p *processor) {
			p.set("intel-rapl:0/max_energy_range_uj", "0\n")
			delete(p.watts, "intel-rapl:0")
		}, "no range"},
		{"not a number", "one_socket", func(p *processor) {
			p.set("intel-rapl:0/intel-rapl:0:2/energy_uj", "n/a\n")
		}, "want a number of microjoules"},
		{"stands still", "one_socket", func(p *processor) { p.watts = nil }, "did not advance"},
		{"one of two stands still", "two_sockets", func(p *processor) {
			delete(p.watts, "intel-rapl:1")
		}, "did not advance"},
		{"too fast", "one_socket", func(p *processor) { p.watts["intel-rapl:0"] = 1e6 }, "more than 1000 W"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProcessor(t, c.tree, nil)
				p.watts = map[string]float64{
					"intel-rapl:0": 50, "intel-rapl:0/intel-rapl:0:0": 5, "intel-rapl:0/intel-rapl:0:2": 5,
					"intel-rapl:1": 50, "intel-rapl:1/intel-rapl:1:0": 5,
				}
				c.spoil(p)
				checkNotMeasured(t, measureWindow(t, p, 2*time.Second), c.because)
			})
		})
	}
	t.Run("too short", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := newProcessor(t, "separate_dies", map[string]float64{"intel-rapl:0": 68, "intel-rapl:1": 51})
			checkNotMeasured(t, measureWindow(t, p, time.Second/2), "at least 1 s")
		})
	})
}

// checkNotMeasured fails unless w gives the reason and, at most, a modelled range.
func checkNotMeasured(t *testing.T, w Window, because string) {
	t.Helper()
	if !strings.Contains(w.Reason, because) {
		t.Errorf("reason = %q, want one with %q", w.Reason, because)
	}
	lo, hi, ok := w.Joules()
	switch {
	case w.CPUSeconds == nil:
		if w.Source != None || ok {
			t.Errorf("source %q gives [%v, %v] J, want no figure", w.Source, lo, hi)
		}
	case w.Source != Model || !ok:
		t.Errorf("source = %q with figure %t, want %q", w.Source, ok, Model)
	case lo != *w.CPUSeconds*w.WattsPerCore.Lo || hi != *w.CPUSeconds*w.WattsPerCore.Hi:
		t.Errorf("[%v, %v] J is not %v CPU seconds at %+v W", lo, hi, *w.CPUSeconds, *w.WattsPerCore)
	}
	if w.Source == Model && len(w.Notes) == 0 {
		t.Error("a modelled figure is not marked as such")
	}
}

func TestNotesNameAnotherTree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProcessor(t, "separate_dies", map[string]float64{"intel-rapl:0": 68, "intel-rapl:1": 51})
		w, err := NewMeter(Roots{Sys: p, SysNote: "of the host"}).Measure(wait(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(w.Notes, "of the host") {
			t.Errorf("notes = %q, want the one about the tree", w.Notes)
		}
	})
}

// A stored window gives the same figure when it is read again.
func TestStoredWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProcessor(t, "two_sockets", map[string]float64{
			"intel-rapl:0": 120.5, "intel-rapl:0/intel-rapl:0:0": 20.25,
			"intel-rapl:1": 90, "intel-rapl:1/intel-rapl:1:0": 10,
		})
		for _, sys := range []fs.FS{p, fstest.MapFS{}} {
			w := measureWindow(t, sys, 1234567*time.Microsecond)
			stored, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			var again Window
			if err := json.Unmarshal(stored, &again); err != nil {
				t.Fatal(err)
			}
			lo, hi, ok := w.Joules()
			if lo2, hi2, ok2 := again.Joules(); lo != lo2 || hi != hi2 || ok != ok2 {
				t.Errorf("[%v, %v] J became [%v, %v]", lo, hi, lo2, hi2)
			}
		}
	})
}

func TestAbsentCPUTimeIsNotZero(t *testing.T) {
	if used := cpuSince(nil); used != nil {
		t.Errorf("CPU time since an absent read = %v, want none", *used)
	}
	stored, err := json.Marshal(Window{WallSeconds: 1, Source: None})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(stored), "cpu_seconds") {
		t.Errorf("absent CPU time is stored: %s", stored)
	}
}

func TestEnergySource(t *testing.T) {
	running := newProcessor(t, "one_socket", map[string]float64{"intel-rapl:0": 50})
	if source, reason := NewMeter(Roots{Sys: running}).EnergySource(); source != RAPL || reason != "" {
		t.Errorf("with counters: %q because %q, want %q", source, reason, RAPL)
	}
	if source, reason := NewMeter(Roots{Sys: fstest.MapFS{}}).EnergySource(); source == RAPL || reason == "" {
		t.Errorf("without counters: %q because %q, want a reason", source, reason)
	}
}

func FuzzReadMicrojoules(f *testing.F) {
	for _, seed := range []string{"0\n", "262143328850\n", "-1", "1e9", "", "9007199254740992", "18446744073709551616"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sys := fstest.MapFS{"z/energy_uj": {Data: []byte(text)}}
		n, err := readMicrojoules(sys, "z", "energy_uj")
		if err == nil && !(n >= 0 && n < 1<<53 && n == math.Trunc(n)) {
			t.Errorf("%q was read as %v microjoules", text, n)
		}
	})
}

// Every source that is missing says what to do about it, if anything can be done.
func TestTiers(t *testing.T) {
	guest := Roots{Sys: fstest.MapFS{}, Proc: fstest.MapFS{"cpuinfo": {Data: []byte("model name\t: P\nflags\t\t: fpu avx2 hypervisor lahf_lm\n")}}}
	machine := Roots{Sys: fstest.MapFS{}, Proc: fstest.MapFS{"cpuinfo": {Data: []byte("model name\t: hypervisor\nflags\t\t: fpu avx2\n")}}}
	denied := newProcessor(t, "one_socket", nil)
	denied.fail("intel-rapl:0/energy_uj", 0, fs.ErrPermission)
	for _, c := range []struct {
		name  string
		roots Roots
		hint  string
	}{
		{"a machine without the module", machine, "load the module"},
		{"a guest", guest, "have the hypervisor share a tree"},
		{"no permission", Roots{Sys: denied}, "let this user read energy_uj"},
	} {
		tiers := NewMeter(c.roots).Tiers()
		if len(tiers) != 3 || tiers[0].Source != WallMeter || tiers[1].Source != RAPL || tiers[2].Source != Perf {
			t.Fatalf("%s: tiers %+v", c.name, tiers)
		}
		for _, tier := range tiers {
			if tier.Absent == "" || tier.Counters != nil {
				t.Errorf("%s: %+v, want a reason", c.name, tier)
			}
		}
		if !strings.Contains(tiers[1].Hint, c.hint) {
			t.Errorf("%s: hint %q, want %q", c.name, tiers[1].Hint, c.hint)
		}
	}
	got := NewMeter(Roots{Sys: newProcessor(t, "two_sockets", nil)}).Tiers()[1]
	if got.Absent != "" || got.Hint != "" || len(got.Counters) != 4 {
		t.Errorf("%+v, want four counters and nothing to do", got)
	}
}

// Events of perf are this system's, and do not belong to another tree.
func TestAnotherTreeHasNoEvents(t *testing.T) {
	m := NewMeter(Roots{Sys: powerEvents(), SysNote: "of the host"})
	if tier := m.Tiers()[2]; !strings.Contains(tier.Absent, "of the host") {
		t.Errorf("%+v, want absent events", tier)
	}
}
