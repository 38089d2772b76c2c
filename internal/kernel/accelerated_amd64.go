//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

// assembly makes the sets in assembly. AVX-512 doubles what the dense kernels do at
// a time; the other operations are the same, and every result is, to the last bit.
type assembly struct{ avx512 bool }

// accelerated returns the sets in assembly that the processor can run, the fastest
// last.
func accelerated() []*Set[float32] {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	sets := []*Set[float32]{assembly{}.set("avx2")}
	if cpu.X86.HasAVX512F {
		sets = append(sets, assembly{avx512: true}.set("avx512"))
	}
	return sets
}

func (s assembly) set(name string) *Set[float32] {
	return &Set[float32]{
		Name:     name,
		Exp:      expAVX2,
		Log:      logAVX2,
		Tanh:     tanhAVX2,
		Sigmoid:  sigmoidAVX2,
		Softplus: softplusAVX2,

		Add:        addAVX2,
		Sub:        subAVX2,
		Mul:        mulAVX2,
		Div:        divAVX2,
		MaskReLU:   maskReLUAVX2,
		MulAdd:     mulAddAVX2,
		AddScaled:  addScaledAVX2,
		ScaleShift: scaleShiftAVX2,

		PackedLen:          func(out, in int) int { return out * in },
		Pack:               packBlocks,
		PackTransposed:     packTransposedBlocks,
		Dense:              s.dense,
		DenseInput:         s.denseInput,
		DenseWeight:        s.denseWeight,
		DenseWeightScratch: s.denseWeightScratch,

		SplineKnots:    splineKnotsAssembly,
		Spline:         splineAssembly,
		SplineGradient: splineGradientAssembly,

		Adam: adamAVX2,
	}
}
