//go:build amd64 && !purego

package kernel

//go:noescape
func packRows1AVX2(dst, src *float32, in, blocks int)

//go:noescape
func packRows2AVX2(dst, src *float32, in, blocks int)

//go:noescape
func packRows3AVX2(dst, src *float32, in, blocks int)

//go:noescape
func packRows4AVX2(dst, src *float32, in, blocks int)

//go:noescape
func packRows5AVX2(dst, src *float32, in, blocks int)

//go:noescape
func packRows6AVX2(dst, src *float32, in, blocks int)

//go:noescape
func packColumns1AVX2(dst, src *float32, rows, columns, blocks int)

//go:noescape
func packColumns2AVX2(dst, src *float32, rows, columns, blocks int)

//go:noescape
func packColumns3AVX2(dst, src *float32, rows, columns, blocks int)

//go:noescape
func packColumns4AVX2(dst, src *float32, rows, columns, blocks int)

//go:noescape
func packColumns5AVX2(dst, src *float32, rows, columns, blocks int)

//go:noescape
func packColumns6AVX2(dst, src *float32, rows, columns, blocks int)

func packAVX2(packed, w []float32, out, in int) {
	if in <= few || out == 0 {
		pack(packed, w, out, in)
		return
	}
	packed, w = packed[:out*in], w[:out*in]
	sixes, rest := split(out)
	if sixes > 0 {
		packRows6AVX2(&packed[0], &w[0], in, sixes)
	}
	first := 6 * sixes
	for _, n := range rest {
		if n == 0 {
			break
		}
		dst, src := &packed[first*in], &w[first*in]
		switch n {
		case 1:
			packRows1AVX2(dst, src, in, 1)
		case 2:
			packRows2AVX2(dst, src, in, 1)
		case 3:
			packRows3AVX2(dst, src, in, 1)
		case 4:
			packRows4AVX2(dst, src, in, 1)
		case 5:
			packRows5AVX2(dst, src, in, 1)
		}
		first += n
	}
}

// packTransposedAVX2 packs for DenseInput, to which the outputs are inputs.
func packTransposedAVX2(packed, w []float32, out, in int) {
	if out <= few || in == 0 {
		packTransposed(packed, w, out, in)
		return
	}
	packed, w = packed[:out*in], w[:out*in]
	sixes, rest := split(in)
	if sixes > 0 {
		packColumns6AVX2(&packed[0], &w[0], out, in, sixes)
	}
	first := 6 * sixes
	for _, n := range rest {
		if n == 0 {
			break
		}
		dst, src := &packed[first*out], &w[first]
		switch n {
		case 1:
			packColumns1AVX2(dst, src, out, in, 1)
		case 2:
			packColumns2AVX2(dst, src, out, in, 1)
		case 3:
			packColumns3AVX2(dst, src, out, in, 1)
		case 4:
			packColumns4AVX2(dst, src, out, in, 1)
		case 5:
			packColumns5AVX2(dst, src, out, in, 1)
		}
		first += n
	}
}
