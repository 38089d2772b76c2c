package ad

import (
	"math"
	"slices"
	"testing"

	"flowcert/internal/kernel"
)

// TestDropout: in training the mean stays, the key alone chooses, and the share is
// right; elsewhere nothing is left out.
func TestDropout(t *testing.T) {
	const cols, rate = 256, 0.25
	tape := NewTape()
	w, b := NewParam("w", 1, cols), NewParam("b", 1, 1)
	for i := range w.Data {
		w.Data[i] = 1
	}
	dropped := tape.Dropout(tape.Input(cols), rate)
	sum := tape.Dense(dropped, w, b, kernel.Identity)
	run := func(c Config, seed, step, tile uint64) []float32 {
		c.Panels = 1
		a := Compile(kernel.Best[float32](), tape, c, dropped, sum).NewArena()
		for i := range a.Input(0).Data {
			a.Input(0).Data[i] = 1
		}
		a.SetKey(seed, step, tile)
		a.Forward(1)
		return slices.Clone(a.Output(0).Data)
	}
	if y := run(Config{}, 1, 1, 1); slices.Min(y) != 1 || slices.Max(y) != 1 {
		t.Error("entries are left out in evaluation")
	}
	training := Config{Gradient: true}
	first := run(training, 1, 1, 1)
	zeros, total := 0, 0.0
	for _, v := range first {
		if total += float64(v); v == 0 {
			zeros++
		}
	}
	// The standard error of the share is sqrt(rate (1-rate) / n) = 0.0068.
	n := float64(len(first))
	if share := float64(zeros) / n; math.Abs(share-rate) > 4*0.0068 || math.Abs(total/n-1) > 4*0.0068/(1-rate) {
		t.Errorf("a share of %.3f is left out, want %.3f; the mean is %.3f", share, rate, total/n)
	}
	if !slices.Equal(first, run(training, 1, 1, 1)) {
		t.Error("the same key leaves out other entries")
	}
	for _, key := range [][3]uint64{{2, 1, 1}, {1, 2, 1}, {1, 1, 2}} {
		if slices.Equal(first, run(training, key[0], key[1], key[2])) {
			t.Errorf("the key %v leaves out the same entries", key)
		}
	}
}
