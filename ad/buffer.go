package ad

import (
	"fmt"

	"flowcert/internal/kernel"
)

// Buffer is a value that is filled part by part. A masked network computes its
// units in the order in which what they depend on becomes known, and each part
// reads the earlier ones; in a buffer the parts lie side by side without copies.
type Buffer struct {
	tape    *Tape
	id      int
	cols    int
	writers []int // by column; -1 is not filled yet
}

// Buffer records an empty buffer.
func (t *Tape) Buffer(cols int) *Buffer {
	b := &Buffer{tape: t, cols: cols, id: t.record(node{kind: opBuffer, cols: cols}).id, writers: make([]int, cols)}
	for i := range b.writers {
		b.writers[i] = -1
	}
	return b
}

// Put records a copy of v to the columns from at on.
func (b *Buffer) Put(at int, v Value) {
	b.fill(node{kind: opConcat, cols: v.cols, first: at}, v)
}

// Dense records output units row to row+rows-1 of a masked dense layer into the
// columns of the same numbers. Unit r depends on its first prefix[r] inputs alone,
// prefix being non-decreasing; x holds at least those of the last unit, and only
// they are read. bias may be nil.
func (b *Buffer) Dense(x Value, w, bias *Param, row, rows int, prefix []int, a kernel.Activation) {
	t := b.tape
	last := prefix[row+rows-1]
	n := node{
		kind: opDense, cols: rows, first: row, row: row, index: prefix[row : row+rows],
		weight: t.param(w), bias: -1, activation: a,
	}
	if bias != nil {
		n.bias = t.param(bias)
	}
	b.fill(n, t.Slice(x, 0, last))
}

// InPieces calls record for the units of a masked layer, rows of them, in a few pieces:
// each skips the inputs that none of its units depends on, and more pieces skip more but
// are less efficient.
func InPieces(rows int, record func(row, rows int)) {
	const pieces, least = 4, 24
	size := max((rows+pieces-1)/pieces, least)
	for row := 0; row < rows; row += size {
		record(row, min(size, rows-row))
	}
}

func (b *Buffer) fill(n node, in Value) {
	n.root, n.within = b.id, true
	v := b.tape.record(n, in)
	for c := n.first; c < n.first+n.cols; c++ {
		if b.writers[c] >= 0 {
			panic(fmt.Sprintf("ad: column %d of a buffer is filled twice", c))
		}
		b.writers[c] = v.id
	}
}

// Slice records columns lo to hi-1, which must have been filled.
func (b *Buffer) Slice(lo, hi int) Value {
	n := node{kind: opSlice, cols: hi - lo, root: b.id, first: lo, within: true}
	for c := lo; c < hi; c++ {
		if b.writers[c] < 0 {
			panic(fmt.Sprintf("ad: column %d of a buffer is read before it is filled", c))
		}
		if len(n.in) == 0 || n.in[len(n.in)-1] != b.writers[c] {
			n.in = append(n.in, b.writers[c])
		}
	}
	return b.tape.record(n)
}
