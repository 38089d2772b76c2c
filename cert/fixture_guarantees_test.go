package cert

import "math"

// recordGuarantees adds the evidence of guarantees and of numerics beside the first.
func recordGuarantees(b *Builder, wave func(length int, level, height float64, stride int) []float64) {
	b.Record("preconditions.margin", wave(6, 2, 1.5, 3))
	b.Record("preconditions.part", []float64{-1, 0, 1, 2, 3, 5})
	b.Record("volume.log_det", wave(20, -3, 0x1p-40, 3))
	b.Record("tails.exponent", wave(20, 1, 0x1p-9, 3))
	b.Record("stretch.largest", wave(20, 8, 2, 3))
	b.Record("stretch.least", wave(20, 2, 1, 3))
	b.Record("cost.dimensions", []float64{4, 8, 12, 16})
	b.Record("cost.density", []float64{160, 320, 480, 640})
	b.Record("cost.sampling", []float64{32, 128, 288, 512})
	b.Record("far_out.log_density", append(wave(20, -4e4, 0x1p10, 3), math.Inf(-1)))
	b.Record("determinism.differences", []float64{0, 0, 0, 0})
	b.Record("missing.log_density", []float64{math.NaN(), -2, math.NaN(), -3, math.NaN(), -2.25, math.NaN(), -3.25})
	b.Record("missing.whole", []float64{-1, -2, -4, -3, -1.25, -2.25, -4.25, -3.25})
	b.Record("missing.column", []float64{0, -1, 1, -1, 0, -1, 1, -1})
	b.Record("noise.change", wave(20, -0.125, 0.5, 3))
	b.Record("shift.change", wave(20, -2, 1, 3))
}
