package flow

import (
	"fmt"
	"math"

	"flowcert/ad"
	"flowcert/setting"
)

// Logit is the curve log((x - low)/(high - x)) of an interval, after that is widened
// on both sides by Margin times its width, so that values on the bounds are inside
// (with the interval [0, 1], the pre-processing of images in Dinh, Sohl-Dickstein and
// Bengio, Density Estimation Using Real NVP, 2017, section 4.1). Each side's distance
// is computed by itself, so nothing is lost near either bound. Its inverse is the
// sigmoid, scaled to the interval; where that rounds to a bound, the way back is outside.
type Logit struct {
	Low, High, Margin float64
}

// bounds returns the domain's.
func (c Logit) bounds() (low, high float64) {
	margin := c.Margin * (c.High - c.Low)
	return c.Low - margin, c.High + margin
}

// Forward records the logit and its log-derivative.
func (c Logit) Forward(t *ad.Tape, x ad.Value) (z, logDerivative ad.Value) {
	low, high := c.bounds()
	a, insideA := above(t, x, low)
	b, insideB := above(t, t.Linear(x, -1, 0), -high)
	logA, logB := t.Log(a), t.Log(b)
	l := t.Linear(t.Add(logA, logB), -1, math.Log(high-low))
	return t.Sub(logA, logB), t.Add(l, t.Add(insideA, insideB))
}

// Inverse records the sigmoid and its log-derivative.
func (c Logit) Inverse(t *ad.Tape, z ad.Value) (x, logDerivative ad.Value) {
	low, high := c.bounds()
	x = t.Linear(t.Sigmoid(z), high-low, low)
	tails := t.Add(t.Softplus(z), t.Softplus(t.Linear(z, -1, 0)))
	return x, t.Linear(tails, -1, math.Log(high-low))
}

// LogitKind is the layer "logit" of descriptions.
func LogitKind() Kind {
	return Kind{
		Name:    "logit",
		Summary: "Maps values between two bounds onto the whole line; inverted, it is a sigmoid.",
		Settings: []setting.Setting{
			{Name: "low", Type: setting.Float, Default: 0.0, Min: -1e9, Max: 1e9, Meaning: "lower bound of the values"},
			{Name: "high", Type: setting.Float, Default: 1.0, Min: -1e9, Max: 1e9, Meaning: "upper bound of the values"},
			{Name: "margin", Type: setting.Float, Default: 1e-3, Min: 0, Max: 10, Meaning: "how far beyond its bounds the interval reaches, as a part of its width; with 0, values on a bound have density 0"},
			columnsSetting(),
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			c := Logit{Low: s.Float("low"), High: s.Float("high"), Margin: s.Float("margin")}
			if !(c.Low < c.High) {
				return nil, fmt.Errorf("low is %v and high is %v: low must be less", c.Low, c.High)
			}
			return domain(p, c, s)
		},
	}
}
