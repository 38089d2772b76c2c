package probe

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// Mark is the high-water mark of one kind of memory, in bytes.
type Mark struct {
	// Baseline is what there was before the work, and Peak the most while it lasted.
	Baseline int64 `json:"baseline"`
	Peak     int64 `json:"peak"`
	// Absent says why there is no mark; the others are then zero.
	Absent string `json:"absent,omitempty"`
}

// Memory are the high-water marks of a stretch of work.
type Memory struct {
	// Heap is of the Go heap: the highest of reads every ten milliseconds and at the
	// end.
	Heap Mark `json:"heap"`
	// Process is of this process's resident set (VmHWM of proc(5)).
	Process Mark `json:"process"`
	// Cgroup is of all processes of this one's cgroup, and the files that they have
	// cached (memory.peak of cgroup v2).
	Cgroup Mark `json:"cgroup"`
}

// heapPeriod is how often the heap is read: it takes microseconds.
const heapPeriod = 10 * time.Millisecond

// memoryWatch is a stretch of work that has not ended.
type memoryWatch struct {
	roots       Roots
	marks       Memory
	cgroupPeak  int64
	stop, ended chan struct{}
}

// watchMemory starts the marks. What earlier work has left is collected before.
func (r Roots) watchMemory() *memoryWatch {
	// The second collection empties pools.
	runtime.GC()
	runtime.GC()
	w := &memoryWatch{roots: r, stop: make(chan struct{}), ended: make(chan struct{})}
	w.marks.Process = r.processBaseline()
	w.marks.Cgroup, w.cgroupPeak = r.cgroupBaseline()
	w.marks.Heap.Baseline = heapBytes()
	w.marks.Heap.Peak = w.marks.Heap.Baseline
	go func() {
		defer close(w.ended)
		ticker := time.NewTicker(heapPeriod)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				w.marks.Heap.Peak = max(w.marks.Heap.Peak, heapBytes())
			case <-w.stop:
				return
			}
		}
	}()
	return w
}

func (w *memoryWatch) end() Memory {
	close(w.stop)
	<-w.ended
	w.marks.Heap.Peak = max(w.marks.Heap.Peak, heapBytes())
	if w.marks.Process.Absent == "" {
		peak, err := w.roots.processBytes("VmHWM")
		w.marks.Process = w.marks.Process.reached(peak, err)
	}
	if w.marks.Cgroup.Absent == "" {
		peak, err := w.roots.cgroupBytes("memory.peak")
		if err == nil && peak <= w.cgroupPeak {
			err = errors.New("the cgroup held more memory before, so that its peak tells nothing of this work")
		}
		w.marks.Cgroup = w.marks.Cgroup.reached(peak, err)
	}
	return w.marks
}

// reached is the mark with its peak.
func (m Mark) reached(peak int64, err error) Mark {
	switch {
	case err != nil:
		return Mark{Absent: err.Error()}
	case peak < m.Baseline:
		return Mark{Absent: fmt.Sprintf("the peak of %d bytes is below the %d bytes before", peak, m.Baseline)}
	}
	m.Peak = peak
	return m
}

// processBaseline resets the peak of the resident set and returns its size.
func (r Roots) processBaseline() Mark {
	if r.ResetPeak == nil {
		return Mark{Absent: "this system does not let the peak of the resident set be reset"}
	}
	if err := r.ResetPeak(); err != nil {
		return Mark{Absent: fmt.Sprintf("the peak of the resident set cannot be reset: %v", err)}
	}
	resident, err := r.processBytes("VmRSS")
	if err != nil {
		return Mark{Absent: err.Error()}
	}
	return Mark{Baseline: resident}
}

// cgroupBaseline returns what the cgroup holds, and its peak up to now.
func (r Roots) cgroupBaseline() (mark Mark, peak int64) {
	held, err := r.cgroupBytes("memory.current")
	if err == nil {
		peak, err = r.cgroupBytes("memory.peak")
	}
	if err != nil {
		return Mark{Absent: err.Error()}, 0
	}
	return Mark{Baseline: held}, peak
}

// heapBytes is what live objects, and those not yet swept, take of the heap.
func heapBytes() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// processBytes returns a line of this process's memory in /proc/self/status. It fails
// where the system does not tell, as on other systems than Linux.
func (r Roots) processBytes(key string) (int64, error) {
	text, err := readFile(r.Proc, "self/status")
	if err != nil {
		return 0, fmt.Errorf("resident set: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		value, found := strings.CutPrefix(line, key+":")
		if !found {
			continue
		}
		kibibytes, isKiB := strings.CutSuffix(strings.TrimSpace(value), " kB")
		n, err := strconv.ParseInt(kibibytes, 10, 53)
		if err != nil || !isKiB || n <= 0 {
			return 0, fmt.Errorf("resident set: self/status has %s %q, want a number of kB", key, strings.TrimSpace(value))
		}
		return n * 1024, nil
	}
	return 0, fmt.Errorf("resident set: self/status has no %s", key)
}

// cgroupBytes returns what a file of this process's cgroup says (cgroup v2; the
// hierarchies of v1 tell no peak of their own that fits).
func (r Roots) cgroupBytes(file string) (int64, error) {
	text, err := readFile(r.Proc, "self/cgroup")
	if err != nil {
		return 0, fmt.Errorf("cgroup: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		group, found := strings.CutPrefix(strings.TrimSpace(line), "0::/")
		if !found {
			continue
		}
		text, err := readFile(r.Cgroups, path.Join(group, file))
		if err != nil {
			return 0, fmt.Errorf("cgroup: %w", err)
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 53)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("cgroup: %s holds %q, want a number of bytes", file, strings.TrimSpace(string(text)))
		}
		return n, nil
	}
	return 0, errors.New("cgroup: this process is in none of version 2")
}
