package taylor

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"flowcert/internal/interval"
)

func rational(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }

// monomials returns those of the point d.
func monomials(d [MaxVariables]float64) [Terms]*big.Rat {
	x, y, z := rational(d[0]), rational(d[1]), rational(d[2])
	mul := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
	return [Terms]*big.Rat{rational(1), x, y, mul(x, x), mul(x, y), mul(y, y), z, mul(x, z), mul(y, z), mul(z, z)}
}

// polynomial returns the exact value at a point of the monomials.
func (m *Model) polynomial(at [Terms]*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for k, c := range m.C {
		sum.Add(sum, new(big.Rat).Mul(rational(c), at[k]))
	}
	return sum
}

// value returns that of a function that m encloses: off the polynomial by a random part
// of the radius, often all of it.
func (m *Model) value(r *rand.Rand, at [Terms]*big.Rat) *big.Rat {
	part := max(-1, min(1, 3*r.Float64()-1.5))
	return new(big.Rat).Add(m.polynomial(at), new(big.Rat).Mul(rational(part), rational(m.Radius)))
}

// between returns the smallest interval of float64 numbers around v.
func between(v *big.Rat) interval.Interval {
	f, _ := v.Float64()
	return interval.Around(f, 0)
}

// check fails where a model does not enclose a value, which is known to lie in exact.
func check(t *testing.T, what string, m Model, at [Terms]*big.Rat, exact interval.Interval) {
	t.Helper()
	if !m.Known() || math.IsInf(exact.Hi, 1) || math.IsInf(exact.Lo, -1) {
		return
	}
	p, radius := m.polynomial(at), rational(m.Radius)
	low, high := new(big.Rat).Sub(p, radius), new(big.Rat).Add(p, radius)
	if low.Cmp(rational(exact.Hi)) > 0 || high.Cmp(rational(exact.Lo)) < 0 {
		l, _ := low.Float64()
		h, _ := high.Float64()
		t.Fatalf("%s: %v is not between %v and %v", what, exact, l, h)
	}
}

// random returns a model of about the given size in so many variables.
func random(r *rand.Rand, size float64, variables int) Model {
	var m Model
	for k := range m.C {
		if k < 6 || variables > 2 {
			m.C[k] = size * r.NormFloat64()
		}
	}
	m.C[0] = 2 * r.NormFloat64()
	if r.IntN(2) == 0 {
		m.Radius = size * r.Float64()
	}
	return m
}

func point(r *rand.Rand) [MaxVariables]float64 {
	var d [MaxVariables]float64
	for i := range d {
		d[i] = max(-1, min(1, 2.6*r.Float64()-1.3)) // often at an end
	}
	return d
}

// sizes of models, from where rounding counts most to where the remainder does.
func sizes() []float64 { return []float64{0, 1e-9, 1e-3, 0.03, 0.2, 1} }

// TestArithmetic compares with exact rational numbers.
func TestArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for trial := range 2000 {
		variables := 2 + trial%2
		size := sizes()[trial/2%len(sizes())]
		x, y := random(r, size, variables), random(r, size, variables)
		at := monomials(point(r))
		a, b := x.value(r, at), y.value(r, at)
		scale, offset := r.NormFloat64(), 10*r.NormFloat64()
		w := []float32{float32(r.NormFloat64()), float32(r.NormFloat64())}
		exact := func(v *big.Rat) interval.Interval { return between(v) }
		mul := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
		add := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
		check(t, "sum", Add(&x, &y), at, exact(add(a, b)))
		check(t, "difference", Sub(&x, &y), at, exact(new(big.Rat).Sub(a, b)))
		check(t, "product", Mul(&x, &y), at, exact(mul(a, b)))
		check(t, "square", Square(&x), at, exact(mul(a, a)))
		check(t, "linear", Linear(&x, scale, offset), at, exact(add(mul(rational(scale), a), rational(offset))))
		check(t, "shift", Shift(&x, interval.Around(offset, 0.1)), at, exact(add(a, rational(offset))))
		check(t, "dot", Dot(w, []Model{x, y}, []float64{Share(&x, 2), Share(&y, 2)}, offset), at,
			exact(add(add(mul(rational(float64(w[0])), a), mul(rational(float64(w[1])), b)), rational(offset))))
		check(t, "either, the first", Either(&x, &y), at, exact(a))
		check(t, "either, the second", Either(&x, &y), at, exact(b))
		if b.Sign() != 0 {
			check(t, "reciprocal", Reciprocal(&y), at, exact(new(big.Rat).Inv(b)))
		}
		check(t, "rectifier", ReLU(&x), at, exact(atLeast(a)))
		bound := 5.0
		clipped := new(big.Rat).Quo(a, add(rational(1), new(big.Rat).Quo(new(big.Rat).Abs(a), rational(bound))))
		check(t, "soft clip", SoftClip(&x, bound), at, exact(clipped))
		if v := between(a); !(x.Range().Lo <= v.Hi && v.Lo <= x.Range().Hi) {
			t.Fatalf("%v is not in the range %v", v, x.Range())
		}
	}
}

func atLeast(a *big.Rat) *big.Rat {
	if a.Sign() < 0 {
		return new(big.Rat)
	}
	return a
}

// near returns the interval of an elementary function's values over i, for the function is
// increasing.
func near(f func(x float64) (y, radius float64), i interval.Interval) interval.Interval {
	a, ra := f(i.Lo)
	b, rb := f(i.Hi)
	return interval.Around(a, ra).Hull(interval.Around(b, rb))
}

func TestFunctions(t *testing.T) {
	functions := []struct {
		name  string
		model func(*Model) Model
		exact func(x float64) (y, radius float64)
	}{
		{"exp", Exp, interval.Exp}, {"log", Log, interval.Log}, {"tanh", Tanh, interval.Tanh},
		{"sigmoid", Sigmoid, interval.Sigmoid}, {"softplus", Softplus, interval.Softplus},
		{"log normal CDF", LogNormalCDF, func(x float64) (y, radius float64) { n := interval.NormalAt(x); return n.Log, n.LogRadius }},
		{"normal quantile", NormalQuantile, interval.NormalQuantile},
	}
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(2, 1))
			known := 0
			for trial := range 1500 {
				x := random(r, sizes()[trial%len(sizes())], 2+trial%2)
				x.C[0] *= []float64{1, 0.1, 10}[trial%3]
				if trial%12 >= 6 { // of first order alone, so that those of the function count
					x = Model{C: [Terms]float64{x.C[0], x.C[1], x.C[2]}}
				}
				if f.name == "log" {
					x.C[0] = math.Abs(x.C[0])
				}
				at := monomials(point(r))
				y := f.model(&x)
				v := between(x.value(r, at))
				if f.name == "log" && v.Lo <= 0 {
					continue
				}
				if y.Known() {
					known++
				}
				check(t, fmt.Sprintf("%s of %+v", f.name, x), y, at, near(f.exact, v))
				if e, radius := f.exact(x.C[0]); x.Spread() < 1e-200 && !(y.Radius >= radius) {
					t.Fatalf("%s of %v: the radius is %v, that of %v is %v", f.name, x.C[0], y.Radius, e, radius)
				}
			}
			if known < 900 {
				t.Errorf("vacuous: %d models say something", known)
			}
		})
	}
}

func TestLogSumExp(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	known := 0
	for trial := range 500 {
		at := monomials(point(r))
		x, exact := make([]Model, 3), interval.Point(0)
		for i := range x {
			x[i] = random(r, sizes()[trial%len(sizes())], 2+trial%2)
			if trial%5 == 0 {
				x[i].C[0] += []float64{0, -500, -1e30}[i] // of no weight
			}
			exact = exact.Add(between(x[i].value(r, at)).Exp())
		}
		y := LogSumExp(x)
		check(t, "log-sum-exp", y, at, exact.Log())
		if y.Known() {
			known++
		}
	}
	if known < 450 {
		t.Errorf("vacuous: %d models say something", known)
	}
}

// TestThirdOrder: halving the box takes the radius down to an eighth, about: without
// that order, or with a radius that does not depend on the box, enclosures do not narrow.
func TestThirdOrder(t *testing.T) {
	functions := map[string]func(*Model) Model{
		"exp": Exp, "log": Log, "tanh": Tanh, "sigmoid": Sigmoid, "softplus": Softplus, "reciprocal": Reciprocal,
		"log normal CDF": LogNormalCDF, "normal quantile": NormalQuantile,
		"log-sum-exp": func(x *Model) Model { y := Mul(x, x); return LogSumExp([]Model{*x, y}) },
		"soft clip":   func(x *Model) Model { return SoftClip(x, 5) },
		"product":     func(x *Model) Model { y := Exp(x); return Mul(&y, x) },
	}
	for name, f := range functions {
		radius := func(half float64) float64 {
			x, y := Variable(0, 0.7, half), Variable(1, 0.2, half)
			z := Mul(&x, &y)
			z = Add(&z, &x)
			z = f(&z)
			return z.Radius
		}
		if ratio := radius(0x1p-6) / radius(0x1p-7); !(ratio > 7 && ratio < 9.5) {
			t.Errorf("%s: the radius falls by a factor of %v, want about 8", name, ratio)
		}
	}
}

// TestNothingKnown: what is not known stays so, and nothing panics.
func TestNothingKnown(t *testing.T) {
	unknown, huge, x := Unknown(), Constant(1e300), Variable(0, 1, 2)
	nan := Constant(math.NaN())
	for name, m := range map[string]Model{
		"sum": Add(&unknown, &x), "product": Mul(&unknown, &x), "product with 0": func() Model { z := Constant(0); return Mul(&unknown, &z) }(),
		"exp": Exp(&unknown), "log": Log(&unknown), "log of -1 to 3": Log(&x), "reciprocal of -1 to 3": Reciprocal(&x),
		"huge": Mul(&huge, &x), "exp of huge": Exp(&huge), "not a number": Add(&nan, &x),
	} {
		if m.Known() {
			t.Errorf("%s is %+v", name, m)
		}
	}
	for name, m := range map[string]Model{"tanh": Tanh(&unknown), "sigmoid": Sigmoid(&unknown), "clip": SoftClip(&unknown, 1)} {
		if m.Known() && !(interval.Interval{Lo: -1, Hi: 1}).Within(m.Range()) && name != "sigmoid" {
			t.Errorf("%s is %+v", name, m)
		}
	}
}

func ExampleModel() {
	x := Variable(0, 1, 0.01) // 1 + 0.01 d
	y := Exp(&x)
	fmt.Println(y.Range().Contains(math.Exp(0.99)), y.Range().Contains(math.Exp(1.01)), y.Radius < 1e-5)
	// Output: true true true
}
