package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// InverseSoftplus is the curve log(e^a - 1), a = x - Low, of the values above Low. It
// is a logarithm near the bound and close to a itself far from it, so large values
// keep their distances. Its inverse is the softplus.
type InverseSoftplus struct {
	Low float64
}

// Forward records the inverse softplus and its log-derivative.
func (c InverseSoftplus) Forward(t *ad.Tape, x ad.Value) (z, logDerivative ad.Value) {
	a, inside := above(t, x, c.Low)
	// 1 - e^-a without cancellation at small a.
	half := t.Tanh(t.Linear(a, 0.5, 0))
	rest := t.Log(t.Div(t.Linear(half, 2, 0), t.Linear(half, 1, 1)))
	return t.Add(a, rest), t.Sub(inside, rest)
}

// Inverse records the softplus and its log-derivative.
func (c InverseSoftplus) Inverse(t *ad.Tape, z ad.Value) (x, logDerivative ad.Value) {
	return t.Linear(t.Softplus(z), 1, c.Low), t.Linear(t.Softplus(t.Linear(z, -1, 0)), -1, 0)
}

// InverseSoftplusKind is the layer "inverse-softplus" of descriptions.
func InverseSoftplusKind() Kind {
	return Kind{
		Name:     "inverse-softplus",
		Summary:  "Maps values above a bound onto the whole line, large ones almost unchanged; inverted, it is the softplus.",
		Settings: []setting.Setting{lowSetting(), columnsSetting()},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return domain(p, InverseSoftplus{Low: s.Float("low")}, s)
		},
	}
}
