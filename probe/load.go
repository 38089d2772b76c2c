package probe

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ticks is how many units of /proc/stat are a second: USER_HZ, which is 100 on every
// architecture that Go runs on.
const ticks = 100

// load is how busy all processors have been since the system started.
type load struct {
	busySeconds float64 // time that hypervisors gave to others included
	cores       int
}

// readLoad reads the line of all processors in /proc/stat, and counts the others
// (proc_stat(5)).
func (r Roots) readLoad() (load, error) {
	text, err := readFile(r.Proc, "stat")
	if err != nil {
		return load{}, fmt.Errorf("load: %w", err)
	}
	var l load
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || !strings.HasPrefix(fields[0], "cpu") {
			continue
		}
		if fields[0] != "cpu" {
			l.cores++
			continue
		}
		// user, nice, system, idle, iowait, irq, softirq, steal; guest time, which
		// follows, is in user.
		if len(fields) < 9 {
			return load{}, fmt.Errorf("load: stat has %q, want eight times", strings.TrimSpace(line))
		}
		for i, field := range fields[1:9] {
			n, err := strconv.ParseUint(field, 10, 53)
			if err != nil {
				return load{}, fmt.Errorf("load: stat has %q, want eight times", strings.TrimSpace(line))
			}
			if !slices.Contains([]int{3, 4}, i) {
				l.busySeconds += float64(n) / ticks
			}
		}
	}
	if l.cores == 0 || l.busySeconds == 0 {
		return load{}, errors.New("load: this system does not tell how busy it is")
	}
	return l, nil
}

// Load is how busy a machine was with other work in a window.
type Load struct {
	// OthersSeconds is the processor time that was not this process's: of other
	// processes, the kernel, and other guests of a hypervisor. It is good to about a
	// hundredth of a second for each core.
	OthersSeconds float64 `json:"others_seconds"`
	// CoreSeconds is the processor time that there was: cores times wall time.
	CoreSeconds float64 `json:"core_seconds"`
}

// loadSince returns the load of a window of so many seconds of wall time and of this
// process's processor time, or nil where one of the reads is absent.
func loadSince(start, end load, err error, wall float64, cpu *float64) *Load {
	if err != nil || cpu == nil {
		return nil
	}
	return &Load{
		OthersSeconds: max(0, end.busySeconds-start.busySeconds-*cpu),
		CoreSeconds:   wall * float64(end.cores),
	}
}
