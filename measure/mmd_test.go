package measure

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// TestMMDOfNormals: independent estimates average to the closed form. For normals
// whose difference has mean d and variance v in each of D columns, E k is
// (h^2/(h^2 + v))^(D/2) exp(-|d|^2/(2 (h^2 + v))).
func TestMMDOfNormals(t *testing.T) {
	const dim, shift, scale, median = 3, 0.8, 1.5, 2.0
	r := rand.New(rand.NewPCG(1, 31))
	estimates := make([][]float64, mmdBandwidths)
	for range 100 {
		x, y := normalRows(r, 50, dim, 0, 1), normalRows(r, 40, dim, shift, scale)
		for i, v := range mustArray(t)(MMD(x, y, median, 1, 0))[:mmdBandwidths] {
			estimates[i] = append(estimates[i], v)
		}
	}
	for i, factor := range []float64{0.25, 0.5, 1, 2, 4} {
		square := math.Pow(factor*median, 2)
		mean := func(difference, variance float64) float64 {
			return math.Pow(square/(square+variance), dim/2.) * math.Exp(-dim*difference*difference/(2*(square+variance)))
		}
		checkMean(t, "squared discrepancy", estimates[i], mean(0, 2)+mean(0, 2*scale*scale)-2*mean(shift, 1+scale*scale))
	}
}

func TestMMDWhereNothingDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 31))
	var p []float64
	for i := range replications(200) {
		n := 25
		if i%20 == 0 {
			n = 500 // 530 rows are in blocks of two
		}
		x, y := normalRows(r, n, 2, 0, 1), normalRows(r, 30, 2, 0, 1)
		p = append(p, mustTest(t)(MMDTest(mustArray(t)(MMD(x, y, 1.7, 99, uint64(i))))).P)
	}
	checkUniform(t, p, false)
}

func TestMMDSeesWhatDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 31))
	x := normalRows(r, 400, 3, 0, 1)
	median, err := MedianDistance(x)
	if err != nil {
		t.Fatal(err)
	}
	for name, y := range twoSampleFaults(r, 400) {
		if got := mustTest(t)(MMDTest(mustArray(t)(MMD(y, x, median, 199, 0)))); got.P > 0.01 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestMMDCombinesBandwidths: rows near the points of a fine grid differ from normal
// ones at the narrowest bandwidth, which the others drown in an average.
func TestMMDCombinesBandwidths(t *testing.T) {
	var combined, average int
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 31))
		x, y := normalRows(r, 400, 2, 0, 1), normalRows(r, 400, 2, 0, 1)
		y.Apply(func(_, _ int, v float64) float64 { return math.Round(v/0.7)*0.7 + 0.05*r.NormFloat64() }, y)
		statistics := mustArray(t)(MMD(x, y, 1, 99, 0))
		var averages []float64
		for i := 0; i < len(statistics); i += mmdBandwidths {
			averages = append(averages, floats.Sum(statistics[i:i+mmdBandwidths])/mmdBandwidths)
		}
		got, other := mustTest(t)(MMDTest(statistics)), mustTest(t)(PermutationTest(averages))
		near(t, "statistic", got.Statistic, other.Statistic)
		if got.P <= 0.05 {
			combined++
		}
		if other.P <= 0.05 {
			average++
		}
	}
	if combined < 6 || average > 3 {
		t.Errorf("at 5 %%, %d of 6 are seen, %d by the average kernel; want all and few", combined, average)
	}
}

func TestNoMMDTestOfOtherValues(t *testing.T) {
	if _, err := MMDTest(make([]float64, 12)); err == nil || !strings.Contains(err.Error(), "want 5 for each") {
		t.Errorf("12 values: error %v", err)
	}
	// Bandwidths at which all rows look alike give no test statistic and no NaN.
	if got := mustTest(t)(MMDTest(make([]float64, 20))); got.P != 1 {
		t.Errorf("constant statistics: %+v, want p = 1", got)
	}
}

func TestMedianDistance(t *testing.T) {
	if _, err := MedianDistance(mat.NewDense(12, 2, nil)); err == nil || !strings.Contains(err.Error(), "most rows are equal") {
		t.Errorf("equal rows: error %v", err)
	}
}
