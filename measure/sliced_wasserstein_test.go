package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// TestSlicedWassersteinOfAShift: along u, rows and the same rows shifted by s are
// |u . s| apart, exactly. On average over the sphere that is
// |s| Gamma(D/2) / (sqrt(pi) Gamma((D+1)/2)).
func TestSlicedWassersteinOfAShift(t *testing.T) {
	const dim = 4
	r := rand.New(rand.NewPCG(1, 41))
	x := normalRows(r, 50, dim, 0, 1)
	shift := mat.NewVecDense(dim, []float64{1, -2, 0.5, 3})
	y := mat.NewDense(100, dim, nil)
	for i := range 100 {
		for j := range dim {
			y.Set(i, j, x.At(i%50, j)+shift.AtVec(j))
		}
	}
	got := mustArray(t)(SlicedWasserstein(x, y, 2000, 5))
	for i, v := range got {
		direction := randomDirection(dim, 5, uint64(i))
		near(t, "norm of the direction", mat.Norm(direction, 2), 1)
		near(t, "distance", v, math.Abs(mat.Dot(direction, shift)))
	}
	checkMean(t, "sliced distance", got, mat.Norm(shift, 2)*math.Gamma(dim/2.)/(math.Sqrt(math.Pi)*math.Gamma((dim+1)/2.)))
}

// TestSlicedWassersteinOfNormals: two normals of deviations 1 and s are |s - 1|
// sqrt(2/pi) apart along every direction. Rows that are few make it larger: 10,000
// rows by less than 0.03, as two samples of one distribution show.
func TestSlicedWassersteinOfNormals(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 41))
	const n, scale = 10_000, 1.5
	x, y, z := normalRows(r, n, 3, 0, 1), normalRows(r, n, 3, 0, scale), normalRows(r, n, 3, 0, 1)
	got := stat.Mean(mustArray(t)(SlicedWasserstein(x, y, 20, 0)), nil)
	if want := (scale - 1) * math.Sqrt(2/math.Pi); math.Abs(got-want) > 0.03 {
		t.Errorf("sliced distance = %v, want %v", got, want)
	}
	if got := stat.Mean(mustArray(t)(SlicedWasserstein(x, z, 20, 0)), nil); got > 0.03 {
		t.Errorf("sliced distance of equal distributions = %v", got)
	}
}

// TestSlicedWassersteinSeesWhatDiffers beyond what rows of one distribution differ by
// along the same directions.
func TestSlicedWassersteinSeesWhatDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 41))
	x, fresh := normalRows(r, 400, 3, 0, 1), normalRows(r, 400, 3, 0, 1)
	floor := mustArray(t)(SlicedWasserstein(fresh, x, 100, 0))
	for name, y := range twoSampleFaults(r, 400) {
		excess := mustInterval(t)(PairedDifference(mustArray(t)(SlicedWasserstein(y, x, 100, 0)), floor, 0.99))
		if excess.Lo <= 0 {
			t.Errorf("%s: excess %+v", name, excess)
		}
	}
}
