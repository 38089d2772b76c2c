package flow

import (
	"math"
	"math/rand/v2"

	"flowcert/ad"
	"flowcert/internal/random"
	"flowcert/setting"
)

// GaussianMixture is a mixture of Gaussians with learned weights, means and scales,
// whose columns are independent within a component: log-density
// logsumexp_k(log w_k + sum_j log N(z_j; m_jk, s_jk)). A base with several modes spares
// the flow to tear one apart (Papamakarios, Pavlakou and Murray, Masked Autoregressive
// Flow, 2017; Izmailov et al., Semi-Supervised Learning with Normalizing
// Flows, 2020).
//
// The weights are a softmax of raw ones; a scale is the start times e^r with r softly
// clipped at 5. The means start as a draw of deviation spread and the scales so that
// the whole has about mean 0 and variance 1: components that started alike would stay
// alike.
type GaussianMixture struct {
	dim, components  int
	start            float64   // the scale at raw 0
	weights          *ad.Param // raw, 1 x components
	means, logScales *ad.Param // dim x components, the log-scales raw
}

const mixtureScaleBound = 5

// NewGaussianMixture returns the base of dim columns and so many components, whose
// means are drawn by name and seed. The spread lies between 0 and 1.
func NewGaussianMixture(name string, seed uint64, dim, components int, spread float64) *GaussianMixture {
	m := &GaussianMixture{
		dim: dim, components: components, start: math.Sqrt(1 - spread*spread),
		weights:   ad.NewParam(name+".weights", 1, components),
		means:     ad.NewParam(name+".means", dim, components),
		logScales: ad.NewParam(name+".log_scales", dim, components),
	}
	r := random.New(seed, m.means.Name, 0, 0)
	for i := range m.means.Data {
		m.means.Data[i] = float32(spread * r.NormFloat64())
	}
	return m
}

// LogDensity records the mixture's log-density.
func (m *GaussianMixture) LogDensity(p Pass, z ad.Value) ad.Value {
	t := p.Tape
	index := make([]int, 0, m.dim*m.components)
	for j := range m.dim {
		for range m.components {
			index = append(index, j)
		}
	}
	logScale := t.Linear(t.SoftClip(t.Parameter(m.logScales), mixtureScaleBound), 1, math.Log(m.start))
	u := t.Mul(t.Sub(t.Gather(z, index...), t.Parameter(m.means)), t.Exp(t.Linear(logScale, -1, 0)))
	terms := t.Add(t.Linear(t.Mul(u, u), -0.5, -math.Log(2*math.Pi)/2), t.Linear(logScale, -1, 0))
	return mixed(t, m.weights, t.SumBlocks(terms, m.components))
}

// Sampler returns the sampler for the present parameters.
func (m *GaussianMixture) Sampler() func(z []float64, r *rand.Rand) {
	weights, means := shares(m.weights), m.means.Data
	scales := make([]float64, len(means))
	for i, raw := range m.logScales.Data {
		scales[i] = m.start * math.Exp(softClip(raw, mixtureScaleBound))
	}
	return func(z []float64, r *rand.Rand) {
		k := draw(weights, r)
		for j := range z {
			at := j*m.components + k
			z[j] = float64(means[at]) + scales[at]*r.NormFloat64()
		}
	}
}

// shares returns the softmax of raw weights.
func shares(raw *ad.Param) []float64 {
	top, sum := math.Inf(-1), 0.0
	for _, v := range raw.Data {
		top = max(top, float64(v))
	}
	weights := make([]float64, len(raw.Data))
	for k, v := range raw.Data {
		weights[k] = math.Exp(float64(v) - top)
		sum += weights[k]
	}
	for k := range weights {
		weights[k] /= sum
	}
	return weights
}

// draw returns a random index, by weights that sum to 1.
func draw(weights []float64, r *rand.Rand) int {
	u := r.Float64()
	for k, w := range weights[:len(weights)-1] {
		if u < w {
			return k
		}
		u -= w
	}
	return len(weights) - 1
}

// Params returns the raw weights, the means and the raw log-scales.
func (m *GaussianMixture) Params() []*ad.Param {
	return []*ad.Param{m.weights, m.means, m.logScales}
}

// GaussianMixtureKind is the base "mixture" of descriptions.
func GaussianMixtureKind() BaseKind {
	return BaseKind{
		Name:    "mixture",
		Summary: "A mixture of Gaussians whose weights, means and scales are learned.",
		Settings: []setting.Setting{
			{Name: "components", Type: setting.Int, Default: 8, Min: 1, Max: 1000, Meaning: "Gaussians of the mixture"},
			{Name: "spread", Type: setting.Float, Default: 0.5, Min: 0.01, Max: 0.95, Meaning: "deviation of the means at the start, where the whole has about variance 1"},
		},
		Build: func(p Place, s setting.Values) (Base, error) {
			return NewGaussianMixture(p.Name, p.Seed, p.Dim, s.Int("components"), s.Float("spread")), nil
		},
	}
}
