package ad

import (
	"math"
	"testing"
)

// TestStudentNormaliser compares with the gamma functions where they do not cancel, with
// known values, and with the limit of many degrees of freedom.
func TestStudentNormaliser(t *testing.T) {
	for _, nu := range []float64{0.1, 0.5, 1, 2, 3.7, 10, 39, 40, 41, 100} {
		a, _ := math.Lgamma((nu + 1) / 2)
		b, _ := math.Lgamma(nu / 2)
		if got, _ := studentNormaliser(nu); math.Abs(got-(a-b-math.Log(nu*math.Pi)/2)) > 1e-13*(1+math.Abs(a)) {
			t.Errorf("at %v it is %v, the gamma functions say %v", nu, got, a-b-math.Log(nu*math.Pi)/2)
		}
	}
	for nu, want := range map[float64]float64{
		1: -math.Log(math.Pi), 2: -1.5 * math.Ln2, // Cauchy's density at 0 is 1/pi
		1e9: -math.Log(2*math.Pi)/2 - 1/(4*1e9), 1e300: -math.Log(2*math.Pi) / 2,
	} {
		if got, _ := studentNormaliser(nu); math.Abs(got-want) > 1e-15*max(1, math.Abs(want))*4 {
			t.Errorf("at %v it is %v, want %v", nu, got, want)
		}
	}
	for _, nu := range []float64{0.5, 1, 7, 39.9, 40.1, 1000} {
		h := 1e-4 * nu
		up, _ := studentNormaliser(nu + h)
		down, _ := studentNormaliser(nu - h)
		if _, got := studentNormaliser(nu); math.Abs(got-(up-down)/(2*h)) > 1e-6*math.Abs(got)+1e-14/h {
			t.Errorf("the derivative at %v is %v, differences say %v", nu, got, (up-down)/(2*h))
		}
	}
}
