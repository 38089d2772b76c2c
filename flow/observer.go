package flow

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/internal/kernel"
)

// Observer is a layer with arrays that rows of data set, instead of the optimiser or
// before it, or a chain of layers. It is a valid bijector before it has seen any rows.
type Observer interface {
	// Observe shows training rows: once before the first step of a training (first)
	// and at each validation after. Columns beyond those of a point are the
	// condition's. Programs that use the layer's parameters must be updated afterwards.
	Observe(x *mat.Dense, first bool)
}

// Observe shows every layer that observes the rows as they are after the layers
// before it, in float64. It costs one forward evaluation of the layers before the
// last that observes. Layers inside an inverted one see nothing.
func (c *Chain) Observe(x *mat.Dense, first bool) {
	shown := 0 // the layers whose map x has gone through
	for i, layer := range c.layers {
		if !observes(layer) {
			continue
		}
		x = mapRows(c.layers[shown:i], x)
		layer.(Observer).Observe(x, first)
		shown = i
	}
}

// observes reports whether b has arrays that Observe sets.
func observes(b Bijector) bool {
	c, ok := b.(*Chain)
	if !ok {
		_, ok = b.(Observer)
		return ok
	}
	for _, layer := range c.layers {
		if observes(layer) {
			return true
		}
	}
	return false
}

// mapRows returns the rows of x after the layers; the condition's columns stay.
func mapRows(layers []Bijector, x *mat.Dense) *mat.Dense {
	if len(layers) == 0 {
		return x
	}
	c := NewChain(layers...)
	shape, _ := c.Shapes()
	rows, cols := x.Dims()
	t := ad.NewTape()
	in := t.Input(cols)
	pass, out := Pass{Tape: t}, []ad.Value{t.Slice(in, 0, shape.Size())}
	if cols > shape.Size() {
		pass.Condition = t.Slice(in, shape.Size(), cols)
		out = append(out, pass.Condition)
	}
	out[0], _ = c.Forward(pass, out[0])
	p := ad.Compile(kernel.Best[float64](), t, ad.Config{}, t.Concat(out...))
	arena, from := p.NewArena(), x.RawMatrix()
	y := mat.NewDense(rows, cols, nil)
	for i := 0; i < rows; i += p.Rows() {
		n := min(p.Rows(), rows-i)
		ad.LoadRows(arena.Input(0), from.Data[i*from.Stride:], from.Stride, n)
		arena.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
		ad.StoreRows(y.RawMatrix().Data[i*cols:], cols, arena.Output(0), n)
	}
	return y
}

// standardise sets the parameters h of an Affine transformation, a shift and a raw
// log-scale per column, to the mean and the deviation of the columns of x, so that
// its inverse standardises them. Deviations are held to 0.9 of the bound. A column
// whose values float32 cannot tell apart is shifted only; one that is not finite is
// left as it was.
func standardise(h []float32, x *mat.Dense, bound float64) {
	rows, _ := x.Dims()
	for j := range len(h) / 2 {
		var mean, square float64
		for i := range rows {
			mean += x.At(i, j)
		}
		mean /= float64(rows)
		for i := range rows {
			d := x.At(i, j) - mean
			square += d * d
		}
		deviation := math.Sqrt(square / float64(rows))
		if !(math.Abs(mean) <= math.MaxFloat32 && deviation <= math.MaxFloat64) {
			continue
		}
		h[2*j], h[2*j+1] = float32(mean), 0
		if deviation > 1e-7*math.Abs(mean) {
			s := max(-0.9*bound, min(math.Log(deviation), 0.9*bound))
			h[2*j+1] = float32(s / (1 - math.Abs(s)/bound)) // the soft clip of which is s
		}
	}
}
