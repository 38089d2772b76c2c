package flow

import (
	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/setting"
)

// statisticsBound bounds the logarithm of a deviation that is estimated from data.
const statisticsBound = 40

// Standardisation is the map (x - mean)/deviation of every column, where the mean
// and the deviation are estimated from the first rows that it is shown and stay as
// they are; nothing is learned, and before that it is the identity. Both directions
// cost one multiplication per column. The deviation is e^s with |s| < 40, so the map
// is invertible whatever the statistics.
type Standardisation struct {
	statistics *ad.Param // mean and raw logarithm of the deviation of every column
}

// NewStandardisation returns the layer for dim columns.
func NewStandardisation(name string, dim int) *Standardisation {
	s := &Standardisation{ad.NewParam(name+".statistics", 1, 2*dim)}
	s.statistics.Fixed = true
	return s
}

// Observe estimates the statistics if first.
func (s *Standardisation) Observe(x *mat.Dense, first bool) {
	if first {
		standardise(s.statistics.Data, x, statisticsBound)
	}
}

// Forward records data to latent.
func (s *Standardisation) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	z, l := Affine{statisticsBound}.Inverse(p.Tape, x, p.Tape.Detach(p.Tape.Parameter(s.statistics)))
	return z, p.Tape.SumColumns(l)
}

// Inverse records latent to data.
func (s *Standardisation) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	x, l := Affine{statisticsBound}.Forward(p.Tape, z, p.Tape.Detach(p.Tape.Parameter(s.statistics)))
	return x, p.Tape.SumColumns(l)
}

// Params returns the statistics, which are fixed.
func (s *Standardisation) Params() []*ad.Param { return []*ad.Param{s.statistics} }

// Shapes returns vectors.
func (s *Standardisation) Shapes() (data, latent Shape) {
	dim := len(s.statistics.Data) / 2
	return Vector(dim), Vector(dim)
}

// StandardisationKind is the layer "standardisation" of descriptions.
func StandardisationKind() Kind {
	return Kind{
		Name:    "standardisation",
		Summary: "Shifts and scales every column to mean 0 and deviation 1, as the training rows have it at the start.",
		Build:   func(p Place, _ setting.Values) (Bijector, error) { return NewStandardisation(p.Name, p.Dim), nil },
	}
}
