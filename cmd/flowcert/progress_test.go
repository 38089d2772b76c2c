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
	for _, want := range []string{"fitting\n", "50% |", "about 1s left"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want the stage, a bar at half its length and the time left", got)
		}
	}
	if at := strings.LastIndex(got, "\r"); strings.TrimSpace(got[at:]) != "" {
		t.Errorf("the bar is still there: %q", got[at:])
	}
}
