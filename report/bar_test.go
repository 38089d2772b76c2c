package report

import (
	"math"
	"testing"

	"flowcert/cert"
)

// TestPosition checks on every grading of the scale that borders lie between
// their cells, that worse values lie farther right, and that nothing leaves the
// bar.
func TestPosition(t *testing.T) {
	scale, _ := cert.CurrentScale()
	for _, g := range scale.Grades {
		for i, border := range g.Borders {
			// A border is mapped by a ratio of logarithms, each good to an ulp or two.
			if got := position(g, border); math.Abs(got-float64(i+1)) > 1e-12 {
				t.Errorf("%s: border %v lies at %v, want %d", g.Row, border, got, i+1)
			}
		}
		worse := 1.1
		if g.Better == "higher" {
			worse = 1 / worse
		}
		last := 0.0
		for v := g.Borders[0] / math.Pow(worse, 20); last < 4.8; v *= worse {
			at := position(g, v)
			if at < last {
				t.Fatalf("%s: %v lies at %v, left of better values", g.Row, v, at)
			}
			if last = at; g.Better == "higher" && v < 1e-6 {
				break
			}
		}
		for _, v := range []float64{math.Inf(-1), -1e300, -1, 0, 1e300, math.Inf(1)} {
			if at := position(g, v); at < outermost || at > 5-outermost {
				t.Errorf("%s: %v lies at %v, outside of the bar", g.Row, v, at)
			}
		}
	}
}

func TestCells(t *testing.T) {
	for _, c := range []struct {
		grade       string
		first, last int
		ok          bool
	}{
		{"A", 0, 0, true}, {"E", 4, 4, true}, {"B–D", 1, 3, true},
		{"", 0, 0, false}, {"F", 0, 0, false}, {"D–B", 0, 0, false}, {"AB", 0, 0, false}, {"A–", 0, 0, false},
	} {
		first, last, ok := cells(c.grade)
		if ok != c.ok || ok && (first != c.first || last != c.last) {
			t.Errorf("cells(%q) = %d, %d, %v, want %d, %d, %v", c.grade, first, last, ok, c.first, c.last, c.ok)
		}
	}
}
