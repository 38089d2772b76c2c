package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Every length up to several vectors, in place and not, against float64; nothing
// behind the end is written.
func TestElementwise(t *testing.T) {
	const a, b = 0.75, -1.25
	type operation struct {
		name string
		run  func(s *Set[float32], dst, x, y []float32)
		want func(dst, x, y float64) float64
	}
	operations := []operation{
		{"add", func(s *Set[float32], dst, x, y []float32) { s.Add(dst, x, y) },
			func(_, x, y float64) float64 { return x + y }},
		{"sub", func(s *Set[float32], dst, x, y []float32) { s.Sub(dst, x, y) },
			func(_, x, y float64) float64 { return x - y }},
		{"mul", func(s *Set[float32], dst, x, y []float32) { s.Mul(dst, x, y) },
			func(_, x, y float64) float64 { return x * y }},
		{"div", func(s *Set[float32], dst, x, y []float32) { s.Div(dst, x, y) },
			func(_, x, y float64) float64 { return x / y }},
		{"mask of a ReLU", func(s *Set[float32], dst, x, y []float32) { s.MaskReLU(dst, x, y) },
			func(_, x, y float64) float64 {
				if y > 0 {
					return x
				}
				return 0
			}},
		{"multiply-add", func(s *Set[float32], dst, x, y []float32) { s.MulAdd(dst, x, y) },
			func(dst, x, y float64) float64 { return dst + x*y }},
		{"add scaled", func(s *Set[float32], dst, x, y []float32) { s.AddScaled(dst, x, a) },
			func(dst, x, _ float64) float64 { return dst + a*x }},
		{"scale and shift", func(s *Set[float32], dst, x, y []float32) { s.ScaleShift(dst, x, a, b) },
			func(_, x, _ float64) float64 { return a*x + b }},
	}
	for _, f := range elementaries {
		operations = append(operations, operation{f.name,
			func(s *Set[float32], dst, x, y []float32) { f.of(s)(dst, x) },
			func(_, x, _ float64) float64 { return f.want(x) }})
	}
	r := rand.New(rand.NewPCG(1, 0))
	for _, s := range sets(t) {
		for _, o := range operations {
			for n := range 35 {
				for _, alias := range []string{"neither", "x", "y"} {
					x, y, dst := random(r, n), random(r, n), append(random(r, n), untouched)
					switch alias {
					case "x":
						copy(dst, x)
						x = dst[:n]
					case "y":
						copy(dst, y)
						y = dst[:n]
					}
					was, xWas, yWas := double(dst), double(x), double(y)
					o.run(s, dst[:n], x, y)
					for i := range n {
						// A product and a sum round once each, in units of the largest
						// of the operands and the result.
						want := o.want(was[i], xWas[i], yWas[i])
						size := max(math.Abs(want), math.Abs(was[i]), math.Abs(xWas[i]*yWas[i]), 1)
						got := float64(dst[i])
						if !(math.Abs(got-want) <= 0x1p-22*size) && !(math.IsNaN(got) && math.IsNaN(want)) {
							t.Fatalf("%s: %s of %g, %g, %g (%d values, dst is %s) = %g, want %g",
								s.Name, o.name, was[i], xWas[i], yWas[i], n, alias, got, want)
						}
					}
					if dst[n] != untouched {
						t.Fatalf("%s: %s of %d values wrote behind them", s.Name, o.name, n)
					}
				}
			}
		}
	}
}

func FuzzElementary(f *testing.F) {
	for _, x := range []float32{0, 1, -1, 88.72284, -103.97, 0x1p-149, 0.625, 1e-8} {
		f.Add(math.Float32bits(x), uint8(3))
	}
	f.Fuzz(func(t *testing.T, bits uint32, place uint8) {
		x := math.Float32frombits(bits)
		at := int(place % 13)
		for _, s := range sets(t) {
			for _, f := range elementaries {
				v := make([]float32, 13)
				v[at] = x
				f.of(s)(v, v)
				if e := ulps(v[at], f.want(float64(x))); !(e <= largestError) {
					t.Errorf("%s: %s(%g) = %g: %g ulp", s.Name, f.name, x, v[at], e)
				}
			}
		}
	})
}

// Three steps against the paper's algorithm as it stands, in float64.
func TestAdam(t *testing.T) {
	const rate, beta1, beta2, epsilon = 0.01, 0.9, 0.999, 1e-8
	r := rand.New(rand.NewPCG(2, 0))
	for _, s := range sets(t) {
		for n := range 75 {
			for slots := range 4 {
				w, m, v := append(random(r, n), untouched), make([]float32, n), make([]float32, n)
				want, moment1, moment2 := double(w), make([]float64, n), make([]float64, n)
				for step := 1; step <= 3; step++ {
					c := NewAdamCoefficients[float32](rate, beta1, beta2, epsilon, step)
					c.Scale = 0.5
					gradients := make([][]float32, slots)
					for i := range gradients {
						gradients[i] = random(r, n)
					}
					s.Adam(w[:n], m, v, gradients, c)
					for i := range n {
						g := 0.0
						for _, slot := range gradients {
							g += float64(slot[i]) / 2
						}
						moment1[i] = beta1*moment1[i] + (1-beta1)*g
						moment2[i] = beta2*moment2[i] + (1-beta2)*g*g
						first := moment1[i] / (1 - math.Pow(beta1, float64(step)))
						second := moment2[i] / (1 - math.Pow(beta2, float64(step)))
						want[i] -= rate * first / (math.Sqrt(second) + epsilon)
					}
				}
				what := fmt.Sprintf("%s, %d weights, %d slots", s.Name, n, slots)
				near(t, what+": weights", w[:n], want[:n], 0)
				near(t, what+": first moments", m, moment1, 0)
				near(t, what+": second moments", v, moment2, 0)
				if w[n] != untouched {
					t.Fatalf("%s: wrote behind the weights", what)
				}
			}
		}
	}
}

// The assembly takes subnormal moments for zero, and leaves subnormal numbers alone
// elsewhere.
func TestAdamSubnormalMoments(t *testing.T) {
	for _, s := range accelerated() {
		w, m, v, g := make([]float32, 40), make([]float32, 40), make([]float32, 40), make([]float32, 40)
		for i := range w {
			w[i], m[i], v[i] = 1, 0x1p-149, 0x1p-149
		}
		s.Adam(w, m, v, [][]float32{g}, NewAdamCoefficients[float32](0.01, 0.9, 0.999, 1e-8, 1))
		for i := range w {
			if w[i] != 1 || m[i] != 0 || v[i] != 0 {
				t.Fatalf("%s: weight 1 and moments 2^-149 became %g, %g and %g", s.Name, w[i], m[i], v[i])
			}
		}
		x := []float32{0x1p-126}
		s.ScaleShift(x, x, 0.5, 0)
		if half := x[0]; half == 0 || half*0.5 == 0 {
			t.Errorf("%s: half of 2^-126 is %g after a step", s.Name, half)
		}
	}
}
