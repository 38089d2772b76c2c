package flow

import (
	"math"

	"flowcert/ad"
	"flowcert/internal/random"
	"flowcert/nn"
	"flowcert/setting"
)

// Planar bends space along one direction: z = x + u' tanh(w.x + b) with log-det
// log(1 + (w.u') sech^2(w.x + b)) (Rezende and Mohamed, Variational Inference with
// Normalizing Flows, 2015, equations 10 to 12). It is invertible where w.u' > -1, which
//
//	u' = u + (m(w.u) - w.u) w/|w|^2
//
// makes so for any u (their appendix A.1): m increases from -0.999 without bounds. It
// is their softplus less 1, moved so that m(0) = 0: then u' is never longer than u, and
// zeros are the identity. A w shorter than 1e-10 stands for 0.
//
// Forward costs two scalar products. The inverse solves one increasing equation in the
// number w.x per point, numerically to full precision. Entries of w, u and b are softly
// clipped at 1000. With a condition, a network adds to all of them.
type Planar struct {
	dim        int
	parameters steered // w, u and b
}

// PlanarParams returns the number of raw parameters of a planar layer of dim columns.
func PlanarParams(dim int) int { return 2*dim + 1 }

// NewPlanar returns a layer of dim columns, close to the identity, with a direction
// drawn by seed and name. The network, of PlanarParams outputs, steers it by the
// condition; nil is none.
func NewPlanar(name string, seed uint64, dim int, network nn.Conditioner) *Planar {
	p := &Planar{dim, steered{ad.NewParam(name+".parameters", 1, PlanarParams(dim)), network}}
	r := random.New(seed, p.parameters.array.Name, 0, 0)
	for j := range dim {
		p.parameters.array.Data[j] = float32(r.NormFloat64() / math.Sqrt(float64(dim)))
		// With u = 0 too w would have no gradient.
		p.parameters.array.Data[dim+j] = float32(0.01 * r.NormFloat64())
	}
	return p
}

// plane is what the layer does to all points, or to one, given the condition.
type plane struct {
	w, u, b ad.Value
	slope   ad.Value // 1 + w.u
}

func (f *Planar) plane(p Pass) plane {
	t, h := p.Tape, f.parameters.record(p)
	w, u, b := t.Slice(h, 0, f.dim), t.Slice(h, f.dim, 2*f.dim), t.Slice(h, 2*f.dim, 2*f.dim+1)
	const shortest = 1e-10
	square := dot(t, w, w)
	long := t.Step(t.Linear(square, 1, -shortest*shortest))
	w = t.Mul(w, t.Repeat(long, f.dim))
	// Where w is too short, this divides 0 by about 1.
	square = t.Add(square, complement(t, long))
	along := dot(t, w, u)
	s := slope(t, along)
	excess := t.Sub(t.Linear(s, 1, -1), along)
	return plane{w: w, u: addScaled(t, u, t.Div(excess, square), w), b: b, slope: s}
}

// Forward records data to latent.
func (f *Planar) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	t, l := p.Tape, f.plane(p)
	tanh, logDet := bend(t, t.Add(dot(t, l.w, x), l.b), l.slope)
	return addScaled(t, x, tanh, l.u), logDet
}

// Inverse records latent to data: with y = w.x + b, w.z + b is y + (w.u') tanh(y).
func (f *Planar) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	t, l := p.Tape, f.plane(p)
	y := unbend(t, t.Add(dot(t, l.w, z), l.b), l.slope)
	tanh, logDet := bend(t, y, l.slope)
	return addScaled(t, z, t.Linear(tanh, -1, 0), l.u), t.Linear(logDet, -1, 0)
}

// Params returns w, u and b in one array, and the network's parameters.
func (f *Planar) Params() []*ad.Param { return f.parameters.params() }

// Shapes returns vectors.
func (f *Planar) Shapes() (data, latent Shape) { return Vector(f.dim), Vector(f.dim) }

// Margins records 1 + w.u'.
func (f *Planar) Margins(p Pass, _ ad.Value) ad.Value { return f.plane(p).slope }

// PlanarKind is the layer "planar" of descriptions.
func PlanarKind() Kind {
	return Kind{
		Name:        "planar",
		Summary:     "Stretches or squeezes space around one plane; a condition moves the plane.",
		Network:     true,
		Conditional: true,
		Build: func(p Place, _ setting.Values) (Bijector, error) {
			return NewPlanar(p.Name, p.Seed, p.Dim, p.network(PlanarParams(p.Dim))), nil
		},
	}
}
