package taylor

import (
	"math"

	"flowcert/internal/interval"
)

// expansion is a function f of one variable about a point m: numbers near f(m), f'(m)
// and half of f”(m), by how much each may be off, and a bound of the third derivative's sixth over an interval.
type expansion struct {
	f0, f1, f2, e0, e1, e2 float64
	third                  float64
}

// compose returns f(x) for the function with the expansion f about x.C[0], whose bound
// of the third derivative holds within spread, which is at least x.Spread().
//
// With v = x - C[0] = L + Q + R, of first order, second order and radius r, Taylor's
// theorem gives f0 + f1 v + f2 v^2 + third |v|^3 at most, and v^2 is L^2 to within
// (|Q| + r)(2|L| + |Q| + r).
func compose(x *Model, f expansion, spread float64) Model {
	c := &x.C
	g, h := f.f1, f.f2
	if !(max(math.Abs(f.f0), math.Abs(g), math.Abs(h), f.third) <= largest) {
		return Unknown()
	}
	z := Model{C: [Terms]float64{
		f.f0,
		g * c[1],
		g * c[2],
		g*c[3] + h*(c[1]*c[1]),
		g*c[4] + h*(2*c[1]*c[2]),
		g*c[5] + h*(c[2]*c[2]),
		g * c[6],
		g*c[7] + h*(2*c[1]*c[6]),
		g*c[8] + h*(2*c[2]*c[6]),
		g*c[9] + h*(c[6]*c[6]),
	}}
	l, q := x.linear(), x.quadratic()
	beyond := q + x.Radius
	ag, ah := math.Abs(g), math.Abs(h)
	z.Radius = outward(ag*x.Radius + ah*(beyond*(2*l+beyond)) + f.third*(spread*spread*spread) +
		f.e0 + f.e1*spread + f.e2*(spread*spread) +
		5*unit*(ag*(l+q)+ah*(l*l)))
	return checked(z)
}

// coarse is the spread from which a function looks at the range of its values too.
const coarse = 0.5

// narrower returns the enclosure z of f(x), or that by the range of f alone where z leaves
// more open, f being monotone and given with the radius of its error.
func narrower(z Model, x *Model, f func(x float64) (y, radius float64)) Model {
	r := x.Range()
	a, ra := f(r.Lo)
	b, rb := f(r.Hi)
	if math.IsInf(ra, 1) || math.IsInf(rb, 1) {
		return z
	}
	c := Between(interval.Around(a, ra).Hull(interval.Around(b, rb)))
	if c.Radius < z.Radius {
		return c
	}
	return z
}

// Exp returns e^x. All derivatives are e^m at m and at most e^m e^spread nearby.
func Exp(x *Model) Model {
	m, s := x.C[0], x.Spread()
	e, radius := interval.Exp(m)
	z := compose(x, expansion{f0: e, f1: e, f2: e / 2, e0: radius, e1: radius, e2: radius,
		third: outward((e + radius) * expUp(s) / 6)}, s)
	if s > coarse {
		return narrower(z, x, interval.Exp)
	}
	return z
}

// expUp returns a number that is at least e^s, for s >= 0.
func expUp(s float64) float64 {
	if s <= 1 {
		// Of the series' rest after the square, s^3/6 (1 + s/4 + s^2/20 + ...), the
		// bracket is at most (e - 2.5) 6 < 1.31 at 1.
		return outward(1 + s + s*s/2 + s*s*s*0.2185)
	}
	e, radius := interval.Exp(s)
	return outward(e + radius)
}

// Log returns the natural logarithm of x, which must be positive.
func Log(x *Model) Model {
	m, s := x.C[0], x.Spread()
	y, radius := interval.Log(m)
	if math.IsInf(radius, 1) || !(m-s > 0) {
		return Unknown()
	}
	// Three roundings each, of which 1/m makes one in both.
	g := 1 / m
	h := g * g / 2
	third := g * (g * g) / 3 * cubed(m, s)
	z := compose(x, expansion{f0: y, f1: g, f2: -h, e0: radius, e1: outward(4 * unit * g), e2: outward(4 * unit * h), third: outward(third)}, s)
	if s > coarse*m {
		return narrower(z, x, interval.Log)
	}
	return z
}

// cubed returns (m/(m-s))^3 for m > s, rounded up.
func cubed(m, s float64) float64 {
	ratio := m / math.Nextafter(m-s, math.Inf(-1))
	return outward(ratio * ratio * ratio)
}

// Reciprocal returns 1/x, x being positive or negative throughout.
func Reciprocal(x *Model) Model {
	if x.C[0] < 0 {
		y := Neg(x)
		y = Reciprocal(&y)
		return Neg(&y)
	}
	m, s := x.C[0], x.Spread()
	if !(m-s > 0) || !x.Known() {
		return Unknown()
	}
	g := 1 / m
	third := g * g * g * g * cubed(m, s) * (m / math.Nextafter(m-s, math.Inf(-1)))
	z := compose(x, expansion{f0: g, f1: -g * g, f2: g * g * g, e0: outward(2 * unit * g), e1: outward(4 * unit * g * g),
		e2: outward(6 * unit * g * g * g), third: outward(third)}, s)
	if s > coarse*m {
		return narrower(z, x, func(x float64) (y, radius float64) { return 1 / x, 2 * unit / x })
	}
	return z
}

// Tanh returns the hyperbolic tangent. Its derivative is D = 1 - t^2, the second one
// -2 t D, the third one 2 D (3 t^2 - 1), at most 2. As D changes by at most a factor
// e^(2 spread), so is t^2 known nearby.
func Tanh(x *Model) Model {
	m, s := x.C[0], x.Spread()
	t, radius := interval.Tanh(m)
	d := 1 - t*t
	third := 1.0 / 3
	if s <= 1 {
		slope := (d + 0x1p-42) * expUp(2*s)
		third = min(third, slope/3*min(2, math.Abs(3*t*t-1)+6*s*slope+0x1p-40))
	}
	// t is off by 2^-44, so t^2 by 2^-43 and what follows by little more.
	z := compose(x, expansion{f0: t, f1: d, f2: -t * d, e0: radius, e1: 0x1p-42, e2: 0x1p-41, third: outward(third)}, s)
	if s > coarse {
		return narrower(z, x, interval.Tanh)
	}
	return z
}

// Sigmoid returns 1/(1 + e^-x). Its derivative is D = y(1-y), the second one D (1-2y) and
// the third one D (1 - 6 D), at most D and at most 1/8; D changes by at most a factor
// e^spread.
func Sigmoid(x *Model) Model {
	m, s := x.C[0], x.Spread()
	y, radius := interval.Sigmoid(m)
	d := y * (1 - y)
	third := 1.0 / 48
	if s <= 1 {
		third = min(third, (d+0x1p-43)*expUp(s)/6)
	}
	z := compose(x, expansion{f0: y, f1: d, f2: d * (0.5 - y), e0: radius, e1: 0x1p-43, e2: 0x1p-42, third: outward(third)}, s)
	if s > coarse {
		return narrower(z, x, interval.Sigmoid)
	}
	return z
}

// Softplus returns log(1 + e^x). Its derivative is the sigmoid y; the third one is
// y(1-y)(1-2y), at most 0.0963.
func Softplus(x *Model) Model {
	m, s := x.C[0], x.Spread()
	f, radius := interval.Softplus(m)
	y, _ := interval.Sigmoid(m)
	d := y * (1 - y)
	third := 0.0963 / 6
	if s <= 1 {
		third = min(third, (d+0x1p-43)*expUp(s)/6)
	}
	z := compose(x, expansion{f0: f, f1: y, f2: d / 2, e0: radius, e1: 0x1p-45, e2: 0x1p-43, third: outward(third)}, s)
	if s > coarse {
		return narrower(z, x, interval.Softplus)
	}
	return z
}

// SoftClip returns x/(1 + |x|/bound). Where x may have either sign, the result lies
// between those of the two branches, continued.
func SoftClip(x *Model, bound float64) Model {
	switch r := x.Range(); {
	case r.Lo >= 0:
		return softClip(x, bound)
	case r.Hi <= 0:
		return softClipBelow(x, bound)
	}
	above, below := softClip(x, bound), softClipBelow(x, bound)
	z := Either(&above, &below)
	if x.Spread() <= coarse {
		return z
	}
	return narrower(z, x, func(v float64) (y, radius float64) {
		if math.IsInf(v, 0) {
			return math.Copysign(bound, v), 0
		}
		y = v / (1 + math.Abs(v)/bound)
		return y, 4 * unit * math.Abs(y) // of three roundings
	})
}

// softClip returns x/(1 + x/bound) = bound - bound/(1 + x/bound) for x > -bound.
func softClip(x *Model, bound float64) Model {
	b := interval.Point(bound)
	scale, radius := interval.Point(1).Div(b).Middle()
	y := Linear(x, scale, 1)
	y.Radius = outward(y.Radius + radius*(math.Abs(x.C[0])+x.Spread()))
	y = Reciprocal(&y)
	return Linear(&y, -bound, bound)
}

func softClipBelow(x *Model, bound float64) Model {
	y := Neg(x)
	y = softClip(&y, bound)
	return Neg(&y)
}

// ReLU returns max(x, 0). Where x may have either sign, that is between the line from
// (lo, 0) to (hi, hi) over its range and the same line lowered to touch 0.
func ReLU(x *Model) Model {
	r := x.Range()
	switch {
	case !x.Known() || r.Lo >= 0:
		return *x
	case r.Hi <= 0:
		return Constant(0)
	}
	slope := r.Hi / (r.Hi - r.Lo)
	// For any slope within [0, 1] the least of max(x,0) - slope x is 0, at 0, and the
	// largest at one of the ends.
	top := max((1-slope)*r.Hi, -slope*r.Lo) * (1 + 0x1p-50)
	y := Linear(x, slope, top/2)
	y.Radius = outward(y.Radius + top/2)
	return y
}
