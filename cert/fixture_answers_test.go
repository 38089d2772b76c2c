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

// recordComparisons adds the evidence of fit and samples beside the likelihoods.
func recordComparisons(b *Builder, wave func(length int, level, height float64, stride int) []float64) {
	marks := func(length, stride int) []float64 {
		x := make([]float64, length)
		for i := range x {
			if i%stride == 0 {
				x[i] = 1
			}
		}
		return x
	}
	b.Record("train.log_density", wave(60, -1.125, 0.5, 5))
	b.Record("samples.true_log_density", wave(30, -1.5, 0.5, 6))
	b.Record("leakage.test", marks(40, 50))
	b.Record("leakage.train", marks(400, 60))
	b.Record("seeds.log_density", wave(4*40, -1.25, 0.5, 3))
	b.Record("codes.squared_length", wave(40, 2, 1.75, 3))
	b.Record("codes.distance", wave(2, 0x1p-4, 0x1p-5, 3))
	b.Record("codes.rows", []float64{40})
	b.Record("codes.energy", wave(100, 1, 0.5, 7))
	b.Record("classifier.correct", marks(100, 2))
	for _, name := range []string{"sliced.distance", "sliced.distance_of_training"} {
		b.Record(name, wave(20, 0x1p-3, 0x1p-4, 3))
	}
	b.Record("energy_distance.statistic", wave(100, 0x1p-7, 0x1p-7, 5))
	b.Record("mmd.statistic", wave(500, 0x1p-7, 0x1p-7, 5))
	b.Record("marginal.distance", wave(2, 0x1p-4, 0x1p-5, 3))
	b.Record("marginal.rows", []float64{30, 40})
	for _, name := range []string{"correlation.difference", "correlation.difference_of_training"} {
		b.Record(name, []float64{0x1p-5})
	}
	for _, name := range []string{"precision", "recall", "density", "coverage"} {
		b.Record("manifold."+name, marks(40, 2))
		b.Record("manifold."+name+"_of_training", marks(40, 3))
	}
	b.Record("nearest.samples", wave(30, 0x1p-3, 0x1p-4, 3))
	b.Record("nearest.test", wave(40, 0x1p-3, 0x1p-4, 3))
	for _, axis := range []string{"rows", "dimension", "depth"} {
		b.Record("growth."+axis, []float64{4, 8, 16})
		b.Record("growth."+axis+"_seconds", []float64{0x1p-8, 0x1.8p-7, 0x1p-5})
		b.Record("growth."+axis+"_operations", []float64{1000, 3000, 9000})
	}
	b.Record("grid.intensity", []float64{384})
	b.Record("bridge.gaussian", wave(40, 0.5, 0.25, 3))
	b.Record("bridge.samples", wave(40, 0.5, 0.25, 3))
}
