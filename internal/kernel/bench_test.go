package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// peak returns the most floating-point operations that a core does in a second now,
// from the best of several short runs of the best set's instructions; 0 where there
// is no assembly.
func peak() (best float64) {
	for range 10 {
		start := time.Now()
		operations := Peak(20_000)
		best = max(best, float64(operations)/time.Since(start).Seconds())
	}
	return best
}

// Widths and rows as in a flow's tiles.
var layers = []struct{ in, out, panels int }{
	{1, 64, 4}, {2, 64, 4}, {64, 1, 4}, {64, 2, 4}, {64, 64, 4}, {128, 128, 4},
	{21, 256, 8}, {256, 21, 8}, {256, 256, 8}, {43, 512, 8}, {512, 512, 8},
}

// benchmarkLayers runs work for every layer and set, and reports its operations a
// second and their fraction of the peak.
func benchmarkLayers(b *testing.B, work func(s *Set[float32], r *rand.Rand, out, in, panels int) func()) {
	for _, layer := range layers {
		for _, s := range sets(b) {
			name := fmt.Sprintf("in=%d/out=%d/rows=%d/kernel=%s", layer.in, layer.out, layer.panels*Lanes, s.Name)
			b.Run(name, func(b *testing.B) {
				run := work(s, rand.New(rand.NewPCG(1, 0)), layer.out, layer.in, layer.panels)
				top := peak()
				for b.Loop() {
					run()
				}
				done := 2 * float64(layer.in*layer.out*layer.panels*Lanes) * float64(b.N)
				speed := done / b.Elapsed().Seconds()
				b.ReportMetric(speed/1e9, "GF/s")
				if top := max(top, peak()); top > 0 {
					b.ReportMetric(speed/top, "of-peak")
				}
			})
		}
	}
}

func block(r *rand.Rand, cols, panels int) Block[float32] {
	return Block[float32]{Data: random(r, cols*panels*Lanes), Cols: cols, Stride: cols * Lanes, Panels: panels}
}

func BenchmarkDense(b *testing.B) {
	benchmarkLayers(b, func(s *Set[float32], r *rand.Rand, out, in, panels int) func() {
		x, y, packed, bias := block(r, in, panels), block(r, out, panels), random(r, s.PackedLen(out, in)), random(r, out)
		return func() { s.Dense(y, x, packed, bias, ReLU) }
	})
}

func BenchmarkDenseInput(b *testing.B) {
	benchmarkLayers(b, func(s *Set[float32], r *rand.Rand, out, in, panels int) func() {
		dx, dy, packed, mask := block(r, in, panels), block(r, out, panels), random(r, s.PackedLen(in, out)), block(r, in, panels)
		return func() { s.DenseInput(dx, dy, packed, mask, false) }
	})
}

func BenchmarkDenseWeight(b *testing.B) {
	benchmarkLayers(b, func(s *Set[float32], r *rand.Rand, out, in, panels int) func() {
		x, dy, dw, db := block(r, in, panels), block(r, out, panels), random(r, out*in), random(r, out)
		scratch := make([]float32, s.DenseWeightScratch(out, in, panels))
		return func() { s.DenseWeight(dw, db, x, dy, scratch, true) }
	})
}

func BenchmarkPack(b *testing.B) {
	for _, width := range []int{64, 256, 512} {
		for _, s := range sets(b) {
			r := rand.New(rand.NewPCG(1, 0))
			w, packed := random(r, width*width), make([]float32, s.PackedLen(width, width))
			for name, pack := range map[string]func(packed, w []float32, out, in int){
				"rows": s.Pack, "columns": s.PackTransposed,
			} {
				b.Run(fmt.Sprintf("width=%d/%s/kernel=%s", width, name, s.Name), func(b *testing.B) {
					for b.Loop() {
						pack(packed, w, width, width)
					}
					perElement(b, width*width)
				})
			}
		}
	}
}

func BenchmarkElementary(b *testing.B) {
	for _, f := range elementaries {
		for _, s := range sets(b) {
			b.Run(fmt.Sprintf("%s/kernel=%s", f.name, s.Name), func(b *testing.B) {
				x := random(rand.New(rand.NewPCG(1, 0)), 4096)
				y := make([]float32, len(x))
				run := f.of(s)
				for b.Loop() {
					run(y, x)
				}
				perElement(b, len(x))
			})
		}
	}
}

// Splines of a flow's tile: rows of two columns, most of them inside the box.
func BenchmarkSpline(b *testing.B) {
	const cols, panels = 2, 4
	spline := Spline{Bins: 8, Bound: 3, MinBin: 1e-3, MinSlope: 1e-3}
	for _, s := range sets(b) {
		r := rand.New(rand.NewPCG(1, 0))
		x, y, l := block(r, cols, panels), block(r, cols, panels), block(r, cols, panels)
		dx, dy, dl := block(r, cols, panels), block(r, cols, panels), block(r, cols, panels)
		h, knots, dh := block(r, cols*spline.Params(), panels), block(r, cols*spline.Params(), panels), block(r, cols*spline.Params(), panels)
		run := func(name string, f func()) {
			b.Run(fmt.Sprintf("%s/kernel=%s", name, s.Name), func(b *testing.B) {
				for b.Loop() {
					f()
				}
				perElement(b, cols*panels*Lanes)
			})
		}
		run("knots", func() { s.SplineKnots(knots, h, spline) })
		for _, inverse := range []bool{false, true} {
			name := map[bool]string{false: "forward", true: "inverse"}[inverse]
			run(name, func() { s.Spline(y, l, x, knots, spline, inverse) })
			run(name+" gradient", func() { s.SplineGradient(dx, dh, dy, dl, x, knots, spline, inverse, false, false) })
		}
	}
}

func BenchmarkAdam(b *testing.B) {
	for _, s := range sets(b) {
		for _, slots := range []int{1, 16} {
			b.Run(fmt.Sprintf("slots=%d/kernel=%s", slots, s.Name), func(b *testing.B) {
				const n = 1 << 15
				r := rand.New(rand.NewPCG(1, 0))
				w, m, v := random(r, n), make([]float32, n), make([]float32, n)
				gradients := make([][]float32, slots)
				for i := range gradients {
					gradients[i] = random(r, n)
				}
				c := NewAdamCoefficients[float32](1e-3, 0.9, 0.999, 1e-8, 1)
				for b.Loop() {
					s.Adam(w, m, v, gradients, c)
				}
				perElement(b, n)
			})
		}
	}
}

// perElement reports nanoseconds by element instead of by call.
func perElement(b *testing.B, elements int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*elements), "ns/element")
	b.ReportMetric(0, "ns/op")
}
