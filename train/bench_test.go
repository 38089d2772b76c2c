package train

import (
	"fmt"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/internal/parallel"
	"flowcert/internal/random"
	"flowcert/nn"
)

// sizes are the dimension, batch and hidden width of the benchmarks.
var sizes = []struct{ dim, batch, hidden int }{{2, 256, 64}, {2, 256, 128}, {21, 256, 256}, {43, 512, 512}}

// families are the flows of the benchmarks: RealNVP of 8 couplings, and splines of
// 8 bins in 5 couplings or 5 autoregressive layers.
var families = []struct {
	name  string
	build func(dim, hidden int) flow.Bijector
}{
	{"realnvp", func(dim, hidden int) flow.Bijector { return couplings(8, dim, hidden, flow.Affine{Bound: 3}) }},
	{"spline-coupling", func(dim, hidden int) flow.Bijector {
		return couplings(5, dim, hidden, flow.RationalQuadratic{Bins: 8, Bound: 5})
	}},
	{"spline-autoregressive", func(dim, hidden int) flow.Bijector {
		return autoregressive(5, dim, hidden, flow.RationalQuadratic{Bins: 8, Bound: 5})
	}},
	{"maf", func(dim, hidden int) flow.Bijector { return autoregressive(5, dim, hidden, flow.Affine{Bound: 3}) }},
}

func couplings(n, dim, hidden int, e flow.Elementwise) flow.Bijector {
	var layers []flow.Bijector
	for i := range n {
		in, out := flow.CouplingWidths(dim, i%2 == 1, e)
		layers = append(layers, flow.NewCoupling(dim, i%2 == 1, e, nn.Architecture{Hidden: []int{hidden, hidden}}.Conditioner(fmt.Sprint("net.", i), 1, in, out)))
	}
	return flow.NewChain(layers...)
}

func autoregressive(n, dim, hidden int, e flow.Elementwise) flow.Bijector {
	var layers []flow.Bijector
	for i := range n {
		layers = append(layers, flow.Shuffle(dim, i), flow.NewAutoregressive(dim, e, nn.Architecture{Hidden: []int{hidden, hidden}}.Masked(fmt.Sprint("net.", i), 1, dim, 0, e.Params())))
	}
	return flow.NewChain(layers...)
}

// standard returns the flow with a standard normal base.
func standard(b flow.Bijector) flow.Distribution {
	return flow.Distribution{Base: flow.Normal{}, Bijector: b}
}

func normalRows(rows, dim int) *mat.Dense {
	x := mat.NewDense(rows, dim, nil)
	r := random.New(1, "bench", 0, 0)
	for i := range x.RawMatrix().Data {
		x.RawMatrix().Data[i] = r.NormFloat64()
	}
	return x
}

// each runs f for every family, size and number of workers.
func each(b *testing.B, f func(b *testing.B, bijector flow.Bijector, dim, batch, workers int)) {
	for _, family := range families {
		for _, s := range sizes {
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("model=%s/D=%d/batch=%d/h=%d/workers=%d", family.name, s.dim, s.batch, s.hidden, workers), func(b *testing.B) {
					f(b, family.build(s.dim, s.hidden), s.dim, s.batch, workers)
				})
			}
		}
	}
}

// BenchmarkStep is one step of training: forward, backward, Adam.
func BenchmarkStep(b *testing.B) {
	each(b, func(b *testing.B, bijector flow.Bijector, dim, batch, workers int) {
		s := Schedule{Steps: 1 << 30, Batch: batch, Rate: 1e-4}
		x := normalRows(4096, dim)
		t, err := newLikelihood(standard(bijector), s, x, x, density.FitOptions{Workers: workers})
		if err != nil {
			b.Fatal(err)
		}
		e := t.engine
		defer e.close()
		b.ReportAllocs()
		step := 0
		top := peak(e.pool)
		for b.Loop() {
			step++
			t.batches.next(step)
			e.step(step, t.batches, s.rate(step, 0))
		}
		reportSpeed(b, 2*float64(e.learner.program.Cost().MultiplyAdds)*float64(batch), max(top, peak(e.pool)))
	})
}

// peak returns the floating-point operations a second of all workers together, the
// best of several runs; 0 where there is no assembly.
func peak(p *parallel.Pool) (best float64) {
	for range 10 {
		operations := make([]int, p.Workers())
		start := time.Now()
		p.Run(len(operations), func(_, unit int) { operations[unit] = kernel.Peak(50_000) })
		seconds := time.Since(start).Seconds()
		sum := 0
		for _, n := range operations {
			sum += n
		}
		best = max(best, float64(sum)/seconds)
	}
	return best
}

// reportSpeed reports the multiply-adds of the dense layers as a speed and as a
// share of the peak.
func reportSpeed(b *testing.B, operations, top float64) {
	speed := operations * float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(speed/1e9, "GF/s")
	if top > 0 {
		b.ReportMetric(speed/top, "of-peak")
	}
}

// BenchmarkLogDensity is the log-density of 100,000 rows in float32.
func BenchmarkLogDensity(b *testing.B) {
	each(b, func(b *testing.B, bijector flow.Bijector, dim, _, workers int) {
		m, x := density.NewFlow(standard(bijector)), normalRows(100_000, dim)
		for b.Loop() {
			if _, err := m.LogDensity(x, density.Options{Precision: density.Float32, Workers: workers}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSample draws 10,000 rows in float32.
func BenchmarkSample(b *testing.B) {
	each(b, func(b *testing.B, bijector flow.Bijector, dim, _, workers int) {
		m := density.NewFlow(standard(bijector))
		for b.Loop() {
			if _, err := m.Sample(10_000, 1, density.Options{Precision: density.Float32, Workers: workers}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
