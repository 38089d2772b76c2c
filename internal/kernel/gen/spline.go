package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// spline writes the kernels of the rational-quadratic splines. Vectors hold half the
// rows of a column: no row branches on its own, and what holds for some rows only is
// blended in.
func spline() []byte {
	text := new(writer)
	splineKnots(text)
	for _, inverse := range []bool{false, true} {
		splineMap(text, inverse)
	}
	for _, inverse := range []bool{false, true} {
		splineGradient(text, inverse)
	}
	w := newWriter()
	w.constants(text)
	w.Write(text.Bytes())
	return w.Bytes()
}

// splineName is the name of the kernel for one direction.
func splineName(kernel string, inverse bool) string {
	if inverse {
		kernel = strings.Replace(kernel, "spline", "splineInverse", 1)
	}
	return kernel + "AVX2"
}

// A naming gives vector registers and stack slots the names that the formulas have
// in the portable version.
type naming map[string]string

// registers names Y0, Y1 and so on; one that changes its meaning has several names,
// separated by slashes.
func registers(names ...string) naming {
	n := naming{}
	for r, all := range names {
		for _, name := range strings.Split(all, "/") {
			n[name] = fmt.Sprint("Y", r)
		}
	}
	return n
}

var word = regexp.MustCompile(`\b[a-z]\w*\b`)

// write writes lines of instructions with the names replaced.
func (n naming) write(w *writer, lines string) {
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		w.op("%s", word.ReplaceAllStringFunc(strings.TrimSpace(line), func(s string) string {
			if to, ok := n[s]; ok {
				return to
			}
			return s
		}))
	}
}

// expOfNegative turns x in Y0, zero or less, into exp(x) in Y4; from -87 down the
// result is that of -87, which is near the least normal number. It wants log2(e) in
// Y12 and -87 in Y13.
var expOfNegative = slices.Concat(
	[]string{"VMAXPS Y0, Y13, Y0"}, expMinusOne, []string{
		"VPSLLD $23, Y1, Y1",
		"VPADDD one<>(SB), Y1, Y1",
		"VFMADD213PS Y1, Y1, Y4",
	})

// splineKnots writes the kernel that turns raw parameters into knots. The softmaxes
// of widths and heights of all 16 rows go side by side.
func splineKnots(w *writer) {
	w.text("splineKnotsAVX2", "NOSPLIT", 0, 8, "func splineKnotsAVX2(c *splineCall)")
	w.op("MOVQ c+0(FP), AX")
	w.op("MOVQ splineCall_knots(AX), DI")
	w.op("MOVQ splineCall_h(AX), SI")
	w.op("MOVQ splineCall_size(AX), R8")
	w.op("MOVQ splineCall_bins(AX), DX")
	w.op("SHLQ $6, DX")
	for i, c := range []string{"log2e<>(SB)", "expNormal<>(SB)", "splineCall_offset(AX)", "splineCall_minSlope(AX)"} {
		w.op("VBROADCASTSS %s, Y%d", c, 12+i)
	}
	w.label("column")
	softmaxes(w)
	w.op("MOVQ splineCall_bins(AX), CX")
	w.op("ADDQ DX, SI")
	w.op("ADDQ DX, DI")
	w.op("DECQ CX")
	w.op("JEQ next")
	w.label("slopes")
	for half := 0; half < 64; half += 32 {
		slope(w, half)
	}
	w.op("ADDQ $64, SI")
	w.op("ADDQ $64, DI")
	w.op("DECQ CX")
	w.op("JNE slopes")
	w.label("next")
	w.op("SUBQ $64, R8")
	w.op("JNE column")
	w.op("VZEROUPPER")
	w.op("RET")
}

// softmaxes computes the two of a column and leaves SI and DI behind the first.
func softmaxes(w *writer) {
	parts := []struct{ greatest, sum, offset, index string }{
		{"Y5", "Y2", "", ""}, {"Y6", "Y9", "32", ""}, {"Y7", "Y10", "", "(DX*1)"}, {"Y8", "Y11", "32", "(DX*1)"},
	}
	for _, p := range parts {
		w.op("VMOVUPS %s(SI)%s, %s", p.offset, p.index, p.greatest)
		w.op("VXORPS %s, %s, %s", p.sum, p.sum, p.sum)
	}
	w.op("MOVQ SI, R9")
	w.op("MOVQ splineCall_bins(AX), CX")
	w.label("maximum")
	for _, p := range parts {
		w.op("VMAXPS %s(R9)%s, %s, %s", p.offset, p.index, p.greatest, p.greatest)
	}
	w.op("ADDQ $64, R9")
	w.op("DECQ CX")
	w.op("JNE maximum")
	w.op("MOVQ DI, R9")
	w.op("MOVQ splineCall_bins(AX), CX")
	w.label("exponential")
	for _, p := range parts {
		w.op("VMOVUPS %s(SI)%s, Y0", p.offset, p.index)
		w.op("VSUBPS %s, Y0, Y0", p.greatest)
		w.lines(expOfNegative)
		w.op("VADDPS Y4, %s, %s", p.sum, p.sum)
		w.op("VMOVUPS Y4, %s(DI)%s", p.offset, p.index)
	}
	w.op("ADDQ $64, SI")
	w.op("ADDQ $64, DI")
	w.op("DECQ CX")
	w.op("JNE exponential")
	w.op("VMOVUPS one<>(SB), Y0")
	for _, p := range parts {
		w.op("VDIVPS %s, Y0, %s", p.sum, p.sum)
	}
	w.op("MOVQ splineCall_bins(AX), CX")
	w.label("normalise")
	for i, p := range parts {
		w.op("VMULPS %s(R9)%s, %s, Y%d", p.offset, p.index, p.sum, 5+i)
		w.op("VMOVUPS Y%d, %s(R9)%s", 5+i, p.offset, p.index)
	}
	w.op("ADDQ $64, R9")
	w.op("DECQ CX")
	w.op("JNE normalise")
}

// slope computes the slopes of half a row: the least one and the softplus, max(x, 0)
// + log(1+exp(-|x|)), which need not be exact to the last bit where it is small.
func slope(w *writer, half int) {
	w.op("VADDPS %d(SI), Y14, Y11", half)
	w.op("VORPS signBit<>(SB), Y11, Y0")
	w.lines(expOfNegative)
	w.lines(horner("softplusP", "Y4", "Y1"))
	w.op("VMULPS Y4, Y4, Y2")
	w.op("VFMADD213PS Y4, Y2, Y1")
	w.op("VXORPS Y3, Y3, Y3")
	w.op("VMAXPS Y11, Y3, Y3")
	w.op("VADDPS Y1, Y3, Y0")
	w.op("VADDPS Y15, Y0, Y0")
	w.op("VMOVUPS Y0, %d(DI)", half)
}

// beginHalves begins the loop over half columns. R8 is their place in the panel of
// points, R14 points to their knots and R13 to their raw gradients, if any; DX is the
// distance from widths to heights and from heights to slopes.
func beginHalves(w *writer) {
	w.op("MOVQ splineCall_bins(AX), DX")
	w.op("SHLQ $6, DX")
	w.op("MOVQ $32, BX")
	w.op("MOVQ BX, 0(SP)")
	w.op("LEAQ (DX)(DX*2), BX")
	w.op("SUBQ $%d, BX", 64+32)
	w.op("MOVQ BX, 8(SP)")
	w.op("XORQ R8, R8")
	w.label("half")
}

// endHalves ends the loop and the function. The second half of a column's knots is
// 32 bytes on, the next column's first half is behind the last slope.
func endHalves(w *writer) {
	w.op("MOVQ 0(SP), BX")
	w.op("MOVQ 8(SP), CX")
	w.op("MOVQ CX, 0(SP)")
	w.op("MOVQ BX, 8(SP)")
	w.op("ADDQ BX, R14")
	w.op("ADDQ BX, R13")
	w.op("ADDQ $32, R8")
	w.op("CMPQ R8, splineCall_size(AX)")
	w.op("JLT half")
	w.op("VZEROUPPER")
	w.op("RET")
}

// findBin leaves the description of the bin that holds v in the registers of these
// names. It walks over all bins: as long as v is not below the end of one (predicate
// 0x15, which holds for NaNs), the next one replaces it.
func findBin(w *writer, inverse bool) {
	n := registers("v", "x", "y", "width", "height", "left", "right", "index",
		"edgeX", "edgeY", "past", "binWidth", "binHeight", "slope", "least", "share")
	n["edge"] = n["edgeX"]
	if inverse {
		n["edge"] = n["edgeY"]
	}
	n.write(w, `
		MOVQ R14, SI
		VMOVUPS (R9)(R8*1), v
		VBROADCASTSS splineCall_least(AX), least
		VBROADCASTSS splineCall_share(AX), share
		VBROADCASTSS splineCall_bound(AX), edgeX
		VXORPS signBit<>(SB), edgeX, edgeX
		VMOVAPS edgeX, edgeY
		VMOVUPS one<>(SB), slope
		VPCMPEQD past, past, past
		VMOVAPS past, index
		MOVQ splineCall_bins(AX), CX
		DECQ CX
		JEQ last`)
	replace := `
		VBLENDVPS past, edgeX, x, x
		VBLENDVPS past, edgeY, y, y
		VBLENDVPS past, binWidth, width, width
		VBLENDVPS past, binHeight, height, height
		VBLENDVPS past, slope, left, left
		VPSUBD past, index, index`
	w.label("bin")
	n.write(w, `
		VMOVUPS (SI), binWidth
		VMOVUPS (SI)(DX*1), binHeight
		VFMADD213PS least, share, binWidth
		VFMADD213PS least, share, binHeight`)
	n.write(w, replace)
	n.write(w, `
		VMOVUPS (SI)(DX*2), slope
		VBLENDVPS past, slope, right, right
		VADDPS binWidth, edgeX, edgeX
		VADDPS binHeight, edgeY, edgeY
		VCMPPS $0x15, edge, v, past
		ADDQ $64, SI
		DECQ CX
		JNE bin`)
	w.label("last") // it ends at the corner, whatever the rounding
	n.write(w, `
		VBROADCASTSS splineCall_bound(AX), binHeight
		VSUBPS edgeX, binHeight, binWidth
		VSUBPS edgeY, binHeight, binHeight`)
	n.write(w, replace)
	n.write(w, `VBLENDVPS past, one<>(SB), right, right`)
}

// curve computes the position t in the bin and what depends on it. Of v and of the
// corner on the point's own axis nothing is left.
func curve(w *writer, inverse bool) {
	n := registers("v/m", "x", "y", "width", "height", "left", "right", "product",
		"s", "steep", "t", "u/rise/low", "rr/rest/high", "tt/root", "n/b", "d/c")
	n.write(w, `
		VDIVPS width, height, s
		VADDPS left, right, steep
		VFNMADD231PS two<>(SB), s, steep`)
	if inverse {
		solve(w, n)
	} else {
		n.write(w, `
			VSUBPS x, v, t
			VDIVPS width, t, t`)
	}
	n.write(w, `
		VMOVUPS one<>(SB), rr
		VSUBPS t, rr, rr
		VMULPS rr, t, u
		VMULPS rr, rr, rr
		VMULPS t, t, tt
		VMULPS tt, s, n
		VFMADD231PS u, left, n
		VMOVAPS s, d
		VFMADD231PS u, steep, d
		VMULPS u, s, product
		VADDPS product, product, m
		VFMADD231PS tt, right, m
		VFMADD231PS rr, left, m`)
}

// solve computes t as the portable version does, u being rise and c twice s. The
// operands of minima and maxima are in the order that lets NaNs through, and the sign of
// b chooses between the forms of the root.
func solve(w *writer, n naming) {
	n.write(w, `
		VSUBPS y, v, rise
		VDIVPS height, rise, rise
		VXORPS t, t, t
		VMAXPS rise, t, rise
		VMOVUPS one<>(SB), rest
		VMINPS rise, rest, rise
		VSUBPS rise, rest, rest
		VMULPS left, rest, b
		VFNMADD231PS rise, right, b
		VMOVUPS squarable<>(SB), product
		VMINPS b, product, b
		VXORPS signBit<>(SB), product, product
		VMAXPS b, product, b
		VADDPS s, s, c
		VMULPS c, rise, low
		VMULPS c, rest, high
		VMULPS low, high, root
		VFMADD231PS b, b, root
		VSQRTPS root, root
		VMOVUPS signBit<>(SB), product
		VANDNPS b, product, product
		VADDPS product, root, root
		VBLENDVPS b, root, low, c
		VBLENDVPS b, high, low, product
		VADDPS root, product, product
		VDIVPS product, c, t`)
}

// splineMap writes the kernel for the points' images and the slopes there; the
// logarithm is left to the caller.
func splineMap(w *writer, inverse bool) {
	name := splineName("splineMap", inverse)
	w.text(name, "NOSPLIT", 16, 8, fmt.Sprintf("func %s(c *splineCall)", name))
	w.op("MOVQ c+0(FP), AX")
	w.op("MOVQ splineCall_knots(AX), R14")
	w.op("MOVQ splineCall_x(AX), R9")
	w.op("MOVQ splineCall_y(AX), R10")
	w.op("MOVQ splineCall_slope(AX), R11")
	beginHalves(w)
	findBin(w, inverse)
	curve(w, inverse)
	n := registers("m", "x", "y", "width", "height", "inside", "bound", "v",
		"s", "steep", "t", "slope", "image", "-", "n", "d")
	if inverse {
		n.write(w, `
			VMOVAPS t, image
			VFMADD213PS x, width, image
			VDIVPS s, d, slope
			VMULPS slope, slope, slope
			VDIVPS m, slope, slope`)
	} else {
		n.write(w, `
			VMULPS n, height, image
			VDIVPS d, image, image
			VADDPS y, image, image
			VDIVPS d, s, slope
			VMULPS slope, slope, slope
			VMULPS m, slope, slope`)
	}
	n.write(w, `
		VMOVUPS (R9)(R8*1), v
		VANDPS allButSign<>(SB), v, inside
		VBROADCASTSS splineCall_bound(AX), bound
		VCMPPS $0x11, bound, inside, inside
		VBLENDVPS inside, image, v, image
		VMOVUPS one<>(SB), v
		VBLENDVPS inside, slope, v, slope
		VMOVUPS image, (R10)(R8*1)
		VMOVUPS slope, (R11)(R8*1)`)
	endHalves(w)
}
