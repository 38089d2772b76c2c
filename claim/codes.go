package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/measure"
)

const (
	// energyRows and energySimulations bound the energy test, whose time goes with the
	// square of the first times the second.
	energyRows        = 300
	energySimulations = 99
)

// Codes compares the latent codes of test rows with the base: those of a model that is
// the density of the data are distributed like it.
func Codes() Claim {
	return Claim{Name: "latent codes", Lines: []string{"fit.code_radius", "fit.code_columns", "fit.code_energy"}, Assess: codes}
}

func codes(_ context.Context, e *Examination, b *cert.Builder) error {
	encoder, ok := e.encoder()
	if !ok {
		skipAll(b, Codes().Lines, "the model has no latent code")
		return nil
	}
	z, _, err := encoder.Encode(e.Split.Test, e.float64s())
	if err != nil {
		return err
	}
	base, err := density.BaseLogDensity(encoder, z, e.float64s())
	if err != nil {
		return err
	}
	rows, dim := z.Dims()
	squared := make([]float64, rows)
	for i := range squared {
		row := z.RawRowView(i)
		squared[i] = floats.Dot(row, row)
		normal := -squared[i]/2 - float64(dim)*math.Log(2*math.Pi)/2
		if math.Abs(base[i]-normal) > 1e-9*math.Max(1, math.Abs(normal)) { // rounding
			skipAll(b, Codes().Lines, "the base is not the normal distribution")
			return nil
		}
	}
	g := gathering{}
	g.of("codes.squared_length")(squared, nil)
	g.of("codes.distance")(measure.UniformDistances(z, distuv.UnitNormal.CDF))
	g.of("codes.rows")([]float64{float64(rows)}, nil)
	g.of("codes.energy")(measure.NormalEnergy(first(z, energyRows), energySimulations, e.Description.Seed))
	g.record(b, Codes().Lines...)
	return nil
}
