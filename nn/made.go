package nn

import (
	"fmt"
	"math"

	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
)

// MADE is a masked network (Germain, Gregor, Murray and Larochelle, MADE, 2015)
// with two properties: group i of its outputs depends on the first i inputs alone,
// and the hidden units are sorted by the number of inputs that they depend on. So a
// mask is a prefix, masked weights cost nothing, and the outputs can be computed
// group by group, as the inputs become known, each unit once.
type MADE struct {
	dim, condition  int
	weights, biases []*ad.Param
	prefixes        [][]int // by layer and unit: how many of the layer's inputs it depends on
	ends            [][]int // by hidden layer and i: the units that depend on at most i inputs
	groupSize       int
	architecture    Architecture
}

func newMADE(name string, seed uint64, dim, condition, groupSize int, a Architecture) *MADE {
	m := &MADE{dim: dim, condition: condition, groupSize: groupSize, architecture: a}
	known := make([]int, dim+1) // by i: the units of the layer below that depend on at most i inputs
	for i := range known {
		known[i] = condition + i
	}
	in := condition + dim
	least := min(1, dim-1) // a unit that depends on nothing would be of no use
	if condition > 0 {
		least = 0
	}
	for _, width := range a.layers() {
		prefix, ends := make([]int, width), make([]int, dim+1)
		for u := range prefix {
			degree := least + u*(dim-least)/width
			prefix[u] = known[degree]
			for i := degree; i <= dim; i++ {
				ends[i] = u + 1
			}
		}
		m.layer(name, seed, width, in, prefix, false)
		m.ends = append(m.ends, ends)
		known, in = ends, width
	}
	prefix := make([]int, dim*groupSize)
	for o := range prefix {
		prefix[o] = known[o/groupSize]
	}
	m.layer(name, seed, len(prefix), in, prefix, true)
	return m
}

func (m *MADE) layer(name string, seed uint64, out, in int, prefix []int, last bool) {
	name = fmt.Sprintf("%s.%d", name, len(m.weights))
	w := ad.NewParam(name+".weight", out, in)
	for r, n := range prefix {
		if last || n == 0 {
			continue
		}
		rng, deviation := random.New(seed, w.Name, 0, uint64(r)), math.Sqrt(2/float64(n))
		for j := range n {
			w.Data[r*in+j] = float32(deviation * rng.NormFloat64())
		}
	}
	m.weights, m.biases = append(m.weights, w), append(m.biases, ad.NewParam(name+".bias", 1, out))
	m.prefixes = append(m.prefixes, prefix)
}

// Apply records all groups of outputs for x, the condition's columns followed by
// the inputs.
func (m *MADE) Apply(t *ad.Tape, x ad.Value) ad.Value {
	return m.architecture.apply(t, x, len(m.weights)-1, func(x ad.Value, i int, a kernel.Activation) ad.Value {
		w := m.weights[i]
		out := t.Buffer(w.Rows)
		ad.InPieces(w.Rows, func(row, rows int) { out.Dense(x, w, m.biases[i], row, rows, m.prefixes[i], a) })
		return out.Slice(0, w.Rows)
	})
}

// sequence is a network whose units are computed as their inputs become known.
type sequence struct {
	m *MADE
	t *ad.Tape
	// in holds the inputs. By layer, dense holds what the dense layer makes, sums what
	// a residual block adds up to, and values what the next layer reads.
	in                  *ad.Buffer
	dense, sums, values []*ad.Buffer
}

// Sequence records the outputs group by group: next is given group i and returns
// input i, on which the later groups depend. The condition may be absent.
func (m *MADE) Sequence(t *ad.Tape, condition ad.Value, next func(i int, group ad.Value) ad.Value) {
	s := sequence{m: m, t: t, in: t.Buffer(m.condition + m.dim)}
	for _, w := range m.weights {
		s.dense, s.sums, s.values = append(s.dense, t.Buffer(w.Rows)), append(s.sums, t.Buffer(w.Rows)), append(s.values, t.Buffer(w.Rows))
	}
	if m.condition > 0 {
		s.in.Put(0, t.SoftClip(condition, inputBound))
	}
	done := make([]int, len(m.ends))
	last := len(m.weights) - 1
	for i := range m.dim {
		for l, ends := range m.ends {
			if done[l] < ends[i] {
				s.extend(l, done[l], ends[i])
				done[l] = ends[i]
			}
		}
		group := s.units(last, i*m.groupSize, (i+1)*m.groupSize, kernel.Identity)
		s.in.Put(m.condition+i, t.SoftClip(next(i, group), inputBound))
	}
}

// extend records units from to to-1 of a hidden layer; see Architecture.apply.
func (s sequence) extend(layer, from, to int) {
	a := s.m.architecture
	if !a.Residual || layer%2 == 1 {
		s.values[layer].Put(from, a.rest(s.t, s.units(layer, from, to, a.fused())))
		return
	}
	sum := s.units(layer, from, to, kernel.Identity)
	if layer > 0 {
		sum = s.t.Add(s.sums[layer-2].Slice(from, to), sum)
	}
	s.sums[layer].Put(from, sum)
	s.values[layer].Put(from, a.activate(s.t, sum))
}

// units records units from to to-1 of a dense layer.
func (s sequence) units(layer, from, to int, a kernel.Activation) ad.Value {
	below := s.in
	if layer > 0 {
		below = s.values[layer-1]
	}
	prefix := s.m.prefixes[layer]
	s.dense[layer].Dense(below.Slice(0, prefix[to-1]), s.m.weights[layer], s.m.biases[layer], from, to-from, prefix, a)
	return s.dense[layer].Slice(from, to)
}

// Params returns weight and bias of every layer, the first layer first.
func (m *MADE) Params() []*ad.Param { return byLayer(m.weights, m.biases) }
