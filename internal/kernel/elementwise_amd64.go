//go:build amd64 && !purego

package kernel

// These have the contracts of the fields of the same names in [Set].

//go:noescape
func expAVX2(dst, x []float32)

//go:noescape
func logAVX2(dst, x []float32)

//go:noescape
func tanhAVX2(dst, x []float32)

//go:noescape
func sigmoidAVX2(dst, x []float32)

//go:noescape
func softplusAVX2(dst, x []float32)

//go:noescape
func addAVX2(dst, x, y []float32)

//go:noescape
func subAVX2(dst, x, y []float32)

//go:noescape
func mulAVX2(dst, x, y []float32)

//go:noescape
func divAVX2(dst, x, y []float32)

//go:noescape
func maskReLUAVX2(dst, x, y []float32)

//go:noescape
func mulAddAVX2(dst, x, y []float32)

//go:noescape
func addScaledAVX2(dst, x []float32, a float32)

//go:noescape
func scaleShiftAVX2(dst, x []float32, a, b float32)
