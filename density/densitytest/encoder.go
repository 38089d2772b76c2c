package densitytest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/density"
	"flowcert/internal/numeric"
	"flowcert/internal/random"
)

const (
	// roundTripTolerance is relative to the spread of a column. An ill-conditioned
	// map may lose half of the sixteen digits of float64.
	roundTripTolerance = 1e-7
	// step is that of the central differences, relative to the spread of a column:
	// the cube root of float64's epsilon balances truncation and rounding.
	step = 6e-6
	// logDetTolerance is the error that such differences leave, with room for the
	// strong curvature of trained flows.
	logDetTolerance = 1e-5
	// jacobians is the number of points at which they are taken.
	jacobians = 16
	// sumTolerance is for two float64 sums of the same terms.
	sumTolerance = 1e-9
)

// mapping is one direction of an Encoder.
type mapping func(*mat.Dense, density.Options) (*mat.Dense, []float64, error)

// direction is a mapping with points to try it on and their spread, and the
// mapping that must undo it.
type direction struct {
	name        string
	there, back mapping
	x           *mat.Dense
	spread      []float64
}

// directions returns both directions of the subject's Encoder: data are the
// samples, codes are drawn from the standard normal distribution.
func (s *subject) directions() []direction {
	ones := make([]float64, s.m.Dim())
	floats.AddConst(1, ones)
	return []direction{
		{name: "encode", there: s.encoder.Encode, back: s.encoder.Decode, x: s.x, spread: s.spread},
		{name: "decode", there: s.encoder.Decode, back: s.encoder.Encode, x: codes(s.m.Dim()), spread: ones},
	}
}

// codes returns rows of standard normal numbers.
func codes(dim int) *mat.Dense {
	z := mat.NewDense(rows, dim, nil)
	z.Apply(func(i, j int, _ float64) float64 {
		return random.New(seed, "densitytest code", uint64(j), uint64(i)).NormFloat64()
	}, z)
	return z
}

// roundTrip checks that each direction undoes the other, log-det included.
func roundTrip(s *subject) error {
	if s.encoder == nil {
		return nil
	}
	var all []error
	for _, d := range s.directions() {
		y, there, err := d.there(d.x, density.Options{})
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		x, back, err := d.back(y, density.Options{})
		if err != nil {
			return fmt.Errorf("%s and back: %w", d.name, err)
		}
		if len(there) != rows || len(back) != rows {
			return fmt.Errorf("%s and back: got %d and %d log-dets for %d rows", d.name, len(there), len(back), rows)
		}
		worstPoint, worstLogDet := 0.0, 0.0
		for i := range rows {
			for j, v := range x.RawRowView(i) {
				worstPoint = worse(worstPoint, (v-d.x.At(i, j))/d.spread[j])
			}
			worstLogDet = worse(worstLogDet, there[i]+back[i])
		}
		if worstPoint > roundTripTolerance {
			all = append(all, fmt.Errorf("%s and back: points return with an error of %.1e spreads (tolerance %.0e)", d.name, worstPoint, roundTripTolerance))
		}
		if worstLogDet > roundTripTolerance {
			all = append(all, fmt.Errorf("%s and back: log-dets sum to %.1e (tolerance %.0e)", d.name, worstLogDet, roundTripTolerance))
		}
	}
	return errors.Join(all...)
}

// worse returns the larger absolute value; not a number is worst of all.
func worse(worst, v float64) float64 {
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return max(worst, math.Abs(v))
}

// logDet checks the log-dets of both directions against numeric Jacobians.
func logDet(s *subject) error {
	if s.encoder == nil {
		return nil
	}
	var all []error
	for _, d := range s.directions() {
		points := mat.DenseCopyOf(d.x.Slice(0, jacobians, 0, s.m.Dim()))
		_, got, err := d.there(points, density.Options{})
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		want, err := numericLogDet(d, points)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		for i, w := range want {
			// Where a network has a kink within the step, the two sides differ, and the
			// central differences lie between them.
			if !(math.Abs(got[i]-w.Central) <= max(logDetTolerance, math.Abs(w.Up-w.Down))) {
				all = append(all, fmt.Errorf("%s: the log-det at %v is %.8f, that of the numeric Jacobian %.8f",
					d.name, points.RawRowView(i), got[i], w.Central))
				break
			}
		}
	}
	return errors.Join(all...)
}

// numericLogDet returns log |det J| at every point, from differences.
func numericLogDet(d direction, points *mat.Dense) ([]numeric.LogDet, error) {
	steps := make([]float64, len(d.spread))
	floats.AddScaled(steps, step, d.spread)
	return numeric.LogDets(func(x *mat.Dense) (*mat.Dense, error) {
		y, _, err := d.there(x, density.Options{})
		return y, err
	}, points, steps)
}

// changeOfVariables checks that scores are made of code and log-det.
func changeOfVariables(s *subject) error {
	if s.encoder == nil {
		return nil
	}
	z, logDets, err := s.encoder.Encode(s.x, density.Options{})
	if err != nil {
		return err
	}
	base, err := density.BaseLogDensity(s.encoder, z, density.Options{})
	if err != nil {
		return err
	}
	for i, got := range s.scores {
		want := base[i] + logDets[i]
		if !(math.Abs(got-want) <= sumTolerance*(1+math.Abs(want))) {
			return fmt.Errorf("the log-density at %v is %.12g, that of its code plus the log-det %.12g", s.x.RawRowView(i), got, want)
		}
	}
	return nil
}

// codesFollowBase tests the samples' codes against the base.
func codesFollowBase(s *subject) error {
	if s.encoder == nil {
		return nil
	}
	if !normalBase(s.encoder, s.m.Dim()) {
		return codesFollowDensity(s)
	}
	z, _, err := s.encoder.Encode(s.x, density.Options{})
	if err != nil {
		return err
	}
	return codesAreNormal(z)
}

// normalBase reports whether codes are to be standard normal.
func normalBase(e density.Encoder, dim int) bool {
	z := codes(dim)
	got, err := density.BaseLogDensity(e, z, density.Options{})
	if err != nil {
		return true // other laws say so
	}
	for i, v := range got {
		want := numeric.StandardNormal(z.RawRowView(i))
		if !(math.Abs(v-want) <= sumTolerance*(1+math.Abs(want))) {
			return false
		}
	}
	return true
}

// codesFollowDensity holds the codes, as samples, and the base, as their density, to
// the laws of both.
func codesFollowDensity(s *subject) error {
	if s.m.Dim() > 2 {
		return nil
	}
	base, err := newSubject(latent{s.m, s.encoder}, cellTolerance)
	if err != nil {
		return fmt.Errorf("codes: %w", err)
	}
	base.doubt = s.doubt
	return errors.Join(integralIsOne(base), samplesFollowDensity(base))
}

// latent is the model of a model's codes.
type latent struct {
	density.Model
	encoder density.Encoder
}

func (l latent) LogDensity(z *mat.Dense, o density.Options) (density.Scores, error) {
	scores, err := density.BaseLogDensity(l.encoder, z, o)
	return density.Scores{Kind: density.Exact, LogDensity: scores}, err
}

func (l latent) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	x, err := l.Model.Sample(n, seed, o)
	if err != nil {
		return nil, err
	}
	z, _, err := l.encoder.Encode(x, o)
	return z, err
}

// codesAreNormal tests every column of codes against the standard normal distribution
// (Kolmogorov-Smirnov).
func codesAreNormal(z *mat.Dense) error {
	var all []error
	// P(sqrt(n) distance > c) = 2 exp(-2 c^2), but for terms that are negligible here.
	critical := math.Sqrt(math.Log(2/chance)/2) / math.Sqrt(rows)
	for j := range z.RawMatrix().Cols {
		column := mat.Col(nil, j, z)
		slices.Sort(column)
		distance := 0.0
		for i, v := range column {
			p := distuv.UnitNormal.CDF(v)
			distance = max(distance, p-float64(i)/rows, float64(i+1)/rows-p)
		}
		if !(distance <= critical) {
			all = append(all, fmt.Errorf("codes of samples are not standard normal in column %d (Kolmogorov-Smirnov distance %.3f, critical %.3f)", j, distance, critical))
		}
	}
	return errors.Join(all...)
}
