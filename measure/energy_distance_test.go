package measure

import (
	"math"
	"math/rand/v2"
	"testing"
)

// meanNorm is the mean Euclidean norm of dim independent standard normals.
func meanNorm(dim int) float64 {
	d := float64(dim)
	above, _ := math.Lgamma((d + 1) / 2)
	below, _ := math.Lgamma(d / 2)
	return math.Sqrt2 * math.Exp(above-below)
}

// TestEnergyDistanceOfNormals: independent estimates average to the closed forms of
// two shifted normals, by the mean of a folded normal, and of two scaled ones.
func TestEnergyDistanceOfNormals(t *testing.T) {
	const shift, scale = 1.5, 2.0
	phi := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	// E|X - Y| with X - Y normal with mean shift and deviation sqrt(2).
	folded := 2/math.Sqrt(math.Pi)*math.Exp(-shift*shift/4) + shift*(1-2*phi(-shift/math.Sqrt2))
	for _, c := range []struct {
		name               string
		dim                int
		shift, scale, want float64
	}{
		{"shifted", 1, shift, 1, 2*folded - 4/math.Sqrt(math.Pi)},
		{"scaled", 1, 0, scale, meanNorm(1) * (2*math.Sqrt(1+scale*scale) - math.Sqrt2 - math.Sqrt2*scale)},
		{"scaled, ten columns", 10, 0, scale, meanNorm(10) * (2*math.Sqrt(1+scale*scale) - math.Sqrt2 - math.Sqrt2*scale)},
		{"equal", 3, 0, 1, 0},
	} {
		r := rand.New(rand.NewPCG(1, 21))
		var estimates []float64
		for range 60 {
			x, y := normalRows(r, 60, c.dim, 0, 1), normalRows(r, 40, c.dim, c.shift, c.scale)
			estimates = append(estimates, mustArray(t)(EnergyDistance(x, y, 1, 0))[0])
		}
		checkMean(t, c.name, estimates, c.want)
	}
}

func TestEnergyDistanceWhereNothingDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 21))
	var p []float64
	for i := range replications(400) {
		n := 25
		if i%20 == 0 {
			n = 500 // 530 rows are in blocks of two
		}
		x, y := normalRows(r, n, 2, 0, 1), normalRows(r, 30, 2, 0, 1)
		p = append(p, mustTest(t)(PermutationTest(mustArray(t)(EnergyDistance(x, y, 99, uint64(i))))).P)
	}
	checkUniform(t, p, false)
}

func TestEnergyDistanceSeesWhatDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 21))
	x := normalRows(r, 400, 3, 0, 1)
	for name, y := range twoSampleFaults(r, 400) {
		if got := mustTest(t)(PermutationTest(mustArray(t)(EnergyDistance(y, x, 199, 0)))); got.P > 0.01 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
