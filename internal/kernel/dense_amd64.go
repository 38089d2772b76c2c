//go:build amd64 && !purego

package kernel

import "unsafe"

// few is the largest number of inputs whose columns stay in registers: their
// kernels take the features one by one, with the weights in row-major order. For
// more inputs the features are taken in blocks.
const few = 4

// split cuts out features into blocks of six and at most two smaller ones, of as
// even a size as possible: a block of one or two would waste the time of its loads.
func split(out int) (sixes int, rest [2]int) {
	sixes, left := out/6, out%6
	if sixes == 0 || left == 0 || left > 3 {
		return sixes, [2]int{left}
	}
	return sixes - 1, [...][2]int{1: {4, 3}, 2: {4, 4}, 3: {5, 4}}[left]
}

// A denseCall is what the dense kernels of a number of features are told. Strides
// are in bytes; bias and mask may be nil.
type denseCall struct {
	y, x, w, bias, mask *float32
	in, blocks, panels  int
	yStride, xStride    int
	maskStride          int
	accumulate, relu    int // zero or one
}

//go:noescape
func dense1AVX2(c *denseCall)

//go:noescape
func dense2AVX2(c *denseCall)

//go:noescape
func dense3AVX2(c *denseCall)

//go:noescape
func dense4AVX2(c *denseCall)

//go:noescape
func dense5AVX2(c *denseCall)

//go:noescape
func dense6AVX2(c *denseCall)

//go:noescape
func denseFew1AVX2(c *denseCall)

//go:noescape
func denseFew2AVX2(c *denseCall)

//go:noescape
func denseFew3AVX2(c *denseCall)

//go:noescape
func denseFew4AVX2(c *denseCall)

func denseAVX2(y, x Block[float32], packed, bias []float32, a Activation) {
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
	c.run(y.Cols)
	if a == Tanh && y.Cols > 0 {
		for p := range y.Panels {
			panel := y.Panel(p)
			tanhAVX2(panel, panel)
		}
	}
}

func denseInputAVX2(dx, dy Block[float32], packed []float32, mask Block[float32], accumulate bool) {
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
	c.run(dx.Cols)
}

// run computes all out features.
func (c *denseCall) run(out int) {
	if out == 0 || c.panels == 0 {
		return
	}
	if c.in > 0 && c.in <= few {
		c.blocks = out
		switch c.in {
		case 1:
			denseFew1AVX2(c)
		case 2:
			denseFew2AVX2(c)
		case 3:
			denseFew3AVX2(c)
		case 4:
			denseFew4AVX2(c)
		}
		return
	}
	sixes, rest := split(out)
	if sixes > 0 {
		c.blocks = sixes
		dense6AVX2(c)
		c.skip(6*sixes, rest[0])
	}
	c.blocks = 1
	for i, n := range rest {
		switch n {
		case 1:
			dense1AVX2(c)
		case 2:
			dense2AVX2(c)
		case 3:
			dense3AVX2(c)
		case 4:
			dense4AVX2(c)
		case 5:
			dense5AVX2(c)
		}
		if i == 0 {
			c.skip(n, rest[1])
		}
	}
}

// skip moves past n features, unless none are left: a pointer past the end of its
// data could be another's.
func (c *denseCall) skip(n, left int) {
	if left == 0 {
		return
	}
	c.y = advance(c.y, n*Lanes)
	c.w = advance(c.w, n*c.in)
	if c.bias != nil {
		c.bias = advance(c.bias, n)
	}
	if c.mask != nil {
		c.mask = advance(c.mask, n*Lanes)
	}
}

func advance(p *float32, n int) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(p), 4*n))
}
