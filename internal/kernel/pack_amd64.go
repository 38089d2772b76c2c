//go:build amd64 && !purego

package kernel

// A packCall is what the kernels that pack are told: to write blocks of so many
// features from the rows or from the columns of a matrix of so many columns.
type packCall struct {
	packed, w                     *float32
	in, features, blocks, columns int
}

//go:noescape
func packRows(c *packCall)

//go:noescape
func packColumns(c *packCall)

func packBlocks(packed, w []float32, out, in int) {
	if in <= few || out == 0 {
		pack(packed, w, out, in)
		return
	}
	packed, w = packed[:out*in], w[:out*in]
	c := packCall{in: in, columns: in}
	first := 0
	for _, r := range split(out) {
		if r.blocks == 0 {
			continue
		}
		c.features, c.blocks = r.features, r.blocks
		c.packed, c.w = &packed[first*in], &w[first*in]
		packRows(&c)
		first += r.features * r.blocks
	}
}

// packTransposedBlocks packs for DenseInput, to which the outputs are inputs.
func packTransposedBlocks(packed, w []float32, out, in int) {
	if out <= few || in == 0 {
		packTransposed(packed, w, out, in)
		return
	}
	packed, w = packed[:out*in], w[:out*in]
	c := packCall{in: out, columns: in}
	first := 0
	for _, r := range split(in) {
		if r.blocks == 0 {
			continue
		}
		c.features, c.blocks = r.features, r.blocks
		c.packed, c.w = &packed[first*out], &w[first]
		packColumns(&c)
		first += r.features * r.blocks
	}
}
