package measure

import (
	"slices"
	"testing"
)

func TestHolm(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		{nil, []float64{}},
		{[]float64{0.03}, []float64{0.03}},
		// By hand: 4 x 0.005, 3 x 0.01, then 2 x 0.03, and 0.04 no less than that.
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}},
		{[]float64{0.5, 0.9, 0.5}, []float64{1, 1, 1}},
	} {
		got := holm(c.p)
		if len(got) != len(c.want) {
			t.Fatalf("holm(%v) = %v, want %v", c.p, got, c.want)
		}
		for i := range got {
			near(t, "adjusted p-value", got[i], c.want[i])
		}
	}
	p := []float64{0.2, 0.1}
	if holm(p); !slices.Equal(p, []float64{0.2, 0.1}) {
		t.Errorf("Holm changed its input to %v", p)
	}
}
