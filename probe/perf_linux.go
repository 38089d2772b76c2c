package probe

import (
	"encoding/binary"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// openPerf opens a counter of the whole system on one processor, by
// perf_event_open(2).
func openPerf(pmu uint32, event uint64, cpu int) (func() (uint64, error), error) {
	attributes := unix.PerfEventAttr{Type: pmu, Config: event, Size: uint32(unsafe.Sizeof(unix.PerfEventAttr{}))}
	fd, err := unix.PerfEventOpen(&attributes, -1, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "perf event")
	return func() (uint64, error) {
		var count [8]byte
		if _, err := io.ReadFull(file, count[:]); err != nil {
			return 0, err
		}
		return binary.NativeEndian.Uint64(count[:]), nil
	}, nil
}
