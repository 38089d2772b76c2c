package flow

import (
	"fmt"
	"math"

	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
	"flowcert/setting"
)

// BlockAutoregressive is the block neural autoregressive flow of De Cao, Titov and Aziz
// (Block Neural Autoregressive Flow, 2019): one network of hyperbolic tangents in which
// every column has a number of units of its own, and the units of column i depend on
// those of the columns up to i. Between units of one column the weights are positive,
// so that column i of
//
//	z = e^s x + f(x)
//
// increases with column i of x. The term e^s x is the paper's gated residual, with a
// weight of its own for each column; it is no option here. Without it f, a sum of
// tanh, would be bounded: not onto, and the density would not integrate to 1.
//
// Log-weights of blocks on the diagonal are softly clipped, so all parameters are
// valid. The log-determinant is that of the diagonal blocks, from the logarithms of
// their weights and of the derivatives of tanh. All layers take the condition too.
//
// Forward costs one evaluation of the network, and for each column as many
// multiplications as its blocks have weights. The inverse solves for one column after
// the other, numerically, to full precision; it fails, as NaN, where that fails.
type BlockAutoregressive struct {
	dim, condition int
	layers         []*blockLayer
	logScale       *ad.Param // s
}

// blockLayer is a layer from in to out units for each column. Units of one column lie
// together.
type blockLayer struct {
	in, out int
	// weight and bias are those of a dense layer, in which the units of a column depend
	// on the condition and on the units of earlier columns.
	weight, bias *ad.Param
	prefix       []int
	// blocks are the raw log-weights within columns, first by input, then by column,
	// then by output. They are steepness times as large, softly clipped, from start on.
	blocks           *ad.Param
	start, steepness float64
}

const (
	// blockBound is what log-weights within columns differ by from their start at most,
	// and logarithms of the residual's weights from 0.
	blockBound = 10
	// lastWeight is the sum of the last layer's weights within a column at raw zeros: a
	// flow then starts as the identity to within that. Its log-weights are as steep as
	// makes the sum 1 at raw ones.
	lastWeight = 0.02
)

// NewBlockAutoregressive returns the flow of dim columns with the given number of hidden
// layers, of units for each column. The hidden layers' weights and biases are drawn,
// keyed by seed and name; everything else is zero, and the flow starts near the
// identity.
func NewBlockAutoregressive(name string, seed uint64, dim, condition, units, hidden int) *BlockAutoregressive {
	b := &BlockAutoregressive{dim: dim, condition: condition, logScale: ad.NewParam(name+".log_scale", 1, dim)}
	in := 1
	for i := range hidden + 1 {
		l := &blockLayer{in: in, out: units, start: -math.Log(float64(in)), steepness: 1}
		if i == hidden {
			l.out, l.steepness = 1, -math.Log(lastWeight)
			l.start -= l.steepness
		}
		layer := fmt.Sprintf("%s.%d", name, i)
		l.weight = ad.NewParam(layer+".weight", dim*l.out, condition+dim*in)
		l.bias = ad.NewParam(layer+".bias", 1, dim*l.out)
		l.blocks = ad.NewParam(layer+".blocks", 1, in*dim*l.out)
		for u := range dim * l.out {
			l.prefix = append(l.prefix, condition+u/l.out*in)
		}
		if i < hidden {
			l.draw(seed)
		}
		b.layers = append(b.layers, l)
		in = units
	}
	return b
}

// draw sets starting weights: inputs of unit size then make sums of about unit size,
// and the units of a column bend at places of their own.
func (l *blockLayer) draw(seed uint64) {
	for row, n := range l.prefix {
		r := random.New(seed, l.weight.Name, 0, uint64(row))
		for j := range n {
			l.weight.Data[row*l.weight.Cols+j] = float32(r.NormFloat64() / math.Sqrt(float64(n)))
		}
	}
	for _, p := range []*ad.Param{l.bias, l.blocks} {
		r := random.New(seed, p.Name, 0, 0)
		for j := range p.Data {
			p.Data[j] = float32(r.NormFloat64())
		}
	}
}

// logWeights records those of the blocks.
func (l *blockLayer) logWeights(t *ad.Tape) ad.Value {
	return t.Linear(t.SoftClip(t.Linear(t.Parameter(l.blocks), l.steepness, 0), blockBound), 1, l.start)
}

// offsets fills units row to row+rows-1 of a buffer with what they take from the
// condition and from earlier columns, and their biases. x holds the condition and the
// layer's inputs, those that are needed at least.
func (l *blockLayer) offsets(t *ad.Tape, to *ad.Buffer, x ad.Value, row, rows int) {
	last := l.prefix[row+rows-1]
	to.Dense(t.Slice(x, 0, last), l.weight, l.bias, row, rows, l.prefix, kernel.Identity)
}

// within records what the units take from inputs h of their own column, and the
// logarithms of the derivatives with respect to the column, given those of h.
func (l *blockLayer) within(t *ad.Tape, h, logSlope, logWeights ad.Value) (u, logSlopeOut ad.Value) {
	cols := h.Cols() / l.in
	index := make([]int, 0, logWeights.Cols())
	for j := range l.in {
		for i := range cols {
			for range l.out {
				index = append(index, i*l.in+j)
			}
		}
	}
	u = t.SumBlocks(t.Mul(t.Exp(logWeights), t.Gather(h, index...)), cols*l.out)
	return u, t.LogSumExp(t.Add(logWeights, t.Gather(logSlope, index...)), cols*l.out)
}

// blockWeights are the weights within columns: of all columns, or of one.
type blockWeights struct {
	blocks   []ad.Value // log-weights by layer
	logScale ad.Value
}

func (b *BlockAutoregressive) weights(t *ad.Tape) blockWeights {
	w := blockWeights{logScale: t.SoftClip(t.Parameter(b.logScale), blockBound)}
	for _, l := range b.layers {
		w.blocks = append(w.blocks, l.logWeights(t))
	}
	return w
}

// column returns the weights within one of the columns.
func (b *BlockAutoregressive) column(t *ad.Tape, w blockWeights, column int) blockWeights {
	one := blockWeights{logScale: t.Slice(w.logScale, column, column+1)}
	for i, l := range b.layers {
		var index []int
		for j := range l.in {
			for k := range l.out {
				index = append(index, (j*b.dim+column)*l.out+k)
			}
		}
		one.blocks = append(one.blocks, t.Gather(w.blocks[i], index...))
	}
	return one
}

// evaluate records the map of columns x and the logarithms of their derivatives. offset
// is called with the inputs of one layer after the other and returns what its units
// take from elsewhere.
func (b *BlockAutoregressive) evaluate(t *ad.Tape, x ad.Value, w blockWeights, offset func(layer int, h ad.Value) ad.Value) (z, logDerivative ad.Value) {
	h, logSlope := x, t.Constant(x.Cols(), 0)
	for i, l := range b.layers {
		u, logU := l.within(t, h, logSlope, w.blocks[i])
		u = t.Add(u, offset(i, h))
		h, logSlope = u, logU
		if i < len(b.layers)-1 {
			// The derivative of tanh is 4 e^2u/(1 + e^2u)^2.
			bend := t.Sub(u, t.Softplus(t.Linear(u, 2, 0)))
			h, logSlope = t.Tanh(u), t.Add(logU, t.Linear(bend, 2, 2*math.Ln2))
		}
	}
	z = t.Add(t.Mul(t.Exp(w.logScale), x), h)
	return z, t.Add(w.logScale, t.Softplus(t.Sub(logSlope, w.logScale)))
}

// Forward records data to latent.
func (b *BlockAutoregressive) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	t := p.Tape
	z, l := b.evaluate(t, x, b.weights(t), func(layer int, h ad.Value) ad.Value {
		if p.Condition.Present() {
			h = t.Concat(p.Condition, h)
		}
		l := b.layers[layer]
		rows := len(l.prefix)
		to := t.Buffer(rows)
		ad.InPieces(rows, func(row, rows int) { l.offsets(t, to, h, row, rows) })
		return to.Slice(0, rows)
	})
	return z, t.SumColumns(l)
}

// Inverse records latent to data, column by column.
func (b *BlockAutoregressive) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	t := p.Tape
	weights := b.weights(t)
	columns, logs := t.Buffer(b.dim), t.Buffer(b.dim)
	var inputs, outputs []*ad.Buffer // by layer
	for _, l := range b.layers {
		in := t.Buffer(b.condition + b.dim*l.in)
		if p.Condition.Present() {
			in.Put(0, p.Condition)
		}
		inputs, outputs = append(inputs, in), append(outputs, t.Buffer(b.dim*l.out))
	}
	for c := range b.dim {
		var offsets []ad.Value
		for i, l := range b.layers {
			l.offsets(t, outputs[i], inputs[i].Slice(0, b.condition+c*l.in), c*l.out, l.out)
			offsets = append(offsets, outputs[i].Slice(c*l.out, (c+1)*l.out))
		}
		w := b.column(t, weights, c)
		xc := b.root(t, t.Slice(z, c, c+1), w, offsets)
		_, l := b.evaluate(t, xc, w, func(i int, h ad.Value) ad.Value {
			inputs[i].Put(b.condition+c*b.layers[i].in, h)
			return offsets[i]
		})
		columns.Put(c, xc)
		logs.Put(c, t.Linear(l, -1, 0))
	}
	return columns.Slice(0, b.dim), t.SumColumns(logs.Slice(0, b.dim))
}

// root records the inverse of one column's map, which depends on the weights within the
// column and on the offsets by layer.
func (b *BlockAutoregressive) root(t *ad.Tape, z ad.Value, w blockWeights, offsets []ad.Value) ad.Value {
	h := t.Concat(append(append([]ad.Value{w.logScale}, w.blocks...), offsets...)...)
	return t.Solve(z, h, func(t *ad.Tape, x, h ad.Value) (y, logSlope ad.Value) {
		take := func(n int) (v ad.Value) {
			v, h = t.Slice(h, 0, n), t.Slice(h, n, h.Cols())
			return v
		}
		w, offsets := blockWeights{logScale: take(1)}, []ad.Value(nil)
		for _, l := range b.layers {
			w.blocks = append(w.blocks, take(l.in*l.out))
		}
		for _, l := range b.layers {
			offsets = append(offsets, take(l.out))
		}
		return b.evaluate(t, x, w, func(i int, _ ad.Value) ad.Value { return offsets[i] })
	})
}

// Params returns weight, bias and blocks of every layer, the first layer first, and the
// residual's log-scales.
func (b *BlockAutoregressive) Params() []*ad.Param {
	var all []*ad.Param
	for _, l := range b.layers {
		all = append(all, l.weight, l.bias, l.blocks)
	}
	return append(all, b.logScale)
}

// Shapes returns vectors.
func (b *BlockAutoregressive) Shapes() (data, latent Shape) { return Vector(b.dim), Vector(b.dim) }

// Margins records the weights within columns and those of the residual, without which
// the map is not onto.
func (b *BlockAutoregressive) Margins(p Pass, _ ad.Value) ad.Value {
	w := b.weights(p.Tape)
	all := []ad.Value{p.Tape.Exp(w.logScale)}
	for _, logs := range w.blocks {
		all = append(all, p.Tape.Exp(logs))
	}
	return p.Tape.Concat(all...)
}

// BlockAutoregressiveKind is the layer "block-autoregressive" of descriptions.
func BlockAutoregressiveKind() Kind {
	return Kind{
		Name:        "block-autoregressive",
		Summary:     "Maps every column by one network that can only increase with it, steered by the columns before it.",
		Conditional: true,
		Settings: []setting.Setting{
			{Name: "units", Type: setting.Int, Default: 8, Min: 1, Max: 256, Meaning: "units of each hidden layer for each column"},
			{Name: "layers", Type: setting.Int, Default: 2, Min: 1, Max: 16, Meaning: "hidden layers"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return NewBlockAutoregressive(p.Name, p.Seed, p.Dim, p.Condition, s.Int("units"), s.Int("layers")), nil
		},
	}
}
