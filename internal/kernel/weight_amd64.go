//go:build amd64 && !purego

package kernel

// A weightCall is what the kernels for the weights of some outputs are told, of 16
// inputs or with AVX-512 of 32. rows holds the inputs' rows of 16. Half of a row
// belongs to the inputs from first on, the other half to those from second on; where
// partial is set the second half is stored under the mask. With AVX-512 all inputs
// follow first, and the rows of the second 16 those of the first.
type weightCall struct {
	dw, dy, rows        *float32
	in, panels          int
	outputs, blocks     int // blocks of so many outputs
	dyStride            int // in bytes
	first, second       int
	partial, accumulate int // zero or one
	mask                [8]int32
}

// A dotCall asks for the inner products over all panels of columns, in groups, with
// each of count others. Strides (between panels) and steps (between results) are in
// bytes.
type dotCall struct {
	dst, columns, others      *float32
	width, groups             int // groups of so many columns
	count, panels             int
	columnStride, otherStride int
	columnStep, otherStep     int
	accumulate                int // zero or one
}

//go:noescape
func transposeAVX2(dst, src *float32, panels, stride int)

// The kernels compute blocks of three to six outputs.

//go:noescape
func weightKernelAVX2(c *weightCall)

//go:noescape
func weightKernelAVX512(c *weightCall)

// dotKernelAVX2 computes groups of one to eight columns.
//
//go:noescape
func dotKernelAVX2(c *dotCall)

// ones is a constant column, whose inner products are sums.
var ones = [Lanes]float32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}

// wide returns how many of the inputs go through the kernel for 16 of them. Up to
// eight are left, and with few outputs all: there, inner products of columns beat
// transposing the inputs.
func wide(out, in int) int {
	switch {
	case out <= 4:
		return 0
	case in%Lanes > 8:
		return in
	}
	return in - in%Lanes
}

func (s assembly) denseWeightScratch(out, in, panels int) int {
	if wide(out, in) == 0 {
		return 0
	}
	if s.avx512 {
		return 2 * panels * Lanes * Lanes
	}
	return panels * Lanes * Lanes
}

func (s assembly) denseWeight(dw, db []float32, x, dy Block[float32], scratch []float32, accumulate bool) {
	checkDenseWeight(dw, db, x, dy)
	in, out, panels := x.Cols, dy.Cols, x.Panels
	if panels == 0 && !accumulate {
		clear(dw)
		clear(db)
	}
	if panels == 0 || out == 0 {
		return
	}
	dot := dotCall{panels: panels}
	call := weightCall{in: in, panels: panels, dyStride: 4 * dy.Stride}
	if accumulate {
		dot.accumulate, call.accumulate = 1, 1
	}

	if db != nil {
		c := dot
		c.dst, c.columnStep = &db[0], 4
		c.columns, c.columnStride = &dy.Data[0], 4*dy.Stride
		c.others, c.count = &ones[0], 1
		c.run(out)
	}
	through := wide(out, in)
	if through > 0 {
		scratch = scratch[:s.denseWeightScratch(out, in, panels)]
		call.rows = &scratch[0]
	}
	i := 0
	for ; s.avx512 && i+2*Lanes <= through; i += 2 * Lanes {
		for eight := 0; eight < 2*Lanes; eight += 8 {
			rows := &scratch[eight/Lanes*panels*Lanes*Lanes+eight%Lanes]
			transposeAVX2(rows, &x.Data[(i+eight)*Lanes], panels, 4*x.Stride)
		}
		call.first = i
		call.run(&dw[0], &dy.Data[0], out, true)
	}
	for ; i < through; i += Lanes {
		call.place(i)
		transposeAVX2(&scratch[0], &x.Data[call.first*Lanes], panels, 4*x.Stride)
		transposeAVX2(&scratch[8], &x.Data[call.second*Lanes], panels, 4*x.Stride)
		call.run(&dw[0], &dy.Data[0], out, false)
	}
	if left := in - through; left > 0 {
		c := dot
		c.dst = &dw[through]
		c.columns, c.columnStride, c.columnStep = &dy.Data[0], 4*dy.Stride, 4*in
		c.others, c.otherStride, c.otherStep = &x.Data[through*Lanes], 4*x.Stride, 4
		if left < out {
			c.count = left
			c.run(out)
			return
		}
		c.columns, c.others = c.others, c.columns
		c.columnStride, c.otherStride = c.otherStride, c.columnStride
		c.columnStep, c.otherStep = c.otherStep, c.columnStep
		c.count = out
		c.run(left)
	}
}

// place sets the two halves for inputs i and after. Where they are fewer than 16
// the second half ends with the last input, and its mask lets through what the
// first does not have.
func (c *weightCall) place(i int) {
	c.first, c.second = i, i+8
	if c.second+8 <= c.in {
		return
	}
	c.partial, c.second = 1, c.in-8
	for lane := range c.mask {
		if c.second+lane >= i+8 {
			c.mask[lane] = -1
		}
	}
}

// run computes the weights of all outputs, of which there are more than four.
func (c *weightCall) run(dw, dy *float32, out int, avx512 bool) {
	first := 0
	for _, r := range split(out) {
		if r.blocks == 0 {
			continue
		}
		c.outputs, c.blocks = r.features, r.blocks
		c.dw = advance(dw, first*c.in)
		c.dy = advance(dy, first*Lanes)
		if avx512 {
			weightKernelAVX512(c)
		} else {
			weightKernelAVX2(c)
		}
		first += r.features * r.blocks
	}
}

// run computes the inner products of n columns.
func (c *dotCall) run(n int) {
	eights, left := n/8, n%8
	if eights > 0 {
		c.width, c.groups = 8, eights
		dotKernelAVX2(c)
	}
	if left > 0 {
		c.width, c.groups = left, 1
		c.columns = advance(c.columns, 8*eights*Lanes)
		c.dst = advance(c.dst, 8*eights*c.columnStep/4)
		dotKernelAVX2(c)
	}
}
