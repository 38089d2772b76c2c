package probe

import (
	"io/fs"
	"os"
)

// SysVariable is the environment variable that names another tree to read energy
// counters from, such as one that a hypervisor shares with its guest. It has the
// layout of /sys.
const SysVariable = "FLOWCERT_SYSFS"

// Roots are the trees that the probes read.
type Roots struct {
	// Sys has the layout of Linux's /sys, and Proc that of /proc.
	Sys, Proc fs.FS
	// SysNote, if not empty, goes into the notes of every window that was measured
	// with the counters of Sys.
	SysNote string
}

// SystemRoots returns this machine's trees, with Sys replaced by the one that the
// environment variable FLOWCERT_SYSFS names, if any.
func SystemRoots() Roots {
	r := Roots{Sys: os.DirFS("/sys"), Proc: os.DirFS("/proc")}
	if root := os.Getenv(SysVariable); root != "" {
		r.Sys = os.DirFS(root)
		r.SysNote = "energy counters are those of the tree that " + SysVariable + " names, not of this system"
	}
	return r
}
