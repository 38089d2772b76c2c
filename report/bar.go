package report

import (
	"math"
	"strings"

	"flowcert/cert"
)

// letters are the grades from best to worst.
const letters = "ABCDE"

// outermost is how near the outer edge of A and E a marker may come, in cells.
const outermost = 0.12

// position returns where v lies on the bar of a grading, in cells: 0 is the
// outer edge of A and 5 that of E. Between borders that span a factor of 8 or
// more, in the direction of worse, it is logarithmic. A and E have no outer
// border; they are drawn as wide as their neighbours, and what lies farther out
// is drawn at their edge.
func position(g cert.Grading, v float64) float64 {
	axis := g.Borders
	if g.Better == "higher" {
		v = -v
		for i := range axis {
			axis[i] = -axis[i]
		}
	}
	if axis[0] > 0 && axis[3] >= 8*axis[0] {
		v = math.Log(max(v, math.SmallestNonzeroFloat64))
		for i := range axis {
			axis[i] = math.Log(axis[i])
		}
	}
	k := 0 // the stretch of axis that v lies in or next to
	for k < 2 && v > axis[k+1] {
		k++
	}
	at := float64(k+1) + (v-axis[k])/(axis[k+1]-axis[k])
	return min(max(at, outermost), 5-outermost)
}

// cells returns the indices of the letters of a grade such as "B" or "A–C". ok
// is false where it is not one.
func cells(grade string) (first, last int, ok bool) {
	best, worst, ranged := strings.Cut(grade, "–")
	if !ranged {
		worst = best
	}
	if len(best) != 1 || len(worst) != 1 {
		return 0, 0, false
	}
	first, last = strings.Index(letters, best), strings.Index(letters, worst)
	return first, last, 0 <= first && first <= last
}
