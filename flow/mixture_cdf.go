package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// MixtureCDF is the map z = Phi^-1(sum_k w_k Phi((x - m_k)/s_k)), which turns a mixture
// of Gaussians into the standard normal distribution Phi. With a normal base,
//   - one column has exactly the density of the mixture;
//   - an autoregressive layer is MADE with mixtures of Gaussians (Germain, Gregor,
//     Murray and Larochelle, MADE, 2015; Papamakarios, Pavlakou and Murray, Masked
//     Autoregressive Flow, 2017, "MADE MoG");
//   - a chain of marginal layers and rotations is a Gaussianization flow (Chen and
//     Gopinath, Gaussianization, 2000; Meng, Song, Song and Ermon, Gaussianization
//     Flows, 2020).
//
// The weights w are a softmax, means are softly clipped at 1000, and log s is within
// Bound, softly clipped, of a constant between -0.9 and 0; so for all parameters the map
// increases from minus to plus infinity. Forward costs Components distribution functions
// per column; the inverse is numeric, to full precision, and costs about three times
// that. Where components are far apart and narrow, the map is flat between them, and a
// latent point that hits the flat part exactly comes back as some point of the gap.
type MixtureCDF struct {
	// Components is at most ad.MaxComponents.
	Components int
	Bound      float64
}

func (m MixtureCDF) mixture() ad.Mixture {
	return ad.Mixture{Components: m.Components, Bound: m.Bound}
}

// Params returns 3 Components: means, raw log-scales and raw weights. Zeros are not
// quite the identity (see ad.Mixture), because components that start alike would have the
// same gradients and stay alike.
func (m MixtureCDF) Params() int { return m.mixture().Params() }

// Forward records the map and its log-derivative, both accurate in both tails.
func (m MixtureCDF) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	y := t.MixtureCDF(x, h, m.mixture())
	return t.Slice(y, 0, x.Cols()), t.Slice(y, x.Cols(), 2*x.Cols())
}

// Inverse records the numeric inverse and its log-derivative.
func (m MixtureCDF) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	y := t.MixtureCDFInverse(z, h, m.mixture())
	return t.Slice(y, 0, z.Cols()), t.Slice(y, z.Cols(), 2*z.Cols())
}

// MixtureCDFKind is the transformation "mixture-cdf" of descriptions.
func MixtureCDFKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "mixture-cdf",
		Summary: "Turns a mixture of bell curves into a single one.",
		Settings: []setting.Setting{
			{Name: "components", Type: setting.Int, Default: 8, Min: 1, Max: ad.MaxComponents, Meaning: "bell curves of the mixture"},
			{Name: "log_scale_bound", Type: setting.Float, Default: 4.0, Min: 0.1, Max: 20, Meaning: "bound of the log-scale of each curve"},
		},
		Build: func(s setting.Values) (Elementwise, error) {
			return MixtureCDF{Components: s.Int("components"), Bound: s.Float("log_scale_bound")}, nil
		},
	}
}
