package flow

import "flowcert/ad"

// Elementwise is a family of increasing maps of one variable onto the real line,
// the part of a coupling or of an autoregressive flow that a conditioner steers.
type Elementwise interface {
	// Params returns the number of raw parameters per column; those of one column
	// lie together. All real values are valid, and zeros are the identity or close to it.
	Params() int
	// Forward records the map of x under the raw parameters h (Params()*x.Cols()
	// columns) and the logarithm of its derivative, per column.
	Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value)
	// Inverse records the inverse map and the logarithm of its derivative.
	Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value)
}
