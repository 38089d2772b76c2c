package cert

// recordLipschitz adds the evidence of certified bounds of stretching: 3 of the map and 2
// of the inverse; and of two balls, of which the first has more rows than the map allows.
func recordLipschitz(b *Builder, wave func(length int, level, height float64, stride int) []float64) {
	b.Record("lipschitz.box", []float64{-4, -4, 4, 4})
	b.Record("lipschitz.forward", wave(64, 2, 1, 3))
	b.Record("lipschitz.inverse", wave(64, 1.5, 0.5, 5))
	b.Record("lipschitz.secants", wave(20, 1, 0.5, 3))
	b.Record("ball.centre", []float64{0, 0, 1, 1})
	b.Record("ball.radius", []float64{0.5, 1})
	b.Record("ball.lipschitz", []float64{0.5, 3})
	b.Record("lipschitz.inverse_secants", wave(20, 0.8, 0.3, 3))
	b.Record("layer.box", []float64{-4, -4, 4, 4, -5, -4, 5, 4, -4, -3, 4, 3})
	b.Record("layer.forward", []float64{1.5, 2.25, 1})
	b.Record("layer.inverse", []float64{1.25, 3, 1})
	b.Record("rounding.bound", wave(64, 2e-12, 1e-12, 3))
	b.Record("rounding.met", wave(40, 4e-15, 3e-15, 5))
	b.Record("ball.inverse", []float64{2.5, 4})
	b.Record("ball.code", []float64{1, 0.5})
	b.Record("ball.inside", []float64{24, 30})
	b.Record("ball.rows", []float64{40})
}
