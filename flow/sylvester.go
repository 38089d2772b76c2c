package flow

import (
	"math"

	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
	"flowcert/nn"
	"flowcert/setting"
)

// Sylvester bends space along several directions at once: with M orthonormal columns
// Q and lower triangular M x M matrices R and S,
//
//	z = x + Q R tanh(y),  y = S Q^T x + b,
//
// whose log-det is that of the M x M matrix 1 + diag(sech^2(y)) S R, the sum of
// log(1 + S_ii R_ii sech^2(y_i)) (van den Berg, Hasenclever, Tomczak and Welling,
// Sylvester Normalizing Flows, 2018, section 3, with upper triangular matrices: the same
// maps, counted from the last direction). S_ii = e^s, s softly clipped at 3, and
// R_ii = (m - 1)/S_ii, where m is a softplus above 0.001: so S_ii R_ii > -1 for all
// parameters, which makes the map invertible, and there is no upper bound. Q is the first
// columns of a product of M Householder reflections. Raw zeros are the identity.
//
// Forward costs about 6DM + M^2 multiply-adds in D columns. The inverse solves M
// increasing equations in one number each per point, one after the other, numerically to
// full precision. With a condition, a network adds to b, m and s.
type Sylvester struct {
	dim, rank int
	turn      *Householder
	// in and out hold S and R below their diagonals; the rest is not used.
	in, out *ad.Param
	steps   steered // the raw m and s, and b
}

// SylvesterParams returns the number of raw parameters that a condition can steer.
func SylvesterParams(rank int) int { return 3 * rank }

// NewSylvester returns a layer of dim columns with rank directions, at most dim, close
// to the identity, with directions drawn by seed and name. The network, of
// SylvesterParams outputs, steers it by the condition; nil is none.
func NewSylvester(name string, seed uint64, dim, rank int, network nn.Conditioner) *Sylvester {
	s := &Sylvester{
		dim: dim, rank: rank,
		turn:  NewHouseholder(name, seed, dim, rank),
		in:    ad.NewParam(name+".in", rank, rank),
		out:   ad.NewParam(name+".out", rank, rank),
		steps: steered{ad.NewParam(name+".steps", 1, SylvesterParams(rank)), network},
	}
	// With R = 0 the other parameters would have no gradient.
	draw := func(p *ad.Param, data []float32, deviation float64) {
		r := random.New(seed, p.Name, 0, 1)
		for i := range data {
			data[i] = float32(deviation * r.NormFloat64())
		}
	}
	draw(s.turn.vectors, s.turn.vectors.Data, 1)
	draw(s.out, s.out.Data, 0.01/math.Sqrt(float64(rank)))
	draw(s.steps.array, s.steps.array.Data[:rank], 0.01)
	return s
}

// directions is what the layer does along Q's columns.
type directions struct {
	slope, into, out, bias ad.Value // m, the diagonals of S and R, and b
}

func (s *Sylvester) directions(p Pass) directions {
	t, h := p.Tape, s.steps.record(p)
	m := slope(t, t.Slice(h, 0, s.rank))
	log := t.SoftClip(t.Slice(h, s.rank, 2*s.rank), 3)
	return directions{
		slope: m,
		into:  t.Exp(log),
		out:   t.Mul(t.Linear(m, 1, -1), t.Exp(t.Linear(log, -1, 0))),
		bias:  t.Slice(h, 2*s.rank, 3*s.rank),
	}
}

// Forward records data to latent.
func (s *Sylvester) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	t, d := p.Tape, s.directions(p)
	a := s.project(p, x)
	y := t.Add(t.Add(t.Mul(d.into, a), s.below(t, a, s.in)), d.bias)
	tanh, l := bend(t, y, d.slope)
	step := t.Add(t.Mul(d.out, tanh), s.below(t, tanh, s.out))
	return t.Add(x, s.embed(p, step)), t.SumColumns(l)
}

// Inverse records latent to data. With a = Q^T x, e_i = (Q^T z)_i less what R takes from
// the directions before i, and c_i what S takes from them,
//
//	a_i = e_i - R_ii tanh(y_i),  y_i = S_ii a_i + c_i + b_i,
//
// so y_i + S_ii R_ii tanh(y_i) = S_ii e_i + c_i + b_i.
func (s *Sylvester) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	t, d := p.Tape, s.directions(p)
	e := s.project(p, z)
	a, bent, logs := t.Buffer(s.rank), t.Buffer(s.rank), t.Buffer(s.rank)
	fromA, fromBent, prefix := t.Buffer(s.rank), t.Buffer(s.rank), s.prefix()
	for i := range s.rank {
		at := func(v ad.Value) ad.Value { return t.Slice(v, i, i+1) }
		fromA.Dense(a.Slice(0, i), s.in, nil, i, 1, prefix, kernel.Identity)
		fromBent.Dense(bent.Slice(0, i), s.out, nil, i, 1, prefix, kernel.Identity)
		rest := t.Sub(at(e), fromBent.Slice(i, i+1))
		v := t.Add(t.Add(t.Mul(at(d.into), rest), fromA.Slice(i, i+1)), at(d.bias))
		tanh, l := bend(t, unbend(t, v, at(d.slope)), at(d.slope))
		a.Put(i, t.Sub(rest, t.Mul(at(d.out), tanh)))
		bent.Put(i, tanh)
		logs.Put(i, l)
	}
	step := t.Sub(e, a.Slice(0, s.rank))
	return t.Sub(z, s.embed(p, step)), t.Linear(t.SumColumns(logs.Slice(0, s.rank)), -1, 0)
}

// project records Q^T x.
func (s *Sylvester) project(p Pass, x ad.Value) ad.Value {
	turned, _ := s.turn.Forward(p, x)
	return p.Tape.Slice(turned, 0, s.rank)
}

// embed records Q a.
func (s *Sylvester) embed(p Pass, a ad.Value) ad.Value {
	x, _ := s.turn.Inverse(p, p.Tape.Concat(a, p.Tape.Constant(s.dim-s.rank, 0)))
	return x
}

// below records w x for the part of w below its diagonal.
func (s *Sylvester) below(t *ad.Tape, x ad.Value, w *ad.Param) ad.Value {
	y := t.Buffer(s.rank)
	y.Dense(x, w, nil, 0, s.rank, s.prefix(), kernel.Identity)
	return y.Slice(0, s.rank)
}

// prefix says that direction i depends on the i directions before it.
func (s *Sylvester) prefix() []int {
	prefix := make([]int, s.rank)
	for i := range prefix {
		prefix[i] = i
	}
	return prefix
}

// Params returns the reflections, S, R, and what a condition can steer, with its network.
func (s *Sylvester) Params() []*ad.Param {
	return append([]*ad.Param{s.turn.vectors, s.in, s.out}, s.steps.params()...)
}

// Shapes returns vectors.
func (s *Sylvester) Shapes() (data, latent Shape) { return Vector(s.dim), Vector(s.dim) }

// Margins records 1 + S_ii R_ii.
func (s *Sylvester) Margins(p Pass, _ ad.Value) ad.Value { return s.directions(p).slope }

// SylvesterKind is the layer "sylvester" of descriptions.
func SylvesterKind() Kind {
	return Kind{
		Name:        "sylvester",
		Summary:     "Bends space along several directions at once; a condition moves the bends.",
		Network:     true,
		Conditional: true,
		Settings: []setting.Setting{
			{Name: "rank", Type: setting.Int, Default: 8, Min: 1, Max: 256, Meaning: "directions, of which no more are used than there are columns"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			rank := min(s.Int("rank"), p.Dim)
			return NewSylvester(p.Name, p.Seed, p.Dim, rank, p.network(SylvesterParams(rank))), nil
		},
	}
}
