package train

import (
	"math"
	"testing"

	"flowcert/internal/kernel"
	"flowcert/internal/random"
)

// TestRulesFollowThePapers takes steps with each rule and, in float64 and one weight at
// a time, with the papers' formulas. The sum of the gradient is that of three slots, and
// it is scaled
// by another number in each step, as clipping does.
func TestRulesFollowThePapers(t *testing.T) {
	const rate, decay, momentum = 0.01, 0.3, 0.8
	papers := []struct {
		optimiser Optimiser
		// step returns the next weight, given the state, of which there may be two.
		step func(t int, w, g float64, m, v *float64) float64
	}{
		{Adam{}, func(t int, w, g float64, m, v *float64) float64 { return w - adamStep(t, rate, g, m, v) }},
		{AdamW{Decay: decay}, func(t int, w, g float64, m, v *float64) float64 {
			return w - adamStep(t, rate, g, m, v) - rate*decay*w
		}},
		{SGD{Momentum: momentum}, func(_ int, w, g float64, m, _ *float64) float64 {
			*m = momentum**m + g
			return w - rate**m
		}},
		{Lion{Decay: decay}, func(_ int, w, g float64, m, _ *float64) float64 {
			direction := math.Copysign(1, 0.9**m+0.1*g)
			*m = 0.99**m + 0.01*g
			return w - rate*(direction+decay*w)
		}},
	}
	for _, k := range []*kernel.Set[float32]{kernel.Portable[float32](), kernel.Best[float32]()} {
		for _, p := range papers {
			const n = 37
			r := p.optimiser.rule(k)
			u := update{w: make([]float32, n)}
			for range r.states() {
				u.states = append(u.states, make([]float32, n))
			}
			w, m, v := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range w {
				u.w[i] = float32(i) / 10
				w[i] = float64(u.w[i])
			}
			for step := 1; step <= 20; step++ {
				scale := 0.25 * float64(1+step%4)
				u.gradients = nil
				gradient := make([]float64, n)
				for slot := range 3 {
					g := make([]float32, n)
					for i := range g {
						g[i] = float32(random.New(1, "gradient", uint64(3*step+slot), uint64(i)).NormFloat64())
						gradient[i] += scale * float64(g[i])
					}
					u.gradients = append(u.gradients, g)
				}
				r.begin(step, rate, float32(scale))
				r.update(&u)
				for i := range w {
					w[i] = p.step(step, w[i], gradient[i], &m[i], &v[i])
					if math.Abs(float64(u.w[i])-w[i]) > 1e-5 {
						t.Fatalf("%s, %s: weight %d is %v after step %d, want %v", k.Name, name(p.optimiser), i, u.w[i], step, w[i])
					}
				}
			}
		}
	}
}

// adamStep returns what algorithm 1 of Kingma and Ba subtracts.
func adamStep(t int, rate, g float64, m, v *float64) float64 {
	*m = 0.9**m + 0.1*g
	*v = 0.999**v + 0.001*g*g
	first, second := *m/(1-math.Pow(0.9, float64(t))), *v/(1-math.Pow(0.999, float64(t)))
	return rate * first / (math.Sqrt(second) + 1e-8)
}

// TestMomentsFadeToZero instead of into subnormal numbers.
func TestMomentsFadeToZero(t *testing.T) {
	for _, o := range []Optimiser{SGD{Momentum: 0.5}, Lion{}} {
		r := o.rule(kernel.Best[float32]())
		u := update{w: make([]float32, 1), states: [][]float32{{1e-29}}, gradients: [][]float32{{0}}}
		for step := 1; step <= 1000; step++ {
			r.begin(step, 1e-3, 1)
			r.update(&u)
		}
		if m := u.states[0][0]; m != 0 {
			t.Errorf("%s: a moment of %v is left", o.Name(), m)
		}
	}
}
