package probe

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"flowcert/measure"
)

// WallVariable is the environment variable that names a file with the reading of an
// energy meter at the wall: the energy drawn since some time, as a number and its unit
// ("81532.5 J", "81532500000 uJ"). Whatever reads the meter replaces the file's content
// as often as the meter moves. The meter should be of this machine alone.
const WallVariable = "FLOWCERT_WALL_METER"

// wallTier is the meter whose reading is in the named file; "" means that there is none.
func wallTier(name string) tier {
	t := tier{source: WallMeter, hint: fmt.Sprintf("have the reading of an energy meter, such as \"81532.5 J\", kept up to date in a file, and name the file in %s", WallVariable)}
	if name == "" {
		t.err = fmt.Errorf("%s names no meter", WallVariable)
		return t
	}
	g := gauge{name: "wall meter", wrap: measure.Boundless, read: func() (float64, error) { return readWallMeter(name) }}
	if _, err := g.read(); err != nil {
		t.err = err
		return t
	}
	t.gauges = []gauge{g}
	return t
}

// readWallMeter returns the reading in microjoules. A number without a unit is refused:
// a figure that is off by a million would pass for one.
func readWallMeter(name string) (float64, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, fmt.Errorf("wall meter: %w", err)
	}
	fields := strings.Fields(string(text))
	scale := map[string]float64{"J": 1e6, "uJ": 1}
	if len(fields) == 2 && scale[fields[1]] > 0 {
		value, err := strconv.ParseFloat(fields[0], 64)
		if microjoules := value * scale[fields[1]]; err == nil && microjoules >= 0 && microjoules < measure.Boundless {
			return microjoules, nil
		}
	}
	return 0, errors.New("wall meter: " + strconv.Quote(name) + " holds " + strconv.Quote(shorten(string(text))) + ", want a number and its unit, J or uJ")
}

// shorten keeps the start of what a file holds, for an error.
func shorten(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 40 {
		text = text[:40] + "..."
	}
	return text
}
