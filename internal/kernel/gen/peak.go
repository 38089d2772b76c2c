package main

// peak writes as many independent multiply-adds as the processor takes, to compare
// kernels with.
func peak() []byte {
	w := newWriter()
	w.text("peak", "NOSPLIT", 0, 8, "func peakAVX2(rounds int)")
	w.op("MOVQ rounds+0(FP), CX")
	for r := range 14 {
		w.op("VXORPS Y%d, Y%d, Y%d", r, r, r)
	}
	w.label("round")
	for range 2 {
		for r := range 12 {
			w.op("VFMADD231PS Y12, Y13, Y%d", r)
		}
	}
	w.op("DECQ CX")
	w.op("JNE round")
	w.op("VZEROUPPER")
	w.op("RET")
	return w.Bytes()
}
