package probe

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
)

// powerEvents is the tree of a server with two packages that count memory.
func powerEvents() fstest.MapFS {
	tree := fstest.MapFS{}
	for name, text := range map[string]string{
		"type": "23\n", "cpumask": "0,18\n",
		"events/energy-pkg": "event=0x02\n", "events/energy-pkg.scale": "2.3283064365386962890625e-10\n", "events/energy-pkg.unit": "Joules\n",
		"events/energy-ram": "event=0x03\n", "events/energy-ram.scale": "2.3283064365386962890625e-10\n", "events/energy-ram.unit": "Joules\n",
		"events/energy-psys": "event=0x05\n", "events/energy-psys.scale": "2.3283064365386962890625e-10\n", "events/energy-psys.unit": "Joules\n",
	} {
		tree[powerPMU+"/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func TestPowerEvents(t *testing.T) {
	type opened struct {
		pmu   uint32
		event uint64
		cpu   int
	}
	var all []opened
	gauges, err := perfGauges(powerEvents(), func(pmu uint32, event uint64, cpu int) (func() (uint64, error), error) {
		all = append(all, opened{pmu, event, cpu})
		// 2^32 counts are a joule.
		return func() (uint64, error) { return uint64(cpu+1) << 32, nil }, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []opened{{23, 2, 0}, {23, 2, 18}, {23, 3, 0}, {23, 3, 18}}
	if len(all) != len(want) {
		t.Fatalf("opened %v, want %v", all, want)
	}
	for i, g := range gauges {
		if got, err := g.read(); all[i] != want[i] || err != nil || got != float64(want[i].cpu+1)*1e6 {
			t.Errorf("%s of %v reads %v microjoules, error %v; want %v", g.name, all[i], got, err, want[i])
		}
	}
	if names := gauges[0].name + " " + gauges[3].name; names != "energy-pkg/cpu0 energy-ram/cpu18" {
		t.Errorf("gauges %q", names)
	}
}

func TestPowerEventsThatCannotBeRead(t *testing.T) {
	works := func(uint32, uint64, int) (func() (uint64, error), error) {
		return func() (uint64, error) { return 0, nil }, nil
	}
	for _, c := range []struct {
		name    string
		spoil   func(tree fstest.MapFS)
		open    perfOpener
		because string
	}{
		{"no events", func(tree fstest.MapFS) { clear(tree) }, works, "no power events"},
		{"no packages", func(tree fstest.MapFS) { delete(tree, powerPMU+"/events/energy-pkg") }, works, "energy-pkg"},
		{"no scale", func(tree fstest.MapFS) { delete(tree, powerPMU+"/events/energy-ram.scale") }, works, "energy-ram.scale"},
		{"no mask", func(tree fstest.MapFS) { delete(tree, powerPMU+"/cpumask") }, works, "cpumask"},
		{"odd mask", func(tree fstest.MapFS) { tree[powerPMU+"/cpumask"].Data = []byte("3-1") }, works, "want a list of processors"},
		{"odd event", func(tree fstest.MapFS) { tree[powerPMU+"/events/energy-pkg"].Data = []byte("config=2") }, works, "want event=NUMBER"},
		{"odd unit", func(tree fstest.MapFS) { tree[powerPMU+"/events/energy-pkg.unit"].Data = []byte("Watts") }, works, "want a number of Joules"},
		{"not permitted", func(fstest.MapFS) {}, func(uint32, uint64, int) (func() (uint64, error), error) {
			return nil, syscall.EACCES
		}, "permission denied"},
		{"fails to read", func(fstest.MapFS) {}, func(uint32, uint64, int) (func() (uint64, error), error) {
			return func() (uint64, error) { return 0, errors.New("gone") }, nil
		}, "gone"},
	} {
		tree := powerEvents()
		c.spoil(tree)
		gauges, err := perfGauges(tree, c.open)
		if err == nil {
			_, err = gauges[0].read()
		}
		if err == nil || !strings.Contains(err.Error(), c.because) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.because)
		}
		if denied := c.name == "not permitted"; errors.Is(err, fs.ErrPermission) != denied {
			t.Errorf("%s: error %v is one of permission: %t", c.name, err, !denied)
		}
	}
}

func TestCPUList(t *testing.T) {
	got, err := cpuList("0,4-6,18")
	if err != nil || len(got) != 5 || got[3] != 6 || got[4] != 18 {
		t.Errorf("%v, error %v", got, err)
	}
}
