//go:build amd64 && !purego

package kernel

// narrow says whether one side of the weights is so small that inner products of
// columns beat transposing the inputs.
func narrow(out, in int) bool { return out <= 4 || in <= 8 }

// A weightCall is what the kernels for the weights of 16 inputs and a number of
// outputs are told: rows holds the inputs' rows of 16, half of which belong to
// inputs from first on and half to those from second on. Where partial is set only
// those halves' values under the masks are stored.
type weightCall struct {
	dw, dy, rows                 *float32
	in, blocks, panels, dyStride int // the stride in bytes
	first, second                int
	partial, accumulate          int // zero or one
	firstMask, secondMask        [8]int32
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

func denseWeightScratchAVX2(out, in, panels int) int {
	if narrow(out, in) {
		return 0
	}
	return panels * Lanes * Lanes
}

func denseWeightAVX2(dw, db []float32, x, dy Block[float32], scratch []float32, accumulate bool) {
	checkDenseWeight(dw, db, x, dy)
	in, out, panels := x.Cols, dy.Cols, x.Panels
	if panels == 0 {
		if !accumulate {
			clear(dw)
			clear(db)
		}
		return
	}
	add := 0
	if accumulate {
		add = 1
	}
	if db != nil && out > 0 {
		ones := [Lanes]float32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
		c := dotCall{
			dst: &db[0], columns: &dy.Data[0], others: &ones[0],
			count: 1, panels: panels, columnStride: 4 * dy.Stride, columnStep: 4, accumulate: add,
		}
		c.run(out)
	}
	if in == 0 || out == 0 {
		return
	}
	if narrow(out, in) {
		c := dotCall{
			dst: &dw[0], columns: &x.Data[0], others: &dy.Data[0],
			count: out, panels: panels, columnStride: 4 * x.Stride, otherStride: 4 * dy.Stride,
			columnStep: 4, otherStep: 4 * in, accumulate: add,
		}
		if out > in {
			c.columns, c.others = c.others, c.columns
			c.columnStride, c.otherStride = c.otherStride, c.columnStride
			c.columnStep, c.otherStep = c.otherStep, c.columnStep
			c.count = in
			c.run(out)
			return
		}
		c.run(in)
		return
	}

	scratch = scratch[:panels*Lanes*Lanes]
	c := weightCall{
		rows: &scratch[0], in: in, panels: panels, dyStride: 4 * dy.Stride, accumulate: add,
	}
	for i := 0; i < in; i += Lanes {
		c.place(i)
		transposeAVX2(&scratch[0], &x.Data[c.first*Lanes], panels, 4*x.Stride)
		transposeAVX2(&scratch[8], &x.Data[c.second*Lanes], panels, 4*x.Stride)
		c.dw, c.dy = &dw[0], &dy.Data[0]
		c.run(out)
	}
}

// place sets the two halves for inputs i and after. The last of them may be fewer
// than 16: then the second half ends with the last input, the first half begins
// where it is needed or could have begun before, and the masks let through what
// has not been stored yet.
func (c *weightCall) place(i int) {
	c.first, c.second = i, i+8
	left := c.in - i
	if left >= Lanes {
		return
	}
	c.partial = 1
	c.second = c.in - 8
	if left <= 8 {
		c.first = c.second - 8
	}
	for lane := range 8 {
		c.firstMask[lane], c.secondMask[lane] = 0, 0
		if left > 8 {
			c.firstMask[lane] = -1
		}
		if c.second+lane >= i && (left <= 8 || c.second+lane >= i+8) {
			c.secondMask[lane] = -1
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
