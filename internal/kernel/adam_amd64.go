//go:build amd64 && !purego

package kernel

import "unsafe"

// An adamCall is what the optimiser's kernel is told. The mask covers what is left
// of n after vectors of eight.
type adamCall struct {
	w, m, v                      *float32
	n                            int
	gradients                    *[]float32
	slots                        int
	beta1, beta2                 float32
	oneMinusBeta1, oneMinusBeta2 float32
	rate, epsilon, scale         float32
	mask                         [8]int32
}

//go:noescape
func adamKernelAVX2(c *adamCall)

func adamAVX2(w, m, v []float32, gradients [][]float32, a AdamCoefficients[float32]) {
	checkAdam(w, m, v, gradients)
	c := adamCall{
		w: unsafe.SliceData(w), m: unsafe.SliceData(m), v: unsafe.SliceData(v), n: len(w),
		gradients: unsafe.SliceData(gradients), slots: len(gradients),
		beta1: a.Beta1, beta2: a.Beta2,
		oneMinusBeta1: a.OneMinusBeta1, oneMinusBeta2: a.OneMinusBeta2,
		rate: a.Rate, epsilon: a.Epsilon, scale: a.Scale,
	}
	for lane := range len(w) % 8 {
		c.mask[lane] = -1
	}
	adamKernelAVX2(&c)
}
