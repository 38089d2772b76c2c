package main

import (
	"strings"
	"testing"
)

func TestParseLine(t *testing.T) {
	const step = "BenchmarkStep/model=realnvp/D=2/batch=256/h=64/workers=1"
	for name, c := range map[string]struct {
		out  string
		want float64
		err  string
	}{
		"go":      {out: "goos: linux\ncpu: a b c ns/op\n" + step + "-2 \t 20\t 612345.5 ns/op\t 12 B/op\t 0 allocs/op\nPASS\n", want: 612345.5},
		"peer":    {out: "peer: torch 1.13.0, zuko 1.1\n" + step + "\t60\t15772909 ns/op\n", want: 15772909},
		"none":    {out: "PASS\n", err: "found 0"},
		"two":     {out: step + " 1 5 ns/op\n" + step + " 1 6 ns/op\n", err: "found 2"},
		"skipped": {out: step + "\n--- SKIP\n", err: "found 0"},
		"text":    {out: step + " 1 much ns/op\n", err: `"much"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseLine([]byte(c.out))
			switch {
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("error %v, want one with %q", err, c.err)
			case c.err == "" && (err != nil || got != c.want):
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestParseSize(t *testing.T) {
	if got, err := parseSize("43/512/256"); err != nil || got != (size{43, 512, 256}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "2", "2/256", "2/256/64/1", "2/256/x", "2/0/64"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

// TestTable has each side fastest with another number of threads, an even and an
// odd number of rounds, and rows with and without a target.
func TestTable(t *testing.T) {
	rows := []row{
		{"Step", "realnvp", size{2, 256, 64}, samples{"1": {9e5, 8e5, 7e5}, "2": {6e5, 4e5, 5e5}}, samples{"1": {14e6, 16e6}, "2": {20e6, 10e6, 30e6}}},
		{"Sample", "maf", size{43, 512, 512}, samples{"1": {2e8}}, samples{"1": {19e9}, "1+2": {18e9}}},
		{"Sample", "maf", size{21, 256, 256}, samples{"1": {2e8}}, samples{"1": {1e8}}},
	}
	const want = `
benchmark                              flowcert ms                 peer ms        ratio  target
Step/model=realnvp/D=2/batch=256/h=64  0.50 (0.40..0.60) @2        15.00 @1       30.0x  20x
Sample/model=maf/D=43/batch=512/h=512  200.00 (200.00..200.00) @1  18000.00 @1+2  90.0x  80x
Sample/model=maf/D=21/batch=256/h=256  200.00 (200.00..200.00) @1  100.00 @1      0.5x   
`
	var got strings.Builder
	if err := writeTable(&got, rows); err != nil {
		t.Fatal(err)
	}
	if got.String() != want[1:] {
		t.Errorf("got\n%swant\n%s", got.String(), want[1:])
	}
}

func TestTargets(t *testing.T) {
	for name, c := range map[string]struct {
		row  row
		want string
	}{
		"spline step":      {row{benchmark: "Step", model: "spline-coupling", size: size{21, 256, 256}}, "3.5x"},
		"realnvp density":  {row{benchmark: "LogDensity", model: "realnvp", size: size{43, 512, 512}}, "2.2x"},
		"realnvp sampling": {row{benchmark: "Sample", model: "realnvp", size: size{43, 512, 512}}, ""},
		"another size":     {row{benchmark: "Step", model: "realnvp", size: size{3, 256, 64}}, ""},
	} {
		if got := c.row.target(); got != c.want {
			t.Errorf("%s: target %q, want %q", name, got, c.want)
		}
	}
}
