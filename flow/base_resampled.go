package flow

import (
	"math/rand/v2"
	"slices"
	"sync"

	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
	"flowcert/nn"
	"flowcert/setting"
)

// Resampled is the standard normal distribution pi, resampled by rejection: a draw is
// kept with the learned probability a(z) of a small network, and the T-th is kept in
// any case (Bauer and Mnih, Resampled Priors for Variational Autoencoders, 2019;
// Stimper, Schölkopf and Hernández-Lobato, Resampling Base Distributions of Normalizing
// Flows, 2022). With Z the mean of a under pi and q = 1 - Z, its density is
//
//	pi(z) (a(z) (1 + q + ... + q^(T-2)) + q^(T-1))
//
// Sampling costs 1/Z networks a point, at most T. Untrained, a is 1/2 everywhere and
// the density is pi; the logit of a is softly clipped at 20.
//
// Z is an estimate: the mean of a over Draws standard normal points, which are fixed by
// a key and are part of the architecture. So log-densities are estimates too. They come
// with the standard error that the variance of a gives, and everything else is exact:
// at a Z that is off by a factor 1+e the density integrates to 1 up to e at most.
// Training has TrainingDraws points of its own, as a network can fit itself to the
// points that it is normalised with: the scores of a trained model rest on others.
type Resampled struct {
	dim        int
	options    ResampledOptions
	acceptance nn.Conditioner // the logit of a
}

// ResampledOptions are those of a resampled base.
type ResampledOptions struct {
	// Truncation is T, at least 1.
	Truncation int
	// Hidden are the widths of the network's hidden layers.
	Hidden []int
	// Draws and TrainingDraws are the numbers of points of the estimate of Z.
	Draws, TrainingDraws int
}

// NewResampled returns the base of dim columns with the network's starting weights.
func NewResampled(name string, seed uint64, dim int, o ResampledOptions) *Resampled {
	network := nn.Architecture{Hidden: o.Hidden, Activation: "tanh"}
	return &Resampled{dim: dim, options: o, acceptance: network.Conditioner(name+".acceptance", seed, dim, 1)}
}

// LogDensity records the log-density with the estimate of Z.
func (b *Resampled) LogDensity(p Pass, z ad.Value) ad.Value {
	return b.logDensity(p.Tape, z, b.mean(p, b.accept))
}

func (b *Resampled) logDensity(t *ad.Tape, z, mean ad.Value) ad.Value {
	sum, power := geometric(t, t.Linear(mean, -1, 1), b.options.Truncation-1)
	return t.Add(t.NormalLogDensity(z), t.Log(t.Add(t.Mul(b.accept(t, z), sum), power)))
}

// Estimate records the log-density and its standard error: that of Z, times the size of
// the derivative with respect to Z.
func (b *Resampled) Estimate(p Pass, z ad.Value) (logDensity, standardError ad.Value) {
	t := p.Tape
	mean := b.mean(p, b.accept)
	square := b.mean(p, func(t *ad.Tape, z ad.Value) ad.Value {
		a := b.accept(t, z)
		return t.Mul(a, a)
	})
	variance := t.Linear(t.ReLU(t.Sub(square, t.Mul(mean, mean))), 1/float64(b.draws(p)), 1e-30)
	deviation := squareRoot(t, variance)
	logDensity = b.logDensity(t, z, mean)
	slope := t.Tangent(logDensity, mean, t.Constant(1, 1))
	return logDensity, t.Mul(deviation, absolute(t, slope))
}

// accept records a(z).
func (b *Resampled) accept(t *ad.Tape, z ad.Value) ad.Value {
	const bound = 20 // a stays above e^-20, so that Z is positive
	return t.Sigmoid(t.SoftClip(b.acceptance.Apply(t, z), bound))
}

// geometric records 1 + q + ... + q^(n-1) and q^n, by doubling n.
func geometric(t *ad.Tape, q ad.Value, n int) (sum, power ad.Value) {
	if n == 0 {
		return t.Constant(1, 0), t.Constant(1, 1)
	}
	sum, power = geometric(t, q, n/2)
	sum, power = t.Add(sum, t.Mul(sum, power)), t.Mul(power, power)
	if n%2 == 1 {
		sum, power = t.Add(sum, power), t.Mul(power, q)
	}
	return sum, power
}

func (b *Resampled) draws(p Pass) int {
	if p.Training {
		return b.options.TrainingDraws
	}
	return b.options.Draws
}

// mean records the mean of f over the fixed points.
func (b *Resampled) mean(p Pass, f func(t *ad.Tape, z ad.Value) ad.Value) ad.Value {
	purpose := "resampled base"
	if p.Training {
		purpose = "resampled base in training"
	}
	points := make([]float64, b.draws(p)*b.dim)
	for i := range b.draws(p) {
		r := random.New(0, purpose, uint64(b.dim), uint64(i))
		for j := range b.dim {
			points[i*b.dim+j] = r.NormFloat64()
		}
	}
	return p.Tape.Average(points, b.dim, f)
}

// Sampler returns the sampler for the present weights.
func (b *Resampled) Sampler() func(z []float64, r *rand.Rand) {
	t := ad.NewTape()
	program := ad.Compile(kernel.Best[float64](), t, ad.Config{Panels: 1}, b.accept(t, t.Input(b.dim)))
	arenas := sync.Pool{New: func() any { return program.NewArena() }}
	return func(z []float64, r *rand.Rand) {
		a := arenas.Get().(*ad.Arena[float64])
		defer arenas.Put(a)
		for left := b.options.Truncation; ; left -= kernel.Lanes {
			if b.try(a, z, left, r) {
				return
			}
		}
	}
}

// try draws a panel of points, or as many as are left, and sets z to the first that is
// kept; if there is none, the last of those left is.
func (b *Resampled) try(a *ad.Arena[float64], z []float64, left int, r *rand.Rand) bool {
	draws := make([]float64, min(left, kernel.Lanes)*b.dim)
	for i := range draws {
		draws[i] = r.NormFloat64()
	}
	ad.LoadRows(a.Input(0), draws, b.dim, len(draws)/b.dim)
	a.Forward(1)
	for i, p := range a.Output(0).Panel(0)[:len(draws)/b.dim] {
		if r.Float64() < p || i == left-1 {
			copy(z, draws[i*b.dim:])
			return true
		}
	}
	return false
}

// Params returns the network's parameters.
func (b *Resampled) Params() []*ad.Param { return b.acceptance.Params() }

// ResampledKind is the base "resampled" of descriptions.
func ResampledKind() BaseKind {
	return BaseKind{
		Name:    "resampled",
		Summary: "The standard normal distribution, resampled by a learned probability of keeping a draw.",
		Settings: []setting.Setting{
			{Name: "truncation", Type: setting.Int, Default: 100, Min: 1, Max: 10_000, Meaning: "draws after which the last is kept in any case"},
			{Name: "hidden", Type: setting.Ints, Default: []int{32, 32}, Min: 1, Max: 4096, Meaning: "widths of the hidden layers of the network of the probability"},
			{Name: "draws", Type: setting.Int, Default: 1 << 16, Min: 100, Max: 1 << 24, Meaning: "fixed points of the estimate of the normalising constant"},
			{Name: "training_draws", Type: setting.Int, Default: 1 << 12, Min: 100, Max: 1 << 24, Meaning: "other fixed points of that estimate in training; each step costs as much as one of so many rows through the network"},
		},
		Build: func(p Place, s setting.Values) (Base, error) {
			return NewResampled(p.Name, p.Seed, p.Dim, ResampledOptions{
				Truncation: s.Int("truncation"), Hidden: slices.Clone(s.Ints("hidden")),
				Draws: s.Int("draws"), TrainingDraws: s.Int("training_draws"),
			}), nil
		},
	}
}
