//go:build amd64 && !purego

package kernel

import "unsafe"

// few is the largest number of inputs whose columns stay in registers: their
// kernels take the features one by one, with the weights in row-major order. For
// more inputs the features are taken in blocks.
const few = 4

// large is the number of weights from which they do not stay in the second-level
// cache while the kernel goes through them panel by panel: then it is called block by
// block, each of which meets all panels.
const large = 1 << 17

// A run is a number of blocks of so many features.
type run struct{ features, blocks int }

// split cuts out features into blocks of six and at most two smaller ones, of as
// even a size as possible: a block of one or two would waste the time of its loads.
// Runs may be empty.
func split(out int) [3]run {
	sixes, left := out/6, out%6
	if sixes == 0 || left == 0 || left > 3 {
		return [3]run{{6, sixes}, {left, min(left, 1)}}
	}
	return [...][3]run{
		1: {{6, sixes - 1}, {4, 1}, {3, 1}},
		2: {{6, sixes - 1}, {4, 2}},
		3: {{6, sixes - 1}, {5, 1}, {4, 1}},
	}[left]
}

// A denseCall is what the kernels for dense layers are told. Strides are in bytes;
// bias and mask may be nil.
type denseCall struct {
	y, x, w, bias, mask          *float32
	in, panels                   int
	features, blocks             int // blocks of so many features
	yStride, xStride, maskStride int
	accumulate, relu             int // zero or one
}

// The kernels compute blocks of one to six features, two panels at a time with
// AVX-512.

//go:noescape
func denseKernelAVX2(c *denseCall)

//go:noescape
func denseKernelAVX512(c *denseCall)

// Those for one to four inputs take the features two by two.

//go:noescape
func denseFewAVX2(c *denseCall)

//go:noescape
func denseFewAVX512(c *denseCall)

func (s assembly) dense(y, x Block[float32], packed, bias []float32, a Activation) {
	checkDense(y, x, packed, bias)
	c := denseCall{
		y: unsafe.SliceData(y.Data), yStride: 4 * y.Stride,
		x: unsafe.SliceData(x.Data), xStride: 4 * x.Stride,
		w: unsafe.SliceData(packed), bias: unsafe.SliceData(bias),
		in: x.Cols, panels: y.Panels,
	}
	if a == ReLU {
		c.relu = 1
	}
	c.run(s, y.Cols)
	if a == Tanh && y.Cols > 0 {
		for p := range y.Panels {
			panel := y.Panel(p)
			tanhAVX2(panel, panel)
		}
	}
}

func (s assembly) denseInput(dx, dy Block[float32], packed []float32, mask Block[float32], accumulate bool) {
	checkDenseInput(dx, dy, packed, mask, accumulate)
	c := denseCall{
		y: unsafe.SliceData(dx.Data), yStride: 4 * dx.Stride,
		x: unsafe.SliceData(dy.Data), xStride: 4 * dy.Stride,
		w:    unsafe.SliceData(packed),
		mask: unsafe.SliceData(mask.Data), maskStride: 4 * mask.Stride,
		in: dy.Cols, panels: dx.Panels,
	}
	if accumulate {
		c.accumulate = 1
	}
	c.run(s, dx.Cols)
}

// run computes all out features.
func (c *denseCall) run(s assembly, out int) {
	if out == 0 || c.panels == 0 {
		return
	}
	if c.in > 0 && c.in <= few {
		c.blocks = out
		if s.avx512 {
			denseFewAVX512(c)
		} else {
			denseFewAVX2(c)
		}
		return
	}
	first, all := 0, *c
	for _, r := range split(out) {
		calls := 1
		if c.in*out >= large {
			calls = r.blocks
		}
		if r.blocks == 0 {
			continue
		}
		c.features, c.blocks = r.features, r.blocks/calls
		for range calls {
			c.y = advance(all.y, first*Lanes)
			c.w = advance(all.w, first*c.in)
			c.bias = advance(all.bias, first)
			c.mask = advance(all.mask, first*Lanes)
			if s.avx512 {
				denseKernelAVX512(c)
			} else {
				denseKernelAVX2(c)
			}
			first += r.features * c.blocks
		}
	}
}

// advance returns a pointer n values on; that of nothing is nil.
func advance(p *float32, n int) *float32 {
	if p == nil {
		return nil
	}
	return (*float32)(unsafe.Add(unsafe.Pointer(p), 4*n))
}
