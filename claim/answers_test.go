package claim_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/claim"
	"flowcert/density"
)

// answers are the claims about what a model answers beside densities, samples and codes.
func answers() []claim.Claim {
	return []claim.Claim{claim.Marginals(), claim.Conditionals(), claim.Mode(), claim.Distribution()}
}

// threeBells is the examination of a mixture in three columns.
func threeBells(t *testing.T) *claim.Examination {
	t.Helper()
	e := ofNormalRows(t, 3)
	covariance := func(a, b, c, ab, bc float64) *mat.SymDense {
		return mat.NewSymDense(3, []float64{a, ab, 0, ab, b, bc, 0, bc, c})
	}
	m, err := density.NewMixture([]float64{0.2, 0.5, 0.3}, [][]float64{{0, 4, 5}, {6, 6, 6}, {5, 2, 9}},
		[]*mat.SymDense{covariance(1, 2, 3, 0.7, -1), covariance(2, 1, 1, -1, 0.5), covariance(0.5, 3, 1, 0.1, 1)})
	if err != nil {
		t.Fatal(err)
	}
	e.Model = m
	if e.Split.Test, err = m.Sample(300, 9, density.Options{}); err != nil {
		t.Fatal(err)
	}
	if e.Split.Train, err = m.Sample(300, 10, density.Options{}); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnswersOfAMixture(t *testing.T) {
	c := certify(t, threeBells(t), answers()...)
	for _, a := range answers() {
		for _, id := range a.Lines {
			if r := rowOf(t, c, id); r.Strength != cert.Tested || r.Value == nil {
				t.Errorf("%s is %s: %s", id, r.Strength, r.Reason)
			}
		}
	}
	// Quadrature settles to 1e-5, and so should what is compared with it.
	for _, id := range []string{"answers.marginals", "answers.conditionals", "answers.missing_values"} {
		if r := rowOf(t, c, id); r.Value != nil && *r.Value > 1e-4 {
			t.Errorf("%s is off by %v", id, *r.Value)
		}
	}
}

func TestAnswersThatAreNotOffered(t *testing.T) {
	e := examination(t)
	e.Model = kinked{e.Gaussian, []float64{0, 0}, 2}
	c := certify(t, e, append(answers(), claim.Likelihood())...)
	for _, a := range answers() {
		for _, id := range a.Lines {
			if r := rowOf(t, c, id); r.Strength != cert.NotAssessed || !strings.Contains(r.Reason, "not offered by this family") {
				t.Errorf("%s is %s: %s", id, r.Strength, r.Reason)
			}
		}
	}
}

func TestAnswersOfOneColumn(t *testing.T) {
	c := certify(t, ofNormalRows(t, 1), answers()...)
	for id, want := range map[string]cert.Strength{
		"answers.marginals": cert.NotAssessed, "answers.conditionals": cert.NotAssessed, "answers.missing_values": cert.NotAssessed,
		"answers.mode": cert.Tested, "answers.cdf": cert.Tested,
	} {
		if r := rowOf(t, c, id); r.Strength != want {
			t.Errorf("%s is %s: %s", id, r.Strength, r.Reason)
		}
	}
}

// misanswering is a mixture that answers wrongly where a fault is planted.
type misanswering struct {
	*density.Mixture
	marginal func(m density.Model, columns []int) (density.Model, error)
	given    func(m density.Model, columns []int, values []float64) (density.Model, error)
	mode     func(x []float64) ([]float64, error)
	cdf      func(p []float64) ([]float64, error)
}

func (m misanswering) Marginal(columns []int) (density.Model, error) {
	if m.marginal != nil {
		return m.marginal(m.Mixture, columns)
	}
	return m.Mixture.Marginal(columns)
}

func (m misanswering) Given(columns []int, values []float64) (density.Model, error) {
	if m.given != nil {
		return m.given(m.Mixture, columns, values)
	}
	return m.Mixture.Given(columns, values)
}

func (m misanswering) Mode() ([]float64, error) {
	x, err := m.Mixture.Mode()
	if err == nil && m.mode != nil {
		return m.mode(x)
	}
	return x, err
}

func (m misanswering) CDF(column int, x []float64) ([]float64, error) {
	p, err := m.Mixture.CDF(column, x)
	if err == nil && m.cdf != nil {
		return m.cdf(p)
	}
	return p, err
}

// missampling is a model with the right densities and wrong draws.
type missampling struct{ density.Model }

func (m missampling) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	x, err := m.Model.Sample(n, seed, o)
	if err == nil {
		x.Apply(func(_, _ int, v float64) float64 { return v + 2 }, x)
	}
	return x, err
}

func TestWrongAnswersAreRefuted(t *testing.T) {
	e := threeBells(t)
	sound := e.Model.(*density.Mixture)
	other := func(columns []int) []int { // the last of them replaced by one that is left out
		wrong := append([]int(nil), columns...)
		for j := range 3 {
			free := true
			for _, c := range columns {
				free = free && c != j
			}
			if free {
				wrong[len(wrong)-1] = j
			}
		}
		return wrong
	}
	const marginals, conditionals, missing, mode, cdf = "answers.marginals", "answers.conditionals", "answers.missing_values", "answers.mode", "answers.cdf"
	for _, fault := range []struct {
		name    string
		model   misanswering
		refuted []string
	}{
		{"marginal of another column", misanswering{marginal: func(m density.Model, columns []int) (density.Model, error) {
			return density.Marginal(m, other(columns))
		}}, []string{marginals, missing}},
		{"no marginal of two columns", misanswering{marginal: func(m density.Model, columns []int) (density.Model, error) {
			if len(columns) == 2 {
				return nil, errors.New("no such marginal")
			}
			return density.Marginal(m, columns)
		}}, []string{marginals, missing}},
		{"conditional that does not depend on the condition", misanswering{given: func(m density.Model, columns []int, values []float64) (density.Model, error) {
			var free []int
			for j := range 3 {
				if len(columns) == 1 && j != columns[0] || len(columns) == 2 && j != columns[0] && j != columns[1] {
					free = append(free, j)
				}
			}
			return density.Marginal(m, free)
		}}, []string{conditionals, missing}},
		{"conditional at a value beside", misanswering{given: func(m density.Model, columns []int, values []float64) (density.Model, error) {
			values = append([]float64(nil), values...)
			values[0] += 0.05
			return density.Given(m, columns, values)
		}}, []string{conditionals}},
		{"conditional with wrong draws", misanswering{given: func(m density.Model, columns []int, values []float64) (density.Model, error) {
			g, err := density.Given(m, columns, values)
			return missampling{g}, err
		}}, []string{conditionals, missing}},
		{"a place beside the mode", misanswering{mode: func(x []float64) ([]float64, error) { x[1] += 0.05; return x, nil }}, []string{mode}},
		{"a lower mode", misanswering{mode: func([]float64) ([]float64, error) { return []float64{0, 4, 5}, nil }}, []string{mode}},
		{"a mode of two columns", misanswering{mode: func(x []float64) ([]float64, error) { return x[:2], nil }}, []string{mode}},
		{"a mode nowhere", misanswering{mode: func(x []float64) ([]float64, error) { x[0] = math.NaN(); return x, nil }}, []string{mode}},
		{"probability above", misanswering{cdf: func(p []float64) ([]float64, error) {
			for i := range p {
				p[i] = 1 - p[i]
			}
			return p, nil
		}}, []string{cdf}},
		{"probability a little wrong", misanswering{cdf: func(p []float64) ([]float64, error) {
			for i := range p {
				p[i] = p[i] * p[i] * (3 - 2*p[i])
			}
			return p, nil
		}}, []string{cdf}},
	} {
		t.Run(fault.name, func(t *testing.T) {
			fault.model.Mixture = sound
			e.Model = fault.model
			c := certify(t, e, answers()...)
			var refuted []string
			for _, a := range answers() {
				for _, id := range a.Lines {
					if r := rowOf(t, c, id); r.Strength == cert.Refuted && r.Reason != "" {
						refuted = append(refuted, id)
					}
				}
			}
			for _, id := range fault.refuted {
				if r := rowOf(t, c, id); r.Strength != cert.Refuted || r.Reason == "" {
					t.Errorf("%s is %s, refuted are %q", id, r.Strength, refuted)
				}
			}
		})
	}
}
