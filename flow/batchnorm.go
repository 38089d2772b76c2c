package flow

import (
	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/setting"
)

// BatchNorm is the map (x - mean)/deviation of every column, followed by a learned
// shift and scale (Ioffe and Szegedy, Batch Normalization, 2015; as a layer of flows,
// Dinh, Sohl-Dickstein and Bengio, Density Estimation Using Real NVP, 2017, section
// 3.7). Here the statistics are not those of the present batch, whose rows are
// computed independently: they are estimated from the training rows at the start and
// again at each validation, and are constant in between, so the map is the same in
// training and evaluation. Nothing is differentiated through them. Both log-scales are
// softly clipped, so any parameters are valid; zeros are the identity. Both
// directions cost two multiplications per column.
type BatchNorm struct {
	statistics *Standardisation
	affine     *Marginal
}

// NewBatchNorm returns the layer for dim columns; bound is that of the learned
// log-scale.
func NewBatchNorm(name string, dim int, bound float64) *BatchNorm {
	return &BatchNorm{NewStandardisation(name, dim), NewMarginal(name, dim, Affine{bound})}
}

// Observe estimates the statistics.
func (b *BatchNorm) Observe(x *mat.Dense, _ bool) { b.statistics.Observe(x, true) }

// Forward records data to latent.
func (b *BatchNorm) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	x, l := b.statistics.Forward(p, x)
	z, logDet = b.affine.Forward(p, x)
	return z, p.Tape.Add(l, logDet)
}

// Inverse records latent to data.
func (b *BatchNorm) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	z, l := b.affine.Inverse(p, z)
	x, logDet = b.statistics.Inverse(p, z)
	return x, p.Tape.Add(l, logDet)
}

// Params returns the statistics, which are fixed, and shift and raw log-scale of
// every column.
func (b *BatchNorm) Params() []*ad.Param {
	return append(b.statistics.Params(), b.affine.Params()...)
}

// Shapes returns vectors.
func (b *BatchNorm) Shapes() (data, latent Shape) { return b.statistics.Shapes() }

// Margins records the learned scales.
func (b *BatchNorm) Margins(p Pass, x ad.Value) ad.Value { return b.affine.Margins(p, x) }

// BatchNormKind is the layer "batchnorm" of descriptions.
func BatchNormKind() Kind {
	return Kind{
		Name:    "batchnorm",
		Summary: "Shifts and scales every column to mean 0 and deviation 1, as the training rows have it now and then, and shifts and scales it again as learned.",
		Settings: []setting.Setting{
			{Name: "log_scale_bound", Type: setting.Float, Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the learned log-scale"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return NewBatchNorm(p.Name, p.Dim, s.Float("log_scale_bound")), nil
		},
	}
}
