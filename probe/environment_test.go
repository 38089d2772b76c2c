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
