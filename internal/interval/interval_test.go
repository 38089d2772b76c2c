package interval

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// edges are numbers at which rounding and ranges change.
func edges() []float64 {
	return []float64{0, 1, 2, 0.5, 1.5, 3, 10, math.Pi, math.Ln2, math.Ln2 / 2, math.Sqrt2 / 2, 1 - 0x1p-53, 1 + 0x1p-52,
		0x1p-1074, 0x1p-1022, 1e-300, 1e-30, 1e-9, 0x1p-46, 37, 40, 300, 324.9, 325, 649.9, 650, 650.1, 709, 745, 1e9, 1e100, 1e300, math.MaxFloat64}
}

// numbers returns the edges of both signs and random numbers of many sizes.
func numbers(r *rand.Rand, n int) []float64 {
	var x []float64
	for _, v := range edges() {
		x = append(x, v, -v, math.Nextafter(v, 9e307), -math.Nextafter(v, 0))
	}
	for range n {
		x = append(x, math.Ldexp(r.NormFloat64(), r.IntN(60)-30), 10*r.NormFloat64())
	}
	return x
}

func rational(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }

// holds reports whether i contains the exact number.
func holds(i Interval, exact *big.Rat) bool {
	return (math.IsInf(i.Lo, -1) || rational(i.Lo).Cmp(exact) <= 0) && (math.IsInf(i.Hi, 1) || exact.Cmp(rational(i.Hi)) <= 0)
}

func TestArithmeticAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	x := numbers(r, 300)
	for range 20_000 {
		a, b := x[r.IntN(len(x))], x[r.IntN(len(x))]
		p, q := rational(a), rational(b)
		for _, c := range []struct {
			name  string
			got   Interval
			exact *big.Rat
		}{
			{"+", Point(a).Add(Point(b)), new(big.Rat).Add(p, q)},
			{"-", Point(a).Sub(Point(b)), new(big.Rat).Sub(p, q)},
			{"*", Point(a).Mul(Point(b)), new(big.Rat).Mul(p, q)},
		} {
			if !holds(c.got, c.exact) {
				t.Fatalf("%v %s %v = %v does not contain %v", a, c.name, b, c.got, c.exact)
			}
		}
		if b != 0 {
			if got := Point(a).Div(Point(b)); !holds(got, new(big.Rat).Quo(p, q)) {
				t.Fatalf("%v / %v = %v", a, b, got)
			}
		}
		if a >= 0 {
			s := Point(a).Sqrt()
			if square(s.Lo).Cmp(p) > 0 || square(s.Hi).Cmp(p) < 0 {
				t.Fatalf("root of %v: %v", a, s)
			}
		}
	}
}

func square(x float64) *big.Rat { return new(big.Rat).Mul(rational(x), rational(x)) }

// TestInclusion: what is made of parts lies in what is made of the whole.
func TestInclusion(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	x := numbers(r, 300)
	some := func() Interval {
		a, b := x[r.IntN(len(x))], x[r.IntN(len(x))]
		return Interval{min(a, b), max(a, b)}
	}
	half := func(i Interval) Interval {
		if middle := i.Lo/2 + i.Hi/2; r.IntN(2) == 0 {
			return Interval{i.Lo, max(middle, i.Lo)}
		} else {
			return Interval{min(middle, i.Hi), i.Hi}
		}
	}
	for range 20_000 {
		i, j := some(), some()
		p, q := half(i), half(j)
		for name, c := range map[string][2]Interval{
			"+": {p.Add(q), i.Add(j)}, "-": {p.Sub(q), i.Sub(j)}, "*": {p.Mul(q), i.Mul(j)}, "/": {p.Div(q), i.Div(j)},
			"exp": {p.Exp(), i.Exp()}, "log": {p.Log(), i.Log()}, "sqrt": {p.Sqrt(), i.Sqrt()}, "hull": {p.Hull(q), i.Hull(j)},
		} {
			if !c[0].Within(c[1]) {
				t.Fatalf("%s of %v and %v is %v, not within %v, that of %v and %v", name, p, q, c[0], c[1], i, j)
			}
		}
	}
}

func TestWithoutEnd(t *testing.T) {
	inf := math.Inf(1)
	for name, c := range map[string]struct{ got, want Interval }{
		"division by 0":        {Point(1).Div(Interval{-1, 1}), All()},
		"inf - inf":            {Point(inf).Sub(Point(inf)), All()},
		"0 times all":          {Point(0).Mul(All()), All()},
		"root of -1":           {Interval{-1, 4}.Sqrt(), All()},
		"logarithm of -1":      {Interval{-1, 4}.Log(), All()},
		"logarithm of [0,inf]": {Interval{0, inf}.Log(), All()},
		"exp of all":           {All().Exp(), Interval{0, inf}},
		"an overflow":          {Point(math.MaxFloat64).Add(Point(math.MaxFloat64)), Interval{math.MaxFloat64, inf}},
	} {
		if c.got.Lo > c.want.Lo || c.got.Hi != c.want.Hi {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
	if i := Point(1000).Exp(); !(i.Lo > 1e280) || i.Hi != inf {
		t.Errorf("e^1000 is in %v", i)
	}
	if i := Point(-1000).Exp(); i.Lo != 0 || !(i.Hi < 1e-280 && i.Hi > 0) {
		t.Errorf("e^-1000 is in %v", i)
	}
	for name, f := range map[string]func(float64) (float64, float64){"exp": Exp, "log": Log} {
		if _, radius := f(math.NaN()); radius != inf {
			t.Errorf("%s of NaN has the radius %v", name, radius)
		}
	}
	if _, radius := Log(-1); radius != inf {
		t.Error("the logarithm of -1 has a radius")
	}
}

// precision of the reference in bits: the results' 53, what cancels and what squares lose.
const precision = 400

func float(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

// bigExp returns e^x with a relative error below 2^-300: by the series at x/2^k, squared k
// times.
func bigExp(x *big.Float) *big.Float {
	halvings := max(0, x.MantExp(nil)) + 30
	small := new(big.Float).SetMantExp(x, -halvings)
	sum, term := float(1), float(1)
	for i := 1; i <= 15; i++ { // 2^-31^16/16! is below 2^-500
		term = new(big.Float).Quo(new(big.Float).Mul(term, small), float(float64(i)))
		sum = new(big.Float).Add(sum, term)
	}
	for range halvings {
		sum = new(big.Float).Mul(sum, sum)
	}
	return sum
}

// pi has more digits than the precision: the first of OEIS A000796.
const pi = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651328230664709384460955058223172535940812848111745"

// bigNormal returns phi(u) and Phi(u) = 1/2 + phi(u) (u + u^3/3 + u^5/(3 5) + ...), for
// |u| < 15 with a relative error below 2^-200: at -15 the sum cancels 170 bits.
func bigNormal(u float64) (density, below *big.Float) {
	twoPi, _ := new(big.Float).SetPrec(precision).SetString(pi)
	twoPi.Mul(twoPi, float(2))
	x := float(u)
	square := new(big.Float).Mul(x, x)
	density = bigExp(new(big.Float).Mul(square, float(-0.5)))
	density.Quo(density, new(big.Float).Sqrt(twoPi))
	sum, term := float(0), x
	for i := 1; term.Sign() != 0 && term.MantExp(nil) > -precision; i += 2 {
		sum = new(big.Float).Add(sum, term)
		term = new(big.Float).Quo(new(big.Float).Mul(term, square), float(float64(i+2)))
	}
	below = new(big.Float).Add(float(0.5), new(big.Float).Mul(density, sum))
	return density, below
}

// function is one of the elementary functions.
type function struct {
	name string
	f    func(x float64) (y, radius float64)
	// compare returns the sign of f(x) - y, up to 2^-300.
	compare func(x, y float64) int
	domain  func(x float64) bool
}

func functions() []function {
	add := func(a, b *big.Float) *big.Float { return new(big.Float).Add(a, b) }
	mul := func(a, b *big.Float) *big.Float { return new(big.Float).Mul(a, b) }
	within := func(bound float64) func(float64) bool { return func(x float64) bool { return math.Abs(x) <= bound } }
	one := float(1)
	return []function{
		{"exp", Exp, func(x, y float64) int { return bigExp(float(x)).Cmp(float(y)) }, within(650)},
		{"log", Log, func(x, y float64) int { return float(x).Cmp(bigExp(float(y))) }, func(x float64) bool { return x > 0 }},
		{"tanh", Tanh, func(x, y float64) int { // (1-E)/(1+E) against y
			e := bigExp(mul(float(x), float(-2)))
			return add(one, mul(float(-1), e)).Cmp(mul(float(y), add(one, e)))
		}, within(100)},
		{"sigmoid", Sigmoid, func(x, y float64) int { return one.Cmp(mul(float(y), add(one, bigExp(float(-x))))) }, within(100)},
		{"log normal CDF", func(x float64) (y, radius float64) { n := NormalAt(x); return n.Log, n.LogRadius }, func(x, y float64) int {
			_, below := bigNormal(x)
			return below.Cmp(bigExp(float(y)))
		}, within(14)},
		{"normal rise", func(x float64) (y, radius float64) { n := NormalAt(x); return n.Rise, n.RiseRadius }, func(x, y float64) int {
			density, below := bigNormal(x)
			return density.Cmp(mul(float(y), below))
		}, within(14)},
		{"normal quantile", NormalQuantile, func(logit, z float64) int { // e^logit Phi(-z) against Phi(z)
			_, below := bigNormal(z)
			_, above := bigNormal(-z)
			return mul(bigExp(float(logit)), above).Cmp(below)
		}, within(90)},
		{"softplus", Softplus, func(x, y float64) int { return add(one, bigExp(float(x))).Cmp(bigExp(float(y))) }, within(100)},
	}
}

// check reports whether the function's number and radius are right at x.
func (f function) check(t *testing.T, x float64) {
	t.Helper()
	y, radius := f.f(x)
	if i := Around(y, radius); f.compare(x, i.Lo) < 0 || f.compare(x, i.Hi) > 0 {
		t.Errorf("%s(%v) is not within %v of %v", f.name, x, radius, y)
	}
}

func TestElementaryAgainstBig(t *testing.T) {
	x := numbers(rand.New(rand.NewPCG(3, 1)), 200)
	for _, f := range functions() {
		t.Run(f.name, func(t *testing.T) {
			seen, tried := 0, 0
			for _, v := range x {
				if !f.domain(v) {
					continue
				}
				tried++
				f.check(t, v)
				if y, _ := f.f(v); f.compare(v, y) != 0 { // a radius of 0 would be seen
					seen++
				}
			}
			if tried < 150 || seen < tried/2 {
				t.Errorf("vacuous: %d points, at %d of which the number is not exact", tried, seen)
			}
		})
	}
}

// TestNormalFarOut compares with the first convergents of the continued fraction, which are
// on either side.
func TestNormalFarOut(t *testing.T) {
	for _, x := range []float64{14, 20.5, 36, 100, 1e4, 1e8} {
		far := NormalAt(-x)
		u := Point(x)
		rise := Interval{u.Add(u.Div(u.Mul(u).Add(Point(2)))).Lo, u.Add(Point(1).Div(u)).Hi}
		if i := Around(far.Rise, far.RiseRadius); i.Hi < rise.Lo || i.Lo > rise.Hi || i.Width() > 1e-12*x {
			t.Errorf("the rise at %v is %v, want within %v", -x, i, rise)
		}
		log := u.Mul(u).Mul(Point(-0.5)).Sub(Point(2).Mul(Around(math.Pi, 0)).Log().Mul(Point(0.5))).Sub(rise.Log())
		if i := Around(far.Log, far.LogRadius); i.Hi < log.Lo || i.Lo > log.Hi || i.Width() > 1e-13*x*x {
			t.Errorf("log Phi(%v) is %v, want within %v", -x, i, log)
		}
		if near := NormalAt(x); !(near.Log <= 0 && near.Log >= -1e-40 && near.LogRadius < 1e-13) {
			t.Errorf("log Phi(%v) is %v within %v", x, near.Log, near.LogRadius)
		}
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300} {
		if n := NormalAt(-x); !math.IsInf(n.LogRadius, 1) && !(n.Log == 0 && x < 0) {
			t.Errorf("log Phi(%v) is %v within %v", -x, n.Log, n.LogRadius)
		}
	}
}

// TestNormalIsNarrow: a series or a fraction that is cut off early would say less.
func TestNormalIsNarrow(t *testing.T) {
	for x := -14.0; x < 14; x += 0.37 {
		n := NormalAt(x)
		_, radius := NormalQuantile(5 * x)
		if !(n.LogRadius < 1e-11 && n.RiseRadius < 1e-11*max(1, n.Rise) && radius < 1e-11) {
			t.Errorf("%v: the radii are %v, %v and %v", x, n.LogRadius, n.RiseRadius, radius)
		}
	}
}

// FuzzElementary tries any number.
func FuzzElementary(f *testing.F) {
	for _, v := range edges() {
		f.Add(v)
		f.Add(-v)
	}
	f.Fuzz(func(t *testing.T, x float64) {
		for _, f := range functions() {
			if f.domain(x) {
				f.check(t, x)
			}
		}
	})
}

func ExampleInterval() {
	tenth := Point(1).Div(Point(10)) // no float64 is a tenth
	fmt.Println(tenth.Lo < 0.1, 0.1 < tenth.Hi, tenth.Width() < 1e-16)
	// Output: true true true
}
