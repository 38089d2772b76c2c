package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// LinearRational is the linear-rational spline of Dolatabadi, Erfani and Leckie
// (Invertible Generative Modeling using Linear Rational Splines, 2020) on
// [-Bound, Bound], the identity outside. Widths and heights of the Bins bins are made
// positive and summing to the box by a softmax, the derivatives at the inner knots
// positive by a softplus, between 1/1000 and about 1000; the outer derivatives are 1.
// Each bin is cut once more, at a learned share of its width between 0.025 and 0.975, and
// each part is a quotient of two linear functions. The map is continuously
// differentiable, with a derivative of at least 1e-9 for all parameters, and its inverse
// consists of such quotients too. Both directions cost two softmaxes and about ten
// elementary functions.
type LinearRational struct {
	Bins  int
	Bound float64
}

func (s LinearRational) bins() ad.Bins {
	return ad.Bins{Bins: s.Bins, Bound: s.Bound, MinBin: minBin, Knots: ad.InnerKnots, Inner: true}
}

// Params returns 4 Bins - 1: raw widths, heights, inner derivatives and cuts.
func (s LinearRational) Params() int { return s.bins().Params() }

// Forward records the spline and its log-derivative.
func (s LinearRational) Forward(t *ad.Tape, x, h ad.Value) (z, logDerivative ad.Value) {
	b := t.Bins(x, h, s.bins(), false)
	p := halves(t, b)
	part := p.at(t, t.Div(b.Offset, b.Width), false)
	// From slope a to slope b = a c^2, a quotient of linear functions is
	// v/(v + c(1-v)) in units of the part.
	v, c := part.position, part.bend
	denominator := mix(t, v, c, t.Constant(x.Cols(), 1))
	y := t.Add(part.bottom, t.Mul(part.height, t.Div(v, denominator)))
	logSlope := t.Sub(part.logRight, t.Linear(t.Log(denominator), 2, 0))
	return t.Add(b.Start, t.Mul(b.Height, y)), logSlope
}

// Inverse records the inverse and its log-derivative.
func (s LinearRational) Inverse(t *ad.Tape, z, h ad.Value) (x, logDerivative ad.Value) {
	b := t.Bins(z, h, s.bins(), true)
	p := halves(t, b)
	part := p.at(t, t.Div(b.Offset, b.Height), true)
	v, c := part.position, part.bend
	denominator := mix(t, v, t.Constant(z.Cols(), 1), c)
	y := t.Add(part.left, t.Mul(part.width, t.Div(t.Mul(c, v), denominator)))
	logSlope := t.Add(part.logLeft, t.Linear(t.Log(denominator), 2, 0))
	return t.Add(b.Start, t.Mul(b.Width, y)), t.Linear(logSlope, -1, 0)
}

// rationalHalves are the two parts of a bin: where it is cut, in units of the bin's
// width and height, and half the logarithm of the derivatives.
type rationalHalves struct {
	cut, height, restHeight      ad.Value
	halfLeft, halfCut, halfRight ad.Value
}

// halves records the cut of each entry's bin. The height there makes the derivatives
// of both parts meet: with the roots l and r of the derivatives at the ends, the
// derivative is the square of the bin's mean slope over (1-cut) r + cut l.
func halves(t *ad.Tape, b ad.Bin) rationalHalves {
	cut := t.Linear(t.Sigmoid(b.Inner), 0.95, 0.025)
	halfLeft, halfRight := halfLogSlope(t, b.Left), halfLogSlope(t, b.Right)
	l, r := t.Exp(halfLeft), t.Exp(halfRight)
	weighted := mix(t, cut, r, l)
	return rationalHalves{
		cut: cut, halfLeft: halfLeft, halfRight: halfRight,
		height:     t.Div(t.Mul(cut, l), weighted),
		restHeight: t.Div(t.Mul(complement(t, cut), r), weighted),
		halfCut:    t.Sub(t.Log(t.Div(b.Height, b.Width)), t.Log(weighted)),
	}
}

// halfLogSlope records half the logarithm of a knot's derivative; raw 0 stands for 1.
func halfLogSlope(t *ad.Tape, raw ad.Value) ad.Value {
	return t.Linear(t.Log(knotSlope(t, raw)), 0.5, 0)
}

// rationalPart is the part of a bin that an entry is in: its corner and sizes in units
// of the bin, the entry's position in units of the part, the logarithms of the
// derivatives at its ends, and the root of their ratio.
type rationalPart struct {
	left, bottom, width, height, position ad.Value
	logLeft, logRight, bend               ad.Value
}

// at records the part that holds the position u in the bin.
func (p rationalHalves) at(t *ad.Tape, u ad.Value, vertical bool) rationalPart {
	edge := p.cut
	if vertical {
		edge = p.height
	}
	second := t.Step(t.Sub(u, edge))
	part := rationalPart{
		left: t.Mul(second, p.cut), bottom: t.Mul(second, p.height),
		width:  choose(t, second, complement(t, p.cut), p.cut),
		height: choose(t, second, p.restHeight, p.height),
	}
	halfLeft, halfRight := choose(t, second, p.halfCut, p.halfLeft), choose(t, second, p.halfRight, p.halfCut)
	part.logLeft, part.logRight = t.Linear(halfLeft, 2, 0), t.Linear(halfRight, 2, 0)
	part.bend = t.Exp(t.Sub(halfRight, halfLeft))
	if vertical {
		part.position = t.Div(t.Sub(u, part.bottom), part.height)
	} else {
		part.position = t.Div(t.Sub(u, part.left), part.width)
	}
	return part
}

// LinearRationalKind is the transformation "linear-rational" of descriptions.
func LinearRationalKind() ElementwiseKind {
	return ElementwiseKind{
		Name:     "linear-rational",
		Summary:  "A bendable ruler of quotients of straight lines.",
		Settings: binSettings(2),
		Build: func(s setting.Values) (Elementwise, error) {
			return LinearRational{Bins: s.Int("bins"), Bound: s.Float("bound")}, nil
		},
	}
}
