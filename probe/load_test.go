package probe

import (
	"testing"
	"testing/fstest"
)

func TestLoad(t *testing.T) {
	const before = "cpu  100 20 30 5000 700 4 5 6 50 0\ncpu0 50 0 0 0 0 0 0 0 0 0\ncpu1 50 20 30 5000 700 4 5 6 50 0\nintr 1 2 3\n"
	const after = "cpu  310 30 80 5600 900 5 6 28 90 0\ncpu0 1 0 0 0 0 0 0 0 0 0\ncpu1 1 0 0 0 0 0 0 0 0 0\nintr 1 2 3\n"
	start, err1 := proc("stat", before).readLoad()
	end, err2 := proc("stat", after).readLoad()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	// 210 + 10 + 50 + 1 + 1 + 22 ticks were busy, neither idle nor waiting for a disk.
	cpu := 2.0
	got := loadSince(start, end, nil, 4, &cpu)
	if got == nil || got.CoreSeconds != 8 || got.OthersSeconds < 0.94-1e-9 || got.OthersSeconds > 0.94+1e-9 {
		t.Errorf("load %+v, want 0.94 of 8 seconds", got)
	}
	cpu = 5 // by another clock
	if got := loadSince(start, end, nil, 4, &cpu); got == nil || got.OthersSeconds != 0 {
		t.Errorf("load %+v, want none", got)
	}
	if got := loadSince(start, end, nil, 4, nil); got != nil {
		t.Errorf("load %+v without processor time, want an absent one", got)
	}
	for name, r := range map[string]Roots{
		"no tree":    {},
		"no file":    {Proc: fstest.MapFS{}},
		"all zero":   proc("stat", "cpu 0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n"),
		"cut short":  proc("stat", "cpu 1 2 3\n"),
		"no numbers": proc("stat", "cpu a b c d e f g h\n"),
		"no core":    proc("stat", "cpu 1 2 3 4 5 6 7 8\n"),
	} {
		l, err := r.readLoad()
		if err == nil {
			t.Errorf("%s: load %+v, want an error", name, l)
		}
		if got := loadSince(start, l, err, 4, &cpu); got != nil {
			t.Errorf("%s: load %+v, want an absent one", name, got)
		}
	}
}
