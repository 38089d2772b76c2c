package main

import (
	"strings"
	"testing"
)

func TestDisplayWithoutTerminalIsBrief(t *testing.T) {
	var out strings.Builder
	d := display{w: &out}
	for step := range 1000 {
		d.show("fitting", step, 1000)
	}
	d.show("certifying", 0, 0)
	d.note("done in %s", "out")
	if got, want := out.String(), "fitting\ncertifying\ndone in out\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDisplayOnTerminalShowsABar(t *testing.T) {
	var out strings.Builder
	d := display{w: &out, terminal: true}
	d.show("fitting", 0, 0)
	d.show("fitting", 500, 1000)
	d.end()
	got := out.String()
	if !strings.HasPrefix(got, "fitting\n") || !strings.Contains(got, "50% |") {
		t.Errorf("got %q, want the stage and a bar at half its length", got)
	}
	if at := strings.LastIndex(got, "\r"); strings.TrimSpace(got[at:]) != "" {
		t.Errorf("the bar is still there: %q", got[at:])
	}
}
