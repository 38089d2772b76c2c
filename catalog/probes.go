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
	var noCPU, noPeak, noCounters string
	meter := probe.NewMeter(roots)
	// The only error of Measure is that of the work.
	if window, _ := meter.Measure(func() error { return nil }); window.CPUSeconds == nil {
		noCPU = "the system does not tell"
	}
	if _, err := roots.PeakResident(); err != nil {
		noPeak = err.Error()
	}
	if source, reason := meter.EnergySource(); source != probe.RAPL {
		noCounters = reason
	}
	return []Probe{
		{"wall", "seconds", "time by the monotonic clock", ""},
		{"cpu", "seconds", "user and system time of the process, all cores together", noCPU},
		{"peak", "bytes", "largest resident set of the process, program and data included", noPeak},
		{"rapl", "joules", "the processors' energy counters, read through powercap", noCounters},
		{"model", "joules", "processor time times a stated range of watts per core", noCPU},
	}
}
