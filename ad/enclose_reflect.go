package ad

import (
	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// encloseReflect encloses reflections as project has them: vectors too short or too long
// stand for none.
func encloseReflect(e *Enclosure, n *node, y []taylor.Model) {
	copy(y, e.in(n, 1))
	reflectModels(e.in(n, 0), n, y)
}

func reflectModels(h []taylor.Model, n *node, y []taylor.Model) {
	walk(len(h)/len(y), n.scale > 0, func(i int) {
		v := h[i*len(y):][:len(y)]
		square, along := taylor.Constant(0), taylor.Constant(0)
		for j := range v {
			s, a := taylor.Square(&v[j]), taylor.Mul(&v[j], &y[j])
			square, along = taylor.Add(&square, &s), taylor.Add(&along, &a)
		}
		// The thresholds as the types round them: within 1e-6 of themselves.
		surely := interval.Interval{Lo: 1e-12 * (1 + 1e-6), Hi: 1e36 * (1 - 1e-6)}
		maybe := interval.Interval{Lo: 1e-12 * (1 - 1e-6), Hi: 1e36 * (1 + 1e-6)}
		r := square.Range()
		if r.Hi <= maybe.Lo || r.Lo >= maybe.Hi {
			return
		}
		over := taylor.Reciprocal(&square)
		b := taylor.Mul(&along, &over)
		b = taylor.Linear(&b, 2, 0)
		for j := range y {
			step := taylor.Mul(&b, &v[j])
			z := taylor.Sub(&y[j], &step)
			if !r.Within(surely) {
				z = taylor.Either(&z, &y[j])
			}
			y[j] = z
		}
	})
}

// tangentReflect takes vectors that do not depend on the point.
func tangentReflect(t *TangentEnclosure, n *node, _, dy []taylor.Model) {
	copy(dy, t.moves(n, 1))
	if !still(t.moves(n, 0)) {
		for j := range dy {
			dy[j] = taylor.Unknown()
		}
		return
	}
	reflectModels(t.in(n, 0), n, dy)
}
