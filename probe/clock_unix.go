//go:build unix

package probe

import "golang.org/x/sys/unix"

// cpuSeconds returns the user and system time of this process over all its
// threads, by getrusage(2).
func cpuSeconds() *float64 {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return nil
	}
	seconds := float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
	return &seconds
}
