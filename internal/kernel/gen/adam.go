package main

// adam writes the optimiser's step. The coefficients stay in Y9 to Y15; 32 weights
// at a time make reading the gradients' slots worthwhile, and the rest go by eights
// under a mask. Subnormal numbers count as zero meanwhile: the moments of units that
// have died fade into them, get stuck there, and each would cost 150 cycles a step.
func adam() []byte {
	w := newWriter()
	w.text("adamKernelAVX2", "NOSPLIT", 8, 8, "func adamKernelAVX2(c *adamCall)")
	w.op("STMXCSR 0(SP)")
	w.op("MOVL 0(SP), CX")
	w.op("ORL $0x8040, CX")
	w.op("MOVL CX, 4(SP)")
	w.op("LDMXCSR 4(SP)")
	w.op("MOVQ c+0(FP), AX")
	w.op("MOVQ adamCall_w(AX), DI")
	w.op("MOVQ adamCall_m(AX), SI")
	w.op("MOVQ adamCall_v(AX), DX")
	w.op("MOVQ adamCall_n(AX), CX")
	w.op("XORQ R8, R8")
	for i, field := range []string{"beta1", "beta2", "oneMinusBeta1", "oneMinusBeta2", "rate", "epsilon", "scale"} {
		w.op("VBROADCASTSS adamCall_%s(AX), Y%d", field, 9+i)
	}
	w.op("SUBQ $32, CX")
	w.op("JLT rest")
	w.label("loop")
	sumSlots(w, "loop", 4)
	for i := range 4 {
		w.op("VMOVUPS %d(SI)(R8*4), Y5", 32*i)
		w.op("VMOVUPS %d(DX)(R8*4), Y6", 32*i)
		w.op("VMOVUPS %d(DI)(R8*4), Y7", 32*i)
		adamStep(w, i)
		w.op("VMOVUPS Y5, %d(SI)(R8*4)", 32*i)
		w.op("VMOVUPS Y6, %d(DX)(R8*4)", 32*i)
		w.op("VMOVUPS Y7, %d(DI)(R8*4)", 32*i)
	}
	w.op("ADDQ $32, R8")
	w.op("SUBQ $32, CX")
	w.op("JGE loop")
	w.label("rest")
	w.op("ADDQ $32, CX")
	w.op("JEQ done")
	w.label("vector")
	w.op("VMOVUPS adamCall_mask(AX), Y4")
	w.op("CMPQ CX, $8")
	w.op("JLT masked")
	w.op("VPCMPEQD Y4, Y4, Y4")
	w.label("masked")
	sumSlots(w, "vector", 0)
	w.op("VMASKMOVPS (SI)(R8*4), Y4, Y5")
	w.op("VMASKMOVPS (DX)(R8*4), Y4, Y6")
	w.op("VMASKMOVPS (DI)(R8*4), Y4, Y7")
	adamStep(w, 0)
	w.op("VMASKMOVPS Y5, Y4, (SI)(R8*4)")
	w.op("VMASKMOVPS Y6, Y4, (DX)(R8*4)")
	w.op("VMASKMOVPS Y7, Y4, (DI)(R8*4)")
	w.op("ADDQ $8, R8")
	w.op("SUBQ $8, CX")
	w.op("JGT vector")
	w.label("done")
	w.op("LDMXCSR 0(SP)")
	w.op("VZEROUPPER")
	w.op("RET")
	return w.Bytes()
}

// sumSlots adds the gradients from index R8 on of all slots into Y0, Y1, ...: so
// many vectors, or with none what is left under the mask in Y4.
func sumSlots(w *writer, where string, vectors int) {
	for i := range max(vectors, 1) {
		w.op("VXORPS Y%d, Y%d, Y%d", i, i, i)
	}
	w.op("MOVQ adamCall_gradients(AX), R9")
	w.op("MOVQ adamCall_slots(AX), R10")
	w.op("TESTQ R10, R10")
	w.op("JEQ %sSummed", where)
	w.label("%sSlot", where)
	w.op("MOVQ (R9), R11")
	for i := range vectors {
		w.op("VADDPS %d(R11)(R8*4), Y%d, Y%d", 32*i, i, i)
	}
	if vectors == 0 {
		w.op("VMASKMOVPS (R11)(R8*4), Y4, Y8")
		w.op("VADDPS Y8, Y0, Y0")
	}
	w.op("ADDQ $24, R9") // a slice's header
	w.op("DECQ R10")
	w.op("JNE %sSlot", where)
	w.label("%sSummed", where)
}

// adamStep updates m in Y5, v in Y6 and w in Y7 by the gradient in register g.
func adamStep(w *writer, g int) {
	w.op("VMULPS Y15, Y%d, Y%d", g, g)
	w.op("VMULPS Y9, Y5, Y5")
	w.op("VFMADD231PS Y11, Y%d, Y5", g)
	w.op("VMULPS Y10, Y6, Y6")
	w.op("VMULPS Y%d, Y%d, Y8", g, g)
	w.op("VFMADD231PS Y12, Y8, Y6")
	w.op("VSQRTPS Y6, Y8")
	w.op("VADDPS Y14, Y8, Y8")
	w.op("VMULPS Y13, Y5, Y%d", g)
	w.op("VDIVPS Y8, Y%d, Y8", g)
	w.op("VSUBPS Y8, Y7, Y7")
}
