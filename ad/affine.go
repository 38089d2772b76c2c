package ad

import "flowcert/internal/kernel"

// splitAffine separates the parameters h of a panel, where each column's shift is
// followed by its raw log-scale, into shifts and softly clipped log-scales.
func splitAffine[T kernel.Float](shift, scale, h []T, bound T) {
	const lanes = kernel.Lanes
	for c := 0; c < len(scale); c += lanes {
		copy(shift[c:c+lanes], h[2*c:])
		for j, v := range h[2*c+lanes : 2*c+2*lanes] {
			scale[c+j], _ = clip(v, bound)
		}
	}
}

// affine computes x e^s + shift beside s, and saves e^s.
func affine[T kernel.Float](a *Arena[T], st *step[T]) {
	y, x, h, e := a.values[st.id], a.values[st.n.in[0]], a.values[st.n.in[1]], a.saved[st.id]
	for q := range y.Panels {
		xq, eq := x.Panel(q), e.Panel(q)
		mapped, scale := y.Panel(q)[:len(xq)], y.Panel(q)[len(xq):]
		splitAffine(mapped, scale, h.Panel(q), T(st.n.scale))
		a.k.Exp(eq, scale)
		a.k.MulAdd(mapped, xq, eq)
	}
}

// affineInverse computes (x - shift) e^-s beside -s, and saves e^-s.
func affineInverse[T kernel.Float](a *Arena[T], st *step[T]) {
	y, x, h, e := a.values[st.id], a.values[st.n.in[0]], a.values[st.n.in[1]], a.saved[st.id]
	for q := range y.Panels {
		xq, eq := x.Panel(q), e.Panel(q)
		mapped, scale := y.Panel(q)[:len(xq)], y.Panel(q)[len(xq):]
		splitAffine(mapped, scale, h.Panel(q), T(st.n.scale))
		a.k.ScaleShift(scale, scale, -1, 0)
		a.k.Exp(eq, scale)
		a.k.Sub(mapped, xq, mapped)
		a.k.Mul(mapped, mapped, eq)
	}
}

func affineBackward[T kernel.Float](a *Arena[T], st *step[T]) { a.affinePull(st, false) }

func affineInverseBackward[T kernel.Float](a *Arena[T], st *step[T]) { a.affinePull(st, true) }

// affinePull turns the gradients of the mapped entries and of their
// log-derivatives into those of the entries and of the parameters.
func (a *Arena[T]) affinePull(st *step[T], inverse bool) {
	const lanes = kernel.Lanes
	g, y, e := a.gradients[st.id], a.values[st.id], a.saved[st.id]
	x, h := a.values[st.n.in[0]], a.values[st.n.in[1]]
	bound := T(st.n.scale)
	for q := range g.Panels {
		xq, yq, hq, eq := x.Panel(q), y.Panel(q), h.Panel(q), e.Panel(q)
		gy, gl := g.Panel(q)[:len(xq)], g.Panel(q)[len(xq):]
		var dx, dh []T
		if st.want[0] {
			dx = a.gradients[st.n.in[0]].Panel(q)
		}
		if st.want[1] {
			dh = a.gradients[st.n.in[1]].Panel(q)
		}
		for j := range xq {
			point := gy[j] * eq[j]
			shift, scale := gy[j], gl[j]+point*xq[j]
			if inverse {
				shift, scale = -point, -gl[j]-gy[j]*yq[j]
			}
			if dx != nil {
				if st.add[0] {
					point += dx[j]
				}
				dx[j] = point
			}
			if dh == nil {
				continue
			}
			at := 2*(j-j%lanes) + j%lanes
			_, root := clip(hq[at+lanes], bound)
			scale *= root * root
			if st.add[1] {
				shift, scale = shift+dh[at], scale+dh[at+lanes]
			}
			dh[at], dh[at+lanes] = shift, scale
		}
	}
}
