package kernel

import "math"

// Portable returns the set in plain Go, which the others are tested against.
func Portable[T Float]() *Set[T] {
	return &Set[T]{
		Name:     "portable",
		Exp:      exp[T],
		Log:      log[T],
		Tanh:     tanh[T],
		Sigmoid:  sigmoid[T],
		Softplus: softplus[T],

		Add:        add[T],
		Sub:        sub[T],
		Mul:        mul[T],
		Div:        div[T],
		MaskReLU:   maskReLU[T],
		MulAdd:     mulAdd[T],
		AddScaled:  addScaled[T],
		ScaleShift: scaleShift[T],

		PackedLen:          func(out, in int) int { return out * in },
		Pack:               pack[T],
		PackTransposed:     packTransposed[T],
		Dense:              dense[T],
		DenseInput:         denseInput[T],
		DenseWeight:        denseWeight[T],
		DenseWeightScratch: func(out, in, panels int) int { return 0 },

		SplineKnots:    splineKnots[T],
		Spline:         spline[T],
		SplineGradient: splineGradient[T],

		Adam: adam[T],
	}
}

// operand returns x if it is as long as dst, in a form that lets the compiler see it.
func operand[T Float](dst, x []T) []T {
	if len(x) != len(dst) {
		panicLength()
	}
	return x[:len(dst)]
}

func panicLength() {
	panic("kernel: operands of different lengths")
}

func exp[T Float](dst, x []T) {
	x = operand(dst, x)
	for i, v := range x {
		dst[i] = T(math.Exp(float64(v)))
	}
}

func log[T Float](dst, x []T) {
	x = operand(dst, x)
	for i, v := range x {
		dst[i] = T(math.Log(float64(v)))
	}
}

func tanh[T Float](dst, x []T) {
	x = operand(dst, x)
	for i, v := range x {
		dst[i] = T(math.Tanh(float64(v)))
	}
}

// sigmoid takes exp of -|x| only, which cannot overflow and keeps the precision of
// small results.
func sigmoid[T Float](dst, x []T) {
	x = operand(dst, x)
	for i, v := range x {
		e := math.Exp(-math.Abs(float64(v)))
		if v < 0 {
			dst[i] = T(e / (1 + e))
		} else {
			dst[i] = T(1 / (1 + e))
		}
	}
}

func softplus[T Float](dst, x []T) {
	x = operand(dst, x)
	for i, v := range x {
		v := float64(v)
		dst[i] = T(max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))))
	}
}

func add[T Float](dst, x, y []T) {
	x, y = operand(dst, x), operand(dst, y)
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func sub[T Float](dst, x, y []T) {
	x, y = operand(dst, x), operand(dst, y)
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func mul[T Float](dst, x, y []T) {
	x, y = operand(dst, x), operand(dst, y)
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func div[T Float](dst, x, y []T) {
	x, y = operand(dst, x), operand(dst, y)
	for i := range dst {
		dst[i] = x[i] / y[i]
	}
}

func maskReLU[T Float](dst, x, y []T) {
	x, y = operand(dst, x), operand(dst, y)
	for i, v := range x {
		if !(y[i] > 0) {
			v = 0
		}
		dst[i] = v
	}
}

func mulAdd[T Float](dst, x, y []T) {
	x, y = operand(dst, x), operand(dst, y)
	for i := range dst {
		dst[i] += x[i] * y[i]
	}
}

func addScaled[T Float](dst, x []T, a T) {
	x = operand(dst, x)
	for i := range dst {
		dst[i] += a * x[i]
	}
}

func scaleShift[T Float](dst, x []T, a, b T) {
	x = operand(dst, x)
	for i := range dst {
		dst[i] = a*x[i] + b
	}
}

func adam[T Float](w, m, v []T, gradients [][]T, c AdamCoefficients[T]) {
	checkAdam(w, m, v, gradients)
	for i := range w {
		var g T
		for _, slot := range gradients {
			g += slot[i]
		}
		g *= c.Scale
		m[i] = c.Beta1*m[i] + c.OneMinusBeta1*g
		v[i] = c.Beta2*v[i] + c.OneMinusBeta2*g*g
		w[i] -= c.Rate * m[i] / (T(math.Sqrt(float64(v[i]))) + c.Epsilon)
	}
}
