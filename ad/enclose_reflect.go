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

// reflectModels multiplies y with the matrix of all reflections. Of a matrix the rows sum to
// at most the root of their length, which is how much wider y becomes; one reflection after
// the other would make it wider by that each time.
func reflectModels(h []taylor.Model, n *node, y []taylor.Model) {
	matrix := make([][]taylor.Model, len(y)) // by columns
	for j := range matrix {
		matrix[j] = make([]taylor.Model, len(y))
		matrix[j][j] = taylor.Constant(1)
	}
	walk(len(h)/len(y), n.scale > 0, func(i int) {
		r := reflection(h[i*len(y):][:len(y)])
		for j := range matrix {
			matrix[j] = combine(r, matrix[j])
		}
	})
	copy(y, combine(matrix, y))
}

// combine returns the sum of the columns, each times its entry of x.
func combine(columns [][]taylor.Model, x []taylor.Model) []taylor.Model {
	y := make([]taylor.Model, len(x))
	for j, column := range columns {
		for i := range column {
			term := taylor.Mul(&column[i], &x[j])
			y[i] = taylor.Add(&y[i], &term)
		}
	}
	return y
}

// reflection returns the columns of 1 - 2 v v^T/(v^T v).
func reflection(v []taylor.Model) [][]taylor.Model {
	// The thresholds as the types round them: within 1e-6 of themselves.
	surely := interval.Interval{Lo: 1e-12 * (1 + 1e-6), Hi: 1e36 * (1 - 1e-6)}
	maybe := interval.Interval{Lo: 1e-12 * (1 - 1e-6), Hi: 1e36 * (1 + 1e-6)}
	square := taylor.Constant(0)
	for j := range v {
		s := taylor.Square(&v[j])
		square = taylor.Add(&square, &s)
	}
	length := square.Range()
	none := length.Hi <= maybe.Lo || length.Lo >= maybe.Hi
	over := taylor.Reciprocal(&square)
	columns := make([][]taylor.Model, len(v))
	for j := range v {
		columns[j] = make([]taylor.Model, len(v))
		for i := range v {
			var stays taylor.Model
			if i == j {
				stays = taylor.Constant(1)
			}
			z := taylor.Mul(&v[i], &v[j])
			z = taylor.Mul(&z, &over)
			z = taylor.Linear(&z, -2, 0)
			z = taylor.Add(&z, &stays)
			if !length.Within(surely) {
				z = taylor.Either(&z, &stays)
			}
			if none {
				z = stays
			}
			columns[j][i] = z
		}
	}
	return columns
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
