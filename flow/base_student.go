package flow

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/ad"
	"flowcert/setting"
)

// Student is a product of Student's t distributions, whose tails fall off like
// |z|^-(nu+1) with nu > 0 degrees of freedom. A flow whose slopes are bounded keeps the
// tails of its base, so data with heavy tails need a base that has them (Jaini et al.,
// Tails of Lipschitz Triangular Flows, 2020; Alexanderson and Henter, Robust Model
// Training and Generalisation with Studentising Flows, 2020).
//
// Learned degrees are 1/2 + (start - 1/2) e^r for a raw parameter r that is softly
// clipped at 7, so that all raw values are valid, zeros are the start, and a float32
// holds every sample in practice.
type Student struct {
	dim     int
	start   float64
	degrees *ad.Param // raw, of every column or one for all; nil if they are fixed
}

const (
	leastDegrees = 0.5
	degreesBound = 7
)

// NewStudent returns the base of dim columns with the given degrees of freedom, at
// least 1/2, all of them fixed.
func NewStudent(dim int, degrees float64) *Student {
	if !(degrees >= leastDegrees) {
		panic("flow: degrees of freedom below 1/2")
	}
	return &Student{dim: dim, start: degrees}
}

// NewLearnedStudent returns the base of dim columns whose degrees of freedom start at
// the given ones and are learned, for each column or one number for all.
func NewLearnedStudent(name string, dim int, degrees float64, each bool) *Student {
	s := NewStudent(dim, degrees)
	s.degrees = ad.NewParam(name+".degrees", 1, 1)
	if each {
		s.degrees = ad.NewParam(name+".degrees", 1, dim)
	}
	return s
}

// LogDensity records the sum over columns of
//
//	log Gamma((nu+1)/2) - log Gamma(nu/2) - log(nu pi)/2 - (nu+1)/2 log(1 + z^2/nu)
func (s *Student) LogDensity(p Pass, z ad.Value) ad.Value {
	t := p.Tape
	nu := s.record(t)
	// log(1 + u) is the softplus of log u, which loses no digits where u is small, and u
	// itself is never computed: it could overflow. The shift keeps log 0 away.
	size := t.Linear(absolute(t, z), 1, 1e-15)
	logU := t.Sub(t.Linear(t.Log(size), 2, 0), t.Log(nu))
	fall := t.Mul(t.Linear(nu, 0.5, 0.5), t.Softplus(logU))
	return t.SumColumns(t.Sub(t.StudentNormaliser(nu), fall))
}

// record returns the degrees of freedom of every column.
func (s *Student) record(t *ad.Tape) ad.Value {
	if s.degrees == nil {
		return t.Constant(s.dim, s.start)
	}
	nu := t.Linear(t.Exp(t.SoftClip(t.Parameter(s.degrees), degreesBound)), s.start-leastDegrees, leastDegrees)
	return t.Repeat(nu, s.dim/nu.Cols())
}

// Degrees returns the degrees of freedom of every column.
func (s *Student) Degrees() []float64 {
	degrees := make([]float64, s.dim)
	for j := range degrees {
		degrees[j] = s.start
		if s.degrees != nil {
			raw := s.degrees.Data[j%len(s.degrees.Data)]
			degrees[j] = leastDegrees + (s.start-leastDegrees)*math.Exp(softClip(raw, degreesBound))
		}
	}
	return degrees
}

// Sampler returns the sampler for the present degrees of freedom.
func (s *Student) Sampler() func(z []float64, r *rand.Rand) {
	degrees := s.Degrees()
	return func(z []float64, r *rand.Rand) {
		for j, nu := range degrees {
			z[j] = distuv.StudentsT{Sigma: 1, Nu: nu, Src: r}.Rand()
		}
	}
}

// Params returns the raw degrees of freedom, if they are learned.
func (s *Student) Params() []*ad.Param {
	if s.degrees == nil {
		return nil
	}
	return []*ad.Param{s.degrees}
}

// StudentKind is the base "student" of descriptions.
func StudentKind() BaseKind {
	return BaseKind{
		Name:    "student",
		Summary: "Student's t distribution in every column: heavy tails.",
		Settings: []setting.Setting{
			{Name: "degrees", Type: setting.Float, Default: 10.0, Min: 1, Max: 1e6, Meaning: "degrees of freedom, at the start if they are learned; fewer make heavier tails"},
			{Name: "learn", Type: setting.Word, Default: "each", Choices: []string{"each", "all", "none"},
				Meaning: "whether the degrees of freedom are learned for each column, as one number for all of them, or not at all"},
		},
		Build: func(p Place, s setting.Values) (Base, error) {
			if s.Word("learn") == "none" {
				return NewStudent(p.Dim, s.Float("degrees")), nil
			}
			return NewLearnedStudent(p.Name, p.Dim, s.Float("degrees"), s.Word("learn") == "each"), nil
		},
	}
}
