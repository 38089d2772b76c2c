package main

func weight() []byte {
	w := newWriter()
	transpose(w)
	outputs := []int{6, 5, 4, 3}
	for _, t := range targets {
		w.dispatch("weightKernel"+t.suffix, "weightCall", "outputs", outputs)
		for _, n := range outputs {
			t.weightKernel(w, n)
		}
	}
	columns := []int{8, 7, 6, 5, 4, 3, 2, 1}
	w.dispatch("dotKernelAVX2", "dotCall", "width", columns)
	for _, n := range columns {
		dotKernel(w, n)
	}
	return w.Bytes()
}

// transpose writes the transposition of eight columns of every panel into rows of
// 16 values, of which it fills eight.
func transpose(w *writer) {
	w.text("transposeAVX2", "NOSPLIT", 0, 32, "func transposeAVX2(dst, src *float32, panels, stride int)")
	w.op("MOVQ dst+0(FP), DI")
	w.op("MOVQ src+8(FP), SI")
	w.op("MOVQ panels+16(FP), CX")
	w.op("MOVQ stride+24(FP), DX")
	w.label("panel")
	for half := 0; half < 64; half += 32 {
		for r := range 4 {
			w.op("VMOVUPS %d(SI), X%d", half+64*r, r)
			w.op("VINSERTF128 $1, %d(SI), Y%d, Y%d", half+64*(r+4), r, r)
			w.op("VMOVUPS %d(SI), X%d", half+64*r+16, r+4)
			w.op("VINSERTF128 $1, %d(SI), Y%d, Y%d", half+64*(r+4)+16, r+4, r+4)
		}
		for r := 0; r < 8; r += 4 {
			w.op("VUNPCKLPS Y%d, Y%d, Y8", r+1, r)
			w.op("VUNPCKHPS Y%d, Y%d, Y9", r+1, r)
			w.op("VUNPCKLPS Y%d, Y%d, Y10", r+3, r+2)
			w.op("VUNPCKHPS Y%d, Y%d, Y11", r+3, r+2)
			w.op("VSHUFPS $0x44, Y10, Y8, Y12")
			w.op("VSHUFPS $0xee, Y10, Y8, Y13")
			w.op("VSHUFPS $0x44, Y11, Y9, Y14")
			w.op("VSHUFPS $0xee, Y11, Y9, Y15")
			for i := range 4 {
				w.op("VMOVUPS Y%d, %d(DI)", 12+i, half*16+64*(r+i)) // 64 bytes a row
			}
		}
	}
	w.op("ADDQ DX, SI")
	w.op("ADDQ $1024, DI")
	w.op("DECQ CX")
	w.op("JNE panel")
	w.op("VZEROUPPER")
	w.op("RET")
}

// weightKernel writes the kernel for the weights of n outputs and of 16 inputs, or
// with AVX-512 of twice as many: sums, over the rows, of an output's gradient times a
// row of inputs.
func (t target) weightKernel(w *writer, n int) {
	w.variant("weightKernel"+t.suffix, n, 0)
	w.op("MOVQ weightCall_dw(AX), DI")
	w.op("MOVQ weightCall_dy(AX), R9")
	w.op("MOVQ weightCall_dyStride(AX), R10")
	w.op("MOVQ weightCall_in(AX), R11")
	w.op("SHLQ $2, R11")
	w.op("MOVQ weightCall_blocks(AX), R8")
	if t.panels == 2 {
		w.op("MOVQ weightCall_panels(AX), R14") // 1024 bytes of rows each
		w.op("SHLQ $10, R14")
	}
	w.label("block")
	w.op("MOVQ weightCall_rows(AX), SI")
	w.op("MOVQ R9, DX")
	w.op("MOVQ weightCall_panels(AX), CX")
	for r := range 2 * n {
		w.op("VXORPS Y%d, Y%d, Y%d", r, r, r)
	}
	w.label("panel")
	for row := range 16 {
		w.op("VMOVUPS %s, %s", t.half(0, 64*row, "SI", "R14"), t.reg(12))
		w.op("VMOVUPS %s, %s", t.half(1, 64*row, "SI", "R14"), t.reg(13))
		for f := range n {
			gradient := t.reg(14 + f%2)
			w.op("VBROADCASTSS %d(DX), %s", 64*f+4*row, gradient)
			w.op("VFMADD231PS %s, %s, %s", t.reg(12), gradient, t.reg(2*f))
			w.op("VFMADD231PS %s, %s, %s", t.reg(13), gradient, t.reg(2*f+1))
		}
	}
	w.op("ADDQ $1024, SI")
	w.op("ADDQ R10, DX")
	w.op("DECQ CX")
	w.op("JNE panel")

	w.op("MOVQ weightCall_first(AX), BX")
	w.op("LEAQ (DI)(BX*4), BX")
	if t.panels == 2 {
		w.op("LEAQ 64(BX), CX")
	} else {
		w.op("MOVQ weightCall_second(AX), CX")
		w.op("LEAQ (DI)(CX*4), CX")
		w.op("CMPQ weightCall_partial(AX), $0")
		w.op("JNE partial")
	}
	w.op("CMPQ weightCall_accumulate(AX), $0")
	w.op("JEQ set")
	w.op("MOVQ BX, R12")
	w.op("MOVQ CX, R13")
	for f := range n {
		w.op("VADDPS (R12), %s, %s", t.reg(2*f), t.reg(2*f))
		w.op("VADDPS (R13), %s, %s", t.reg(2*f+1), t.reg(2*f+1))
		w.op("ADDQ R11, R12")
		w.op("ADDQ R11, R13")
	}
	w.label("set")
	for f := range n {
		w.op("VMOVUPS %s, (BX)", t.reg(2*f))
		w.op("VMOVUPS %s, (CX)", t.reg(2*f+1))
		w.op("ADDQ R11, BX")
		w.op("ADDQ R11, CX")
	}
	w.label("stored")
	w.op("ADDQ $%d, R9", 64*n)
	w.op("IMUL3Q $%d, R11, R12", n)
	w.op("ADDQ R12, DI")
	w.op("DECQ R8")
	w.op("JNE block")
	w.op("VZEROUPPER")
	w.op("RET")
	if t.panels == 2 {
		return
	}

	// Only what is under the mask of the second half is new.
	w.label("partial")
	w.op("VMOVUPS weightCall_mask(AX), Y14")
	w.op("CMPQ weightCall_accumulate(AX), $0")
	w.op("JEQ setpartial")
	w.op("MOVQ BX, R12")
	w.op("MOVQ CX, R13")
	for f := range n {
		w.op("VADDPS (R12), Y%d, Y%d", 2*f, 2*f)
		w.op("VMASKMOVPS (R13), Y14, Y15")
		w.op("VADDPS Y15, Y%d, Y%d", 2*f+1, 2*f+1)
		w.op("ADDQ R11, R12")
		w.op("ADDQ R11, R13")
	}
	w.label("setpartial")
	for f := range n {
		w.op("VMOVUPS Y%d, (BX)", 2*f)
		w.op("VMASKMOVPS Y%d, Y14, (CX)", 2*f+1)
		w.op("ADDQ R11, BX")
		w.op("ADDQ R11, CX")
	}
	w.op("JMP stored")
}

// dotKernel writes the kernel for inner products of n columns with each of several
// others: less work than transposing where one side is narrow.
func dotKernel(w *writer, n int) {
	w.variant("dotKernelAVX2", n, 32)
	w.op("MOVQ dotCall_columns(AX), R9")
	w.op("MOVQ dotCall_dst(AX), R10")
	w.op("MOVQ dotCall_groups(AX), R8")
	w.op("MOVQ dotCall_columnStride(AX), R11")
	w.op("MOVQ dotCall_otherStride(AX), R12")
	w.label("group")
	w.op("MOVQ dotCall_others(AX), BX")
	w.op("MOVQ dotCall_count(AX), R13")
	w.op("MOVQ R10, DI")
	w.label("other")
	w.op("MOVQ R9, SI")
	w.op("MOVQ BX, DX")
	w.op("MOVQ dotCall_panels(AX), CX")
	for r := range 8 {
		w.op("VXORPS Y%d, Y%d, Y%d", r, r, r)
	}
	w.label("panel")
	w.op("VMOVUPS (DX), Y8")
	w.op("VMOVUPS 32(DX), Y9")
	for r := range n {
		w.op("VFMADD231PS %d(SI), Y8, Y%d", 64*r, r)
	}
	for r := range n {
		w.op("VFMADD231PS %d(SI), Y9, Y%d", 64*r+32, r)
	}
	w.op("ADDQ R11, SI")
	w.op("ADDQ R12, DX")
	w.op("DECQ CX")
	w.op("JNE panel")
	for r := 0; r < 8; r += 2 {
		w.op("VHADDPS Y%d, Y%d, Y%d", r+1, r, r/2)
	}
	w.op("VHADDPS Y1, Y0, Y0")
	w.op("VHADDPS Y3, Y2, Y1")
	w.op("VPERM2F128 $0x20, Y1, Y0, Y2")
	w.op("VPERM2F128 $0x31, Y1, Y0, Y3")
	w.op("VADDPS Y3, Y2, Y0")
	w.op("VMOVUPS Y0, 0(SP)")
	w.op("MOVQ DI, SI")
	w.op("MOVQ dotCall_columnStep(AX), DX")
	w.op("CMPQ dotCall_accumulate(AX), $0")
	w.op("JEQ store")
	for r := range n {
		w.op("VMOVSS (SI), X0")
		w.op("VADDSS %d(SP), X0, X0", 4*r)
		w.op("VMOVSS X0, (SI)")
		w.op("ADDQ DX, SI")
	}
	w.op("JMP stored")
	w.label("store")
	for r := range n {
		w.op("MOVL %d(SP), CX", 4*r)
		w.op("MOVL CX, (SI)")
		w.op("ADDQ DX, SI")
	}
	w.label("stored")
	w.op("ADDQ dotCall_otherStep(AX), DI")
	w.op("ADDQ $64, BX")
	w.op("DECQ R13")
	w.op("JNE other")
	w.op("ADDQ $%d, R9", 64*n)
	w.op("IMUL3Q $%d, DX, CX", n)
	w.op("ADDQ CX, R10")
	w.op("DECQ R8")
	w.op("JNE group")
	w.op("VZEROUPPER")
	w.op("RET")
}
