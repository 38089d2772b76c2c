package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"flowcert/measure"
)

// powercap is where the Linux kernel shows its energy counters, below /sys
// (Documentation/power/powercap/powercap.rst). AMD's, too, are named intel-rapl.
const powercap = "class/powercap"

// zone is one energy counter of the tree.
type zone struct {
	dir         string
	name        string
	microjoules float64 // where it wraps
}

// raplTier returns the counters of the tree below sys.
func raplTier(sys fs.FS) tier {
	zones, err := findZones(sys)
	t := tier{source: RAPL, err: err, hint: "load the module intel_rapl_common (intel_rapl_msr), or name a tree that a hypervisor shares in " + SysVariable}
	if errors.Is(err, fs.ErrPermission) {
		t.hint = "let this user read energy_uj (chmod a+r as root, at every boot), or name another tree in " + SysVariable
	}
	for _, z := range zones {
		t.gauges = append(t.gauges, gauge{name: z.name, wrap: z.microjoules, read: func() (float64, error) {
			value, err := z.read(sys)
			return value, explain(err)
		}})
	}
	return t
}

var errNoCounters = errors.New("this system shows no energy counters")

// findZones returns the counters whose sum is the energy of processors and memory:
// every package, and the memory (dram) beside it. Left out are core and uncore,
// which are inside a package, psys, which contains the packages, and
// intel-rapl-mmio, which shows the same packages a second time. It fails if there is
// no package, or if any of the counters cannot be read: a part would pass for the
// whole.
func findZones(sys fs.FS) ([]zone, error) {
	entries, err := fs.ReadDir(sys, powercap)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoCounters
	}
	if err != nil {
		return nil, explain(err)
	}
	var zones []zone
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), "intel-rapl:") {
			continue
		}
		found, err := packageZones(sys, path.Join(powercap, entry.Name()), zones)
		if err != nil {
			return nil, explain(err)
		}
		zones = append(zones, found...)
	}
	if len(zones) == 0 {
		return nil, errors.New("this system shows no energy counter of a processor package")
	}
	return zones, nil
}

// packageZones returns the package at dir and its memory, or nothing if dir is not
// a package or mirrors one of the known zones.
func packageZones(sys fs.FS, dir string, known []zone) ([]zone, error) {
	name, err := readWord(sys, dir, "name")
	if err != nil || !strings.HasPrefix(name, "package") {
		return nil, err
	}
	whole, err := newZone(sys, dir, name)
	if err != nil {
		return nil, err
	}
	for _, other := range known {
		mirrored, err := mirrors(sys, other, whole)
		if err != nil || mirrored {
			return nil, err
		}
	}
	zones := []zone{whole}
	entries, err := fs.ReadDir(sys, dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), path.Base(dir)+":") {
			continue
		}
		part, err := readWord(sys, path.Join(dir, entry.Name()), "name")
		if err != nil {
			return nil, err
		}
		if part != "dram" {
			continue
		}
		memory, err := newZone(sys, path.Join(dir, entry.Name()), name+"/dram")
		if err != nil {
			return nil, err
		}
		zones = append(zones, memory)
	}
	return zones, nil
}

func newZone(sys fs.FS, dir, name string) (zone, error) {
	wrap, err := readMicrojoules(sys, dir, "max_energy_range_uj")
	if err != nil {
		return zone{}, err
	}
	z := zone{dir: dir, name: name, microjoules: wrap}
	_, err = z.read(sys)
	return z, err
}

func (z zone) read(sys fs.FS) (float64, error) {
	return readMicrojoules(sys, z.dir, "energy_uj")
}

const (
	// mirrorReads is how often two counters are compared, a millisecond apart: as often
	// as the counters move.
	mirrorReads = 10
	// apart is how far two counters must be from each other to be told apart, in
	// microjoules: a package draws it in no less than mirrorReads milliseconds.
	apart = mirrorReads * measure.MaxWatts * 1e3
)

// mirrors reports whether two dies of one package show the same counter, as on
// processors of AMD with several dies: what b shows then lies, but for the moment in
// which one has moved and the other not yet, between two reads of a. Counters that never
// do so and are far apart are two. It fails for those that are close, which it cannot
// tell from one counter that is seen late.
func mirrors(sys fs.FS, a, b zone) (bool, error) {
	socket := func(z zone) string {
		name, _, _ := strings.Cut(z.name, "-die-")
		return name
	}
	if socket(a) != socket(b) {
		return false, nil
	}
	for i := range mirrorReads {
		if i > 0 {
			time.Sleep(time.Millisecond)
		}
		before, err1 := a.read(sys)
		between, err2 := b.read(sys)
		after, err3 := a.read(sys)
		if err := errors.Join(err1, err2, err3); err != nil {
			return false, err
		}
		if before <= between && between <= after {
			return true, nil
		}
		distance := math.Abs(between - after)
		if min(distance, max(a.microjoules, b.microjoules)-distance) > apart {
			return false, nil
		}
	}
	return false, fmt.Errorf("%s and %s are too close to tell whether they show one counter or two", a.name, b.name)
}

func readWord(sys fs.FS, dir, file string) (string, error) {
	text, err := fs.ReadFile(sys, path.Join(dir, file))
	return strings.TrimSpace(string(text)), err
}

func readMicrojoules(sys fs.FS, dir, file string) (float64, error) {
	word, err := readWord(sys, dir, file)
	if err != nil {
		return 0, err
	}
	// 53 bits, so that the value is exact as a float64.
	n, err := strconv.ParseUint(word, 10, 53)
	if err != nil {
		return 0, fmt.Errorf("%s holds %q, want a number of microjoules", path.Join(dir, file), word)
	}
	return float64(n), nil
}

// explain says what the error is of, and what a user can do about a counter that may
// not be read.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("energy counters: %w (let this user read energy_uj, or name another tree in %s)", err, SysVariable)
	}
	return fmt.Errorf("energy counters: %w", err)
}
