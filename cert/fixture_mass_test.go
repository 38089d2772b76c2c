package cert

// recordMass adds the evidence of an enclosed mass: in 64 equal parts from 0.984375 to
// 1.0078125.
func recordMass(b *Builder) {
	lower, upper := make([]float64, 64), make([]float64, 64)
	for i := range lower {
		lower[i], upper[i] = 0x1.f8p-7, 0x1.02p-6
	}
	b.Record("mass.box", []float64{-4, -4, 4, 4})
	b.Record("mass.lower", lower)
	b.Record("mass.upper", upper)
	b.Record("mass.covered", []float64{0.875})
	b.Record("mass.samples", []float64{99_950, 100_000})
}
