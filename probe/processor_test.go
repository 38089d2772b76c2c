package probe

import (
	"errors"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// processor is a made-up machine: a stored tree whose energy counters advance with
// the clock and wrap around. In a synctest bubble its figures are exact.
type processor struct {
	tree  fstest.MapFS
	since time.Time
	// watts is the power of every zone, by directory below class/powercap. Zones
	// that are not in it stand still.
	watts map[string]float64
	// fails has the error of opening a file or directory, from a time on.
	fails map[string]failure
}

type failure struct {
	after time.Duration
	err   error
}

// newProcessor starts the machine of testdata/name.txtar.
func newProcessor(t *testing.T, name string, watts map[string]float64) *processor {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	tree := fstest.MapFS{}
	for _, file := range archive.Files {
		tree[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	if len(tree) == 0 {
		t.Fatalf("testdata/%s.txtar holds no files", name)
	}
	for dir := range watts {
		if tree[path.Join(powercap, dir, "energy_uj")] == nil {
			t.Fatalf("testdata/%s.txtar has no counter %q", name, dir)
		}
	}
	return &processor{tree: tree, since: time.Now(), watts: watts, fails: map[string]failure{}}
}

func (p *processor) fail(name string, after time.Duration, err error) {
	p.fails[path.Join(powercap, name)] = failure{after, err}
}

func (p *processor) set(name, value string) {
	p.tree[path.Join(powercap, name)] = &fstest.MapFile{Data: []byte(value)}
}

func (p *processor) Open(name string) (fs.File, error) {
	if f, ok := p.fails[name]; ok && time.Since(p.since) >= f.after {
		return nil, &fs.PathError{Op: "open", Path: name, Err: f.err}
	}
	dir, file := path.Split(name)
	watts, runs := p.watts[strings.Trim(strings.TrimPrefix(dir, powercap), "/")]
	if file != "energy_uj" || !runs {
		return p.tree.Open(name)
	}
	wrap, err1 := readMicrojoules(p.tree, path.Clean(dir), "max_energy_range_uj")
	start, err2 := readMicrojoules(p.tree, path.Clean(dir), "energy_uj")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	now := math.Mod(start+math.Round(watts*float64(time.Since(p.since).Microseconds())), wrap)
	text := strconv.FormatFloat(now, 'f', 0, 64) + "\n"
	return fstest.MapFS{name: {Data: []byte(text)}}.Open(name)
}
