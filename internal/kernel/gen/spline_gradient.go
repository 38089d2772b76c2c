package main

import (
	"fmt"
	"strings"
)

// splineGradient writes the kernel that turns the gradients of images and log-slopes
// into those of the points and of the raw parameters.
func splineGradient(w *writer, inverse bool) {
	name := splineName("splineGradient", inverse)
	w.text(name, "NOSPLIT", 16+32*len(slots), 8, fmt.Sprintf("func %s(c *splineCall)", name))
	w.op("MOVQ c+0(FP), AX")
	w.op("MOVQ splineCall_knots(AX), R14")
	w.op("MOVQ splineCall_x(AX), R9")
	w.op("MOVQ splineCall_dy(AX), R10")
	w.op("MOVQ splineCall_dl(AX), R11")
	w.op("MOVQ splineCall_dx(AX), R12")
	w.op("MOVQ splineCall_dh(AX), R13")
	beginHalves(w)
	findBin(w, inverse)
	keepBin(w)
	curve(w, inverse)
	pullbackPoint(w, inverse)
	pullbackBin(w)
	storePoint(w)
	w.op("CMPQ splineCall_dh(AX), $0")
	w.op("JEQ next")
	throughSoftplus(w)
	throughSoftmax(w)
	scatter(w)
	w.label("next")
	endHalves(w)
}

// slots are the vectors on the stack: the number of a point's bin, its slopes,
// whether it is inside the box, and the gradient with respect to the point.
var slots = []string{"index", "left", "right", "inside", "point"}

// withSlots adds the names of the stack's vectors.
func (n naming) withSlots() naming {
	for i, name := range slots {
		n[name+"Slot"] = fmt.Sprintf("%d(SP)", 16+32*i)
	}
	return n
}

// keepBin stores of what findBin found what the raw parameters' gradients need.
func keepBin(w *writer) {
	registers("v", "x", "y", "width", "height", "left", "right", "index", "inside", "bound").withSlots().write(w, `
		VMOVUPS index, indexSlot
		VMOVUPS left, leftSlot
		VMOVUPS right, rightSlot
		VANDPS allButSign<>(SB), v, inside
		VBROADCASTSS splineCall_bound(AX), bound
		VCMPPS $0x11, bound, inside, inside
		VMOVUPS inside, insideSlot`)
}

// pullbackRegisters are those in which the gradients with respect to the point and
// the bin are computed, divisions being replaced by products with the reciprocals rd,
// rm and rw of d, m and the width.
func pullbackRegisters() naming {
	return registers("m/rm", "slope/sign/q/ud", "e/gv", "width/gl", "height/hd", "left/fs/fleft/gleft",
		"right/ls/gh", "lt/point", "s/fright", "steep/rw", "t/narrow", "u", "rr", "tt/gright", "n/fh", "d/rd").withSlots()
}

// pullbackPoint computes the gradient with respect to the point.
func pullbackPoint(w *writer, inverse bool) {
	n := pullbackRegisters()
	// The derivative of the log-slope by the point: e is 1-2t and then 1-t.
	n.write(w, `
		VMOVUPS one<>(SB), slope
		VDIVPS d, slope, rd
		VMULPS rd, s, slope
		VMULPS slope, slope, slope
		VMULPS m, slope, slope
		VMOVUPS one<>(SB), e
		VDIVPS m, e, rm
		VMULPS rd, n, fh
		VMOVUPS one<>(SB), e
		VFNMADD231PS two<>(SB), t, e
		VMULPS e, steep, steep
		VMULPS rd, steep, steep
		VMULPS t, right, lt
		VFMADD231PS e, s, lt
		VMOVUPS one<>(SB), e
		VSUBPS t, e, e
		VFNMADD231PS e, left, lt
		VFMSUB213PS steep, rm, lt
		VADDPS lt, lt, lt
		VMOVUPS one<>(SB), rw
		VDIVPS width, rw, rw
		VMULPS rw, lt, lt
		VMOVUPS (R10)(R8*1), gv
		VMOVUPS (R11)(R8*1), gl`)
	if inverse {
		// To the curve the value is the point and the other way round.
		n.write(w, `
			VFNMADD231PS gl, lt, gv
			VDIVPS slope, gv, gv
			VMOVUPS gv, pointSlot
			VMOVUPS signBit<>(SB), sign
			VXORPS sign, gv, gv
			VXORPS sign, gl, gl
			VXORPS (R10)(R8*1), sign, point`)
	} else {
		n.write(w, `
			VMULPS gl, lt, point
			VFMADD231PS gv, slope, point
			VMOVUPS point, pointSlot`)
	}
}

// pullbackBin computes the gradient with respect to the bin: point and narrow are the
// negatives of those of its left edge and its width, gv and gh those of its lower edge
// and its height, gleft and gright those of its slopes. On the way gh is the gradient
// of s over the width, and q is 1-2u.
func pullbackBin(w *writer) {
	pullbackRegisters().write(w, `
		VMOVUPS one<>(SB), q
		VFNMADD231PS two<>(SB), u, q
		VMULPS rd, height, hd
		VMOVAPS tt, fs
		VFNMADD231PS q, fh, fs
		VMULPS hd, fs, fs
		VMOVUPS one<>(SB), ls
		VDIVPS s, ls, ls
		VFMADD231PS rm, u, ls
		VFNMADD231PS rd, q, ls
		VADDPS ls, ls, ls
		VMULPS gl, ls, gh
		VFMADD231PS gv, fs, gh
		VMULPS rw, gh, gh
		VMULPS point, t, narrow
		VFMADD231PS gh, s, narrow
		VFMADD231PS gv, fh, gh
		VMULPS rd, u, ud
		VADDPS ud, ud, ud
		VFMSUB213PS ud, rm, rr
		VFMSUB213PS ud, rm, tt
		VMULPS u, hd, fleft
		VMULPS fh, fleft, fright
		VSUBPS fright, fleft, fleft
		VMULPS gv, fleft, gleft
		VFMADD231PS gl, rr, gleft
		VMULPS gl, tt, gright
		VFNMADD231PS gv, fright, gright`)
}

// storePoint sets dx or adds to it, if it is wanted. The registers that it uses
// hold nothing any more.
func storePoint(w *writer) {
	w.op("TESTQ R12, R12")
	w.op("JEQ pointStored")
	naming{"inside": "Y0", "gradient": "Y1", "was": "Y3"}.withSlots().write(w, `
		VMOVUPS insideSlot, inside
		VMOVUPS (R10)(R8*1), gradient
		VBLENDVPS inside, pointSlot, gradient, gradient
		VBROADCASTSS splineCall_addX(AX), was
		VANDPS (R12)(R8*1), was, was
		VADDPS was, gradient, gradient
		VMOVUPS gradient, (R12)(R8*1)`)
	w.label("pointStored")
}

// throughSoftplus multiplies the slopes' gradients by d slope/d raw, 1-exp(x) of x =
// least slope - slope. With x = n log(2) + r that is 1-2^n - 2^n (exp(r)-1).
func throughSoftplus(w *writer) {
	w.op("VBROADCASTSS log2e<>(SB), Y12")
	w.op("VBROADCASTSS oneLowest<>(SB), Y15")
	for _, side := range []string{"left", "right"} {
		n := naming{"gleft": "Y5", "gright": "Y13"}.withSlots()
		n.write(w, `
			VBROADCASTSS splineCall_minSlope(AX), Y0
			VSUBPS `+side+`Slot, Y0, Y0
			VMAXPS Y0, Y15, Y0`)
		w.lines(expMinusOne)
		n.write(w, `
			VPSLLD $23, Y1, Y1
			VPADDD one<>(SB), Y1, Y1
			VMOVUPS one<>(SB), Y0
			VSUBPS Y1, Y0, Y0
			VFNMADD231PS Y4, Y1, Y0
			VMULPS Y0, g`+side+`, g`+side)
	}
}

// rawRegisters hold what the loops over the raw parameters of a column need.
func rawRegisters() naming {
	return registers("index", "inside", "gv/beforeY", "meanX/afterX", "meanY/afterY", "gleft", "gh/atY", "point/beforeX",
		"bin", "here", "narrow/atX", "before/beyond", "gradient", "gright", "share/add", "was").withSlots()
}

// beginRaw begins a loop over the bins, of which here marks the point's own.
func beginRaw(w *writer, label string) {
	rawRegisters().write(w, `
		VXORPS bin, bin, bin
		VPCMPEQD bin, index, here
		MOVQ R14, SI
		MOVQ splineCall_bins(AX), CX`)
	w.label("%s", label)
	rawRegisters().write(w, `VPCMPGTD bin, index, before`)
}

// throughSoftmax computes, for the widths and the heights, the three values that the
// gradient of an entry of the softmax takes, less its mean under the softmax: for
// those of bins before the point's bin, for its own, and for the ones after. All are
// zero for points outside the box.
func throughSoftmax(w *writer) {
	n := rawRegisters()
	n.write(w, `
		VMOVUPS indexSlot, index
		VMOVUPS insideSlot, inside
		VBROADCASTSS splineCall_share(AX), share
		VMULPS share, beforeY, beforeY
		VMULPS share, atY, atY
		VXORPS signBit<>(SB), share, share
		VMULPS share, beforeX, beforeX
		VMULPS share, atX, atX
		VXORPS meanX, meanX, meanX
		VXORPS meanY, meanY, meanY`)
	beginRaw(w, "mean")
	n.write(w, `
		VANDPS before, beforeX, gradient
		VBLENDVPS here, atX, gradient, gradient
		VFMADD231PS (SI), gradient, meanX
		VANDPS before, beforeY, gradient
		VBLENDVPS here, atY, gradient, gradient
		VFMADD231PS (SI)(DX*1), gradient, meanY
		VPADDD unit<>(SB), bin, bin
		VPCMPEQD bin, index, here
		ADDQ $64, SI
		DECQ CX
		JNE mean`)
	for _, axis := range []string{"X", "Y"} {
		n.write(w, strings.ReplaceAll(`
			VSUBPS mean#, before#, before#
			VSUBPS mean#, at#, at#
			VXORPS signBit<>(SB), mean#, after#
			VANDPS inside, before#, before#
			VANDPS inside, at#, at#
			VANDPS inside, after#, after#`, "#", axis))
	}
	n.write(w, `
		VANDPS inside, gleft, gleft
		VANDPS inside, gright, gright`)
}

// scatter sets the column's raw gradients or adds to them. Slopes get something from
// the bins on both sides.
func scatter(w *writer) {
	n := rawRegisters()
	n.write(w, `
		VBROADCASTSS splineCall_addH(AX), add
		MOVQ R13, DI`)
	beginRaw(w, "raw")
	for _, axis := range []struct{ name, offset string }{{"X", ""}, {"Y", "(DX*1)"}} {
		n.write(w, strings.NewReplacer("#", axis.name, "@", axis.offset).Replace(`
			VBLENDVPS here, at#, after#, gradient
			VBLENDVPS before, before#, gradient, gradient
			VANDPS (SI)@, inside, was
			VMULPS was, gradient, gradient
			VANDPS (DI)@, add, was
			VADDPS was, gradient, gradient
			VMOVUPS gradient, (DI)@`))
	}
	n.write(w, `
		DECQ CX
		JEQ next
		VPADDD unit<>(SB), bin, bin
		VPCMPEQD bin, index, beyond
		VANDPS here, gright, gradient
		VANDPS beyond, gleft, was
		VADDPS was, gradient, gradient
		VANDPS (DI)(DX*2), add, was
		VADDPS was, gradient, gradient
		VMOVUPS gradient, (DI)(DX*2)
		VMOVAPS beyond, here
		ADDQ $64, SI
		ADDQ $64, DI
		JMP raw`)
}
