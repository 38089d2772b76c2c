package densitytest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
)

// integralMutant is the least that the integral of a wrong density must be off
// by: ten times what the law tolerates in a right one.
const integralMutant = 10 * integralTolerance

// Mutant is a model with one planted fault.
type Mutant struct {
	Fault string
	Model density.Model
	// laws are the names of those that must each see the fault.
	laws []string
}

// Mutants returns copies of m, each with a fault that the laws must see. There
// are more of them if m has one or two variables, and if it is an Encoder.
func Mutants(m density.Model) []Mutant {
	all := []Mutant{{"the sampler ignores its seed", seedless{m}, []string{"determinism"}}}
	plane := m.Dim() <= 2
	if plane {
		all = append(all,
			Mutant{"the log-density is raised by 0.05", raised{m}, []string{"integral"}},
			Mutant{"samples are stretched by a tenth", stretched{m}, []string{"samples"}})
	}
	e, ok := m.(density.Encoder)
	if !ok {
		return all
	}
	logDet := []string{"log-det"}
	if plane {
		logDet = append(logDet, "integral")
	}
	var latent []string
	if plane || normalBase(e, m.Dim()) {
		latent = []string{"latent codes"}
	}
	return append(all,
		Mutant{"the log-det has the wrong sign", wrongLogDet{m, e, -1}, logDet},
		Mutant{"the log-det is dropped", wrongLogDet{m, e, 0}, logDet},
		Mutant{"the log-density is raised by 0.05, not so the log-det", encoding{raised{m}, e}, []string{"change of variables"}},
		Mutant{"samples are stretched by a tenth, not so their codes", encoding{stretched{m}, e}, latent},
		Mutant{"the inverse is off by a thousandth", encoding{m, wrongInverse{e}}, []string{"round trip"}})
}

// Survivors returns nil if the laws see every mutant of m, or else an error that
// lists those that they do not see: then m cannot show that the laws hold, and
// other parameters have to be chosen. A map that preserves volume, for one, has
// no log-det to get wrong.
func Survivors(m density.Model) error {
	var all []error
	for _, mutant := range Mutants(m) {
		s, err := newSubject(mutant.Model, mutantTolerance)
		if err != nil {
			continue // seen before any law
		}
		for _, l := range laws() {
			if slices.Contains(mutant.laws, l.name) && !l.sees(s) {
				all = append(all, fmt.Errorf("vacuous: the law %q does not see that %s: choose other parameters", l.name, mutant.Fault))
			}
		}
	}
	return errors.Join(all...)
}

// sees reports whether the law refuses a mutant, the one of the integral by a
// wide margin.
func (l law) sees(s *subject) bool {
	if l.name == "integral" {
		got, err := s.integral()
		return err != nil || !(math.Abs(got.Value-1) <= integralMutant)
	}
	return l.check(s) != nil
}

// encoding is a model with another's codes.
type encoding struct {
	density.Model
	density.Encoder
}

func (m encoding) BaseLogDensity(z *mat.Dense, o density.Options) ([]float64, error) {
	return density.BaseLogDensity(m.Encoder, z, o)
}

type raised struct{ density.Model }

func (m raised) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	s, err := m.Model.LogDensity(x, o)
	for i := range s.LogDensity {
		s.LogDensity[i] += 0.05
	}
	return s, err
}

type stretched struct{ density.Model }

func (m stretched) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	x, err := m.Model.Sample(n, seed, o)
	if err == nil {
		x.Scale(1.1, x)
	}
	return x, err
}

type seedless struct{ density.Model }

func (m seedless) Sample(n int, _ uint64, o density.Options) (*mat.Dense, error) {
	return m.Model.Sample(n, 0, o)
}

// wrongLogDet multiplies the forward log-det, in the scores too.
type wrongLogDet struct {
	density.Model
	encoder density.Encoder
	factor  float64
}

func (m wrongLogDet) Encode(x *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	z, logDets, err := m.encoder.Encode(x, o)
	for i := range logDets {
		logDets[i] *= m.factor
	}
	return z, logDets, err
}

func (m wrongLogDet) Decode(z *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	return m.encoder.Decode(z, o)
}

func (m wrongLogDet) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	z, scores, err := m.Encode(x, o)
	if err != nil {
		return density.Scores{}, err
	}
	base, err := m.BaseLogDensity(z, o)
	for i, v := range base {
		scores[i] += v
	}
	return density.Scores{Kind: density.Exact, LogDensity: scores}, err
}

func (m wrongLogDet) BaseLogDensity(z *mat.Dense, o density.Options) ([]float64, error) {
	return density.BaseLogDensity(m.encoder, z, o)
}

type wrongInverse struct{ density.Encoder }

func (e wrongInverse) BaseLogDensity(z *mat.Dense, o density.Options) ([]float64, error) {
	return density.BaseLogDensity(e.Encoder, z, o)
}

func (e wrongInverse) Decode(z *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	x, logDets, err := e.Encoder.Decode(z, o)
	if err == nil {
		x.Scale(1.001, x)
	}
	return x, logDets, err
}
