package target

import (
	"math"

	"flowcert/ad"
)

// CircularGaussians is a mixture of eight equal normal distributions on a circle of
// radius 2 (CircularGaussianMixture of normflows): a normalised density.
func CircularGaussians() Target {
	const modes = 8
	deviation := 2.0 / 3 * math.Sin(math.Pi/modes)
	return Target{
		Info{
			Name: "circular-gaussians", Title: "Eight Gaussians on a circle", Source: stimper,
			Summary: "Eight equal clouds lie on a circle.",
			LogZ:    0,
		},
		func(t *ad.Tape, z1, z2 ad.Value) (sum ad.Value) {
			for i := range modes {
				sin, cos := math.Sincos(2 * math.Pi / modes * float64(i))
				term := t.Add(normal(t, z1, 2*sin, deviation), normal(t, z2, 2*cos, deviation))
				if i > 0 {
					term = logSum(t, sum, term)
				}
				sum = term
			}
			return t.Linear(sum, 1, -math.Log(2*math.Pi*deviation*deviation*modes))
		},
	}
}
