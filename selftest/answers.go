package selftest

import (
	"context"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"flowcert/claim"
	"flowcert/data"
	"flowcert/density"
	"flowcert/model"
	"flowcert/setting"
)

// ThreeBells examines a Gaussian mixture in three columns, whose marginals, conditionals,
// mode and distribution functions are exact. Its parts are drawn from it.
func ThreeBells(ctx context.Context) (*claim.Examination, error) {
	covariance := func(a, b, c, ab, bc float64) *mat.SymDense {
		return mat.NewSymDense(3, []float64{a, ab, 0, ab, b, bc, 0, bc, c})
	}
	m, err := density.NewMixture([]float64{0.2, 0.5, 0.3}, [][]float64{{0, 4, 5}, {6, 6, 6}, {5, 2, 9}},
		[]*mat.SymDense{covariance(1, 2, 3, 0.7, -1), covariance(2, 1, 1, -1, 0.5), covariance(0.5, 3, 1, 0.1, 1)})
	if err != nil {
		return nil, err
	}
	var split data.Split
	for i, part := range []**mat.Dense{&split.Train, &split.Validation, &split.Test} {
		if *part, err = m.Sample(300, uint64(i+1), density.Options{}); err != nil {
			return nil, err
		}
	}
	gaussian, _, err := density.GaussianFitter{}.Fit(ctx, split.Train, split.Validation, density.FitOptions{})
	if err != nil {
		return nil, err
	}
	entry, info := model.Mixture(), data.Info{Name: "three bells", Columns: []string{"a", "b", "c"}, Rows: 900}
	return &claim.Examination{
		Model: m, Entry: entry, Settings: setting.Values{},
		Description: model.Description{Model: entry.Name, Settings: setting.Values{}, Dim: 3, Columns: info.Columns, Seed: 7,
			Data: model.Data{Name: info.Name}},
		Info: info, Split: split, Gaussian: gaussian, Reference: m,
	}, nil
}

// misanswering is a mixture that answers wrongly where a fault is planted.
type misanswering struct {
	*density.Mixture
	marginal func(m density.Model, columns []int) (density.Model, error)
	given    func(m density.Model, columns []int, values []float64) (density.Model, error)
	mode     func(x []float64) []float64
	cdf      func(p float64) float64
}

// Marginal implements density.Marginaliser.
func (m misanswering) Marginal(columns []int) (density.Model, error) {
	if m.marginal != nil {
		return m.marginal(m.Mixture, columns)
	}
	return m.Mixture.Marginal(columns)
}

// Given implements density.Conditioner.
func (m misanswering) Given(columns []int, values []float64) (density.Model, error) {
	if m.given != nil {
		return m.given(m.Mixture, columns, values)
	}
	return m.Mixture.Given(columns, values)
}

// Mode implements density.ModeFinder.
func (m misanswering) Mode() ([]float64, error) {
	x, err := m.Mixture.Mode()
	if err == nil && m.mode != nil {
		x = m.mode(x)
	}
	return x, err
}

// CDF implements density.Cumulative.
func (m misanswering) CDF(column int, x []float64) ([]float64, error) {
	p, err := m.Mixture.CDF(column, x)
	if err == nil && m.cdf != nil {
		for i := range p {
			p[i] = m.cdf(p[i])
		}
	}
	return p, err
}

// mixtureOriginal is the mixture, with wrong answers to what can be asked beside densities,
// samples and codes.
func mixtureOriginal() original {
	const marginals, conditionals, missing, mode, cdf = "answers.marginals", "answers.conditionals", "answers.missing_values", "answers.mode", "answers.cdf"
	o := original{Answers, "mixture", func(ctx context.Context, _ *workshop) (*claim.Examination, error) { return ThreeBells(ctx) },
		[]claim.Claim{claim.Likelihood(), claim.Marginals(), claim.Conditionals(), claim.Mode(), claim.Distribution()}, nil}
	add := func(name, planted string, m misanswering, lines ...string) {
		// Claims about other answers would find nothing, and take long.
		asked := slices.DeleteFunc(slices.Clone(o.claims), func(c claim.Claim) bool {
			return c.Name != claim.Likelihood().Name && !slices.ContainsFunc(c.Lines, func(id string) bool { return slices.Contains(lines, id) })
		})
		o.faults = append(o.faults, fault{name, planted, lines, func(e *claim.Examination) error {
			m.Mixture = e.Model.(*density.Mixture)
			e.Model = m
			return nil
		}, asked})
	}
	add("marginal of another column", "The last column asked for is taken for another.",
		misanswering{marginal: func(m density.Model, columns []int) (density.Model, error) {
			wrong := slices.Clone(columns)
			wrong[len(wrong)-1] = left(columns)[0]
			return density.Marginal(m, wrong)
		}}, marginals, missing)
	add("no marginal of two columns", "Marginals of one column only are there, though more are offered.",
		misanswering{marginal: func(m density.Model, columns []int) (density.Model, error) {
			if len(columns) == 2 {
				return nil, errors.New("no such marginal")
			}
			return density.Marginal(m, columns)
		}}, marginals, missing)
	add("conditional without its condition", "The marginal of the columns left stands in for their conditional.",
		misanswering{given: func(m density.Model, columns []int, _ []float64) (density.Model, error) {
			return density.Marginal(m, left(columns))
		}}, conditionals, missing)
	add("conditional at a value beside", "The first value of the condition is taken for one 0.05 above.",
		misanswering{given: func(m density.Model, columns []int, values []float64) (density.Model, error) {
			values = slices.Clone(values)
			values[0] += 0.05
			return density.Given(m, columns, values)
		}}, conditionals)
	add("conditional with wrong draws", "The density given a condition is right, its samples are shifted.",
		misanswering{given: func(m density.Model, columns []int, values []float64) (density.Model, error) {
			g, err := density.Given(m, columns, values)
			return sampler{g, func(n int, seed uint64, o density.Options) (*mat.Dense, error) {
				x, err := g.Sample(n, seed, o)
				if err == nil {
					x.Apply(func(_, _ int, v float64) float64 { return v + 2 }, x)
				}
				return x, err
			}}, err
		}}, conditionals, missing)
	add("place beside the mode", "One coordinate of the mode is off by 0.05.",
		misanswering{mode: func(x []float64) []float64 { x[1] += 0.05; return x }}, mode)
	add("lower mode", "The centre of the lightest component is called the mode.",
		misanswering{mode: func([]float64) []float64 { return []float64{0, 4, 5} }}, mode)
	add("mode of two columns", "The mode lacks a coordinate.",
		misanswering{mode: func(x []float64) []float64 { return x[:2] }}, mode)
	add("mode nowhere", "A coordinate of the mode is not a number.",
		misanswering{mode: func(x []float64) []float64 { x[0] = math.NaN(); return x }}, mode)
	add("probability above", "The distribution function is the probability of larger values.",
		misanswering{cdf: func(p float64) float64 { return 1 - p }}, cdf)
	add("probability a little wrong", "The distribution function is off by a tenth at most.",
		misanswering{cdf: func(p float64) float64 { return p * p * (3 - 2*p) }}, cdf)
	return o
}

// left are those of three columns that are not among the given ones.
func left(columns []int) []int {
	return slices.DeleteFunc([]int{0, 1, 2}, func(j int) bool { return slices.Contains(columns, j) })
}
