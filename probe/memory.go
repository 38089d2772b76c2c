package probe

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
)

// PeakResident returns the largest resident set that this process has had, in bytes
// (VmHWM of proc(5)). It covers the whole process since its start, the program
// itself included. It fails where the system does not tell, as on other systems
// than Linux.
func (r Roots) PeakResident() (int64, error) {
	file, err := r.Proc.Open("self/status")
	if err != nil {
		return 0, fmt.Errorf("peak resident set: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		value, found := strings.CutPrefix(lines.Text(), "VmHWM:")
		if !found {
			continue
		}
		kibibytes, isKiB := strings.CutSuffix(strings.TrimSpace(value), " kB")
		n, err := strconv.ParseInt(kibibytes, 10, 53)
		if err != nil || !isKiB || n <= 0 {
			return 0, fmt.Errorf("peak resident set: self/status has VmHWM %q, want a number of kB", strings.TrimSpace(value))
		}
		return n * 1024, nil
	}
	if err := lines.Err(); err != nil {
		return 0, fmt.Errorf("peak resident set: %w", err)
	}
	return 0, fmt.Errorf("peak resident set: self/status has no VmHWM")
}
