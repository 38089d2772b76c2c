package ad

import "flowcert/internal/kernel"

// logScales writes the soft clip of the raw log-scales r.
func logScales[T kernel.Float](s, r []T, bound T) {
	for j, v := range r {
		s[j], _ = clip(v, bound)
	}
}

// affine computes x e^s + shift beside s, and saves e^s.
func affine[T kernel.Float](a *Arena[T], st *step[T]) {
	y, x, h, e := a.values[st.id], a.values[st.n.in[0]], a.values[st.n.in[1]], a.saved[st.id]
	for q := range y.Panels {
		yq, xq, hq, eq := y.Panel(q), x.Panel(q), h.Panel(q), e.Panel(q)
		n := len(xq)
		logScales(yq[n:], hq[n:], T(st.n.scale))
		a.k.Exp(eq, yq[n:])
		copy(yq[:n], hq[:n])
		a.k.MulAdd(yq[:n], xq, eq)
	}
}

func affineBackward[T kernel.Float](a *Arena[T], st *step[T]) {
	x, e := a.values[st.n.in[0]], a.saved[st.id]
	a.coupledBackward(st, func(q, j int, gy, gs T) (dx, shift, scale T) {
		dx = gy * e.Panel(q)[j]
		return dx, gy, gs + dx*x.Panel(q)[j]
	})
}

// affineInverse computes (x - shift) e^-s beside -s, and saves e^-s.
func affineInverse[T kernel.Float](a *Arena[T], st *step[T]) {
	y, x, h, e := a.values[st.id], a.values[st.n.in[0]], a.values[st.n.in[1]], a.saved[st.id]
	for q := range y.Panels {
		yq, xq, hq, eq := y.Panel(q), x.Panel(q), h.Panel(q), e.Panel(q)
		n := len(xq)
		logScales(yq[n:], hq[n:], T(st.n.scale))
		a.k.ScaleShift(yq[n:], yq[n:], -1, 0)
		a.k.Exp(eq, yq[n:])
		a.k.Sub(yq[:n], xq, hq[:n])
		a.k.Mul(yq[:n], yq[:n], eq)
	}
}

func affineInverseBackward[T kernel.Float](a *Arena[T], st *step[T]) {
	y, e := a.values[st.id], a.saved[st.id]
	a.coupledBackward(st, func(q, j int, gy, gs T) (dx, shift, scale T) {
		dx = gy * e.Panel(q)[j]
		return dx, -dx, -gs - gy*y.Panel(q)[j]
	})
}

// coupledBackward distributes what f makes of the gradients gy of the mapped
// entry j of panel q and gs of its log-derivative: the gradients of the input, of
// the shift and of the log-scale.
func (a *Arena[T]) coupledBackward(st *step[T], f func(q, j int, gy, gs T) (dx, shift, scale T)) {
	g, h := a.gradients[st.id], a.values[st.n.in[1]]
	bound := T(st.n.scale)
	for q := range g.Panels {
		gq, hq := g.Panel(q), h.Panel(q)
		n := len(gq) / 2
		var dx, dh []T
		if st.want[0] {
			dx = a.gradients[st.n.in[0]].Panel(q)
		}
		if st.want[1] {
			dh = a.gradients[st.n.in[1]].Panel(q)
		}
		for j := range n {
			x, shift, scale := f(q, j, gq[j], gq[n+j])
			if dx != nil {
				if st.add[0] {
					x += dx[j]
				}
				dx[j] = x
			}
			if dh != nil {
				_, root := clip(hq[n+j], bound)
				scale *= root * root
				if st.add[1] {
					shift, scale = shift+dh[j], scale+dh[n+j]
				}
				dh[j], dh[n+j] = shift, scale
			}
		}
	}
}
