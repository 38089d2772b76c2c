package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"flowcert/measure"
)

// powerPMU is where the kernel describes the energy counters that perf_event_open(2)
// opens (Documentation/ABI/testing/sysfs-bus-event_source-devices-events).
const powerPMU = "bus/event_source/devices/power"

// perfTier returns the counters of the power PMU: energy of the packages, and of the
// memory where there is one, for every processor of its mask, which has one for each
// package or die with counters of its own.
func perfTier(sys fs.FS) tier {
	gauges, err := perfGauges(sys, openPerf)
	t := tier{source: Perf, gauges: gauges, err: err, hint: "load the module rapl"}
	if errors.Is(err, fs.ErrPermission) {
		t.hint = "set the sysctl kernel.perf_event_paranoid to 0 or less, or give the program the capability CAP_PERFMON"
	}
	return t
}

// perfOpener opens the counter of an event on a processor for reading; what it reads
// grows from 0 in the event's own unit.
type perfOpener func(pmu uint32, event uint64, cpu int) (read func() (uint64, error), err error)

func perfGauges(sys fs.FS, open perfOpener) ([]gauge, error) {
	word, err := readWord(sys, powerPMU, "type")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("this system has no power events (perf)")
	}
	pmu, parseErr := strconv.ParseUint(word, 10, 32)
	mask, maskErr := readWord(sys, powerPMU, "cpumask")
	cpus, listErr := cpuList(mask)
	if err := errors.Join(err, parseErr, maskErr, listErr); err != nil {
		return nil, fmt.Errorf("power events: %w", err)
	}
	var gauges []gauge
	for _, name := range []string{"energy-pkg", "energy-ram"} {
		event, scale, err := powerEvent(sys, name)
		if errors.Is(err, fs.ErrNotExist) && name != "energy-pkg" {
			continue // most desktops count no memory
		}
		if err != nil {
			return nil, fmt.Errorf("power events: %w", err)
		}
		for _, cpu := range cpus {
			read, err := open(uint32(pmu), event, cpu)
			if err != nil {
				return nil, fmt.Errorf("power events: open %s on processor %d: %w", name, cpu, err)
			}
			gauges = append(gauges, gauge{name: fmt.Sprintf("%s/cpu%d", name, cpu), wrap: measure.Boundless, read: func() (float64, error) {
				count, err := read()
				if err != nil {
					return 0, fmt.Errorf("power events: read %s: %w", name, err)
				}
				return float64(count) * scale * 1e6, nil
			}})
		}
	}
	return gauges, nil
}

// powerEvent returns the number of an event and how many joules one count is.
func powerEvent(sys fs.FS, name string) (event uint64, joules float64, err error) {
	dir := path.Join(powerPMU, "events")
	word, err := readWord(sys, dir, name)
	if err != nil {
		return 0, 0, err
	}
	number, ok := strings.CutPrefix(word, "event=")
	event, parseErr := strconv.ParseUint(number, 0, 64)
	if !ok || parseErr != nil {
		return 0, 0, fmt.Errorf("%s is %q, want event=NUMBER", name, word)
	}
	unit, unitErr := readWord(sys, dir, name+".unit")
	word, scaleErr := readWord(sys, dir, name+".scale")
	if err := errors.Join(unitErr, scaleErr); err != nil {
		return 0, 0, fmt.Errorf("%s: %v", name, err) // absent here is not absent altogether
	}
	joules, parseErr = strconv.ParseFloat(word, 64)
	if unit != "Joules" || parseErr != nil || !(joules > 0) {
		return 0, 0, fmt.Errorf("%s counts %q %q, want a number of Joules", name, word, unit)
	}
	return event, joules, nil
}

// cpuList reads a list such as "0,18-19".
func cpuList(text string) ([]int, error) {
	var cpus []int
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.ParseUint(first, 10, 16)
		to, err2 := strconv.ParseUint(last, 10, 16)
		if err1 != nil || err2 != nil || from > to {
			return nil, fmt.Errorf("cpumask holds %q, want a list of processors", text)
		}
		for cpu := from; cpu <= to; cpu++ {
			cpus = append(cpus, int(cpu))
		}
	}
	return cpus, nil
}
