package cert

// recordAnswers adds the evidence of what a model answers beside densities and samples.
func recordAnswers(b *Builder, wave func(length int, level, height float64, stride int) []float64) {
	for _, name := range []string{"marginals.error", "conditionals.error", "missing.error"} {
		b.Record(name, wave(20, 0, 0x1p-17, 3))
	}
	b.Record("imputed.distance", wave(3, 0x1p-6, 0x1p-8, 3))
	b.Record("imputed.rows", []float64{1000})
	b.Record("mode.gain", wave(20, -4, 3.5, 3))
	b.Record("cdf.distance", wave(2, 0x1p-8, 0x1p-9, 3))
	b.Record("cdf.rows", []float64{10_000})
}
