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
	b.Record("ball.inside", []float64{24, 30})
	b.Record("ball.rows", []float64{40})
}
