package density_test

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/density/densitytest"
)

func TestGaussianObeysTheLaws(t *testing.T) {
	for name, g := range map[string]*density.Gaussian{
		"1-D": gaussian(t, []float64{-3}, 0.2),
		"2-D": gaussian(t, []float64{5, -100}, 2, 3, 3, 9),
		"3-D": gaussian(t, []float64{0, 1, 2}, 4, 1, 0, 1, 2, 0.01, 0, 0.01, 1e-3),
	} {
		t.Run(name, func(t *testing.T) { densitytest.Test(t, g) })
	}
}

func gaussian(t *testing.T, mean []float64, covariance ...float64) *density.Gaussian {
	t.Helper()
	g, err := density.NewGaussian(mean, mat.NewSymDense(len(mean), covariance))
	if err != nil {
		t.Fatal(err)
	}
	return g
}
