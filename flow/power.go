package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// Power is the power transformation of Yeo and Johnson (A New Family of Power
// Transformations to Improve Normality or Symmetry, 2000)
//
//	z = ((1 + x)^p - 1)/p for x >= 0,  z = -((1 - x)^(2-p) - 1)/(2-p) for x < 0,
//
// with a learned exponent p = 1 + (1 - Least) tanh(r), for 0 < Least < 1. Exponents below
// 0 or above 2 would not map the line onto the whole line; those between Least and
// 2 - Least do, and close to neither end the inverse of large numbers stays finite. It
// shortens one tail and lengthens the other.
type Power struct {
	Least float64
}

// Params returns 1, the raw exponent.
func (p Power) Params() int { return 1 }

// Forward records the power and its log-derivative.
func (p Power) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	sign, excess := p.exponent(t, x, h)
	l := t.Log(t.Linear(t.Mul(sign, x), 1, 1))
	exponent := t.Linear(excess, 1, 1)
	z = t.Div(t.Linear(t.Exp(t.Mul(exponent, l)), 1, -1), exponent)
	return t.Mul(sign, z), t.Mul(excess, l)
}

// Inverse records the inverse, a power too, and its log-derivative.
func (p Power) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	sign, excess := p.exponent(t, z, h)
	exponent := t.Linear(excess, 1, 1)
	l := t.Div(t.Log(t.Linear(t.Mul(exponent, t.Mul(sign, z)), 1, 1)), exponent)
	x = t.Linear(t.Exp(l), 1, -1)
	return t.Mul(sign, x), t.Linear(t.Mul(excess, l), -1, 0)
}

// exponent records x's sign, -1 at 0, and by how much its side's exponent exceeds 1. The
// sign times x is |x| with a derivative of -1 or 1 everywhere, so that of the whole is
// right at 0 too.
func (p Power) exponent(t *ad.Tape, x, h ad.Value) (sign, excess ad.Value) {
	sign = t.Linear(t.Step(t.Detach(x)), 2, -1)
	return sign, t.Mul(sign, t.Linear(t.Tanh(h), 1-p.Least, 0))
}

// PowerKind is the transformation "power" of descriptions.
func PowerKind() ElementwiseKind {
	return ElementwiseKind{
		Name:    "power",
		Summary: "Raises to a power that shortens one tail and lengthens the other.",
		Settings: []setting.Setting{
			{Name: "least", Type: setting.Float, Default: 0.2, Min: 0.01, Max: 0.99, Meaning: "smallest exponent; the largest is 2 minus that"},
		},
		Build: func(s setting.Values) (Elementwise, error) { return Power{Least: s.Float("least")}, nil },
	}
}
