package densitytest

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/density"
	"flowcert/internal/numeric"
)

const (
	// integralTolerance is what the integral of a density may differ from 1 by:
	// well above the error of the quadrature, a tenth of the smallest planted fault.
	integralTolerance = 1e-3
	// few is the number of rows on which workers are compared: more tiles than workers.
	few = 1025
	// chance is the probability that a right sampler fails one test.
	chance = 1e-6
	// minExpected is the number of samples expected in a cell from which on
	// Pearson's statistic follows the chi-square distribution (Cochran, 1954, asks for 5).
	minExpected = 10
)

// scores checks the form of scores on data.
func scores(s *subject) error {
	var all []error
	for _, p := range []density.Precision{"", density.Float64, density.Float32} {
		got, err := s.m.LogDensity(s.x, density.Options{Precision: p})
		if err != nil {
			return err
		}
		if len(got.LogDensity) != rows {
			return fmt.Errorf("precision %q: got %d scores for %d rows", p, len(got.LogDensity), rows)
		}
		if !slices.Contains([]density.Kind{density.Exact, density.LowerBound, density.Estimate}, got.Kind) {
			all = append(all, fmt.Errorf("precision %q: unknown kind %q", p, got.Kind))
		}
		if want := got.Kind == density.Estimate; (len(got.StandardError) == rows) != want || (got.StandardError == nil) == want {
			all = append(all, fmt.Errorf("precision %q: got %d standard errors for scores of kind %q", p, len(got.StandardError), got.Kind))
		}
		for i, v := range got.LogDensity {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				all = append(all, fmt.Errorf("precision %q: log-density of the sample %v is %v", p, s.x.RawRowView(i), v))
				break
			}
		}
	}
	return errors.Join(all...)
}

// determinism checks what samples and scores may depend on.
func determinism(s *subject) error {
	var all []error
	// An odd number moves the rows against any tile boundary.
	first := mat.DenseCopyOf(s.x.Slice(0, few, 0, s.m.Dim()))
	for _, workers := range []int{1, 2, 7, 0} {
		o := density.Options{Workers: workers}
		x, err := s.m.Sample(few, seed, o)
		if err != nil {
			return err
		}
		if !mat.Equal(x, first) {
			all = append(all, fmt.Errorf("the first samples of many differ from as many drawn alone with %d workers (0: all)", workers))
		}
		got, err := s.m.LogDensity(first, o)
		if err != nil {
			return err
		}
		if !slices.Equal(got.LogDensity, s.scores[:few]) {
			all = append(all, fmt.Errorf("scores with %d workers (0: all) differ from those among more rows", workers))
		}
	}
	other, err := s.fresh()
	if err != nil {
		return err
	}
	if mat.Equal(other, s.x) {
		all = append(all, errors.New("two seeds give the same samples"))
	}

	shifted, err := s.m.LogDensity(mat.DenseCopyOf(s.x.Slice(1, few, 0, s.m.Dim())), density.Options{})
	if err != nil {
		return err
	}
	if !slices.Equal(shifted.LogDensity, s.scores[1:few]) {
		all = append(all, errors.New("the score of a row depends on the rows before it"))
	}
	return errors.Join(all...)
}

// integralIsOne checks the integral, and that it has settled.
func integralIsOne(s *subject) error {
	if s.m.Dim() > 2 {
		return nil
	}
	got, err := s.integral()
	if err != nil {
		return err
	}
	if !(math.Abs(got.Value-1) <= integralTolerance+s.doubt) || !(math.Abs(got.Halved) <= integralTolerance/2) {
		return fmt.Errorf("the density integrates to %.6f (halving all cells changed %.1e), want 1 within %v",
			got.Value, got.Halved, integralTolerance+s.doubt)
	}
	return nil
}

// samplesFollowDensity compares samples with the quadrature of the density: their
// counts in cells, and their mean log-density with the entropy.
func samplesFollowDensity(s *subject) error {
	if s.m.Dim() > 2 {
		return nil
	}
	want, err := s.integral()
	if err != nil {
		return err
	}
	// The cells were chosen by the samples of the subject; these are fresh.
	fresh, err := s.fresh()
	if err != nil {
		return err
	}
	var all []error
	if p := s.cellTest(want, fresh); p < chance {
		all = append(all, fmt.Errorf("samples do not fall into cells as the density says (chi-square test, p = %.1e)", p))
	}
	got, err := s.logDensity(fresh)
	if err != nil {
		return err
	}
	mean, deviation := stat.MeanStdDev(got, nil)
	// With so many rows the mean is normal, but for the quadrature's own error.
	tolerance := distuv.UnitNormal.Quantile(1-chance/2)*deviation/math.Sqrt(rows) + math.Abs(want.EntropyHalved)
	if !(math.Abs(mean+want.Entropy) <= tolerance) {
		all = append(all, fmt.Errorf("the mean log-density of samples is %.4f, that of the density %.4f (tolerance %.4f)",
			mean, -want.Entropy, tolerance))
	}
	return errors.Join(all...)
}

// cellTest returns the p-value of Pearson's chi-square test of x against the
// probabilities of the quadrature's cells.
func (s *subject) cellTest(want numeric.Integral, x *mat.Dense) float64 {
	counts := make([]float64, len(want.Mass))
	for i := range rows {
		at := s.space.CellOf(x.RawRowView(i))
		if at < 0 {
			return 0 // the sample is not a point
		}
		counts[at]++
	}
	order := make([]int, len(counts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(want.Mass[a], want.Mass[b]) })
	// Cells are joined, the rarest first, until enough samples are expected.
	statistic, groups, observed, expected := 0.0, 0.0, 0.0, 0.0
	for _, i := range order {
		observed += counts[i]
		expected += rows * want.Mass[i] / want.Value
		if expected >= minExpected {
			statistic += (observed - expected) * (observed - expected) / expected
			groups++
			observed, expected = 0, 0
		}
	}
	return distuv.ChiSquared{K: groups - 1}.Survival(statistic)
}
