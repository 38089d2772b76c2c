package measure_test

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"flowcert/measure"
)

// Samples of a model that is too wide are told from data, and the model is certainly
// some way from the data.
func ExampleTotalVariation() {
	r := rand.New(rand.NewPCG(1, 1))
	rows := func(n int, deviation float64) *mat.Dense {
		x := mat.NewDense(n, 2, nil)
		x.Apply(func(_, _ int, _ float64) float64 { return deviation * r.NormFloat64() }, x)
		return x
	}
	training, test, samples := rows(1000, 1), rows(1000, 1), rows(1000, 2.5)
	standardised, err := measure.Standardise(training, samples, test)
	if err != nil {
		fmt.Println(err)
		return
	}
	correct, err := measure.Classify(standardised[0], standardised[1], 7)
	if err != nil {
		fmt.Println(err)
		return
	}
	bound, err := measure.TotalVariation(correct, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("estimate %.1f, at least %.1f\n", bound.Value, bound.Lo)
	// Output:
	// estimate 0.6, at least 0.5
}
