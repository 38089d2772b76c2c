package proof

import (
	"math"

	"flowcert/internal/interval"
	"flowcert/internal/taylor"
)

// product returns a b, square matrices by rows.
func product(a, b []taylor.Model, dim int) []taylor.Model {
	c := make([]taylor.Model, dim*dim)
	for i := range dim {
		for k := range dim {
			if a[i*dim+k] == (taylor.Model{}) {
				continue
			}
			for j := range dim {
				if b[k*dim+j] == (taylor.Model{}) {
					continue
				}
				term := taylor.Mul(&a[i*dim+k], &b[k*dim+j])
				c[i*dim+j] = taylor.Add(&c[i*dim+j], &term)
			}
		}
	}
	return c
}

func identity(dim int) []taylor.Model {
	m := make([]taylor.Model, dim*dim)
	for i := range dim {
		m[i*dim+i] = taylor.Constant(1)
	}
	return m
}

// absolute returns an interval that contains the absolute values of i's numbers.
func absolute(i interval.Interval) interval.Interval {
	if i.Contains(0) {
		return interval.Interval{Lo: 0, Hi: i.Magnitude()}
	}
	return interval.Interval{Lo: min(math.Abs(i.Lo), math.Abs(i.Hi)), Hi: i.Magnitude()}
}

// largestSingular bounds the largest singular value of a matrix by rows: it is at most Hi
// for all matrices that are enclosed, and at least Lo.
func largestSingular(j []taylor.Model, dim int) interval.Interval {
	// The matrix J^T J, whose largest eigenvalue is the square and at least each entry of
	// the diagonal.
	g := make([]interval.Interval, dim*dim)
	least := 0.0
	for a := range dim {
		for b := range dim {
			sum := taylor.Constant(0)
			for k := range dim {
				product := taylor.Mul(&j[k*dim+a], &j[k*dim+b])
				sum = taylor.Add(&sum, &product)
			}
			if !sum.Known() {
				return nothing()
			}
			g[a*dim+b] = sum.Range()
		}
		least = max(least, g[a*dim+a].Lo)
	}
	return interval.Interval{Lo: interval.Point(least).Sqrt().Lo, Hi: interval.Point(largestEigenvalue(g, dim)).Sqrt().Hi}
}

// largestEigenvalue returns a number that no eigenvalue exceeds of the positive
// semidefinite matrices in g: the trace of one row, the formula of two, and of three rows
// G the 64th root of the Frobenius norm of G^64, which is at most 1 % too large.
func largestEigenvalue(g []interval.Interval, dim int) float64 {
	half := interval.Point(0.5)
	trace := interval.Point(0)
	for a := range dim {
		trace = trace.Add(g[a*dim+a])
	}
	switch {
	case dim == 1, !(trace.Hi > 0x1p-200 && trace.Hi < 0x1p200):
		return max(trace.Hi, 0)
	case dim == 2:
		h, b := absolute(g[0].Sub(g[3]).Mul(half)), absolute(g[1])
		apart := interval.Point(h.Hi).Mul(interval.Point(h.Hi)).Add(interval.Point(b.Hi).Mul(interval.Point(b.Hi)))
		return min(trace.Hi, trace.Mul(half).Add(interval.Point(apart.Hi).Sqrt()).Hi)
	}
	const squarings = 6
	scale := interval.Point(trace.Hi)
	power := make([]interval.Interval, len(g))
	for i := range g {
		power[i] = g[i].Div(scale)
	}
	for range squarings {
		next := make([]interval.Interval, len(g))
		for a := range dim {
			for b := range dim {
				for k := range dim {
					next[a*dim+b] = next[a*dim+b].Add(power[a*dim+k].Mul(power[k*dim+b]))
				}
			}
		}
		power = next
	}
	norm := interval.Point(0)
	for _, v := range power {
		m := interval.Point(v.Magnitude())
		norm = norm.Add(m.Mul(m))
	}
	norm = interval.Point(norm.Hi)
	for range squarings + 1 { // the first one is that of the norm
		norm = norm.Sqrt()
	}
	return min(trace.Hi, norm.Mul(scale).Hi)
}

// inverseOf returns the inverses of the matrices that j encloses, by rows: unknown where one
// may be singular.
func inverseOf(j []taylor.Model, dim int) []taylor.Model {
	if dim > taylor.MaxVariables {
		return eliminated(j, dim)
	}
	inverse, determinant := adjugate(j, dim)
	over := taylor.Reciprocal(&determinant)
	for i := range inverse {
		inverse[i] = taylor.Mul(&inverse[i], &over)
	}
	return inverse
}

// adjugate returns the determinant of a matrix by rows and its inverse times that.
func adjugate(j []taylor.Model, dim int) (a []taylor.Model, determinant taylor.Model) {
	if dim == 1 {
		return []taylor.Model{taylor.Constant(1)}, j[0]
	}
	a = make([]taylor.Model, dim*dim)
	if dim == 2 {
		a[0], a[1], a[2], a[3] = j[3], taylor.Neg(&j[1]), taylor.Neg(&j[2]), j[0]
	} else {
		for r := range dim { // cofactors by cyclic rows and columns, which carry no sign
			for c := range dim {
				r1, r2, c1, c2 := (r+1)%3, (r+2)%3, (c+1)%3, (c+2)%3
				x, y := taylor.Mul(&j[r1*3+c1], &j[r2*3+c2]), taylor.Mul(&j[r1*3+c2], &j[r2*3+c1])
				a[c*3+r] = taylor.Sub(&x, &y)
			}
		}
	}
	for k := range dim {
		product := taylor.Mul(&j[k], &a[k*dim])
		determinant = taylor.Add(&determinant, &product)
	}
	return a, determinant
}

// eliminated returns the inverses by elimination in intervals (Neumaier, Interval Methods
// for Systems of Equations, 1990, section 4.5). The pivot is in the row with the fewest
// entries that are left, so that triangular matrices in whatever order of rows and columns
// are solved by substitution, and of those the entry farthest from 0.
func eliminated(j []taylor.Model, dim int) []taylor.Model {
	zero := interval.Point(0)
	width := 2 * dim
	a := make([]interval.Interval, dim*width) // the matrix and, beside it, the unit matrix
	for r := range dim {
		for c := range dim {
			a[r*width+c] = zero
			if j[r*dim+c] != (taylor.Model{}) {
				a[r*width+c] = j[r*dim+c].Range()
			}
			a[r*width+dim+c] = zero
		}
		a[r*width+dim+r] = interval.Point(1)
	}
	rowOf := make([]int, dim) // by column, the row of its pivot
	done := make([]bool, dim) // rows
	taken := make([]bool, dim)
	for range dim {
		row, column := pivot(a, done, taken, width)
		if row < 0 {
			unknown := make([]taylor.Model, dim*dim)
			for i := range unknown {
				unknown[i] = taylor.Unknown()
			}
			return unknown
		}
		rowOf[column], done[row], taken[column] = row, true, true
		p := a[row*width:][:width]
		scale := p[column]
		for c := range p {
			if p[c] != zero {
				p[c] = p[c].Div(scale)
			}
		}
		p[column] = interval.Point(1)
		for r := range dim {
			q := a[r*width:][:width]
			f := q[column]
			if r == row || f == zero {
				continue
			}
			for c := range q {
				if p[c] != zero {
					q[c] = q[c].Sub(f.Mul(p[c]))
				}
			}
			q[column] = zero
		}
	}
	inverse := make([]taylor.Model, dim*dim)
	for c, row := range rowOf {
		for k := range dim {
			if v := a[row*width+dim+k]; v != zero {
				inverse[c*dim+k] = taylor.Between(v)
			}
		}
	}
	return inverse
}

// pivot returns where the next one is, or -1.
func pivot(a []interval.Interval, done, taken []bool, width int) (row, column int) {
	row, column = -1, -1
	fewest, farthest := math.MaxInt, 0.0
	for r := range done {
		if done[r] {
			continue
		}
		entries, best, at := 0, 0.0, -1
		for c := range taken {
			if v := a[r*width+c]; !taken[c] && v != interval.Point(0) {
				entries++
				if least := absolute(v).Lo; least > best && !v.Contains(0) {
					best, at = least, c
				}
			}
		}
		if at >= 0 && (entries < fewest || entries == fewest && best > farthest) {
			row, column, fewest, farthest = r, at, entries, best
		}
	}
	return row, column
}
