package main

import "fmt"

// pack writes the packing of weights in blocks of n features: all weights of the
// first input, then of the second, and so on.
func pack() []byte {
	w := newWriter()
	for n := 1; n <= 6; n++ {
		packRows(w, n)
		packColumns(w, n)
	}
	return w.Bytes()
}

// packRows takes the features from the rows of a matrix.
func packRows(w *writer, n int) {
	w.text(fmt.Sprint("packRows", n), "NOSPLIT", 0, 32,
		fmt.Sprintf("func packRows%dAVX2(dst, src *float32, in, blocks int)", n))
	w.op("MOVQ dst+0(FP), DI")
	w.op("MOVQ src+8(FP), SI")
	w.op("MOVQ in+16(FP), DX")
	w.op("MOVQ blocks+24(FP), R8")
	w.op("MOVQ DX, R9")
	w.op("SHLQ $2, R9")
	if n > 3 {
		w.op("LEAQ (R9)(R9*2), R10")
	}
	if n > 5 {
		w.op("LEAQ (R9)(R9*4), R11")
	}
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
	if n > 1 {
		w.op("IMUL3Q $%d, R9, AX", n-1)
		w.op("ADDQ AX, SI")
	}
	w.op("DECQ R8")
	w.op("JNE block")
	w.op("RET")
}

// packColumns takes the features from the columns of a matrix, whose rows are the
// inputs.
func packColumns(w *writer, n int) {
	w.text(fmt.Sprint("packColumns", n), "NOSPLIT", 0, 40,
		fmt.Sprintf("func packColumns%dAVX2(dst, src *float32, rows, columns, blocks int)", n))
	w.op("MOVQ dst+0(FP), DI")
	w.op("MOVQ src+8(FP), SI")
	w.op("MOVQ rows+16(FP), DX")
	w.op("MOVQ columns+24(FP), R9")
	w.op("MOVQ blocks+32(FP), R8")
	w.op("SHLQ $2, R9")
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
