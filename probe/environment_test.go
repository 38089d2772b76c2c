package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

func proc(name, text string) Roots {
	return Roots{Proc: fstest.MapFS{name: {Data: []byte(text)}}}
}

func TestEnvironment(t *testing.T) {
	got, err := SystemRoots().Environment()
	if err != nil {
		t.Fatal(err)
	}
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(program)
	if want := hex.EncodeToString(digest[:]); got.ProgramSHA256 != want {
		t.Errorf("digest of the program = %s, want %s", got.ProgramSHA256, want)
	}
	if !strings.HasPrefix(got.Program, "flowcert") {
		t.Errorf("program = %q, want the module and its version", got.Program)
	}
	if got.Cores < 1 || got.Processor == "" || got.Go == "" || got.OS != runtime.GOOS || got.Arch != runtime.GOARCH {
		t.Errorf("incomplete: %+v", got)
	}
}

func TestProcessor(t *testing.T) {
	for _, c := range []struct{ name, cpuinfo, want string }{
		{"x86", "processor\t: 0\nmodel\t\t: 207\nmodel name\t: Intel(R) Xeon(R): Gold\n\nprocessor\t: 1\nmodel name\t: other\n", "Intel(R) Xeon(R): Gold"},
		{"no name", "processor\t: 0\nBogoMIPS\t: 48.00\n", runtime.GOARCH},
		{"empty name", "model name\t: \n", runtime.GOARCH},
	} {
		if got := proc("cpuinfo", c.cpuinfo).processor(); got != c.want {
			t.Errorf("%s: processor = %q, want %q", c.name, got, c.want)
		}
	}
	if got := (Roots{Proc: fstest.MapFS{}}).processor(); got != runtime.GOARCH {
		t.Errorf("no cpuinfo: processor = %q, want %q", got, runtime.GOARCH)
	}
}

func TestSysVariable(t *testing.T) {
	host := t.TempDir()
	if err := os.WriteFile(host+"/marker", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv(SysVariable, host)
	r := SystemRoots()
	if _, err := fs.Stat(r.Sys, "marker"); err != nil || r.SysNote == "" {
		t.Errorf("%s is not heeded: %v, note %q", SysVariable, err, r.SysNote)
	}
	t.Setenv(SysVariable, "")
	if r := SystemRoots(); r.SysNote != "" {
		t.Errorf("the system's own tree has the note %q", r.SysNote)
	}
}

func TestPeakResident(t *testing.T) {
	got, err := proc("self/status", "Name:\tflowcert\nVmPeak:\t  900000 kB\nVmHWM:\t    1704 kB\nVmRSS:\t 1200 kB\n").PeakResident()
	if want := int64(1704 * 1024); err != nil || got != want {
		t.Errorf("peak = %d bytes, error %v; want %d", got, err, want)
	}
	for name, r := range map[string]Roots{
		"no file":      {Proc: fstest.MapFS{}},
		"no line":      proc("self/status", "Name:\tflowcert\nVmPeak:\t  900000 kB\n"),
		"other unit":   proc("self/status", "VmHWM:\t 1704 MB\n"),
		"no number":    proc("self/status", "VmHWM:\t many kB\n"),
		"zero":         proc("self/status", "VmHWM:\t 0 kB\n"),
		"may not read": {Proc: forbidden{}},
	} {
		if got, err := r.PeakResident(); err == nil {
			t.Errorf("%s: peak = %d bytes, want an error", name, got)
		}
	}
}

type forbidden struct{}

func (forbidden) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

// The figure is this process's: it rises by what the process touches.
func TestPeakResidentOfThisProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the peak is in /proc on Linux alone")
	}
	const touched = 64 << 20
	memory := make([]byte, touched)
	for i := 0; i < touched; i += os.Getpagesize() {
		memory[i] = 1
	}
	peak, err := SystemRoots().PeakResident()
	if err != nil {
		t.Fatal(err)
	}
	if peak < touched {
		t.Errorf("peak = %d bytes after touching %d", peak, touched)
	}
	runtime.KeepAlive(memory)
}

func FuzzPeakResident(f *testing.F) {
	for _, seed := range []string{"VmHWM:\t 1704 kB\n", "VmHWM: -5 kB", "VmHWM: 9223372036854775807 kB", "VmHWM:", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, status string) {
		if n, err := proc("self/status", status).PeakResident(); err == nil && n <= 0 {
			t.Errorf("%q was read as %d bytes", status, n)
		}
	})
}
