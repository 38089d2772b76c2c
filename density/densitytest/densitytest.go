// Package densitytest holds the laws that every density model obeys, and the
// faults that prove that the laws can tell right from wrong.
//
// Check states what is wrong with a model and Survivors what is wrong with the
// laws on this model: a fault planted in it that they do not see. A test of a
// model calls Test, which does both. The laws are exact up to rounding,
// quadrature or chance; every tolerance is a constant with its reason.
package densitytest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/density"
	"flowcert/internal/numeric"
)

const (
	// rows is the number of samples that the laws are checked on.
	rows = 8192
	// seed is that of the samples; fixed, so that a law which holds by chance
	// once holds always.
	seed = 1
	// cellTolerance is the change of a cell's integral on halving it below which
	// the halves are kept. Gauss's rule gains several digits by halving, so that
	// even a thousand such changes of one sign leave the sum far inside the
	// tolerance of the integral.
	cellTolerance = 2e-6
	// mutantTolerance does for a wrong density, whose integral has to be known to
	// a part of integralMutant only.
	mutantTolerance = 5e-5
	// maxPlaces bounds the work on a density that is not smooth enough.
	maxPlaces = 500_000
)

// Test fails t for every law that m breaks, and for every planted fault that the
// laws do not see in m.
func Test(t *testing.T, m density.Model) {
	t.Helper()
	if err := Check(m); err != nil {
		t.Error(err)
	}
	if err := Survivors(m); err != nil {
		t.Error(err)
	}
}

// Check returns nil if m obeys the laws, or else an error that lists all it breaks:
//
//   - scores: one finite score per row of data, of a known kind, in both precisions;
//   - determinism: samples and scores do not depend on the number of workers,
//     a sample depends on the seed and its row alone, a score on its row alone;
//   - integral: the density integrates to 1 (in 1 and 2 dimensions);
//   - samples: the samples follow the density (in 1 and 2 dimensions);
//   - latent codes: an Encoder's codes of samples follow the base: the standard normal
//     distribution, or what else a density.Based encoder states (that in 1 and 2
//     dimensions);
//   - round trip: an Encoder's directions are each other's inverses;
//   - log-det: an Encoder's log-dets are those of numeric Jacobians;
//   - change of variables: an Encoder's log-density is that of the base at the code,
//     plus the log-det.
//
// A conditional model is checked by TestConditional. Models whose scores are drawn anew
// each time are not covered.
func Check(m density.Model) error {
	s, err := newSubject(m, cellTolerance)
	if err != nil {
		return err
	}
	var all []error
	for _, l := range laws() {
		if err := l.check(s); err != nil {
			all = append(all, fmt.Errorf("%s: %w", l.name, err))
		}
	}
	return errors.Join(all...)
}

// subject is a model under test, with what several laws look at.
type subject struct {
	m density.Model
	// encoder is nil if the model is none.
	encoder density.Encoder
	x       *mat.Dense
	scores  []float64
	// fresh are samples of another seed, drawn when first asked for.
	fresh func() (*mat.Dense, error)
	// doubt is what the integral may be off by beyond its tolerance, because scores are
	// estimates: four times the largest of their standard errors.
	doubt float64
	// centre and spread are the median and half the range from the first to the
	// last decile of every column of x.
	centre, spread []float64
	// space is cut by the samples; nil in more than two dimensions.
	space *numeric.Space
	// integral is computed when first asked for.
	integral func() (numeric.Integral, error)
}

// newSubject samples m; its integral is to be computed to the tolerance per cell.
func newSubject(m density.Model, tolerance float64) (*subject, error) {
	s := &subject{m: m}
	s.encoder, _ = m.(density.Encoder)
	var err error
	if s.x, err = m.Sample(rows, seed, density.Options{}); err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	if n, dim := s.x.Dims(); n != rows || dim != m.Dim() || dim < 1 {
		return nil, fmt.Errorf("sample: got %d rows of %d columns, want %d of %d", n, dim, rows, m.Dim())
	}
	for i := range rows {
		if row := s.x.RawRowView(i); math.IsNaN(floats.Sum(row)) || math.IsInf(floats.Norm(row, 1), 1) {
			return nil, fmt.Errorf("sample: row %d is %v", i, row)
		}
	}
	scores, err := m.LogDensity(s.x, density.Options{})
	if err != nil {
		return nil, fmt.Errorf("log-density: %w", err)
	}
	if len(scores.LogDensity) != rows {
		return nil, fmt.Errorf("log-density: got %d scores for %d rows", len(scores.LogDensity), rows)
	}
	s.scores = scores.LogDensity
	s.fresh = sync.OnceValues(func() (*mat.Dense, error) { return m.Sample(rows, seed+1, density.Options{}) })
	if scores.Kind == density.Estimate && len(scores.StandardError) > 0 {
		s.doubt = 4 * slices.Max(scores.StandardError)
	}
	for j := range m.Dim() {
		centre, spread := location(mat.Col(nil, j, s.x))
		if !(spread > 0) || math.IsInf(spread, 0) {
			return nil, fmt.Errorf("sample: column %d spreads over %v", j, spread)
		}
		s.centre, s.spread = append(s.centre, centre), append(s.spread, spread)
	}
	if m.Dim() <= 2 {
		s.space = numeric.NewSpace(s.x, s.centre, s.spread)
		s.integral = sync.OnceValues(func() (numeric.Integral, error) {
			got, err := s.space.Integrate(s.logDensity, tolerance, maxPlaces)
			if err == nil && (math.IsNaN(got.Value) || math.IsInf(got.Value, 0)) {
				err = fmt.Errorf("the density integrates to %v", got.Value)
			}
			return got, err
		})
	}
	return s, nil
}

func (s *subject) logDensity(x *mat.Dense) ([]float64, error) {
	scores, err := s.m.LogDensity(x, density.Options{})
	return scores.LogDensity, err
}

// location returns the median of v and half the range of its middle four fifths.
func location(v []float64) (centre, spread float64) {
	slices.Sort(v)
	q := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, v, nil) }
	return q(0.5), (q(0.9) - q(0.1)) / 2
}

// law is one property. Its check returns an error that says how it is broken,
// and nil where it does not apply.
type law struct {
	name  string
	check func(*subject) error
}

func laws() []law {
	return []law{
		{"scores", scores},
		{"determinism", determinism},
		{"integral", integralIsOne},
		{"samples", samplesFollowDensity},
		{"latent codes", codesFollowBase},
		{"round trip", roundTrip},
		{"log-det", logDet},
		{"change of variables", changeOfVariables},
	}
}
