package probe

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

func TestProcessBytes(t *testing.T) {
	got, err := proc("self/status", "Name:\tflowcert\nVmPeak:\t  900000 kB\nVmHWM:\t    1704 kB\nVmRSS:\t 1200 kB\n").processBytes("VmHWM")
	if want := int64(1704 * 1024); err != nil || got != want {
		t.Errorf("peak = %d bytes, error %v; want %d", got, err, want)
	}
	for name, r := range map[string]Roots{
		"no tree":      {},
		"no file":      {Proc: fstest.MapFS{}},
		"no line":      proc("self/status", "Name:\tflowcert\nVmPeak:\t  900000 kB\n"),
		"other unit":   proc("self/status", "VmHWM:\t 1704 MB\n"),
		"no number":    proc("self/status", "VmHWM:\t many kB\n"),
		"zero":         proc("self/status", "VmHWM:\t 0 kB\n"),
		"may not read": {Proc: forbidden{}},
	} {
		if got, err := r.processBytes("VmHWM"); err == nil {
			t.Errorf("%s: peak = %d bytes, want an error", name, got)
		}
	}
}

type forbidden struct{}

func (forbidden) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

// made is a machine whose files of memory the test sets.
func made(resident, peak, held, cgroupPeak string) Roots {
	return Roots{
		Proc: fstest.MapFS{
			"self/status": {Data: []byte("VmHWM:\t" + peak + " kB\nVmRSS:\t" + resident + " kB\n")},
			"self/cgroup": {Data: []byte("4:memory:/old\n0::/user/job\n")},
		},
		Cgroups: fstest.MapFS{
			"user/job/memory.current": {Data: []byte(held + "\n")},
			"user/job/memory.peak":    {Data: []byte(cgroupPeak + "\n")},
		},
		ResetPeak: func() error { return nil },
	}
}

func TestMemoryMarks(t *testing.T) {
	before, after := made("1000", "4000", "5000", "9000"), made("1500", "3000", "5500", "9500")
	for _, c := range []struct {
		name            string
		spoil           func(before, after *Roots)
		process, cgroup Mark
		because         string
	}{
		{"all there", func(*Roots, *Roots) {}, Mark{Baseline: 1000 << 10, Peak: 3000 << 10}, Mark{Baseline: 5000, Peak: 9500}, ""},
		{"the peak may not be reset", func(before, _ *Roots) {
			before.ResetPeak = func() error { return fs.ErrPermission }
		}, Mark{}, Mark{Baseline: 5000, Peak: 9500}, "cannot be reset: permission denied"},
		{"the peak is not reset", func(before, _ *Roots) { before.ResetPeak = nil },
			Mark{}, Mark{Baseline: 5000, Peak: 9500}, "does not let the peak"},
		{"the cgroup held more before", func(_, after *Roots) { *after = made("1500", "3000", "5500", "9000") },
			Mark{Baseline: 1000 << 10, Peak: 3000 << 10}, Mark{}, "held more memory before"},
		{"no cgroup", func(before, _ *Roots) { before.Cgroups = nil },
			Mark{Baseline: 1000 << 10, Peak: 3000 << 10}, Mark{}, "memory.current"},
		{"the cgroup vanishes", func(_, after *Roots) { after.Cgroups = fstest.MapFS{} },
			Mark{Baseline: 1000 << 10, Peak: 3000 << 10}, Mark{}, "memory.peak"},
		{"version 1 alone", func(before, _ *Roots) {
			before.Proc.(fstest.MapFS)["self/cgroup"] = &fstest.MapFile{Data: []byte("4:memory:/old\n")}
		}, Mark{Baseline: 1000 << 10, Peak: 3000 << 10}, Mark{}, "none of version 2"},
		{"a peak below the baseline", func(_, after *Roots) { *after = made("1", "900", "5500", "9500") },
			Mark{}, Mark{Baseline: 5000, Peak: 9500}, "below"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := before, after
			from.Proc = fstest.MapFS{}
			for name, file := range before.Proc.(fstest.MapFS) {
				from.Proc.(fstest.MapFS)[name] = file
			}
			c.spoil(&from, &to)
			watch := from.watchMemory()
			watch.roots = to
			got := watch.end()
			var reasons string
			for mark, want := range map[*Mark]Mark{&got.Process: c.process, &got.Cgroup: c.cgroup} {
				reasons += mark.Absent
				mark.Absent = ""
				if *mark != want {
					t.Errorf("mark %+v, want %+v", *mark, want)
				}
			}
			if !strings.Contains(reasons, c.because) || (reasons == "") != (c.because == "") {
				t.Errorf("absent because %q, want %q", reasons, c.because)
			}
		})
	}
}

// Heap and process rise by what the work touches, and not by what was there before.
func TestMemoryOfThisProcess(t *testing.T) {
	const touched = 64 << 20
	touch := func() []byte {
		memory := make([]byte, touched)
		for i := 0; i < touched; i += os.Getpagesize() {
			memory[i] = 1
		}
		return memory
	}
	held := touch()
	broken := errors.New("broken")
	marks, err := NewMeter(SystemRoots()).Memory(func() error {
		runtime.KeepAlive(touch())
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want that of the work", err)
	}
	runtime.KeepAlive(held)
	check := func(name string, m Mark, most int64) {
		if rise := m.Peak - m.Baseline; rise < touched || rise >= most {
			t.Errorf("%s: from %d to %d bytes in work that touches %d", name, m.Baseline, m.Peak, touched)
		}
	}
	check("heap", marks.Heap, 2*touched)
	if marks.Process.Absent == "" {
		// The race detector keeps several bytes for each.
		check("process", marks.Process, 8*touched)
	} else if runtime.GOOS == "linux" {
		t.Logf("process: %s", marks.Process.Absent)
	}
}

func FuzzProcessBytes(f *testing.F) {
	for _, seed := range []string{"VmHWM:\t 1704 kB\n", "VmHWM: -5 kB", "VmHWM: 9223372036854775807 kB", "VmHWM:", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, status string) {
		if n, err := proc("self/status", status).processBytes("VmHWM"); err == nil && n <= 0 {
			t.Errorf("%q was read as %d bytes", status, n)
		}
	})
}
