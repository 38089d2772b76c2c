package catalog

import "flowcert/probe"

// Probe is one quantity that can be measured.
type Probe struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	// Meaning is one line on what is measured and how.
	Meaning string `json:"meaning"`
	// Absent says why the quantity cannot be measured here; empty if it can.
	Absent string `json:"absent,omitempty"`
}

// Probes returns every probe, and whether it finds what it reads below roots.
func Probes(roots probe.Roots) []Probe {
	meter := probe.NewMeter(roots)
	var noCPU, noLoad string
	var memory probe.Memory
	// The only error is that of the work.
	window, _ := meter.Measure(func() error {
		memory, _ = meter.Memory(func() error { return nil })
		return nil
	})
	if window.CPUSeconds == nil {
		noCPU = "the system does not tell"
	}
	if window.Load == nil {
		noLoad = "the system does not tell"
	}
	list := []Probe{
		{"wall", "seconds", "time by the monotonic clock", ""},
		{"cpu", "seconds", "user and system time of the process, all cores together", noCPU},
		{"load", "seconds", "processor time of other processes, the kernel and other guests of a hypervisor", noLoad},
		{"heap", "bytes", "high-water mark of the Go heap, above what there was before", memory.Heap.Absent},
		{"process", "bytes", "high-water mark of the process's resident set, above what there was before", memory.Process.Absent},
		{"cgroup", "bytes", "high-water mark of the process's cgroup, above what there was before", memory.Cgroup.Absent},
	}
	meanings := map[probe.Source]string{
		probe.WallMeter: "a meter of the whole machine, read from the file that " + probe.WallVariable + " names",
		probe.RAPL:      "the processors' energy counters, read through powercap",
		probe.Perf:      "the processors' energy counters, read through perf events",
	}
	for _, t := range meter.Tiers() {
		list = append(list, Probe{string(t.Source), "joules", meanings[t.Source], t.Absent})
	}
	return append(list, Probe{"model", "joules", "processor time times a stated range of watts per core", noCPU})
}
