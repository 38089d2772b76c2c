package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// The laws look at a square that holds all but 1e-8 of every set, cut into
// cells whose borders include those of the checkerboard.
const (
	half  = 5.0
	cells = 40
	side  = 2 * half / cells
)

// cellMasses integrates exp(logDensity), and -exp(logDensity) logDensity, over
// every cell by a 6 x 6 Gauss-Legendre rule.
func cellMasses(s synthetic) (masses []float64, entropy float64) {
	nodes, weights := make([]float64, 6), make([]float64, 6)
	quad.Legendre{}.FixedLocations(nodes, weights, 0, side)
	masses = make([]float64, cells*cells)
	for cell := range masses {
		x0, y0 := -half+side*float64(cell/cells), -half+side*float64(cell%cells)
		for i, dx := range nodes {
			for j, dy := range nodes {
				l := s.logDensity([]float64{x0 + dx, y0 + dy})
				if p := weights[i] * weights[j] * math.Exp(l); p > 0 {
					masses[cell] += p
					entropy -= p * l
				}
			}
		}
	}
	return masses, entropy
}

// counts returns how many rows lie in every cell, and how many in none.
func counts(x *mat.Dense) (in []float64, outside float64) {
	rows, _ := x.Dims()
	in = make([]float64, cells*cells)
	for i := range rows {
		column, row := math.Floor((x.At(i, 0)+half)/side), math.Floor((x.At(i, 1)+half)/side)
		if min(column, row) < 0 || max(column, row) >= cells {
			outside++
			continue
		}
		in[int(column)*cells+int(row)]++
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

// truthFaults returns the laws that a set with a known density breaks.
func truthFaults(s synthetic) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	split, err := s.Split(1)
	if err != nil {
		fault("split: %v", err)
		return faults
	}

	masses, entropy := cellMasses(s)
	var total float64
	for _, m := range masses {
		total += m
	}
	// 1e-7 leaves room for the mass outside the square.
	if math.Abs(total-1) > 1e-7 {
		fault("the density integrates to %v", total)
	}
	if math.Abs(entropy-s.info.Entropy.Nats) > 1e-7 {
		fault("the entropy is stated as %v, the density's is %v", s.info.Entropy.Nats, entropy)
	}

	scores := s.LogDensity(split.Test)
	mean, deviation := stat.MeanStdDev(scores, nil)
	// Four standard errors: one seed in 16,000 would fail.
	if e := 4*deviation/math.Sqrt(float64(len(scores))) + 1e-12; !(math.Abs(-mean-s.info.Entropy.Nats) <= e) {
		fault("the mean score of samples is %v, minus the entropy %v +- %v", mean, -s.info.Entropy.Nats, e)
	}
	in, outside := counts(split.Test)
	if p := chiSquareTail(in, masses, outside); !(p > 1e-5) {
		fault("samples disagree with the density: chi-square tail %v", p)
	}
	return faults
}

func generators() []synthetic {
	return []synthetic{
		Moons().(synthetic),
		EightGaussians().(synthetic),
		Checkerboard().(synthetic),
	}
}

func TestTruths(t *testing.T) {
	for _, s := range generators() {
		for _, fault := range truthFaults(s) {
			t.Errorf("%s: %s", s.info.Name, fault)
		}
	}
}

// Every planted fault must break a law, or the laws say nothing.
func TestTruthMutants(t *testing.T) {
	mutate := func(s Set, change func(*synthetic)) synthetic {
		mutant := s.(synthetic)
		change(&mutant)
		return mutant
	}
	wider := newHalfRing(2, 0.205)
	for name, mutant := range map[string]synthetic{
		"8gaussians sampled without the first mode": mutate(EightGaussians(), func(s *synthetic) {
			draw := s.draw
			s.draw = func(r *rand.Rand, x []float64) {
				for draw(r, x); math.Hypot(x[0]-gaussiansRadius, x[1]) < 1; draw(r, x) {
				}
			}
		}),
		"8gaussians scaled by 2 per cent": mutate(EightGaussians(), func(s *synthetic) {
			s.logDensity = func(x []float64) float64 {
				return EightGaussians().(synthetic).logDensity([]float64{1.02 * x[0], 1.02 * x[1]}) + 2*math.Log(1.02)
			}
		}),
		"8gaussians not normalised": mutate(EightGaussians(), func(s *synthetic) {
			truth := s.logDensity
			s.logDensity = func(x []float64) float64 { return truth(x) + 1e-4 }
		}),
		"moons with the lower one upside down": mutate(Moons(), func(s *synthetic) {
			draw := s.draw
			s.draw = func(r *rand.Rand, x []float64) {
				if draw(r, x); x[0] > 1 {
					x[1] = 1.6 - x[1]
				}
			}
		}),
		"moons with one wide half ring": mutate(Moons(), func(s *synthetic) {
			s.logDensity = func(x []float64) float64 {
				return math.Log((math.Exp(wider.logDensity(x[0]+1, x[1]+0.2)) + math.Exp(wider.logDensity(1-x[0], 0.8-x[1]))) / 2)
			}
		}),
		"checkerboard of the other colour": mutate(Checkerboard(), func(s *synthetic) {
			truth := s.logDensity
			s.logDensity = func(x []float64) float64 { return truth([]float64{x[0], -x[1]}) }
		}),
		"checkerboard with a wrong entropy": mutate(Checkerboard(), func(s *synthetic) {
			s.info.Entropy = &Entropy{Nats: 3.4658}
		}),
	} {
		if len(truthFaults(mutant)) == 0 {
			t.Errorf("%s: no law is broken", name)
		}
	}
}

// The figures of reference work, by Monte Carlo with two standard errors.
func TestEntropies(t *testing.T) {
	for _, want := range []struct {
		set            Set
		entropy, error float64
	}{
		{Moons(), 2.3933, 0.0027},
		{EightGaussians(), 2.8314, 0.0014},
		{Checkerboard(), 3.4657, 0.00005},
	} {
		info := want.set.Info()
		if math.Abs(info.Entropy.Nats-want.entropy) > want.error {
			t.Errorf("%s: entropy %v, want %v +- %v", info.Name, info.Entropy.Nats, want.entropy, want.error)
		}
	}
}

func TestWithRows(t *testing.T) {
	for _, s := range generators() {
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
