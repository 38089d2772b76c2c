package main

import "fmt"

// peak writes as many independent multiply-adds as the processor takes, to compare
// kernels with.
func peak() []byte {
	w := newWriter()
	for _, t := range targets {
		name := "peak" + t.suffix
		w.text(name, "NOSPLIT", 0, 8, fmt.Sprintf("func %s(rounds int)", name))
		w.op("MOVQ rounds+0(FP), CX")
		for r := range 14 {
			w.op("VXORPS Y%d, Y%d, Y%d", r, r, r)
		}
		w.label("round")
		for range 2 {
			for r := range 12 {
				w.op("VFMADD231PS %s, %s, %s", t.reg(12), t.reg(13), t.reg(r))
			}
		}
		w.op("DECQ CX")
		w.op("JNE round")
		w.op("VZEROUPPER")
		w.op("RET")
	}
	return w.Bytes()
}
