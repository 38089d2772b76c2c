//go:build amd64 && !purego

package kernel

// A weightCall is what the kernels for the weights of 16 inputs and a number of
// outputs are told. rows holds the inputs' rows of 16: half of them belong to the
// inputs from first on, the others to those from second on. Where partial is set the
// second half is stored under the mask.
type weightCall struct {
	dw, dy, rows                 *float32
	in, blocks, panels, dyStride int // the stride in bytes
	first, second                int
	partial, accumulate          int // zero or one
	mask                         [8]int32
}

// A dotCall asks for the inner products over all panels of columns, in groups, with
// each of count others. Strides (between panels) and steps (between results) are in
// bytes.
type dotCall struct {
	dst, columns, others      *float32
	groups, count, panels     int
	columnStride, otherStride int
	columnStep, otherStep     int
	accumulate                int // zero or one
}

//go:noescape
func transposeAVX2(dst, src *float32, panels, stride int)

//go:noescape
func weight3AVX2(c *weightCall)

//go:noescape
func weight4AVX2(c *weightCall)

//go:noescape
func weight5AVX2(c *weightCall)

//go:noescape
func weight6AVX2(c *weightCall)

//go:noescape
func dot1AVX2(c *dotCall)

//go:noescape
func dot2AVX2(c *dotCall)

//go:noescape
func dot3AVX2(c *dotCall)

//go:noescape
func dot4AVX2(c *dotCall)

//go:noescape
func dot5AVX2(c *dotCall)

//go:noescape
func dot6AVX2(c *dotCall)

//go:noescape
func dot7AVX2(c *dotCall)

//go:noescape
func dot8AVX2(c *dotCall)

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

func denseWeightScratchAVX2(out, in, panels int) int {
	if wide(out, in) == 0 {
		return 0
	}
	return panels * Lanes * Lanes
}

func denseWeightAVX2(dw, db []float32, x, dy Block[float32], scratch []float32, accumulate bool) {
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
		scratch = scratch[:panels*Lanes*Lanes]
		call.rows = &scratch[0]
	}
	for i := 0; i < through; i += Lanes {
		call.place(i)
		transposeAVX2(&scratch[0], &x.Data[call.first*Lanes], panels, 4*x.Stride)
		transposeAVX2(&scratch[8], &x.Data[call.second*Lanes], panels, 4*x.Stride)
		call.dw, call.dy = &dw[0], &dy.Data[0]
		call.run(out)
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
func (c *weightCall) run(out int) {
	sixes, rest := split(out)
	if sixes > 0 {
		c.blocks = sixes
		weight6AVX2(c)
		c.skip(6*sixes, rest[0])
	}
	c.blocks = 1
	for i, n := range rest {
		switch n {
		case 3:
			weight3AVX2(c)
		case 4:
			weight4AVX2(c)
		case 5:
			weight5AVX2(c)
		}
		if i == 0 {
			c.skip(n, rest[1])
		}
	}
}

// skip moves past n outputs, unless none are left.
func (c *weightCall) skip(n, left int) {
	if left == 0 {
		return
	}
	c.dw = advance(c.dw, n*c.in)
	c.dy = advance(c.dy, n*Lanes)
}

// run computes the inner products of n columns.
func (c *dotCall) run(n int) {
	if n >= 8 {
		c.groups = n / 8
		dot8AVX2(c)
		if n%8 == 0 {
			return
		}
		done := n &^ 7
		c.columns = advance(c.columns, done*Lanes)
		c.dst = advance(c.dst, done*c.columnStep/4)
	}
	c.groups = 1
	switch n % 8 {
	case 1:
		dot1AVX2(c)
	case 2:
		dot2AVX2(c)
	case 3:
		dot3AVX2(c)
	case 4:
		dot4AVX2(c)
	case 5:
		dot5AVX2(c)
	case 6:
		dot6AVX2(c)
	case 7:
		dot7AVX2(c)
	}
}
