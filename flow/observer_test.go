package flow_test

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/nn"
)

var (
	_ flow.Observer = (*flow.Chain)(nil)
	_ flow.Observer = (*flow.ActNorm)(nil)
	_ flow.Observer = (*flow.BatchNorm)(nil)
	_ flow.Observer = (*flow.Standardisation)(nil)
)

// uneven returns rows whose columns have other means and deviations, the last but one
// constant and the last so far out that float32 cannot tell its values apart.
func uneven(rows int) *mat.Dense {
	x := normalRows(rows, 5, 1)
	for i := range rows {
		row := x.RawRowView(i)
		row[0], row[1], row[2], row[3], row[4] = 1e6+100*row[0], -5+1e-3*row[1], 1e4*row[2], 0.1, 1e9+row[4]
	}
	return x
}

func checkStandard(t *testing.T, z *mat.Dense, cols int) {
	t.Helper()
	for j := range cols {
		column := mat.Col(nil, j, z)
		mean, deviation := stat.PopMeanStdDev(column, nil)
		// The statistics are kept in float32: the mean is off by 6e-8 of itself.
		if math.Abs(mean) > 1e-3 || math.Abs(deviation-1) > 1e-5 {
			t.Errorf("column %d has mean %v and deviation %v", j, mean, deviation)
		}
	}
}

// TestObserved shows layers rows: they standardise them, and say what they say of
// constant columns.
func TestObserved(t *testing.T) {
	layers := map[string]flow.Bijector{
		"actnorm":         flow.NewActNorm("a", 5, 20),
		"batchnorm":       flow.NewBatchNorm("b", 5, 3),
		"standardisation": flow.NewStandardisation("s", 5),
	}
	for name, b := range layers {
		t.Run(name, func(t *testing.T) {
			x := uneven(1000)
			b.(flow.Observer).Observe(x, true)
			z, _, _ := evaluated[float64](b, x, true)
			checkStandard(t, z, 3)
			for i := range 1000 {
				if math.Abs(z.At(i, 3)) > 1e-7 || math.Abs(z.At(i, 4)) > 100 {
					t.Fatalf("the constant columns become %v and %v", z.At(i, 3), z.At(i, 4))
				}
			}
			shifted := mat.NewDense(1000, 5, nil)
			shifted.Apply(func(_, j int, v float64) float64 { return 2*v + 50 }, x)
			b.(flow.Observer).Observe(shifted, false)
			again, _, _ := evaluated[float64](b, x, true)
			if followed := !mat.Equal(z, again); followed != (name == "batchnorm") {
				t.Errorf("the layer followed later rows: %v", followed)
			}
			if name == "batchnorm" {
				z, _, _ = evaluated[float64](b, shifted, true)
				checkStandard(t, z, 3)
			}
			before := slices.Clone(b.Params()[0].Data)
			x.Set(3, 0, math.Inf(1))
			x.Set(3, 1, math.NaN())
			b.(flow.Observer).Observe(x, true)
			if !slices.Equal(before[:4], b.Params()[0].Data[:4]) {
				t.Errorf("columns that are not finite set %v", b.Params()[0].Data[:4])
			}
		})
	}
}

// TestChainObserves: rows reach a layer as those before it leave them, through nested
// chains, once these have been set themselves.
func TestChainObserves(t *testing.T) {
	first, last := flow.NewActNorm("first", 3, 10), flow.NewBatchNorm("last", 3, 3)
	triangular := flow.NewTriangular("t", 3, false, 2)
	before := []flow.Bijector{flow.NewChain(flow.Reverse(3), first), triangular, flow.Reverse(3)}
	c := flow.NewChain(flow.NewChain(before...), flow.NewChain(last, flow.NewLU("after", 3, nil, 2)))
	flowtest.Randomise(triangular, 1, 2)
	x := normalRows(203, 3, 4)
	c.Observe(x, true)
	z, _, _ := evaluated[float64](flow.NewChain(flow.Reverse(3), first), x, true)
	checkStandard(t, z, 3)
	z, _, _ = evaluated[float64](flow.NewChain(append(before, last)...), x, true)
	checkStandard(t, z, 3)
}

// TestChainWithoutObservers evaluates nothing: rows of a wrong width would not fit.
func TestChainWithoutObservers(t *testing.T) {
	flow.NewChain(flow.NewLU("lu", 3, nil, 2), flow.NewChain(flow.Reverse(3))).Observe(mat.NewDense(1, 1, nil), true)
}

// TestChainObservesWithCondition: the condition's columns stand behind those of a point.
func TestChainObservesWithCondition(t *testing.T) {
	affine := flow.Affine{Bound: 2}
	in, out := flow.CouplingWidths(3, false, affine)
	steered := flow.NewCoupling(3, false, affine, nn.Architecture{Hidden: []int{8}}.Conditioner("c", 1, in+2, out))
	flowtest.Randomise(steered, 1, 0.5)
	norm := flow.NewActNorm("a", 3, 10)
	rows := normalRows(100, 5, 1)
	flow.NewChain(steered, norm).Observe(rows, true)
	with := slices.Clone(norm.Params()[0].Data)
	for i := range 100 {
		rows.Set(i, 4, 0)
	}
	flow.NewChain(steered, norm).Observe(rows, true)
	if slices.Equal(with, norm.Params()[0].Data) || with[0] == 0 {
		t.Errorf("the condition does not matter: %v", with)
	}
}

// TestStatisticsAreFixed: the optimiser must leave alone what data set.
func TestStatisticsAreFixed(t *testing.T) {
	b := flow.NewBatchNorm("b", 2, 3)
	statistics, learned := b.Params()[0], b.Params()[1]
	if !statistics.Fixed || learned.Fixed {
		t.Errorf("%s fixed: %v, %s fixed: %v", statistics.Name, statistics.Fixed, learned.Name, learned.Fixed)
	}
	b.Observe(normalRows(50, 2, 3), true)
	_, _, gradients := evaluated[float64](b, normalRows(5, 2, 3), true)
	for _, g := range gradients[0] {
		if g != 0 {
			t.Errorf("the gradient of the statistics is %v", gradients[0])
		}
	}
	if gradients[1][0] == 0 {
		t.Error("the learned shift has no gradient")
	}
}
