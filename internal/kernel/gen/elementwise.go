package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
)

// constants are the vectors that the bodies name. The polynomials' coefficients,
// beginning with the lowest power, are minimax fits found by Remez' algorithm and
// rounded to float32; each comment gives the error relative to the function.
var constants = []struct {
	name   string
	values []float32
}{
	// (exp(r)-1-r)/r^2 on |r| <= log(2)/2: 2^-25.8 of exp(r)-1.
	{"expP", []float32{0.49999997, 0.166665435, 0.0416672006, 0.00836652052, 0.00138825201}},
	// (tanh(x)-x)/x^3 in powers of x^2 on |x| <= 0.625: 2^-27.7.
	{"tanhP", []float32{-0.333332837, 0.133314908, -0.0537434965, 0.020650588, -0.00571704563}},
	// (log(1+f)-f+f^2/2)/f^3 on [sqrt(1/2)-1, sqrt(2)-1]: 2^-28.2.
	{"logP", []float32{0.333333135, -0.250000089, 0.200021192, -0.166679963, 0.142195523,
		-0.124055885, 0.118881591, -0.116756544, 0.0674665123}},
	// (log(1+u)-u)/u^2 on [0, 1]: 2^-28.
	{"softplusP", []float32{-0.5, 0.333332807, -0.249982595, 0.199806675, -0.165471271, 0.137836397,
		-0.109573767, 0.0759869218, -0.0405165814, 0.0139983743, -0.00226978073}},

	{"half", []float32{0.5}},
	{"one", []float32{1}},
	{"two", []float32{2}},
	{"largest", []float32{math.MaxFloat32}},
	// What a spline's inverse squares is kept within this, so that it does not overflow.
	{"squarable", []float32{1e18}},
	{"infinity", []float32{float32(math.Inf(1))}},
	{"log2e", []float32{math.Log2E}},
	// Added to a number of less than 22 bits it leaves the nearest integer in the
	// low bits.
	{"magic", []float32{3 << 22}},
	// log(2) in two parts, of which the first has so few bits that its multiples are
	// exact.
	{"ln2high", []float32{ln2high}},
	{"ln2low", []float32{math.Ln2 - ln2high}},
	// Beyond these exp has overflowed or vanished and tanh is one.
	{"expHighest", []float32{89}},
	{"expLowest", []float32{-104}},
	{"tanhHighest", []float32{10}},
	{"tanhSmall", []float32{0.625}},

	{"minNormal", []float32{0x1p-126}},
	{"twoTo23", []float32{1 << 23}},
	{"twentyThree", []float32{23}},
	{"rootHalf", []float32{math.Sqrt2 / 2}},
	{"fraction", []float32{math.Float32frombits(0x007fffff)}},
	{"signBit", []float32{math.Float32frombits(0x80000000)}},
	{"allButSign", []float32{math.Float32frombits(0x7fffffff)}},

	// The integer.
	{"unit", []float32{math.Float32frombits(1)}},
	// The least integer of which exp is normal.
	{"expNormal", []float32{-87}},
	// From here down 1-exp(x) is one.
	{"oneLowest", []float32{-20}},
}

const ln2high = 0.693359375

// An operation is a loop over slices. Its body turns x in Y0, y in Y1 and what dst
// held in Y2 into a new dst in Y0; it may use Y0 to Y11.
type operation struct {
	name, comment string
	operands      int      // slices besides dst: x, y
	reads         bool     // whether the body wants what dst held
	load          []string // constants (or arguments, with FP) broadcast into Y12, Y13
	body          []string
}

var operations = []operation{
	{name: "exp", comment: "func expAVX2(dst, x []float32)", operands: 1,
		load: []string{"log2e<>(SB)", "expLowest<>(SB)", "expHighest<>(SB)"},
		body: slices.Concat(
			[]string{
				"VMAXPS Y0, Y13, Y0", // the operand that survives a NaN is the first
				"VMINPS Y0, Y14, Y0",
			}, expMinusOne, []string{
				"VADDPS one<>(SB), Y4, Y4",
			}, powerOfTwo, []string{
				"VMULPS Y2, Y4, Y4",
				"VMULPS Y3, Y4, Y0",
			})},
	{name: "tanh", comment: "func tanhAVX2(dst, x []float32)", operands: 1,
		load: []string{"log2e<>(SB)", "tanhHighest<>(SB)"},
		body: slices.Concat(
			// 1 - 2/(exp(2|x|)+1), or a polynomial where that would cancel. Both halves
			// are computed for every element.
			[]string{
				"VANDPS allButSign<>(SB), Y0, Y11",
				"VXORPS Y11, Y0, Y10",
				"VMINPS Y11, Y13, Y0",
				"VADDPS Y0, Y0, Y0",
			}, expMinusOne, []string{
				"VPSLLD $23, Y1, Y1",
				"VPADDD one<>(SB), Y1, Y1",
				"VADDPS one<>(SB), Y1, Y2",
				"VFMADD213PS Y2, Y1, Y4",
				"VMOVUPS two<>(SB), Y2",
				"VDIVPS Y4, Y2, Y2",
				"VMOVUPS one<>(SB), Y9",
				"VSUBPS Y2, Y9, Y9",
				"VMULPS Y11, Y11, Y0",
			}, horner("tanhP", "Y0", "Y4"), []string{
				"VMULPS Y11, Y0, Y0",
				"VFMADD213PS Y11, Y0, Y4",
				"VCMPPS $0x11, tanhSmall<>(SB), Y11, Y5",
				"VBLENDVPS Y5, Y4, Y9, Y0",
				"VORPS Y10, Y0, Y0",
			})},
	{name: "sigmoid", comment: "func sigmoidAVX2(dst, x []float32)", operands: 1,
		load: []string{"log2e<>(SB)", "expLowest<>(SB)"},
		body: slices.Concat(
			[]string{"VMOVAPS Y0, Y11"}, expOfMinusAbs, []string{
				// sigmoid(-|x|) = R = e/(1+e), corrected by what is left of the division,
				// e - R(1+e), over 1+e = 1/(1-R). sigmoid(|x|) is 1-R.
				"VADDPS one<>(SB), Y0, Y1",
				"VDIVPS Y1, Y0, Y1",
				"VMOVUPS one<>(SB), Y3",
				"VSUBPS Y1, Y3, Y2",
				"VSUBPS Y1, Y0, Y4",
				"VFNMADD231PS Y0, Y1, Y4",
				"VFMADD231PS Y5, Y2, Y4",
				"VFMADD231PS Y4, Y2, Y1",
				"VSUBPS Y1, Y3, Y3",
				"VBLENDVPS Y11, Y1, Y3, Y0",
			})},
	{name: "softplus", comment: "func softplusAVX2(dst, x []float32)", operands: 1,
		load: []string{"log2e<>(SB)", "expLowest<>(SB)"},
		body: slices.Concat(
			[]string{"VMOVAPS Y0, Y11"}, expOfMinusAbs, horner("softplusP", "Y0", "Y1"), []string{
				"VMULPS Y0, Y0, Y2",
				"VFMADD213PS Y5, Y2, Y1",
				// max(x, 0) + e with what the sum loses (Knuth's two-sum), then the rest
				// of log(1+e). An infinite x comes back at the end.
				"VXORPS Y3, Y3, Y3",
				"VMAXPS Y11, Y3, Y3",
				"VMINPS largest<>(SB), Y3, Y8",
				"VADDPS Y0, Y8, Y4",
				"VSUBPS Y8, Y4, Y6",
				"VSUBPS Y6, Y4, Y7",
				"VSUBPS Y7, Y8, Y7",
				"VSUBPS Y6, Y0, Y6",
				"VADDPS Y6, Y7, Y6",
				"VADDPS Y6, Y1, Y1",
				"VADDPS Y1, Y4, Y0",
				"VMAXPS Y3, Y0, Y0",
			})},
	{name: "log", comment: "func logAVX2(dst, x []float32)", operands: 1,
		body: slices.Concat(
			// x = 2^k (1+f) with 1+f between the roots of 1/2 and 2.
			[]string{
				"VMULPS twoTo23<>(SB), Y0, Y1",
				"VCMPPS $0x11, minNormal<>(SB), Y0, Y2",
				"VBLENDVPS Y2, Y1, Y0, Y1",
				"VANDPS twentyThree<>(SB), Y2, Y2",
				"VPSUBD rootHalf<>(SB), Y1, Y1",
				"VPSRAD $23, Y1, Y3",
				"VCVTDQ2PS Y3, Y3",
				"VSUBPS Y2, Y3, Y3",
				"VPAND fraction<>(SB), Y1, Y1",
				"VPADDD rootHalf<>(SB), Y1, Y1",
				"VSUBPS one<>(SB), Y1, Y1",
				"VMULPS Y1, Y1, Y2",
			}, horner("logP", "Y1", "Y4"), []string{
				"VMULPS Y1, Y2, Y5",
				"VMULPS Y5, Y4, Y4",
				"VFMADD231PS ln2low<>(SB), Y3, Y4",
				"VFNMADD231PS half<>(SB), Y2, Y4",
				"VADDPS Y4, Y1, Y4",
				"VFMADD231PS ln2high<>(SB), Y3, Y4",
				// Not below infinity: infinity and NaN stay themselves.
				"VCMPPS $0x15, infinity<>(SB), Y0, Y5",
				"VBLENDVPS Y5, Y0, Y4, Y4",
				// Below zero: all bits set are a NaN. Zero: minus infinity.
				"VXORPS Y6, Y6, Y6",
				"VCMPPS $0x11, Y6, Y0, Y5",
				"VORPS Y5, Y4, Y4",
				"VCMPPS $0x00, Y6, Y0, Y5",
				"VSUBPS infinity<>(SB), Y6, Y6",
				"VBLENDVPS Y5, Y6, Y4, Y0",
			})},

	{name: "add", comment: "func addAVX2(dst, x, y []float32)", operands: 2,
		body: []string{"VADDPS Y1, Y0, Y0"}},
	{name: "sub", comment: "func subAVX2(dst, x, y []float32)", operands: 2,
		body: []string{"VSUBPS Y1, Y0, Y0"}},
	{name: "mul", comment: "func mulAVX2(dst, x, y []float32)", operands: 2,
		body: []string{"VMULPS Y1, Y0, Y0"}},
	{name: "div", comment: "func divAVX2(dst, x, y []float32)", operands: 2,
		body: []string{"VDIVPS Y1, Y0, Y0"}},
	{name: "maskReLU", comment: "func maskReLUAVX2(dst, x, y []float32)", operands: 2,
		body: []string{"VXORPS Y3, Y3, Y3", "VCMPPS $0x11, Y1, Y3, Y3", "VANDPS Y3, Y0, Y0"}},
	{name: "mulAdd", comment: "func mulAddAVX2(dst, x, y []float32)", operands: 2, reads: true,
		body: []string{"VFMADD213PS Y2, Y1, Y0"}},
	{name: "addScaled", comment: "func addScaledAVX2(dst, x []float32, a float32)", operands: 1, reads: true,
		load: []string{"a+48(FP)"},
		body: []string{"VFMADD213PS Y2, Y12, Y0"}},
	{name: "scaleShift", comment: "func scaleShiftAVX2(dst, x []float32, a, b float32)", operands: 1,
		load: []string{"a+48(FP)", "b+52(FP)"},
		body: []string{"VFMADD213PS Y13, Y12, Y0"}},
}

// expMinusOne reduces x in Y0 to x = n*log(2) + r and leaves exp(r)-1 in Y4 and n
// in the low bits of Y1. It wants log2(e) in Y12.
var expMinusOne = slices.Concat(
	[]string{
		"VMOVAPS Y0, Y1",
		"VFMADD213PS magic<>(SB), Y12, Y1",
		"VSUBPS magic<>(SB), Y1, Y3",
		"VFNMADD231PS ln2high<>(SB), Y3, Y0",
		"VFNMADD231PS ln2low<>(SB), Y3, Y0",
		"VMULPS Y0, Y0, Y3",
	}, horner("expP", "Y0", "Y4"), []string{
		"VFMADD213PS Y0, Y3, Y4",
	})

// powerOfTwo turns n in Y1 into factors in Y2 and Y3 whose product is 2^n: two,
// because exponents of results may lie beyond those of normal numbers.
var powerOfTwo = []string{
	"VPSRAD $1, Y1, Y2",
	"VPSUBD Y2, Y1, Y3",
	"VPSLLD $23, Y2, Y2",
	"VPSLLD $23, Y3, Y3",
	"VPADDD one<>(SB), Y2, Y2",
	"VPADDD one<>(SB), Y3, Y3",
}

// expOfMinusAbs leaves exp(-|x|) of x in Y0 as the sum of Y0 and a small Y5. It
// wants log2(e) in Y12 and the lowest argument in Y13.
var expOfMinusAbs = slices.Concat(
	[]string{
		"VORPS signBit<>(SB), Y0, Y0",
		"VMAXPS Y0, Y13, Y0",
	}, expMinusOne, powerOfTwo, []string{
		"VADDPS one<>(SB), Y4, Y0",
		"VSUBPS one<>(SB), Y0, Y5",
		"VSUBPS Y5, Y4, Y5",
		"VMULPS Y2, Y5, Y5",
		"VMULPS Y3, Y5, Y5",
		"VMULPS Y2, Y0, Y0",
		"VMULPS Y3, Y0, Y0",
	})

// horner evaluates a polynomial of the constants at the register x.
func horner(name, x, result string) []string {
	var coefficients []float32
	for _, c := range constants {
		if c.name == name {
			coefficients = c.values
		}
	}
	last := len(coefficients) - 1
	lines := []string{fmt.Sprintf("VMOVUPS %s%d<>(SB), %s", name, last, result)}
	for i := last - 1; i >= 0; i-- {
		lines = append(lines, fmt.Sprintf("VFMADD213PS %s%d<>(SB), %s, %s", name, i, x, result))
	}
	return lines
}

func elementwise() []byte {
	text := new(writer)
	for _, o := range operations {
		o.write(text)
	}
	w := newWriter()
	w.constants(text)
	w.WriteString("\n// tailMask begins with as many set words as elements are left, 32-4n bytes in.\n")
	for offset := 0; offset < 64; offset += 8 {
		bits := uint64(math.MaxUint64)
		if offset >= 32 {
			bits = 0
		}
		fmt.Fprintf(w, "DATA tailMask<>+%d(SB)/8, $%#x\n", offset, bits)
	}
	w.WriteString("GLOBL tailMask<>(SB), RODATA|NOPTR, $64\n")
	w.Write(text.Bytes())
	return w.Bytes()
}

// constants writes those of the constants that the text names.
func (w *writer) constants(text *writer) {
	w.WriteString("\n")
	for _, c := range constants {
		for i, v := range c.values {
			name := c.name
			if len(c.values) > 1 {
				name = fmt.Sprint(c.name, i)
			}
			if bytes.Contains(text.Bytes(), []byte(name+"<>(SB)")) {
				w.constant(name, math.Float32bits(v))
			}
		}
	}
}

// write writes the operation's function: whole vectors, and then the rest under a
// mask.
func (o operation) write(w *writer) {
	arguments := 24 * (o.operands + 1)
	for _, c := range o.load {
		if c[len(c)-4:] == "(FP)" {
			arguments += 4
		}
	}
	w.text(o.name+"AVX2", "0", 8, arguments, o.comment)
	w.op("MOVQ dst_base+0(FP), DI")
	w.op("MOVQ dst_len+8(FP), CX")
	pointers := []string{"SI", "DX"}[:o.operands]
	for i, p := range pointers {
		name := []string{"x", "y"}[i]
		w.op("MOVQ %s_base+%d(FP), %s", name, 24*(i+1), p)
		w.op("CMPQ %s_len+%d(FP), CX", name, 24*(i+1)+8)
		w.op("JNE unequal")
	}
	for i, c := range o.load {
		w.op("VBROADCASTSS %s, Y%d", c, 12+i)
	}
	w.op("SUBQ $8, CX")
	w.op("JLT tail")
	w.label("loop")
	for i, p := range pointers {
		w.op("VMOVUPS (%s), Y%d", p, i)
	}
	if o.reads {
		w.op("VMOVUPS (DI), Y2")
	}
	for _, line := range o.body {
		w.op("%s", line)
	}
	w.op("VMOVUPS Y0, (DI)")
	for _, p := range append(pointers, "DI") {
		w.op("ADDQ $32, %s", p)
	}
	w.op("SUBQ $8, CX")
	w.op("JGE loop")
	w.label("tail")
	w.op("ADDQ $8, CX")
	w.op("JEQ done")
	w.op("NEGQ CX")
	w.op("LEAQ tailMask<>+32(SB), AX")
	w.op("VMOVUPS (AX)(CX*4), Y15")
	for i, p := range pointers {
		w.op("VMASKMOVPS (%s), Y15, Y%d", p, i)
	}
	if o.reads {
		w.op("VMASKMOVPS (DI), Y15, Y2")
	}
	for _, line := range o.body {
		w.op("%s", line)
	}
	w.op("VMASKMOVPS Y0, Y15, (DI)")
	w.label("done")
	w.op("VZEROUPPER")
	w.op("RET")
	w.label("unequal")
	w.op("CALL ·panicLength(SB)")
	w.op("RET")
}
