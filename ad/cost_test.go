package ad

import (
	"testing"

	"flowcert/internal/kernel"
)

// TestCostOfAnMLP compares the counts with the closed formula: a layer of m inputs
// and n outputs takes mn multiply-adds forward, mn for its weights' gradient and,
// unless it is the first, mn for its input's.
func TestCostOfAnMLP(t *testing.T) {
	widths := []int{5, 64, 32, 7}
	tape := NewTape()
	x := tape.Input(widths[0])
	y := x
	var forward, backward, bytes int64
	bytes = 4 * int64(widths[0])
	for i, out := range widths[1:] {
		y = layer(tape, y, out, kernel.Tanh)
		products := int64(widths[i] * out)
		forward += products
		backward += products
		if i > 0 {
			backward += products
		}
		bytes += 4 * int64(out)
	}
	elementary := int64(64 + 32 + 7)
	p := Compile(kernel.Portable[float32](), tape, Config{}, y)
	if got, want := p.Cost(), (Cost{MultiplyAdds: forward, Elementary: elementary, Bytes: bytes}); got != want {
		t.Errorf("evaluation costs %+v, want %+v", got, want)
	}
	p = Compile(kernel.Portable[float32](), tape, Config{Gradient: true}, y)
	if got, want := p.Cost(), (Cost{MultiplyAdds: forward + backward, Elementary: elementary, Bytes: 2 * bytes}); got != want {
		t.Errorf("training costs %+v, want %+v", got, want)
	}
	// The arena holds exactly the counted bytes, per row of its tile, and scratch.
	rows := int64(p.Rows())
	if got, want := p.NewArena().Bytes()-4*int64(p.scratch+p.widest), 2*bytes*rows; got != want {
		t.Errorf("arena of %d bytes for %d rows, want %d", got, rows, want)
	}
}

// TestCostOfMasks checks that a masked layer computes its pieces alone.
func TestCostOfMasks(t *testing.T) {
	tape := NewTape()
	x := tape.Input(4)
	w, b := randomParam("w", 6, 4), randomParam("b", 1, 6)
	prefix := []int{0, 1, 1, 2, 3, 4}
	buffer := tape.Buffer(6)
	buffer.Dense(x, w, b, 0, 3, prefix, kernel.Identity)
	buffer.Dense(x, w, b, 3, 3, prefix, kernel.Identity)
	p := Compile(kernel.Portable[float32](), tape, Config{}, buffer.Slice(0, 6))
	if got, want := p.Cost().MultiplyAdds, int64(3*1+3*4); got != want {
		t.Errorf("%d multiply-adds, want %d", got, want)
	}
}
