package model_test

import (
	"context"
	"fmt"
	"log"

	"gonum.org/v1/gonum/mat"

	"flowcert/catalog"
	"flowcert/density"
	"flowcert/internal/random"
)

// parabola draws points around the parabola x2 = x1^2.
func parabola(n int, seed uint64) *mat.Dense {
	x := mat.NewDense(n, 2, nil)
	for i := range n {
		r := random.New(seed, "example", 0, uint64(i))
		a := r.NormFloat64()
		x.SetRow(i, []float64{a, a*a + 0.3*r.NormFloat64()})
	}
	return x
}

// A model of the catalogue is fitted and asked for densities and samples.
func Example() {
	entry, err := catalog.OpenModel("spline-coupling")
	if err != nil {
		log.Fatal(err)
	}
	settings, err := entry.Resolve(map[string]any{"steps": 300, "hidden": 32})
	if err != nil {
		log.Fatal(err)
	}
	fitter := entry.Fitter(settings)
	m, _, err := fitter.Fit(context.Background(), parabola(2000, 1), rows(500, 2), density.FitOptions{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	points := mat.NewDense(2, 2, []float64{1, 1, 1, -2})
	scores, err := m.LogDensity(points, density.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("on the parabola beats off it:", scores.LogDensity[0] > scores.LogDensity[1]+1)
	samples, err := m.Sample(1000, 7, density.Options{Precision: density.Float32})
	if err != nil {
		log.Fatal(err)
	}
	n, dim := samples.Dims()
	fmt.Println("samples:", n, "x", dim)
	// Output:
	// on the parabola beats off it: true
	// samples: 1000 x 2
}
