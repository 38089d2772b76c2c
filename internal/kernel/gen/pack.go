package main

// pack writes the packing of weights in blocks of n features: all weights of the
// first input, then of the second, and so on.
func pack() []byte {
	w := newWriter()
	w.dispatch("packRows", "packCall", "features", blocks)
	for _, n := range blocks {
		packRows(w, n)
	}
	w.dispatch("packColumns", "packCall", "features", blocks)
	for _, n := range blocks {
		packColumns(w, n)
	}
	return w.Bytes()
}

// beginPack leaves the matrix in SI, the result in DI, the number of inputs in DX,
// that of blocks in R8, and the bytes of a row in R9.
func beginPack(w *writer, name string, n int) {
	w.variant(name, n, 0)
	w.op("MOVQ packCall_packed(AX), DI")
	w.op("MOVQ packCall_w(AX), SI")
	w.op("MOVQ packCall_in(AX), DX")
	w.op("MOVQ packCall_blocks(AX), R8")
	w.op("MOVQ packCall_columns(AX), R9")
	w.op("SHLQ $2, R9")
}

// packRows takes the features from the rows of a matrix.
func packRows(w *writer, n int) {
	beginPack(w, "packRows", n)
	w.op("LEAQ (R9)(R9*2), R10")
	w.op("LEAQ (R9)(R9*4), R11")
	rows := []string{"(SI)", "(SI)(R9*1)", "(SI)(R9*2)", "(SI)(R10*1)", "(SI)(R9*4)", "(SI)(R11*1)"}
	w.label("block")
	w.op("MOVQ DX, CX")
	w.label("input")
	for f := range n {
		w.op("MOVL %s, AX", rows[f])
		w.op("MOVL AX, %d(DI)", 4*f)
	}
	w.op("ADDQ $4, SI")
	w.op("ADDQ $%d, DI", 4*n)
	w.op("DECQ CX")
	w.op("JNE input")
	w.op("IMUL3Q $%d, R9, AX", n-1)
	w.op("ADDQ AX, SI")
	w.op("DECQ R8")
	w.op("JNE block")
	w.op("RET")
}

// packColumns takes the features from the columns of a matrix, whose rows are the
// inputs.
func packColumns(w *writer, n int) {
	beginPack(w, "packColumns", n)
	w.label("block")
	w.op("MOVQ DX, CX")
	w.op("MOVQ SI, BX")
	w.label("input")
	f := 0
	for ; f+2 <= n; f += 2 {
		w.op("MOVQ %d(BX), AX", 4*f)
		w.op("MOVQ AX, %d(DI)", 4*f)
	}
	if f < n {
		w.op("MOVL %d(BX), AX", 4*f)
		w.op("MOVL AX, %d(DI)", 4*f)
	}
	w.op("ADDQ R9, BX")
	w.op("ADDQ $%d, DI", 4*n)
	w.op("DECQ CX")
	w.op("JNE input")
	w.op("ADDQ $%d, SI", 4*n)
	w.op("DECQ R8")
	w.op("JNE block")
	w.op("RET")
}
