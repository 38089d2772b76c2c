package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// Log is the curve log(x - Low) of the values above Low. Its inverse is the
// exponential, which overflows beyond 88 in float32.
type Log struct {
	Low float64
}

// Forward records the logarithm and its log-derivative.
func (c Log) Forward(t *ad.Tape, x ad.Value) (z, logDerivative ad.Value) {
	a, inside := above(t, x, c.Low)
	z = t.Log(a)
	return z, t.Sub(inside, z)
}

// Inverse records the exponential and its log-derivative.
func (c Log) Inverse(t *ad.Tape, z ad.Value) (x, logDerivative ad.Value) {
	return t.Linear(t.Exp(z), 1, c.Low), z
}

// LogKind is the layer "log" of descriptions.
func LogKind() Kind {
	return Kind{
		Name:     "log",
		Summary:  "Takes the logarithm of values above a bound; inverted, it is the exponential.",
		Settings: []setting.Setting{lowSetting(), columnsSetting()},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return domain(p, Log{Low: s.Float("low")}, s)
		},
	}
}

// lowSetting is the bound that all values lie above.
func lowSetting() setting.Setting {
	return setting.Setting{Name: "low", Type: setting.Float, Default: 0.0, Min: -1e9, Max: 1e9,
		Meaning: "bound that all values lie above; one on the bound has density 0"}
}
