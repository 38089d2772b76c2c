//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

// accelerated returns the set in assembly, or nil where the processor lacks the
// instructions.
func accelerated() *Set[float32] {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	return &Set[float32]{
		Name:     "avx2",
		Exp:      expAVX2,
		Log:      logAVX2,
		Tanh:     tanhAVX2,
		Sigmoid:  sigmoidAVX2,
		Softplus: softplusAVX2,

		Add:        addAVX2,
		Sub:        subAVX2,
		Mul:        mulAVX2,
		Div:        divAVX2,
		MulAdd:     mulAddAVX2,
		AddScaled:  addScaledAVX2,
		ScaleShift: scaleShiftAVX2,

		PackedLen:          func(out, in int) int { return out * in },
		Pack:               packAVX2,
		PackTransposed:     packTransposedAVX2,
		Dense:              denseAVX2,
		DenseInput:         denseInputAVX2,
		DenseWeight:        denseWeightAVX2,
		DenseWeightScratch: denseWeightScratchAVX2,

		Adam: adamAVX2,
	}
}
