package densitytest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/internal/random"
)

// Given returns m under one condition, a model that takes none. It is an Encoder if m
// is one.
func Given(m density.Model, condition ...float64) density.Model {
	g := given{m, mat.NewDense(1, len(condition), condition)}
	if e, ok := m.(density.Encoder); ok {
		return struct {
			given
			givenEncoder
		}{g, givenEncoder{e, g.condition}}
	}
	return g
}

// TestConditional fails t for every law that the conditional model m breaks, and for
// every planted fault that the laws do not see in it: those of Test under one condition,
// those of Check under another, and
//
//   - condition: rows, samples and codes depend on their own row of the condition
//     alone, the same whether it is given for each row or for all; a condition that
//     does not fit is refused.
func TestConditional(t *testing.T, m density.Model) {
	t.Helper()
	if density.ConditionDim(m) == 0 {
		t.Fatal("the model takes no condition")
	}
	if err := checkCondition(m); err != nil {
		t.Errorf("condition: %v", err)
	}
	for _, fault := range conditionMutants(m) {
		if checkCondition(fault.Model) == nil {
			t.Errorf("vacuous: the law \"condition\" does not see that %s", fault.Fault)
		}
	}
	all := conditions(density.ConditionDim(m))
	Test(t, Given(m, all.RawRowView(0)...))
	if err := Check(Given(m, all.RawRowView(1)...)); err != nil {
		t.Errorf("given %v: %v", all.RawRowView(1), err)
	}
}

// conditioned is the number of rows that the law on conditions is tried on, more than a
// tile.
const conditioned = 300

func conditions(columns int) *mat.Dense {
	c := mat.NewDense(conditioned, columns, nil)
	c.Apply(func(i, j int, _ float64) float64 {
		return random.New(seed, "densitytest condition", uint64(j), uint64(i)).NormFloat64()
	}, c)
	return c
}

// checkCondition is the law on conditions.
func checkCondition(m density.Model) error {
	columns := density.ConditionDim(m)
	all := conditions(columns)
	x, err := m.Sample(conditioned, seed, density.Options{Condition: all})
	if err != nil {
		return err
	}
	scores, err := m.LogDensity(x, density.Options{Condition: all})
	if err != nil {
		return err
	}
	faults := []error{refusals(m, x, columns)}
	for _, i := range []int{0, 1, conditioned / 2, conditioned - 1} {
		one := density.Options{Condition: mat.NewDense(1, columns, slices.Clone(all.RawRowView(i)))}
		samples, err := m.Sample(conditioned, seed, one)
		if err != nil {
			return err
		}
		if !slices.Equal(samples.RawRowView(i), x.RawRowView(i)) {
			faults = append(faults, fmt.Errorf("sample %d under its row of conditions is %v, and %v where all have that condition", i, x.RawRowView(i), samples.RawRowView(i)))
		}
		again, err := m.LogDensity(x, one)
		if err != nil {
			return err
		}
		if again.LogDensity[i] != scores.LogDensity[i] {
			faults = append(faults, fmt.Errorf("the score of row %d under its row of conditions is %v, and %v where all have that condition", i, scores.LogDensity[i], again.LogDensity[i]))
		}
		if mat.Equal(samples, x) || slices.Equal(again.LogDensity, scores.LogDensity) {
			faults = append(faults, errors.New("samples or scores are the same under all conditions"))
		}
	}
	return errors.Join(faults...)
}

// refusals checks that a condition that does not fit is an error.
func refusals(m density.Model, x *mat.Dense, columns int) error {
	var faults []error
	for what, c := range map[string]*mat.Dense{
		"no condition":                      nil,
		"a condition of a column too many":  mat.NewDense(conditioned, columns+1, nil),
		"a condition of two rows":           mat.NewDense(2, columns, nil),
		"one for all of a column too many":  mat.NewDense(1, columns+1, nil),
		"a condition of one row too many":   mat.NewDense(conditioned+1, columns, nil),
		"a condition that lacks a last row": mat.NewDense(conditioned-1, columns, nil),
	} {
		o := density.Options{Condition: c}
		refuses := func(call string, err error) {
			if err == nil {
				faults = append(faults, fmt.Errorf("%s accepts %s", call, what))
			}
		}
		_, err := m.LogDensity(x, o)
		refuses("log-density", err)
		_, err = m.Sample(conditioned, seed, o)
		refuses("sample", err)
		if e, ok := m.(density.Encoder); ok {
			_, _, err = e.Encode(x, o)
			refuses("encode", err)
			_, _, err = e.Decode(x, o)
			refuses("decode", err)
		}
	}
	return errors.Join(faults...)
}

// conditionMutants returns copies of m, each with a fault in what it does with its
// condition.
func conditionMutants(m density.Model) []Mutant {
	first := func(c *mat.Dense) *mat.Dense {
		if c == nil {
			return nil
		}
		_, columns := c.Dims()
		return mat.DenseCopyOf(c.Slice(0, 1, 0, columns))
	}
	reversed := func(c *mat.Dense) *mat.Dense {
		if c == nil {
			return nil
		}
		rows, columns := c.Dims()
		r := mat.NewDense(rows, columns, nil)
		for i := range rows {
			r.SetRow(i, c.RawRowView(rows-1-i))
		}
		return r
	}
	return []Mutant{
		{Fault: "all rows have the condition of the first", Model: misled{m, first}},
		{Fault: "rows have each other's conditions", Model: misled{m, reversed}},
	}
}

// misled changes the condition.
type misled struct {
	density.Model
	change func(c *mat.Dense) *mat.Dense
}

func (m misled) ConditionDim() int { return density.ConditionDim(m.Model) }

func (m misled) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	o.Condition = m.change(o.Condition)
	return m.Model.LogDensity(x, o)
}

func (m misled) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	o.Condition = m.change(o.Condition)
	return m.Model.Sample(n, seed, o)
}

// given is a model under one condition.
type given struct {
	density.Model
	condition *mat.Dense
}

func (g given) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	o.Condition = g.condition
	return g.Model.LogDensity(x, o)
}

func (g given) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	o.Condition = g.condition
	return g.Model.Sample(n, seed, o)
}

type givenEncoder struct {
	encoder density.Encoder
	given   *mat.Dense
}

func (g givenEncoder) Encode(x *mat.Dense, o density.Options) (z *mat.Dense, logDet []float64, err error) {
	o.Condition = g.given
	return g.encoder.Encode(x, o)
}

func (g givenEncoder) Decode(z *mat.Dense, o density.Options) (x *mat.Dense, logDet []float64, err error) {
	o.Condition = g.given
	return g.encoder.Decode(z, o)
}

func (g givenEncoder) BaseLogDensity(z *mat.Dense, o density.Options) ([]float64, error) {
	o.Condition = g.given
	return density.BaseLogDensity(g.encoder, z, o)
}
