package ad

import (
	"math"
	"unsafe"

	"flowcert/internal/kernel"
)

// Increasing records an elementwise map of x that depends on the columns of h too:
// column i of y increases strictly with column i of x, without bounds, and does not
// depend on the other columns of x; logSlope is the logarithm of its derivative. It
// is called several times, on other tapes too, and must record the same each time.
type Increasing func(t *Tape, x, h Value) (y, logSlope Value)

// Solve records the x for which f(x, h) = z, found for each entry by Newton's method
// inside a bracket that only shrinks, to the precision of the type. Where there is no
// such number, or f is not increasing, an entry may be NaN. Gradients reach z, h and
// f's parameters by the implicit function theorem. h may be absent.
func (t *Tape) Solve(z, h Value, f Increasing) Value {
	sub := NewTape()
	var subH Value
	in := []Value{z}
	x := sub.Input(z.cols)
	if h.Present() {
		in, subH = append(in, h), sub.Input(h.cols)
	}
	y, l := f(sub, x, subH)
	root := t.record(node{kind: opSolve, cols: z.cols, sub: sub, outputs: [2]int{y.id, l.id}}, in...)
	y, l = f(t, root, h)
	return t.record(node{kind: opImplicit, cols: z.cols}, root, z, y, t.Detach(l))
}

// subProgram compiles what a node of the kind opSolve runs.
func (p *Program[T]) subProgram(n *node) *Program[T] {
	y, l := n.sub.value(n.outputs[0]), n.sub.value(n.outputs[1])
	return compile(p.kernels, n.sub, Config{Panels: p.panels}, p, []Value{y, l})
}

// solver finds the roots of one tile.
type solver[T kernel.Float] struct {
	arena *Arena[T]
	roots []bracket[T]
}

// bracket is what is known of one root.
type bracket[T kernel.Float] struct {
	low, high    T // the root lies between
	last, before T // the distance of the two, one and two evaluations ago
	reach        T // how far to go next while one side is open
	done         bool
}

func (a *Arena[T]) newSolver(p *Program[T], cols int) *solver[T] {
	s := &solver[T]{arena: p.NewArena(), roots: make([]bracket[T], a.program.panels*cols*kernel.Lanes)}
	a.bytes += s.arena.bytes + int64(len(s.roots))*int64(unsafe.Sizeof(bracket[T]{}))
	return s
}

// evaluations bounds how often f is evaluated: Newton's method takes ten or so, the
// steps outwards of a float64 at most 1024, and halving the bracket at most every
// other time of twice as many.
const evaluations = 5000

func solve[T kernel.Float](a *Arena[T], st *step[T]) {
	s, root, z := a.solvers[st.id], a.values[st.id], a.values[st.n.in[0]]
	x := s.arena.Input(0)
	for q := range z.Panels {
		copy(x.Panel(q), z.Panel(q))
		for i, in := range st.n.in[1:] {
			copy(s.arena.Input(1+i).Panel(q), a.values[in].Panel(q))
		}
	}
	infinity := T(math.Inf(1))
	for i := range s.roots {
		s.roots[i] = bracket[T]{low: -infinity, high: infinity, last: infinity, before: infinity, reach: 1}
	}
	for range evaluations {
		s.arena.Forward(z.Panels)
		if s.improve(x, z) {
			break
		}
	}
	for q := range z.Panels {
		to, from := root.Panel(q), x.Panel(q)
		for j, v := range from {
			if !s.roots[q*len(from)+j].done {
				v = T(math.NaN())
			}
			to[j] = v
		}
	}
}

// improve moves every entry that is not done, given f at x, and reports whether all
// are done.
func (s *solver[T]) improve(x, z kernel.Block[T]) bool {
	all := true
	y, l := s.arena.Output(0), s.arena.Output(1)
	for q := range z.Panels {
		xq, zq, yq, lq := x.Panel(q), z.Panel(q), y.Panel(q), l.Panel(q)
		for j, v := range xq {
			b := &s.roots[q*len(xq)+j]
			if b.done {
				continue
			}
			xq[j] = b.next(v, yq[j]-zq[j], lq[j])
			all = all && b.done
		}
	}
	return all
}

// next returns where to try after x, at which f exceeds z by excess.
func (b *bracket[T]) next(x, excess, logSlope T) T {
	switch {
	case excess > 0:
		b.high = x
	case excess < 0:
		b.low = x
	default: // the root, or a NaN that no other x would put right
		b.done = true
		return x + excess
	}
	newton := x - excess*T(math.Exp(-float64(logSlope)))
	inside := newton > b.low && newton < b.high
	if math.IsInf(float64(b.high-b.low), 0) {
		return b.outwards(x, newton, excess > 0, inside)
	}
	middle := b.low + (b.high-b.low)/2
	if !(middle > b.low && middle < b.high) { // the two are neighbours
		b.done = true
		return x
	}
	switch far := newton + (newton - x); {
	case newton == x:
		b.done = true
	case !inside || b.high-b.low > b.before/2: // halved at least every other time
		newton = middle
	case max(newton-x, x-newton) < (b.high-b.low)/16 && far > b.low && far < b.high:
		newton = far // a little beyond the root, so that the other side closes in too
	}
	b.last, b.before = b.high-b.low, b.last
	return newton
}

// outwards returns where to try while the root is only known to lie below x, if down,
// or above: as Newton's method says, but at least as far as the reach.
func (b *bracket[T]) outwards(x, newton T, down, inside bool) T {
	reach := b.reach
	b.reach *= 2
	if down {
		reach = -reach
	}
	if far := x + reach; !inside || down == (newton > far) {
		newton = far
	}
	if math.IsInf(float64(newton), 0) {
		b.done = true
		newton = T(math.NaN())
	}
	return newton
}

// implicit is the root; see implicitBackward.
func implicit[T kernel.Float](a *Arena[T], s *step[T]) {
	y, root := a.values[s.id], a.values[s.n.in[0]]
	for q := range y.Panels {
		copy(y.Panel(q), root.Panel(q))
	}
}

// implicitBackward follows from f(x, h) = z: dx = (dz - df)/slope, where df is what
// changes f at fixed x.
func implicitBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	g, l := a.gradients[s.id], a.values[s.n.in[3]]
	for i, sign := range []T{1: 1, 2: -1} {
		if sign == 0 || !s.want[i] {
			continue
		}
		d := a.gradients[s.n.in[i]]
		for q := range d.Panels {
			dq, gq, lq := d.Panel(q), g.Panel(q), l.Panel(q)
			for j := range dq {
				v := sign * gq[j] * T(math.Exp(-float64(lq[j])))
				if s.add[i] {
					v += dq[j]
				}
				dq[j] = v
			}
		}
	}
}
