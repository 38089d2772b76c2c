package kernel

import "fmt"

// The checks are what stands between a wrong shape and assembly that writes where
// it should not; they cost a few comparisons a call.

func checkDense[T Float](y, x Block[T], packed, bias []T) {
	y.check()
	x.check()
	if y.Panels != x.Panels || len(packed) != y.Cols*x.Cols || bias != nil && len(bias) != y.Cols {
		panic(fmt.Sprintf("kernel: Dense from %v to %v with %d packed weights and %d biases",
			x, y, len(packed), len(bias)))
	}
}

func checkDenseInput[T Float](dx, dy Block[T], packed []T, mask Block[T], accumulate bool) {
	dx.check()
	dy.check()
	if dx.Panels != dy.Panels || len(packed) != dx.Cols*dy.Cols {
		panic(fmt.Sprintf("kernel: DenseInput from %v to %v with %d packed weights", dy, dx, len(packed)))
	}
	if mask.Data == nil {
		return
	}
	mask.check()
	if mask.Panels != dx.Panels || mask.Cols != dx.Cols || accumulate {
		panic(fmt.Sprintf("kernel: DenseInput to %v with mask %v, accumulate %t", dx, mask, accumulate))
	}
}

func checkDenseWeight[T Float](dw, db []T, x, dy Block[T]) {
	x.check()
	dy.check()
	if x.Panels != dy.Panels || len(dw) != x.Cols*dy.Cols || db != nil && len(db) != dy.Cols {
		panic(fmt.Sprintf("kernel: DenseWeight of %v and %v into %d weights and %d biases",
			x, dy, len(dw), len(db)))
	}
}

// check panics unless every panel lies within the data.
func (b Block[T]) check() {
	if b.Cols < 0 || b.Panels < 0 || b.Stride < 0 ||
		b.Cols > 0 && b.Panels > 0 && (b.Panels-1)*b.Stride+b.Cols*Lanes > len(b.Data) {
		panic(fmt.Sprintf("kernel: %v outside its %d values", b, len(b.Data)))
	}
}

// String describes the block's shape.
func (b Block[T]) String() string {
	return fmt.Sprintf("%d panels x %d columns (stride %d)", b.Panels, b.Cols, b.Stride)
}

func checkAdam[T Float](w, m, v []T, gradients [][]T) {
	bad := len(m) != len(w) || len(v) != len(w)
	for _, g := range gradients {
		bad = bad || len(g) != len(w)
	}
	if bad {
		panic(fmt.Sprintf("kernel: Adam of %d weights with %d and %d moments and gradients of another length",
			len(w), len(m), len(v)))
	}
}

func checkSplineKnots[T Float](knots, h Block[T], s Spline) {
	knots.check()
	h.check()
	if s.Bins < 1 || knots.Panels != h.Panels || knots.Cols != h.Cols || h.Cols%s.Params() != 0 {
		panic(fmt.Sprintf("kernel: SplineKnots of %v from %v for %d bins", knots, h, s.Bins))
	}
}

// checkSpline checks the knots of x, and the others to be shaped like x.
func checkSpline[T Float](s Spline, x, knots Block[T], others ...Block[T]) {
	x.check()
	knots.check()
	if s.Bins < 1 || knots.Panels != x.Panels || knots.Cols != x.Cols*s.Params() {
		panic(fmt.Sprintf("kernel: spline of %d bins of %v with knots %v", s.Bins, x, knots))
	}
	for _, b := range others {
		b.check()
		if b.Panels != x.Panels || b.Cols != x.Cols {
			panic(fmt.Sprintf("kernel: spline of %v with %v", x, b))
		}
	}
}

func checkSplineGradient[T Float](dx, dh, dy, dl, x, knots Block[T], s Spline) {
	checkSpline(s, x, knots, dy, dl)
	if dx.Data != nil {
		checkSpline(s, dx, knots)
	}
	if dh.Data != nil {
		checkSpline(s, x, dh)
	}
}
