package ad

import (
	"slices"

	"flowcert/internal/kernel"
)

// Config says what a program is compiled for.
type Config struct {
	// Panels is the tile: a run takes up to Panels*kernel.Lanes rows. 0 means 4,
	// or 8 where a layer is so wide that reading its weights for each tile counts.
	Panels int
	// Gradient prepares the backward pass to the parameters.
	Gradient bool
	// InputGradient prepares it to the inputs as well.
	InputGradient bool
}

// Program is a recording compiled for one floating-point type. The program holds
// what all workers share, the weights; each worker runs it in an Arena of its own.
type Program[T kernel.Float] struct {
	kernels  *kernel.Set[T]
	nodes    []node
	params   []*Param
	inputs   []int
	outputs  []int
	panels   int
	forward  []step[T]
	backward []step[T]
	needs    []bool // by node: the backward pass reaches it
	weights  [][]T
	packed   []packing[T]
	packs    []int         // by node: the packing of a dense layer
	subs     []*Program[T] // by node: what a solver evaluates
	means    []*average[T] // by node
	scratch  int           // length of the longest scratch
	widest   int           // outputs of the widest piece of a masked layer
	shared   []bool        // by parameter: more than one step of the backward pass adds to its gradient
}

// wide is the number of outputs from which a layer's weights (1 MiB and more, if it
// has as many inputs) do not stay in the second-level cache beside a tile's values.
const wide = 512

// step runs one node in one direction.
type step[T kernel.Float] struct {
	run func(*Arena[T], *step[T])
	n   *node
	id  int
	// Backward only: whether each input's gradient is wanted, and added to
	// what is there already or written first.
	want, add []bool
	// masked is whether the gradient of this ReLU layer comes with the mask
	// applied; maskInput is whether this layer applies it for its input.
	masked, maskInput bool
	// lo to hi-1 are the columns of the node's gradient to clear.
	lo, hi int
}

// Compile prepares the computation of outputs with the given kernels. The
// program reads the parameters' data once; call Update after changing them.
func Compile[T kernel.Float](k *kernel.Set[T], t *Tape, c Config, outputs ...Value) *Program[T] {
	return compile(k, t, c, nil, outputs)
}

// compile makes a program whose parameters' data are those of another program, from,
// where that has them.
func compile[T kernel.Float](k *kernel.Set[T], t *Tape, c Config, from *Program[T], outputs []Value) *Program[T] {
	p := &Program[T]{
		kernels: k,
		nodes:   append([]node(nil), t.nodes...),
		params:  t.params,
		inputs:  t.inputs,
		panels:  c.Panels,
		weights: make([][]T, len(t.params)),
		packs:   make([]int, len(t.nodes)),
		subs:    make([]*Program[T], len(t.nodes)),
		means:   make([]*average[T], len(t.nodes)),
		shared:  make([]bool, len(t.params)),
	}
	if p.panels == 0 {
		p.panels = t.tile()
	}
	for _, v := range outputs {
		p.outputs = append(p.outputs, v.id)
	}
	used := p.reachable()
	rules := rulesOf[T]()
	for id := range p.nodes {
		if run := rules[p.nodes[id].kind].forward; used[id] && run != nil {
			p.forward = append(p.forward, step[T]{run: run, n: &p.nodes[id], id: id})
		}
	}
	for i, param := range p.params {
		if own, ok := any(param.Data).([]T); ok {
			p.weights[i] = own
		} else if at := from.param(param); at >= 0 {
			p.weights[i] = from.weights[at]
		} else {
			p.weights[i] = make([]T, len(param.Data))
		}
	}
	for id := range p.nodes {
		n := &p.nodes[id]
		if n.kind == opSolve && used[id] {
			p.subs[id] = p.subProgram(n)
		}
		if n.kind == opAverage && used[id] {
			p.means[id] = p.newAverage(n, c.Gradient || c.InputGradient)
		}
	}
	p.planPacking(t, used, c.Gradient || c.InputGradient)
	if c.Gradient || c.InputGradient {
		p.planBackward(used, c.InputGradient)
	}
	p.Update()
	return p
}

// param returns the index of a parameter, or -1.
func (p *Program[T]) param(param *Param) int {
	if p == nil {
		return -1
	}
	return slices.Index(p.params, param)
}

// tile returns the number of panels that suits the recording.
func (t *Tape) tile() int {
	for i := range t.nodes {
		if t.nodes[i].kind == opDense && t.nodes[i].cols >= wide {
			return 8
		}
	}
	return 4
}

// reachable marks the nodes that the outputs depend on.
func (p *Program[T]) reachable() []bool {
	used := make([]bool, len(p.nodes))
	for _, id := range p.outputs {
		used[id] = true
	}
	for id := len(p.nodes) - 1; id >= 0; id-- {
		if used[id] {
			used[p.nodes[id].root] = true
			for _, in := range p.nodes[id].in {
				used[in] = true
			}
		}
	}
	return used
}

// Update makes the program see changed parameters. No arena may be running.
func (p *Program[T]) Update() {
	for i, param := range p.params {
		if _, own := any(param.Data).([]T); !own {
			for j, x := range param.Data {
				p.weights[i][j] = T(x)
			}
		}
	}
	for i := range p.packed {
		p.Pack(i)
	}
	for _, sub := range p.subs {
		if sub != nil {
			sub.Update()
		}
	}
	for _, v := range p.means {
		if v != nil {
			v.update()
		}
	}
}

// Rows returns the number of rows of a tile.
func (p *Program[T]) Rows() int { return p.panels * kernel.Lanes }

// OutputCols returns the number of columns of each output.
func (p *Program[T]) OutputCols() []int {
	var cols []int
	for _, id := range p.outputs {
		cols = append(cols, p.nodes[id].cols)
	}
	return cols
}

// planBackward orders the backward steps. The order in which gradients are
// written is known beforehand, so the first writer of each column assigns and
// the others add; nothing is cleared that is going to be assigned.
func (p *Program[T]) planBackward(used []bool, inputs bool) {
	p.needs = make([]bool, len(p.nodes))
	consumers := make([][]int, len(p.nodes))
	for id := range p.nodes {
		n := &p.nodes[id]
		p.needs[id] = n.weight >= 0 || n.bias >= 0 || n.kind == opAverage || (inputs && n.kind == opInput)
		for _, in := range n.in {
			p.needs[id] = p.needs[id] || p.needs[in]
			if used[id] {
				consumers[in] = append(consumers[in], id)
			}
		}
		if n.kind == opDetach || n.kind == opSolve {
			p.needs[id] = false
		}
	}
	written := make([][]bool, len(p.nodes)) // by storage root and column
	for id, n := range p.nodes {
		if n.root == id {
			written[id] = make([]bool, n.cols)
		}
	}
	for _, id := range p.outputs {
		p.claim(written, id)
		consumers[id] = append(consumers[id], -1)
	}
	for i, shared := range p.shared {
		if shared {
			p.backward = append(p.backward, step[T]{run: clearParam[T], id: i})
		}
	}
	rules := rulesOf[T]()
	for id := len(p.nodes) - 1; id >= 0; id-- {
		n := &p.nodes[id]
		run := rules[n.kind].backward
		if !used[id] || !p.needs[id] || n.kind == opSlice || n.kind == opBuffer {
			continue
		}
		if n.kind == opInput {
			p.clearRest(written, id)
			continue
		}
		if run == nil || !p.touched(written, id) {
			continue
		}
		p.clearRest(written, id)
		s := step[T]{run: run, n: n, id: id, want: make([]bool, len(n.in)), add: make([]bool, len(n.in))}
		for i, in := range n.in {
			if s.want[i] = p.needs[in]; !s.want[i] {
				continue
			}
			if s.add[i] = p.touched(written, in); s.add[i] {
				p.clearRest(written, in)
			}
			p.claim(written, in)
		}
		s.masked = n.kind == opDense && n.activation == kernel.ReLU && p.maskedBy(consumers[id])
		s.maskInput = n.kind == opDense && p.isReLU(n.in[0]) && p.maskedBy(consumers[n.in[0]])
		p.backward = append(p.backward, s)
	}
}

func (p *Program[T]) isReLU(id int) bool {
	return p.nodes[id].kind == opDense && p.nodes[id].activation == kernel.ReLU
}

// maskedBy reports whether a ReLU layer's gradient comes from one dense layer
// alone, which then applies the ReLU's mask as it writes.
func (p *Program[T]) maskedBy(consumers []int) bool {
	return len(consumers) == 1 && consumers[0] >= 0 && p.nodes[consumers[0]].kind == opDense
}

// columns returns the storage columns of a node.
func (p *Program[T]) columns(written [][]bool, id int) []bool {
	n := &p.nodes[id]
	return written[n.root][n.first : n.first+n.cols]
}

func (p *Program[T]) touched(written [][]bool, id int) bool {
	for _, w := range p.columns(written, id) {
		if w {
			return true
		}
	}
	return false
}

func (p *Program[T]) claim(written [][]bool, id int) {
	for i := range p.columns(written, id) {
		p.columns(written, id)[i] = true
	}
}

// clearRest adds steps that clear the columns of a gradient which nothing wrote.
func (p *Program[T]) clearRest(written [][]bool, id int) {
	columns := p.columns(written, id)
	for lo := 0; lo < len(columns); lo++ {
		if columns[lo] {
			continue
		}
		hi := lo
		for hi < len(columns) && !columns[hi] {
			columns[hi] = true
			hi++
		}
		p.backward = append(p.backward, step[T]{run: clearGradient[T], n: &p.nodes[id], id: id, lo: lo, hi: hi})
	}
}

func clearGradient[T kernel.Float](a *Arena[T], s *step[T]) {
	g := a.gradients[s.id]
	for q := range g.Panels {
		clear(g.Panel(q)[s.lo*kernel.Lanes : s.hi*kernel.Lanes])
	}
}

// clearParam clears a parameter's gradient before a slot's first tile.
func clearParam[T kernel.Float](a *Arena[T], s *step[T]) {
	if a.slot.fresh {
		clear(a.slot.Arrays[s.id])
	}
}
