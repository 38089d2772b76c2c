package kernel

import (
	"flag"
	"fmt"
	"math"
	"testing"
)

var long = flag.Bool("long", false, "test the elementary functions on all float32 values")

// sets are the implementations under test: the portable one and those in assembly
// that the processor and the build have.
func sets(t testing.TB) []*Set[float32] {
	return append([]*Set[float32]{Portable[float32]()}, accelerated()...)
}

type elementary struct {
	name string
	of   func(*Set[float32]) func(dst, x []float32)
	want func(x float64) float64
}

var elementaries = []elementary{
	{"exp", func(s *Set[float32]) func(dst, x []float32) { return s.Exp }, math.Exp},
	{"log", func(s *Set[float32]) func(dst, x []float32) { return s.Log }, math.Log},
	{"tanh", func(s *Set[float32]) func(dst, x []float32) { return s.Tanh }, math.Tanh},
	{"sigmoid", func(s *Set[float32]) func(dst, x []float32) { return s.Sigmoid },
		func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }},
	{"softplus", func(s *Set[float32]) func(dst, x []float32) { return s.Softplus },
		func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }},
}

// The largest error allowed, in units in the last place: what Set promises.
const largestError = 2

func TestElementaryAccuracy(t *testing.T) {
	for _, s := range sets(t) {
		for _, f := range elementaries {
			t.Run(s.Name+"/"+f.name, func(t *testing.T) {
				// A prime, so that a sample meets every exponent and all low bits.
				step := uint64(4099)
				if *long {
					step = 1
				}
				worst, at := sweep(f.of(s), f.want, step)
				t.Logf("%s %s: %.3f ulp at %g", s.Name, f.name, worst, at)
				if !(worst <= largestError) {
					t.Errorf("%.3f ulp at %g, want at most %d", worst, at, largestError)
				}
			})
		}
	}
}

// sweep returns the largest error of f over every step-th float32, and where.
func sweep(f func(dst, x []float32), want func(float64) float64, step uint64) (worst float64, at float32) {
	x, y := make([]float32, 4096), make([]float32, 4096)
	for bits := uint64(0); bits < 1<<32; {
		n := 0
		for ; n < len(x) && bits < 1<<32; n++ {
			x[n] = math.Float32frombits(uint32(bits))
			bits += step
		}
		f(y[:n], x[:n])
		for i, v := range x[:n] {
			if e := ulps(y[i], want(float64(v))); !(e <= worst) {
				worst, at = e, v
			}
		}
	}
	return worst, at
}

// ulps returns the error of got in units in the last place of the float32 nearest
// to want: zero for equal infinities and for two NaNs, infinite for all other
// disagreements about them.
func ulps(got float32, want float64) float64 {
	rounded := float32(want)
	switch {
	case math.IsNaN(want) && got != got:
		return 0
	case math.IsInf(float64(rounded), 0) || math.IsInf(float64(got), 0) || math.IsNaN(want) || got != got:
		if got == rounded {
			return 0
		}
		return math.Inf(1)
	}
	exponent := int(math.Float32bits(rounded)>>23&0xff) - 127
	unit := math.Float64frombits(uint64(max(exponent, -126)-23+1023) << 52)
	return math.Abs(float64(got)-want) / unit
}

func TestElementarySpecialValues(t *testing.T) {
	inf, nan, negativeZero := float32(math.Inf(1)), float32(math.NaN()), float32(math.Copysign(0, -1))
	tests := []struct {
		function string
		x, want  float32
	}{
		{"exp", 0, 1}, {"exp", negativeZero, 1}, {"exp", inf, inf}, {"exp", -inf, 0}, {"exp", nan, nan},
		{"exp", 89, inf}, {"exp", -104, 0},
		{"log", 0, -inf}, {"log", negativeZero, -inf}, {"log", 1, 0}, {"log", inf, inf},
		{"log", -1, nan}, {"log", -inf, nan}, {"log", nan, nan},
		{"tanh", 0, 0}, {"tanh", negativeZero, negativeZero}, {"tanh", inf, 1}, {"tanh", -inf, -1}, {"tanh", nan, nan},
		{"sigmoid", 0, 0.5}, {"sigmoid", inf, 1}, {"sigmoid", -inf, 0}, {"sigmoid", nan, nan},
		{"softplus", inf, inf}, {"softplus", -inf, 0}, {"softplus", nan, nan},
	}
	for _, s := range sets(t) {
		for _, f := range elementaries {
			for _, test := range tests {
				if test.function != f.name {
					continue
				}
				// In a whole vector and in the rest behind one.
				for _, n := range []int{8, 3} {
					x := make([]float32, n)
					for i := range x {
						x[i] = test.x
					}
					f.of(s)(x, x)
					for _, got := range x {
						if fmt.Sprint(got) != fmt.Sprint(test.want) {
							t.Errorf("%s: %s(%g) = %g, want %g", s.Name, f.name, test.x, got, test.want)
						}
					}
				}
			}
		}
	}
}
