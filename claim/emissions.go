package claim

import (
	"context"

	"flowcert/cert"
)

// Emissions turns energy into carbon dioxide, if the user has said how much a
// kilowatt-hour stands for.
func Emissions() Claim {
	return Claim{Name: "emissions", Lines: []string{"energy.density_co2", "energy.training_co2"}, Assess: emissions}
}

func emissions(_ context.Context, e *Examination, b *cert.Builder) error {
	if e.GridIntensity == 0 {
		skipAll(b, Emissions().Lines, "no intensity of the grid was given (--grid-intensity)")
		return nil
	}
	b.Record("grid.intensity", []float64{e.GridIntensity})
	skipAll(b, Emissions().Lines, "the energy is not assessed")
	return nil
}
