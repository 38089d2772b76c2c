package probe

import (
	"io/fs"
	"os"
	"regexp"
)

// SysVariable is the environment variable that names another tree to read energy
// counters from, such as one that a hypervisor shares with its guest. It has the
// layout of /sys.
const SysVariable = "FLOWCERT_SYSFS"

// Roots are the trees that the probes read.
type Roots struct {
	// Sys has the layout of Linux's /sys, and Proc that of /proc.
	Sys, Proc fs.FS
	// Cgroups has the layout of a cgroup v2 file system.
	Cgroups fs.FS
	// ResetPeak sets the peak of the resident set to its present size; nil where that
	// cannot be done.
	ResetPeak func() error
	// WallMeter names the file with the reading of a meter at the wall, as WallVariable
	// does; empty where there is none.
	WallMeter string
	// SysNote, if not empty, goes into the notes of every window that was measured
	// with the counters of Sys.
	SysNote string
}

// SystemRoots returns this machine's trees and meter, with Sys replaced by the tree that
// the environment variable FLOWCERT_SYSFS names, if any.
func SystemRoots() Roots {
	r := Roots{
		Sys: os.DirFS("/sys"), Proc: os.DirFS("/proc"), Cgroups: os.DirFS("/sys/fs/cgroup"),
		// "5" resets the peak, see proc_pid_clear_refs(5).
		ResetPeak: func() error { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) },
		WallMeter: os.Getenv(WallVariable),
	}
	if root := os.Getenv(SysVariable); root != "" {
		r.Sys = os.DirFS(root)
		r.SysNote = "energy counters are those of the tree that " + SysVariable + " names, not of this system"
	}
	return r
}

// virtual says whether this is the guest of a hypervisor, as far as it tells.
func (r Roots) virtual() bool {
	text, err := readFile(r.Proc, "cpuinfo")
	return err == nil && hypervisorFlag.Match(text)
}

var hypervisorFlag = regexp.MustCompile(`(?m)^flags\s*:.*\bhypervisor\b`)

// readFile reads a file of a tree that may be absent.
func readFile(tree fs.FS, name string) ([]byte, error) {
	if tree == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return fs.ReadFile(tree, name)
}
