package main

import "fmt"

// few is the largest number of inputs whose columns stay in registers.
const few = 4

func dense() []byte {
	w := newWriter()
	for n := 1; n <= 6; n++ {
		denseKernel(w, n)
	}
	for in := 1; in <= few; in++ {
		denseFew(w, in)
	}
	return w.Bytes()
}

// denseKernel writes the kernel for blocks of n features, each of which keeps the
// sums of a panel's 16 rows in two registers. With few features one addition would
// wait for the one before, so that the inputs are dealt to several sets of sums.
func denseKernel(w *writer, n int) {
	sets := []int{1: 4, 2: 2, 3: 2, 4: 1, 5: 1, 6: 1}[n]
	sum := func(set, feature, half int) string {
		return fmt.Sprintf("Y%d", (set*n+feature)*2+half)
	}
	w.text(fmt.Sprint("dense", n), "NOSPLIT", 0, 8, fmt.Sprintf("func dense%dAVX2(c *denseCall)", n))
	w.op("MOVQ c+0(FP), AX")
	w.op("MOVQ denseCall_panels(AX), R8")
	w.op("MOVQ denseCall_x(AX), R9")
	w.op("MOVQ denseCall_y(AX), R10")
	w.op("MOVQ denseCall_mask(AX), R11")
	w.label("panel")
	w.op("MOVQ R10, DI")
	w.op("MOVQ R11, R12")
	w.op("MOVQ denseCall_w(AX), DX")
	w.op("MOVQ denseCall_bias(AX), BX")
	w.op("MOVQ denseCall_blocks(AX), R13")

	w.label("block")
	w.op("TESTQ BX, BX")
	w.op("JEQ nobias")
	for f := range n {
		w.op("VBROADCASTSS %d(BX), %s", 4*f, sum(0, f, 0))
		w.op("VMOVAPS %s, %s", sum(0, f, 0), sum(0, f, 1))
	}
	w.op("ADDQ $%d, BX", 4*n)
	w.op("JMP started")
	w.label("nobias")
	w.op("CMPQ denseCall_accumulate(AX), $0")
	w.op("JEQ zero")
	for f := range n {
		w.op("VMOVUPS %d(DI), %s", 64*f, sum(0, f, 0))
		w.op("VMOVUPS %d(DI), %s", 64*f+32, sum(0, f, 1))
	}
	w.op("JMP started")
	w.label("zero")
	for f := range n {
		for half := range 2 {
			r := sum(0, f, half)
			w.op("VXORPS %s, %s, %s", r, r, r)
		}
	}
	w.label("started")
	for r := 2 * n; r < 2*n*sets; r++ {
		w.op("VXORPS Y%d, Y%d, Y%d", r, r, r)
	}

	const unroll = 4
	step := func(k, set int) {
		w.op("VMOVUPS %d(SI), Y12", 64*k)
		w.op("VMOVUPS %d(SI), Y13", 64*k+32)
		for f := range n {
			weight := fmt.Sprintf("Y%d", 14+f%2)
			w.op("VBROADCASTSS %d(DX), %s", 4*(k*n+f), weight)
			w.op("VFMADD231PS Y12, %s, %s", weight, sum(set, f, 0))
			w.op("VFMADD231PS Y13, %s, %s", weight, sum(set, f, 1))
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
			w.op("VADDPS Y%d, Y%d, Y%d", r+n*s, r, r)
		}
	}
	finish(w, n)
	w.op("ADDQ $%d, DI", 64*n)
	w.op("DECQ R13")
	w.op("JNE block")
	nextPanel(w)
}

// finish applies the mask or the ReLU to the sums of n features in Y0, Y1, ... and
// stores them. Where the operands of a maximum are unordered or both zero, the
// first of this syntax is the result.
func finish(w *writer, n int) {
	w.op("TESTQ R12, R12")
	w.op("JEQ nomask")
	w.op("VXORPS Y15, Y15, Y15")
	for r := range 2 * n {
		w.op("VCMPPS $0x11, %d(R12), Y15, Y14", 32*r)
		w.op("VANDPS Y14, Y%d, Y%d", r, r)
	}
	w.op("ADDQ $%d, R12", 64*n)
	w.op("JMP store")
	w.label("nomask")
	w.op("CMPQ denseCall_relu(AX), $0")
	w.op("JEQ store")
	w.op("VXORPS Y15, Y15, Y15")
	for r := range 2 * n {
		w.op("VMAXPS Y%d, Y15, Y%d", r, r)
	}
	w.label("store")
	for r := range 2 * n {
		w.op("VMOVUPS Y%d, %d(DI)", r, 32*r)
	}
}

// nextPanel ends the loop over panels and the function.
func nextPanel(w *writer) {
	w.op("ADDQ denseCall_xStride(AX), R9")
	w.op("ADDQ denseCall_yStride(AX), R10")
	w.op("ADDQ denseCall_maskStride(AX), R11")
	w.op("DECQ R8")
	w.op("JNE panel")
	w.op("VZEROUPPER")
	w.op("RET")
}

// denseFew writes the kernel for a handful of inputs: they stay in Y2, Y3, ... while
// the features, of one weight vector each, pass.
func denseFew(w *writer, in int) {
	w.text(fmt.Sprint("denseFew", in), "NOSPLIT", 0, 8, fmt.Sprintf("func denseFew%dAVX2(c *denseCall)", in))
	w.op("MOVQ c+0(FP), AX")
	w.op("MOVQ denseCall_panels(AX), R8")
	w.op("MOVQ denseCall_x(AX), R9")
	w.op("MOVQ denseCall_y(AX), R10")
	w.op("MOVQ denseCall_mask(AX), R11")
	w.label("panel")
	w.op("MOVQ R10, DI")
	w.op("MOVQ R11, R12")
	w.op("MOVQ denseCall_w(AX), DX")
	w.op("MOVQ denseCall_bias(AX), BX")
	w.op("MOVQ denseCall_blocks(AX), R13")
	for r := range 2 * in {
		w.op("VMOVUPS %d(R9), Y%d", 32*r, 2+r)
	}
	w.label("feature")
	w.op("TESTQ BX, BX")
	w.op("JEQ nobias")
	w.op("VBROADCASTSS (BX), Y0")
	w.op("VMOVAPS Y0, Y1")
	w.op("ADDQ $4, BX")
	w.op("JMP started")
	w.label("nobias")
	w.op("CMPQ denseCall_accumulate(AX), $0")
	w.op("JEQ zero")
	w.op("VMOVUPS (DI), Y0")
	w.op("VMOVUPS 32(DI), Y1")
	w.op("JMP started")
	w.label("zero")
	w.op("VXORPS Y0, Y0, Y0")
	w.op("VXORPS Y1, Y1, Y1")
	w.label("started")
	for k := range in {
		w.op("VBROADCASTSS %d(DX), Y%d", 4*k, 12+k%2)
		w.op("VFMADD231PS Y%d, Y%d, Y0", 2+2*k, 12+k%2)
		w.op("VFMADD231PS Y%d, Y%d, Y1", 3+2*k, 12+k%2)
	}
	finish(w, 1)
	w.op("ADDQ $%d, DX", 4*in)
	w.op("ADDQ $64, DI")
	w.op("DECQ R13")
	w.op("JNE feature")
	nextPanel(w)
}
