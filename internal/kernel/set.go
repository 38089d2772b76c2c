package kernel

// Set is one implementation of all operations for one type. The fields are
// functions so that the choice between implementations is made once.
//
// Slices of one call have one length, and blocks of one call have the same number
// of panels; anything else is a caller's bug and panics. What a row comes out as
// never depends on how many panels are processed in one call.
type Set[T Float] struct {
	// Name says which implementation it is: "portable", "avx2" or "avx512".
	Name string

	// Exp, Log, Tanh, Sigmoid (1/(1+exp(-x))) and Softplus (log(1+exp(x))) set dst
	// element by element, within 2 units in the last place in float32 and with the
	// accuracy of package math in float64. A NaN stays one, overflow gives an
	// infinity and underflow a subnormal or zero. Here and below dst may be the
	// same slice as an operand.
	Exp, Log, Tanh, Sigmoid, Softplus func(dst, x []T)

	// Add, Sub, Mul and Div set dst to x+y, x-y, x*y and x/y.
	Add, Sub, Mul, Div func(dst, x, y []T)
	// MaskReLU sets dst to x where y is above zero and to zero elsewhere: x times the
	// derivative of a ReLU whose output is y.
	MaskReLU func(dst, x, y []T)
	// MulAdd adds x*y to dst.
	MulAdd func(dst, x, y []T)
	// AddScaled adds a*x to dst.
	AddScaled func(dst, x []T, a T)
	// ScaleShift sets dst to a*x + b.
	ScaleShift func(dst, x []T, a, b T)

	// PackedLen is the length of a packed matrix of out x in weights.
	PackedLen func(out, in int) int
	// Pack stores the weights w, out x in in row-major order, in the order that
	// Dense reads. The order is private to the set.
	Pack func(packed, w []T, out, in int)
	// PackTransposed does the same for DenseInput; packed is PackedLen(in, out) long.
	PackTransposed func(packed, w []T, out, in int)

	// Dense sets y to a(W x + bias) for every row, W being y.Cols x x.Cols and
	// packed by Pack. A nil bias is none. x may have no columns; y may not overlap x.
	Dense func(y, x Block[T], packed, bias []T, a Activation)

	// DenseInput sets dx to W^T dy for every row, or adds it to dx, W being
	// dy.Cols x dx.Cols and packed by PackTransposed. Where mask has data, dx is set
	// to zero wherever mask is not above zero: the gradient of a ReLU whose output
	// mask is. To accumulate under a mask is a caller's bug.
	DenseInput func(dx, dy Block[T], packed []T, mask Block[T], accumulate bool)

	// DenseWeight sets dw, dy.Cols x x.Cols in row-major order, to the sum of
	// dy x^T over all rows and db to the sum of dy, or adds them. A nil db is left
	// out. Padding rows count, so that their dy has to be zero. The values left in
	// scratch mean nothing.
	DenseWeight func(dw, db []T, x, dy Block[T], scratch []T, accumulate bool)
	// DenseWeightScratch is the length of the scratch that DenseWeight wants.
	DenseWeightScratch func(out, in, panels int) int

	// SplineKnots sets knots to what Spline reads, made of the raw parameters h: every
	// column's Params of them, in the order of [Spline], one column after another.
	SplineKnots func(knots, h Block[T], s Spline)

	// Spline sets y to the images of x under the splines of its columns and logSlope
	// to the logarithms of the derivatives there; with inverse, to those of the
	// inverses. Points outside the box, on its edge, and NaNs are their own images
	// with a log-slope of zero.
	Spline func(y, logSlope, x, knots Block[T], s Spline, inverse bool)

	// SplineGradient sets dx and dh to the gradients with respect to x and to the raw
	// parameters, given dy and dl, those of Spline's y and logSlope, or adds them. A
	// dx or dh without data is left out. No block may overlap another.
	SplineGradient func(dx, dh, dy, dl, x, knots Block[T], s Spline, inverse, addX, addH bool)

	// Adam sums the gradients in their order and takes one step of Adam with the sum
	// (Kingma and Ba 2015, algorithm 1), updating the weights w, the first moments m
	// and the second moments v. Subnormal numbers may count as zero.
	Adam func(w, m, v []T, gradients [][]T, c AdamCoefficients[T])
}

// Best returns the fastest set for this processor and build: assembly for float32
// on amd64 with AVX2 and FMA, or AVX-512 besides, unless built with the tag purego,
// and otherwise [Portable].
func Best[T Float]() *Set[T] {
	if sets, ok := any(accelerated()).([]*Set[T]); ok && len(sets) > 0 {
		return sets[len(sets)-1]
	}
	return Portable[T]()
}
