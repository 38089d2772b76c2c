package train

import (
	"fmt"
	"math"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/internal/parallel"
)

// LogWeights returns the logarithms of the importance weights target(x)/q(x) of n
// samples x of a flow, in float64. They are the same for any number of workers, and
// unrelated to those that Reverse trains with.
func LogWeights(d flow.Distribution, target Target, n int, seed uint64, workers int) ([]float64, error) {
	if err := (Reverse{Distribution: d, Target: target}).check(); err != nil {
		return nil, fmt.Errorf("importance weights for target %q: %w", target.Name(), err)
	}
	r := logWeight(d, target, false)
	p := ad.Compile(kernel.Best[float64](), r.tape, ad.Config{}, r.score)
	source := draws{sample: d.Base.Sampler(), seed: seed, purpose: "importance", rows: n, power: 1}
	out := make([]float64, n)
	tiles := (n + p.Rows() - 1) / p.Rows()
	pool := parallel.NewPool(min(parallel.Workers(workers), max(tiles, 1)))
	defer pool.Close()
	arenas, memory := make([]*ad.Arena[float64], pool.Workers()), make([]tile, pool.Workers())
	for i := range arenas {
		arenas[i], memory[i] = p.NewArena(), newTile(p.Rows(), r.inputs)
	}
	pool.Run(tiles, func(w, unit int) {
		a, from := arenas[w], unit*p.Rows()
		rows := min(p.Rows(), n-from)
		source.load(&memory[w], from, rows)
		for i, cols := range r.inputs {
			ad.LoadRows(a.Input(i), memory[w].columns[i], cols, rows)
		}
		a.Forward((rows + kernel.Lanes - 1) / kernel.Lanes)
		ad.StoreRows(out[from:], 1, a.Output(0), rows)
	})
	for i, l := range out {
		if math.IsNaN(l) || math.IsInf(l, 1) {
			return nil, fmt.Errorf("importance weights for target %q: that of sample %d is e^%v", target.Name(), i, l)
		}
	}
	return out, nil
}

// LowerBound returns the evidence lower bound, the mean of the logarithms of importance
// weights, and its standard error. It is at most log Z but for that error.
func LowerBound(logWeights []float64) (nats, standardError float64) {
	n := float64(len(logWeights))
	for _, l := range logWeights {
		nats += l / n
	}
	var squares float64
	for _, l := range logWeights {
		squares += (l - nats) * (l - nats)
	}
	return nats, math.Sqrt(squares / (n - 1) / n)
}

// LogNormaliser returns the logarithm of the mean of importance weights, which
// estimates log Z, and its standard error to first order. Where a flow misses a mode
// of the target both are wrong, and nothing in the weights shows it.
func LogNormaliser(logWeights []float64) (nats, standardError float64) {
	n := float64(len(logWeights))
	top, w := scaled(logWeights)
	var mean, squares float64
	for _, v := range w {
		mean += v / n
	}
	for _, v := range w {
		squares += (v - mean) * (v - mean)
	}
	return top + math.Log(mean), math.Sqrt(squares/(n-1)/n) / mean
}

// EffectiveSampleSize returns the share (sum w)^2/(n sum w^2) of n samples: so many
// draws of the target itself would estimate a mean as well (Kong, A Note on Importance
// Sampling, 1992). It is 1 for equal weights and says nothing of modes that no sample
// has reached.
func EffectiveSampleSize(logWeights []float64) float64 {
	_, w := scaled(logWeights)
	var sum, squares float64
	for _, v := range w {
		sum += v
		squares += v * v
	}
	return sum * sum / (float64(len(w)) * squares)
}

// scaled returns the largest logarithm and all weights divided by the largest.
func scaled(logWeights []float64) (top float64, w []float64) {
	top = math.Inf(-1)
	for _, l := range logWeights {
		top = max(top, l)
	}
	w = make([]float64, len(logWeights))
	for i, l := range logWeights {
		w[i] = math.Exp(l - top)
	}
	return top, w
}
