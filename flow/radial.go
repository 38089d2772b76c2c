package flow

import (
	"flowcert/ad"
	"flowcert/internal/random"
	"flowcert/nn"
	"flowcert/setting"
)

// Radial pushes space away from a centre c, or draws it there:
//
//	z = x + beta (x - c)/(alpha + r),  r = |x - c|
//
// (Rezende and Mohamed, Variational Inference with Normalizing Flows, 2015, equation 14).
// With q = alpha/(alpha + r) and beta = alpha (s - 1) the log-det is
//
//	(D - 1) log(1 + (s - 1) q) + log(1 + (s - 1) q^2).
//
// alpha and s, a softplus each, are above 0.001 for any raw parameters, so
// beta > -alpha, which is what an inverse needs (their appendix A.2); raw zeros are
// alpha = 1 and the identity. Both directions cost about ten operations per column: r is
// the root of a quadratic whose other root is not positive. Raw parameters are softly
// clipped at 1000. With a condition, a network adds to all of them.
type Radial struct {
	dim        int
	parameters steered // c and the raw alpha and s
}

// RadialParams returns the number of raw parameters of a radial layer of dim columns.
func RadialParams(dim int) int { return dim + 2 }

// NewRadial returns a layer of dim columns, close to the identity, around a normal point
// drawn by seed and name. The network, of RadialParams outputs, steers it by the
// condition; nil is none.
func NewRadial(name string, seed uint64, dim int, network nn.Conditioner) *Radial {
	f := &Radial{dim, steered{ad.NewParam(name+".parameters", 1, RadialParams(dim)), network}}
	r := random.New(seed, f.parameters.array.Name, 0, 0)
	for j := range dim {
		f.parameters.array.Data[j] = float32(r.NormFloat64())
	}
	// With s = 1 the centre and alpha would have no gradient.
	f.parameters.array.Data[dim+1] = float32(0.1 * r.NormFloat64())
	return f
}

// ball is what the layer does to all points, or to one, given the condition.
type ball struct {
	centre, alpha, s ad.Value
}

func (f *Radial) ball(p Pass) ball {
	t, h := p.Tape, f.parameters.record(p)
	return ball{
		centre: t.Slice(h, 0, f.dim),
		alpha:  slope(t, t.Slice(h, f.dim, f.dim+1)),
		s:      slope(t, t.Slice(h, f.dim+1, f.dim+2)),
	}
}

// push records (s - 1) q, 1 + (s - 1) q and the log-det at distance r.
func (f *Radial) push(t *ad.Tape, b ball, r ad.Value) (excess, factor, logDet ad.Value) {
	whole := t.Add(b.alpha, r)
	q, rest := t.Div(b.alpha, whole), t.Div(r, whole) // rest = 1 - q
	// Sums of positive terms: nothing cancels where s is close to 0.
	factor = t.Add(rest, t.Mul(b.s, q))
	along := t.Add(t.Mul(rest, t.Linear(q, 1, 1)), t.Mul(b.s, t.Mul(q, q)))
	logDet = t.Add(t.Linear(t.Log(factor), float64(f.dim-1), 0), t.Log(along))
	return t.Mul(t.Linear(b.s, 1, -1), q), factor, logDet
}

// Forward records data to latent.
func (f *Radial) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	t, b := p.Tape, f.ball(p)
	from := t.Sub(x, b.centre)
	excess, _, logDet := f.push(t, b, length(t, from))
	return addScaled(t, x, excess, from), logDet
}

// Inverse records latent to data. The distance R of z is r (1 + beta/(alpha + r)), so
// r^2 + (alpha s - R) r - alpha R = 0.
func (f *Radial) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	t, b := p.Tape, f.ball(p)
	from := t.Sub(z, b.centre)
	distance := length(t, from)
	half := t.Linear(t.Sub(distance, t.Mul(b.alpha, b.s)), 0.5, 0)
	product := t.Mul(b.alpha, distance)
	// The root that is larger in size is a sum of terms of one sign, and positive.
	larger := t.Add(absolute(t, half), squareRoot(t, t.Add(t.Mul(half, half), product)))
	positive := t.Step(half)
	r := choose(t, positive, larger, t.Div(product, larger))
	excess, factor, logDet := f.push(t, b, r)
	return addScaled(t, z, t.Linear(t.Div(excess, factor), -1, 0), from), t.Linear(logDet, -1, 0)
}

// length records the Euclidean length of each row, as one column; at 0 its derivative
// is 0.
func length(t *ad.Tape, x ad.Value) ad.Value {
	square := dot(t, x, x)
	some := t.Step(t.Linear(square, 1, -1e-36)) // smaller squares may be denormal
	return t.Mul(some, squareRoot(t, t.Add(square, complement(t, some))))
}

// squareRoot records the square root of positive numbers.
func squareRoot(t *ad.Tape, x ad.Value) ad.Value { return t.Exp(t.Linear(t.Log(x), 0.5, 0)) }

// absolute records |x|.
func absolute(t *ad.Tape, x ad.Value) ad.Value {
	return t.Add(t.ReLU(x), t.ReLU(t.Linear(x, -1, 0)))
}

// Params returns c and the raw alpha and s in one array, and the network's parameters.
func (f *Radial) Params() []*ad.Param { return f.parameters.params() }

// Shapes returns vectors.
func (f *Radial) Shapes() (data, latent Shape) { return Vector(f.dim), Vector(f.dim) }

// Margins records alpha and 1 + beta/alpha.
func (f *Radial) Margins(p Pass, _ ad.Value) ad.Value {
	b := f.ball(p)
	return p.Tape.Concat(b.alpha, b.s)
}

// RadialKind is the layer "radial" of descriptions.
func RadialKind() Kind {
	return Kind{
		Name:        "radial",
		Summary:     "Pushes space away from one point or draws it there; a condition moves the point.",
		Network:     true,
		Conditional: true,
		Build: func(p Place, _ setting.Values) (Bijector, error) {
			return NewRadial(p.Name, p.Seed, p.Dim, p.network(RadialParams(p.Dim))), nil
		},
	}
}
