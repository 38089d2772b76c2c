package data

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// generated is a set with a known density and what the laws need to know of it.
type generated struct {
	set Set
	// half and side are those of a rectangle about the origin that holds all but 1e-8 of
	// the set, and of the cells that it is cut into: small enough for the rule of
	// cellMasses, and with borders where the density jumps or bends.
	half, side [2]float64
	// The entropy found by earlier work with twice its standard error: by Monte Carlo,
	// or exact and rounded.
	entropy, error float64
}

// generators lists every set of the package with a known density.
func generators() []generated {
	square := func(x float64) [2]float64 { return [2]float64{x, x} }
	const rounded = 0.00005
	return []generated{
		{EightGaussians(), square(5), square(0.25), 2.8314, 0.0014},
		{Moons(), square(5), square(0.25), 2.3933, 0.0027},
		{Checkerboard(), square(5), square(0.25), 3.4657, rounded},
		{Circles(), square(5), square(0.25), 3.2675, 0.0011},
		{Rings(), square(4), square(0.2), 2.6231, 0.0012},
		{SwissRoll(), square(4.5), square(0.25), 2.6716, 0.0028},
		{TwoSpirals(), square(4.2), square(0.2), 2.6456, 0.0026},
		{Pinwheel(), square(6.4), square(0.2), 2.3177, 0.0035},
		{FlowJAXMoons(), square(5), square(0.25), 2.3950, 0.0028},
		{PlaneGaussian(), [2]float64{6, 3}, square(0.25), 2.1447, rounded},
		{Crescent(), [2]float64{20, 6}, square(0.25), 1.8379, rounded},
		{CrescentCubed(), [2]float64{50, 6}, [2]float64{1, 0.125}, 2.8379, rounded},
		{SineWave(), [2]float64{6, 3.5}, square(0.125), 1.8379, rounded},
		{Abs(), [2]float64{6, 7}, square(0.25), 1.3379, rounded},
		{Sign(), [2]float64{6, 8.5}, square(0.25), 1.3379, rounded},
		{FourCircles(), square(4), square(0.2), 2.8705, 0.0010},
		{Diamond(), square(4), square(0.1), 2.3865, 0.0019},
	}
}

// grid returns the numbers of columns and rows of cells.
func (g generated) grid() (columns, rows int) {
	return int(math.Round(2 * g.half[0] / g.side[0])), int(math.Round(2 * g.half[1] / g.side[1]))
}

// cellMasses integrates exp(logDensity), and -exp(logDensity) logDensity, over
// every cell by a 6 x 6 Gauss-Legendre rule.
func (g generated) cellMasses() (masses []float64, entropy float64) {
	nodes, weights := make([]float64, 6), make([]float64, 6)
	quad.Legendre{}.FixedLocations(nodes, weights, 0, 1)
	columns, rows := g.grid()
	masses = make([]float64, columns*rows)
	x := mat.NewDense(len(nodes)*len(nodes), 2, nil)
	for cell := range masses {
		for i, u := range nodes {
			for j, v := range nodes {
				x.SetRow(i*len(nodes)+j, []float64{
					-g.half[0] + g.side[0]*(float64(cell/rows)+u),
					-g.half[1] + g.side[1]*(float64(cell%rows)+v),
				})
			}
		}
		for k, l := range g.set.(Truth).LogDensity(x) {
			if p := weights[k/len(nodes)] * weights[k%len(nodes)] * math.Exp(l) * g.side[0] * g.side[1]; p > 0 {
				masses[cell] += p
				entropy -= p * l
			}
		}
	}
	return masses, entropy
}

// counts returns how many rows lie in every cell, and how many in none.
func (g generated) counts(x *mat.Dense) (in []float64, outside float64) {
	n, _ := x.Dims()
	columns, rows := g.grid()
	in = make([]float64, columns*rows)
	for i := range n {
		column, row := math.Floor((x.At(i, 0)+g.half[0])/g.side[0]), math.Floor((x.At(i, 1)+g.half[1])/g.side[1])
		if min(column, row) < 0 || int(column) >= columns || int(row) >= rows {
			outside++
			continue
		}
		in[int(column)*rows+int(row)]++
	}
	return in, outside
}

// chiSquareTail returns the probability of counts at least as far from
// the masses as these (Pearson); cells expected to hold fewer than 5 rows are
// taken together with the outside.
func chiSquareTail(in, masses []float64, outside float64) float64 {
	n := outside
	for _, c := range in {
		n += c
	}
	restSeen, restExpected := outside, n
	var statistic, bins float64
	for cell, mass := range masses {
		if expected := n * mass; expected >= 5 {
			statistic += (in[cell] - expected) * (in[cell] - expected) / expected
			bins++
			restExpected -= expected
		} else {
			restSeen += in[cell]
		}
	}
	if restExpected >= 5 {
		statistic += (restSeen - restExpected) * (restSeen - restExpected) / restExpected
		bins++
	}
	return distuv.ChiSquared{K: bins - 1}.Survival(statistic)
}

// faults yields the laws that the set breaks.
func (g generated) faults() iter.Seq[string] {
	return func(yield func(string) bool) {
		split, err := g.set.(Resizer).WithRows(1, 1, 100_000).Split(1)
		if err != nil {
			yield(err.Error())
			return
		}
		stated := g.set.Info().Entropy.Nats
		mean, deviation := stat.MeanStdDev(g.set.(Truth).LogDensity(split.Test), nil)
		// Four standard errors: one seed in 16,000 would fail.
		e := 4*deviation/math.Sqrt(100_000) + 1e-12
		if !(math.Abs(-mean-stated) <= e) && !yield(fmt.Sprintf("the mean score of samples is %v, minus the entropy %v +- %v", mean, -stated, e)) {
			return
		}
		masses, entropy := g.cellMasses()
		total := floats.Sum(masses)
		// 1e-7 leaves room for the mass outside the rectangle.
		if !(math.Abs(total-1) <= 1e-7) && !yield(fmt.Sprintf("the density integrates to %v", total)) {
			return
		}
		if !(math.Abs(entropy-stated) <= 1e-7) && !yield(fmt.Sprintf("the entropy is stated as %v, the density's is %v", stated, entropy)) {
			return
		}
		in, outside := g.counts(split.Test)
		if p := chiSquareTail(in, masses, outside); !(p > 1e-5) {
			yield(fmt.Sprintf("samples disagree with the density: chi-square tail %v", p))
		}
	}
}

func TestTruths(t *testing.T) {
	for _, g := range generators() {
		t.Run(g.set.Info().Name, func(t *testing.T) {
			t.Parallel()
			for fault := range g.faults() {
				t.Error(fault)
			}
		})
	}
}

// Every planted fault must break a law, or the laws say nothing.
func TestTruthMutants(t *testing.T) {
	wider := newRing(2, 0.205)
	for _, mutant := range []struct {
		set, fault string
		plant      func(*synthetic)
	}{
		{"8gaussians", "sampled without the first mode", redraw(func(x []float64) bool {
			return math.Hypot(x[0]-gaussiansRadius, x[1]) >= 1
		})},
		{"8gaussians", "scaled by 2 per cent", rescore(func(truth func([]float64) float64, x []float64) float64 {
			return truth([]float64{1.02 * x[0], 1.02 * x[1]}) + 2*math.Log(1.02)
		})},
		{"8gaussians", "not normalised", rescore(func(truth func([]float64) float64, x []float64) float64 {
			return truth(x) + 1e-4
		})},
		{"moons", "with the lower one upside down", redraw(func(x []float64) bool {
			if x[0] > 1 {
				x[1] = 1.6 - x[1]
			}
			return true
		})},
		{"moons", "with wide half rings", rescore(func(_ func([]float64) float64, x []float64) float64 {
			return math.Log((math.Exp(wider.logHalf(x[0]+1, x[1]+0.2)) + math.Exp(wider.logHalf(1-x[0], 0.8-x[1]))) / 2)
		})},
		{"checkerboard", "of the other colour", rescore(func(truth func([]float64) float64, x []float64) float64 {
			return truth([]float64{x[0], -x[1]})
		})},
		{"checkerboard", "with a wrong entropy", func(s *synthetic) { s.info.Entropy = &Entropy{Nats: 3.4658} }},
		{"crescent", "with its columns swapped", redraw(func(x []float64) bool {
			x[0], x[1] = x[1], x[0]
			return true
		})},
		{"swissroll", "rolled the other way", redraw(func(x []float64) bool {
			x[0] = -x[0]
			return true
		})},
		{"pinwheel", "turned the other way", redraw(func(x []float64) bool {
			x[1] = -x[1]
			return true
		})},
		{"diamond", "without its corners", redraw(func(x []float64) bool { return math.Abs(x[0]) < 3.4 })},
		{"sign", "with a finer noise", func(s *synthetic) {
			s.logDensity = conditional{
				mean:      func(t float64) float64 { return t + math.Copysign(1, t) },
				deviation: 0.22,
			}.set(s.info).(synthetic).logDensity
		}},
	} {
		t.Run(mutant.set+" "+mutant.fault, func(t *testing.T) {
			t.Parallel()
			all := generators()
			g := all[slices.IndexFunc(all, func(g generated) bool { return g.set.Info().Name == mutant.set })]
			s := g.set.(synthetic)
			mutant.plant(&s)
			g.set = s
			for range g.faults() {
				return
			}
			t.Error("no law is broken")
		})
	}
}

// redraw changes the points that are drawn, or has them drawn again until they pass.
func redraw(pass func(x []float64) bool) func(*synthetic) {
	return func(s *synthetic) {
		draw := s.draw
		s.draw = func(r *rand.Rand, x []float64) {
			for draw(r, x); !pass(x); draw(r, x) {
			}
		}
	}
}

// rescore replaces the true density, which is given to it.
func rescore(score func(truth func([]float64) float64, x []float64) float64) func(*synthetic) {
	return func(s *synthetic) {
		truth := s.logDensity
		s.logDensity = func(x []float64) float64 { return score(truth, x) }
	}
}

// The entropies agree with those of earlier work within what both leave open.
func TestEntropies(t *testing.T) {
	for _, g := range generators() {
		stated := g.set.Info().Entropy
		if math.Abs(stated.Nats-g.entropy) > g.error+2*stated.StandardError {
			t.Errorf("%s: entropy %v, want %v +- %v", g.set.Info().Name, stated.Nats, g.entropy, g.error)
		}
	}
}

func TestWithRows(t *testing.T) {
	for _, g := range generators() {
		s := g.set.(synthetic)
		small := s.WithRows(3, 2, 1)
		if rows := small.Info().Rows; rows != 6 {
			t.Errorf("%s: %d rows, want 6", s.info.Name, rows)
		}
		few, err := small.Split(7)
		if err != nil {
			t.Fatal(err)
		}
		more, err := s.WithRows(5, 4, 2).Split(7)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []struct {
			few, more *mat.Dense
			rows      int
		}{{few.Train, more.Train, 3}, {few.Validation, more.Validation, 2}, {few.Test, more.Test, 1}} {
			if !mat.Equal(part.few, part.more.Slice(0, part.rows, 0, 2)) {
				t.Errorf("%s: %v is no beginning of %v", s.info.Name, part.few, part.more)
			}
		}
		if mat.Equal(more.Train.Slice(0, 2, 0, 2), more.Test) {
			t.Errorf("%s: training and test rows are the same", s.info.Name)
		}
	}
	if n := Moons().Info().Rows; n != 125_000 {
		t.Errorf("moons has %d rows unasked, want 20,000 + 5,000 + 100,000", n)
	}
}

// TestTruthsFarAway asks for points where exponentials, and at last squares,
// leave the range of float64.
func TestTruthsFarAway(t *testing.T) {
	for _, g := range generators() {
		s := g.set.(synthetic)
		last := math.Inf(1)
		for _, far := range []float64{1e1, 1e3, 1e8, 1e20, 1e50, 1e160, 1e300, math.MaxFloat64} {
			for _, x := range [][]float64{{far, 0}, {-far, 0}, {0, far}, {0, -far}, {far, far}, {-far, -far}} {
				l := s.logDensity(x)
				if math.IsNaN(l) || l > last {
					t.Errorf("%s at %v: log-density %v, nearer in it was %v", s.info.Name, x, l, last)
				}
				if zero := far > 1e150 || s.info.Name == "checkerboard"; math.IsInf(l, -1) != zero {
					t.Errorf("%s at %v: log-density %v, want -Inf: %v", s.info.Name, x, l, zero)
				}
			}
			last = s.logDensity([]float64{far, 0})
		}
	}
}
