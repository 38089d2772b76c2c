package main

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	got := string(table([]Cell{
		{Model: "a", Data: "moons", Excess: 0.0101, StandardError: 0.0002},
		{Model: "b", Data: "moons", Excess: 0.0104, StandardError: 0.0001},
		{Model: "a", Data: "circles", Excess: 0.5, StandardError: 0.001},
		{Model: "b", Data: "circles", Excess: 0.2, StandardError: 0.001, Stopped: "diverged"},
		{Model: "c", Data: "circles", Excess: 0.3, StandardError: 0.001},
	}, 70))
	for _, want := range []string{
		"took 70 steps",
		"| flow | moons | circles |\n| --- | ---: | ---: |\n",
		"| a | **10.1 (0.2)** | 500.0 (1.0) |\n",
		"| b | **10.4 (0.1)** | **200.0 (1.0)** diverged |\n",
		"| c | not measured | 300.0 (1.0) |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the table lacks %q:\n%s", want, got)
		}
	}
}
