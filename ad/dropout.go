package ad

import (
	"flowcert/internal/kernel"
	"flowcert/internal/random"
)

// Dropout records x with each entry set to 0 with probability rate and multiplied by
// 1/(1-rate) otherwise (Srivastava et al., Dropout, 2014), in programs that are
// compiled with Gradient; in all others it is x. Which entries depends on the arena's
// key alone.
func (t *Tape) Dropout(x Value, rate float64) Value {
	return t.record(node{kind: opDropout, cols: x.cols, scale: rate}, x)
}

// SetKey chooses the entries that dropout leaves in the next runs: those of a tile in
// a step of a training with a seed.
func (a *Arena[T]) SetKey(seed, step, tile uint64) {
	a.key = scramble(scramble(scramble(seed)+step) + tile)
}

// scramble gives unrelated numbers for those that follow one another, 0 among them.
func scramble(z uint64) uint64 { return random.Mix(z + 0x9e3779b97f4a7c15) }

// kept returns what entry i of the step's value is multiplied with.
func (a *Arena[T]) kept(s *step[T], i int) T {
	if a.program.needs == nil {
		return 1
	}
	uniform := float64(scramble(scramble(a.key+uint64(s.id))+uint64(i))>>11) * 0x1p-53
	if uniform < s.n.scale {
		return 0
	}
	return T(1 / (1 - s.n.scale))
}

func dropout[T kernel.Float](a *Arena[T], s *step[T]) {
	y, x := a.values[s.id], a.values[s.n.in[0]]
	for q := range y.Panels {
		yq, xq := y.Panel(q), x.Panel(q)
		for j, v := range xq {
			yq[j] = v * a.kept(s, q*len(xq)+j)
		}
	}
}

func dropoutBackward[T kernel.Float](a *Arena[T], s *step[T]) {
	g, d := a.gradients[s.id], a.gradients[s.n.in[0]]
	for q := range d.Panels {
		gq, dq := g.Panel(q), d.Panel(q)
		for j, v := range gq {
			v *= a.kept(s, q*len(gq)+j)
			if s.add[0] {
				v += dq[j]
			}
			dq[j] = v
		}
	}
}
