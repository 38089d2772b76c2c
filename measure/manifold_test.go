package measure

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func mustManifold(t *testing.T) func(Manifold, error) Manifold {
	return func(m Manifold, err error) Manifold {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}

// expectedCoverage returns the mean coverage of n samples and m rows of data that have one
// continuous distribution, whatever it is: Naeem et al. (2020), appendix.
func expectedCoverage(n, m int) float64 {
	// A ball without a sample: the k nearest of the other n + m - 1 rows are all data.
	empty := 1.0
	for i := range manifoldNeighbours {
		empty *= float64(m-1-i) / float64(n+m-1-i)
	}
	return 1 - empty
}

// TestManifoldWhereNothingDiffers: mean density and coverage are known for every
// distribution; precision and recall are each other's mirror.
func TestManifoldWhereNothingDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 71))
	const n, m = 50, 40
	var density, coverage, difference []float64
	for range replications(400) {
		x, y := normalRows(r, n, 3, 0, 1), normalRows(r, m, 3, 0, 1)
		got, mirrored := mustManifold(t)(NewManifold(x, y)), mustManifold(t)(NewManifold(y, x))
		density = append(density, stat.Mean(got.Density, nil))
		coverage = append(coverage, stat.Mean(got.Coverage, nil))
		difference = append(difference, stat.Mean(got.Precision, nil)-stat.Mean(mirrored.Recall, nil))
	}
	checkMean(t, "density", density, 1)
	checkMean(t, "coverage", coverage, expectedCoverage(n, m))
	if least, most := mat.Min(mat.NewVecDense(len(difference), difference)), mat.Max(mat.NewVecDense(len(difference), difference)); least != 0 || most != 0 {
		t.Errorf("precision and mirrored recall differ by %v to %v", least, most)
	}
}

// TestManifoldOfCopies: balls hold their rims, so that rows that are equal, whose balls
// have no extent, lie in each other's.
func TestManifoldOfCopies(t *testing.T) {
	got := mustManifold(t)(NewManifold(mat.NewDense(10, 2, nil), mat.NewDense(10, 2, nil)))
	for name, c := range map[string]struct {
		rows []float64
		want float64
	}{
		"precision": {got.Precision, 1}, "recall": {got.Recall, 1}, "coverage": {got.Coverage, 1},
		"density": {got.Density, 2}, // ten balls over five
	} {
		near(t, name, stat.Mean(c.rows, nil), c.want)
	}
}

// TestManifoldSeesWhatDiffers: samples that miss a mode have less recall and coverage
// and no less precision; samples that are too wide less precision and density.
func TestManifoldSeesWhatDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 71))
	const n = 400
	modes := func(both bool, deviation float64) *mat.Dense {
		rows := normalRows(r, n, 3, 0, deviation)
		for i := range n {
			if i%2 == 0 || !both {
				rows.Set(i, 0, rows.At(i, 0)+20)
			}
		}
		return rows
	}
	test := modes(true, 1)
	means := func(samples *mat.Dense) (precision, recall, density, coverage float64) {
		m := mustManifold(t)(NewManifold(samples, test))
		return stat.Mean(m.Precision, nil), stat.Mean(m.Recall, nil), stat.Mean(m.Density, nil), stat.Mean(m.Coverage, nil)
	}
	p, rec, d, c := means(modes(true, 1))
	oneP, oneRec, _, oneC := means(modes(false, 1))
	if oneP < p-0.1 || oneRec > 0.5 || oneC > 0.5 || rec < 0.8 || c < 0.9 {
		t.Errorf("without one mode precision, recall and coverage are %.2f, %.2f, %.2f; with it %.2f, %.2f, %.2f", oneP, oneRec, oneC, p, rec, c)
	}
	wideP, wideRec, wideD, _ := means(modes(true, 2))
	if wideP > p-0.2 || wideD > d-0.3 || wideRec < rec-0.1 {
		t.Errorf("too wide, precision, recall and density are %.2f, %.2f, %.2f; else %.2f, %.2f, %.2f", wideP, wideRec, wideD, p, rec, d)
	}
}

// TestExpectedCoverageAtTheEnds: a single sample is one of the five nearest of the m
// other rows with probability 5/m; many more samples than data cover every ball.
func TestExpectedCoverageAtTheEnds(t *testing.T) {
	for _, m := range []int{6, 10, 1000} {
		near(t, "coverage by one sample", expectedCoverage(1, m), 5/float64(m))
	}
	if got := expectedCoverage(1_000_000, 10); got < 0.9999 {
		t.Errorf("coverage by very many samples = %v", got)
	}
}
