package ad

import "flowcert/internal/kernel"

func binsBackward[T kernel.Float](a *Arena[T], st *step[T]) {
	d := st.n.division
	saved, g := a.saved[st.id], a.gradients[st.id]
	for q := range g.Panels {
		kq, gq := saved.Panel(q), g.Panel(q)
		// Points may be among the parameters: what is added comes last.
		if st.want[0] {
			pullPoints(d, a.gradients[st.n.in[0]].Panel(q), gq, kq, st.add[0])
		}
		if st.want[1] {
			dh := a.gradients[st.n.in[1]].Panel(q)
			if !st.add[1] {
				clear(dh)
			}
			pullBins(d, dh, gq, kq)
		}
	}
}

// binNumber returns the number of the bin of entry j, given what was saved; -1 is outside.
func binNumber[T kernel.Float](b *Bins, saved []T, j int) int {
	const lanes = kernel.Lanes
	_, knots, _, _ := b.parts()
	return int(saved[(j/lanes*b.saved()+knots+1)*lanes+j%lanes])
}

// pullPoints sets dx to the gradient of the points given that of the bins' values, g,
// or adds it.
func pullPoints[T kernel.Float](d *division, dx, g, saved []T, add bool) {
	for j := range dx {
		v := g[j] // that of the offset
		if binNumber(&d.bins, saved, j) < 0 {
			v = g[binStart*len(dx)+j]
		}
		if add {
			v += dx[j]
		}
		dx[j] = v
	}
}

// pullBins adds the gradient of the raw parameters, dh.
func pullBins[T kernel.Float](d *division, dh, g, saved []T) {
	const lanes = kernel.Lanes
	raw, kept := d.bins.Params()*lanes, d.bins.saved()*lanes
	entries := len(g) / len(d.values)
	table := binTableOf[T](&d.bins)
	for j := range entries {
		number := binNumber(&d.bins, saved, j)
		if number < 0 {
			continue
		}
		c, l := j/lanes, j%lanes
		var values [binValues]T
		for i, value := range d.values {
			values[value] = g[i*entries+j]
		}
		kc := saved[c*kept:][:kept]
		table.lane(kc, l)
		table.pull(dh[c*raw:][:raw], kc, &values, number, l, d.vertical)
	}
}

// pull adds to dh what the gradient g of the values of bin index of lane l makes of
// the column's raw parameters.
func (t *binTable[T]) pull(dh, saved []T, g *[binValues]T, index, l int, vertical bool) {
	const lanes = kernel.Lanes
	b := t.bins
	heights, knots, inner, _ := b.parts()
	room := saved[(knots+2)*lanes:]
	gw, gh := room[:b.Bins], room[b.Bins:2*b.Bins]
	t.pullSizes(gw, gh, g, index, vertical)
	divided := t.rest
	if b.Knots == PolygonKnots {
		t.pullPolygon(gw, gh, g, index)
		divided = 1
	} else {
		for i, v := range gh {
			gw[i] += t.slope * v
			gh[i] = (1 - t.slope) * v
		}
	}
	if !b.Equal {
		pullShares(dh, saved, gw, 0, l, t.rest)
	}
	pullShares(dh, saved, gh[:knots-heights], heights, l, divided)
	if at := b.knot(index); at >= 0 {
		dh[(knots+at)*lanes+l] += g[binLeft]
	}
	if at := b.knot(index + 1); at >= 0 {
		dh[(knots+at)*lanes+l] += g[binRight]
	}
	if b.Inner {
		dh[(inner+index)*lanes+l] += g[binInner]
	}
}

// pullSizes sets gw and gh to the gradients of the widths and heights of all bins. The
// sizes before a bin move its beginning.
func (t *binTable[T]) pullSizes(gw, gh []T, g *[binValues]T, index int, vertical bool) {
	x, y := -g[binOffset], g[binStart]
	if vertical {
		x, y = g[binStart], -g[binOffset]
	}
	for i := range gw {
		gw[i], gh[i] = 0, 0
		if i < index {
			gw[i], gh[i] = x, y
		}
	}
	gw[index] += g[binWidth]
	gh[index] += g[binHeight]
	before, after := max(index-1, 0), min(index+1, len(gw)-1)
	gw[before] += g[binWidthBefore]
	gh[before] += g[binHeightBefore]
	gw[after] += g[binWidthAfter]
	gh[after] += g[binHeightAfter]
}

// pullPolygon adds to gw the share of the widths in the areas, and turns gh, the
// gradients of the areas, into those of the vertices' shares.
func (t *binTable[T]) pullPolygon(gw, gh []T, g *[binValues]T, index int) {
	n := t.bins.Bins
	if n == 1 {
		return
	}
	for i, v := range gh {
		gw[i] += v * (t.vertex(i) + t.vertex(i+1)) / 2
	}
	// Vertex i is 1 outside and slope + (1-slope) want/area share(i) inside.
	var dot T
	for i := 1; i < n; i++ {
		v := (gh[i-1]*t.width(i-1) + gh[i]*t.width(i)) / 2
		if i == index {
			v += g[binLeft]
		}
		if i == index+1 {
			v += g[binRight]
		}
		v *= 1 - t.slope
		gh[i-1] = v * t.scale
		dot += v * t.share(i)
	}
	area, _ := t.polygon()
	byWant, byArea := dot/area, -dot*t.scale/area
	gw[0] -= byWant / 2
	gw[n-1] -= byWant / 2
	for i := range n {
		gw[i] += byArea * (t.share(i) + t.share(i+1)) / 2
	}
	for i := 1; i < n; i++ {
		gh[i-1] += byArea * (t.width(i-1) + t.width(i)) / 2
	}
}

// pullShares adds to dh, the raw parameters from column first on, what the gradient g
// of scale times their softmax p makes of those of lane l.
func pullShares[T kernel.Float](dh, p, g []T, first, l int, scale T) {
	const lanes = kernel.Lanes
	var dot T
	for i, v := range g {
		dot += v * p[(first+i)*lanes+l]
	}
	for i, v := range g {
		at := (first+i)*lanes + l
		dh[at] += scale * p[at] * (v - dot)
	}
}
