package main

import "fmt"

var (
	// blocks are the numbers of features that pass a kernel together, the most
	// frequent first.
	blocks = []int{6, 5, 4, 3, 2, 1}
	// few are the numbers of inputs whose columns stay in registers.
	few = []int{1, 2, 3, 4}
)

// A target is an instruction set. With either a feature's sums take two registers:
// with AVX2 they hold the halves of a panel, with AVX-512 two panels.
type target struct {
	suffix   string
	register string
	panels   int
}

var targets = []target{{"AVX2", "Y", 1}, {"AVX512", "Z", 2}}

// reg names a vector register.
func (t target) reg(n int) string { return fmt.Sprint(t.register, n) }

// half is the operand of the first or the second half of 16 values, or panels, at an
// offset from a register; other holds the distance to the second panel.
func (t target) half(half, offset int, base, other string) string {
	switch {
	case half == 0:
		return fmt.Sprintf("%d(%s)", offset, base)
	case t.panels == 1:
		return fmt.Sprintf("%d(%s)", offset+32, base)
	}
	return fmt.Sprintf("%d(%s)(%s*1)", offset, base, other)
}

func dense() []byte {
	w := newWriter()
	for _, t := range targets {
		w.dispatch("denseKernel"+t.suffix, "denseCall", "features", blocks)
		for _, n := range blocks {
			t.denseKernel(w, n)
		}
		w.dispatch("denseFew"+t.suffix, "denseCall", "in", few)
		for _, in := range few {
			t.denseFew(w, in)
		}
	}
	return w.Bytes()
}

// denseKernel writes the kernel for blocks of n features. With few features one
// addition would wait for the one before, so that the inputs are dealt to several
// sets of sums.
func (t target) denseKernel(w *writer, n int) {
	sets := []int{1: 4, 2: 2, 3: 2, 4: 1, 5: 1, 6: 1}[n]
	t.beginPanels(w, "denseKernel", n)
	w.label("block")
	t.start(w, n, "")
	for r := 2 * n; r < 2*n*sets; r++ {
		w.op("VXORPS Y%d, Y%d, Y%d", r, r, r)
	}
	const unroll = 4
	step := func(k, set int) {
		w.op("VMOVUPS %s, %s", t.half(0, 64*k, "SI", "R14"), t.reg(12))
		w.op("VMOVUPS %s, %s", t.half(1, 64*k, "SI", "R14"), t.reg(13))
		for f := range n {
			weight, sum := t.reg(14+f%2), 2*(set*n+f)
			w.op("VBROADCASTSS %d(DX), %s", 4*(k*n+f), weight)
			w.op("VFMADD231PS %s, %s, %s", t.reg(12), weight, t.reg(sum))
			w.op("VFMADD231PS %s, %s, %s", t.reg(13), weight, t.reg(sum+1))
		}
	}
	w.op("MOVQ R9, SI")
	w.op("MOVQ denseCall_in(AX), CX")
	w.op("SUBQ $%d, CX", unroll)
	w.op("JLT rest")
	w.label("inputs")
	for k := range unroll {
		step(k, k%sets)
	}
	w.op("ADDQ $%d, SI", 64*unroll)
	w.op("ADDQ $%d, DX", 4*n*unroll)
	w.op("SUBQ $%d, CX", unroll)
	w.op("JGE inputs")
	w.label("rest")
	w.op("ADDQ $%d, CX", unroll)
	w.op("JEQ summed")
	w.label("input")
	step(0, 0)
	w.op("ADDQ $64, SI")
	w.op("ADDQ $%d, DX", 4*n)
	w.op("DECQ CX")
	w.op("JNE input")
	w.label("summed")
	for s := sets; s > 1; s /= 2 {
		for r := range n * s {
			w.op("VADDPS %s, %s, %s", t.reg(r+n*s), t.reg(r), t.reg(r))
		}
	}
	t.finish(w, n, "")
	w.op("DECQ R13")
	w.op("JNE block")
	t.endPanels(w)
}

// denseFew writes the kernel for a handful of inputs: they stay in registers 4 to 11
// while the features, each with its weights together, pass two at a time.
func (t target) denseFew(w *writer, in int) {
	t.beginPanels(w, "denseFew", in)
	for k := range in {
		w.op("VMOVUPS %s, %s", t.half(0, 64*k, "R9", "R14"), t.reg(4+2*k))
		w.op("VMOVUPS %s, %s", t.half(1, 64*k, "R9", "R14"), t.reg(5+2*k))
	}
	features := func(n int, where string) {
		t.start(w, n, where)
		for k := range in {
			for f := range n {
				weight := t.reg(12 + f)
				w.op("VBROADCASTSS %d(DX), %s", 4*(f*in+k), weight)
				w.op("VFMADD231PS %s, %s, %s", t.reg(4+2*k), weight, t.reg(2*f))
				w.op("VFMADD231PS %s, %s, %s", t.reg(5+2*k), weight, t.reg(2*f+1))
			}
		}
		t.finish(w, n, where)
		w.op("ADDQ $%d, DX", 4*n*in)
	}
	w.op("SUBQ $2, R13")
	w.op("JLT last")
	w.label("pair")
	features(2, "Pair")
	w.op("SUBQ $2, R13")
	w.op("JGE pair")
	w.label("last")
	w.op("ADDQ $2, R13")
	w.op("JEQ done")
	features(1, "Last")
	w.label("done")
	t.endPanels(w)
}

// beginPanels begins a function and its loop over panels, in which R9 points to the
// inputs, DI to the outputs, DX to the weights, BX to the biases and R12 to the mask;
// R13 counts the blocks. R14, R15 and the stack's top are the distances to the second
// panel of inputs, outputs and mask: zero where the last panel has no second, so that
// it is computed twice.
func (t target) beginPanels(w *writer, name string, n int) {
	w.variant(name+t.suffix, n, 8*(t.panels-1))
	w.op("MOVQ denseCall_panels(AX), R8")
	w.op("MOVQ denseCall_x(AX), R9")
	w.op("MOVQ denseCall_y(AX), R10")
	w.op("MOVQ denseCall_mask(AX), R11")
	if t.panels == 2 {
		w.op("MOVQ denseCall_xStride(AX), R14")
		w.op("MOVQ denseCall_yStride(AX), R15")
		w.op("MOVQ denseCall_maskStride(AX), CX")
		w.op("MOVQ CX, 0(SP)")
	}
	w.label("panel")
	if t.panels == 2 {
		w.op("CMPQ R8, $1")
		w.op("JNE both")
		w.op("XORQ R14, R14")
		w.op("XORQ R15, R15")
		w.op("MOVQ R14, 0(SP)")
		w.label("both")
	}
	w.op("MOVQ R10, DI")
	w.op("MOVQ R11, R12")
	w.op("MOVQ denseCall_w(AX), DX")
	w.op("MOVQ denseCall_bias(AX), BX")
	w.op("MOVQ denseCall_blocks(AX), R13")
}

// endPanels ends the loop over panels and the function.
func (t target) endPanels(w *writer) {
	for range t.panels {
		w.op("ADDQ denseCall_xStride(AX), R9")
		w.op("ADDQ denseCall_yStride(AX), R10")
		w.op("ADDQ denseCall_maskStride(AX), R11")
	}
	w.op("SUBQ $%d, R8", t.panels)
	w.op("JGT panel")
	w.op("VZEROUPPER")
	w.op("RET")
}

// start sets the sums of n features, from register 0 on, to the biases, to what the
// outputs hold, or to zero.
func (t target) start(w *writer, n int, where string) {
	w.op("TESTQ BX, BX")
	w.op("JEQ nobias%s", where)
	for f := range n {
		w.op("VBROADCASTSS %d(BX), %s", 4*f, t.reg(2*f))
		w.op("VMOVAPS %s, %s", t.reg(2*f), t.reg(2*f+1))
	}
	w.op("ADDQ $%d, BX", 4*n)
	w.op("JMP started%s", where)
	w.label("nobias%s", where)
	w.op("CMPQ denseCall_accumulate(AX), $0")
	w.op("JEQ zero%s", where)
	for r := range 2 * n {
		w.op("VMOVUPS %s, %s", t.half(r%2, 64*(r/2), "DI", "R15"), t.reg(r))
	}
	w.op("JMP started%s", where)
	w.label("zero%s", where)
	for r := range 2 * n {
		w.op("VXORPS Y%d, Y%d, Y%d", r, r, r)
	}
	w.label("started%s", where)
}

// finish applies the mask or the ReLU to the sums of n features and stores them.
// Where the operands of a maximum are unordered or both zero, the first of this
// syntax is the result.
func (t target) finish(w *writer, n int, where string) {
	w.op("TESTQ R12, R12")
	w.op("JEQ nomask%s", where)
	w.op("VXORPS Y15, Y15, Y15")
	if t.panels == 2 {
		w.op("MOVQ 0(SP), CX")
	}
	for r := range 2 * n {
		mask := t.half(r%2, 64*(r/2), "R12", "CX")
		if t.panels == 2 {
			w.op("VCMPPS $0x11, %s, Z15, K1", mask)
			w.op("VMOVAPS.Z Z%d, K1, Z%d", r, r)
		} else {
			w.op("VCMPPS $0x11, %s, Y15, Y14", mask)
			w.op("VANDPS Y14, Y%d, Y%d", r, r)
		}
	}
	w.op("ADDQ $%d, R12", 64*n)
	w.op("JMP store%s", where)
	w.label("nomask%s", where)
	w.op("CMPQ denseCall_relu(AX), $0")
	w.op("JEQ store%s", where)
	w.op("VXORPS Y15, Y15, Y15")
	for r := range 2 * n {
		w.op("VMAXPS %s, %s, %s", t.reg(r), t.reg(15), t.reg(r))
	}
	w.label("store%s", where)
	for r := range 2 * n {
		w.op("VMOVUPS %s, %s", t.reg(r), t.half(r%2, 64*(r/2), "DI", "R15"))
	}
	w.op("ADDQ $%d, DI", 64*n)
}
