package flow

import (
	"math"
	"math/rand/v2"

	"flowcert/ad"
	"flowcert/setting"
)

// Density is a recorded density of points given a condition, of which there may be
// none: what maximum likelihood trains.
type Density interface {
	// LogDensity records the log-density of each row of x in nats, one column.
	LogDensity(p Pass, x ad.Value) ad.Value
	// Params returns the trainable arrays in a fixed order.
	Params() []*ad.Param
	// Columns returns the numbers of columns of the points and of the condition.
	Columns() (points, condition int)
}

// Base is a distribution of latent points.
type Base interface {
	// LogDensity records the log-density of each row of z in nats, one column.
	LogDensity(p Pass, z ad.Value) ad.Value
	// Sampler returns a function that fills z, one point, from the numbers of r alone,
	// for the parameters as they are. It is safe for concurrent use.
	Sampler() func(z []float64, r *rand.Rand)
	// Params returns the trainable arrays in a fixed order.
	Params() []*ad.Param
}

// softClip returns what [ad.Tape.SoftClip] records, for samplers.
func softClip(raw float32, bound float64) float64 {
	r := float64(raw)
	return r / (1 + math.Abs(r)/bound)
}

// Estimated is the optional ability of a base whose log-density is an estimate.
type Estimated interface {
	// Estimate records what LogDensity records, and its standard error, one column.
	Estimate(p Pass, z ad.Value) (logDensity, standardError ad.Value)
}

// Distribution is a normalizing flow: a point is the bijector's inverse of a draw
// from the base, so its log-density is that of the base at f(x), plus log|det Df(x)|.
type Distribution struct {
	Base     Base
	Bijector Bijector
	// Condition is the number of columns of the condition that the bijector takes; 0
	// for none.
	Condition int
}

// LogDensity records the change of variables.
func (d Distribution) LogDensity(p Pass, x ad.Value) ad.Value {
	z, logDet := d.Bijector.Forward(p, x)
	return sum(p.Tape, d.Base.LogDensity(p, z), logDet)
}

// Estimate records what LogDensity records, and its standard error, which is absent
// unless the base is Estimated.
func (d Distribution) Estimate(p Pass, x ad.Value) (logDensity, standardError ad.Value) {
	z, logDet := d.Bijector.Forward(p, x)
	if e, ok := d.Base.(Estimated); ok {
		logDensity, standardError = e.Estimate(p, z)
	} else {
		logDensity = d.Base.LogDensity(p, z)
	}
	return sum(p.Tape, logDensity, logDet), standardError
}

// Params returns the bijector's parameters, then the base's.
func (d Distribution) Params() []*ad.Param {
	var all []*ad.Param
	return append(append(all, d.Bijector.Params()...), d.Base.Params()...)
}

// Columns returns the size of the data's shape and the condition's columns.
func (d Distribution) Columns() (points, condition int) {
	data, _ := d.Bijector.Shapes()
	return data.Size(), d.Condition
}

// BaseKind is a kind of base that a description of a flow can name.
type BaseKind struct {
	// Name is what a description says, such as "student".
	Name string
	// Summary is one plain sentence.
	Summary  string
	Settings []setting.Setting
	// Build returns the base with its starting parameters. Its error says what does
	// not fit together, and does not name the base.
	Build func(p Place, s setting.Values) (Base, error)
}
