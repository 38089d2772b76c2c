package measure

import (
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

var long = flag.Bool("long", false, "simulate ten times as often that nothing differs")

// replications is how often a null hypothesis is simulated.
func replications(quick int) int {
	if *long {
		return 10 * quick
	}
	return quick
}

// normalRows has independent columns of that mean and standard deviation.
func normalRows(r *rand.Rand, n, dim int, mean, deviation float64) *mat.Dense {
	rows := mat.NewDense(n, dim, nil)
	rows.Apply(func(_, _ int, _ float64) float64 { return mean + deviation*r.NormFloat64() }, rows)
	return rows
}

// correlatedRows has standard normal columns; the first two have that correlation.
func correlatedRows(r *rand.Rand, n, dim int, correlation float64) *mat.Dense {
	rows := normalRows(r, n, dim, 0, 1)
	for i := range n {
		x := rows.RawRowView(i)
		x[1] = correlation*x[0] + math.Sqrt(1-correlation*correlation)*x[1]
	}
	return rows
}

// checkUniform fails where the p-values of a true hypothesis are not uniform: below
// each of some levels there must be that share of them, and where atMost is set no
// larger share. It allows four standard errors.
func checkUniform(t *testing.T, p []float64, atMost bool) {
	t.Helper()
	for _, level := range []float64{0.02, 0.05, 0.1, 0.25, 0.5, 0.75} {
		count := 0.0
		for _, v := range p {
			// A p-value of 5/100 is at the level 0.05.
			if v <= level+1e-12 {
				count++
			}
		}
		share, allowed := count/float64(len(p)), 4*math.Sqrt(level*(1-level)/float64(len(p)))
		if share > level+allowed || !atMost && share < level-allowed {
			t.Errorf("a share of %.3f of %d p-values is at most %v, allowing for %.3f", share, len(p), level, allowed)
		}
	}
}

func mustArray(t *testing.T) func([]float64, error) []float64 {
	return func(x []float64, err error) []float64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func mustTest(t *testing.T) func(Test, error) Test {
	return func(test Test, err error) Test {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return test
	}
}

// checkMean fails unless the mean of x is want, allowing for five standard errors:
// one in a million by chance.
func checkMean(t *testing.T, what string, x []float64, want float64) {
	t.Helper()
	mean, deviation := stat.MeanStdDev(x, nil)
	if allowed := 5 * deviation / math.Sqrt(float64(len(x))); !(math.Abs(mean-want) <= allowed) {
		t.Errorf("%s = %.5f on average, want %.5f, allowing for %.5f", what, mean, want, allowed)
	}
}

// TestSamplesReference compares with values that testdata/reference_samples.py has
// from scipy, scikit-learn and numpy. The tolerance of 1e-9 is that of scikit-learn's
// distances, which come from scalar products.
func TestSamplesReference(t *testing.T) {
	raw, err := os.ReadFile("testdata/reference_samples.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Samples, Data      [][]float64
		Wasserstein, MMD   []float64
		Energy, Median     float64
		MedianDistance     float64   `json:"median_distance"`
		KolmogorovSmirnov  []float64 `json:"kolmogorov_smirnov"`
		KolmogorovSmirnovP []struct {
			Distance, P float64
			N, M        int
		} `json:"kolmogorov_smirnov_p"`
		CorrelationDistance                          float64 `json:"correlation_distance"`
		Precision, Recall, Density, Coverage, Nearer float64
		Nearest, First, Second                       []float64
		NearerP                                      float64 `json:"nearer_p"`
		Accuracy                                     []struct {
			Right, N int
			P        float64
		}
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	same := func(what string, got, want []float64) {
		t.Helper()
		if !floats.EqualApprox(got, want, 1e-9) {
			t.Errorf("%s = %.12v, want %.12v", what, got, want)
		}
	}
	x, y := dense(want.Samples), dense(want.Data)
	var distances []float64
	for j := range want.Wasserstein {
		distances = append(distances, wasserstein(mat.Col(nil, j, x), mat.Col(nil, j, y)))
	}
	same("wasserstein distances", distances, want.Wasserstein)
	same("energy distance", mustArray(t)(EnergyDistance(x, y, 1, 0))[:1], []float64{want.Energy})
	same("squared discrepancies", mustArray(t)(MMD(x, y, want.Median, 1, 0))[:mmdBandwidths], want.MMD)
	median, err := MedianDistance(x)
	if err != nil {
		t.Fatal(err)
	}
	same("median distance", []float64{median}, []float64{want.MedianDistance})
	same("kolmogorov-smirnov distances", mustArray(t)(KolmogorovSmirnov(x, y)), want.KolmogorovSmirnov)
	for _, c := range want.KolmogorovSmirnovP {
		if got := kolmogorovSmirnovP(c.Distance, c.N, c.M); math.Abs(got/c.P-1) > 1e-9 {
			t.Errorf("p of a distance of %v with %d and %d values = %v, want %v", c.Distance, c.N, c.M, got, c.P)
		}
	}
	correlation := CorrelationDistance(mustArray(t)(CorrelationDifferences(x, y)))
	same("distance of correlations", []float64{correlation}, []float64{want.CorrelationDistance})
	manifold, err := NewManifold(x, y)
	if err != nil {
		t.Fatal(err)
	}
	same("precision, recall, density, coverage",
		[]float64{stat.Mean(manifold.Precision, nil), stat.Mean(manifold.Recall, nil), stat.Mean(manifold.Density, nil), stat.Mean(manifold.Coverage, nil)},
		[]float64{want.Precision, want.Recall, want.Density, want.Coverage})
	same("nearest distances", mustArray(t)(NearestDistances(x, y)), want.Nearest)
	rank := mustTest(t)(MemorisationTest(want.First, want.Second))
	same("rank-sum test", []float64{rank.Statistic, rank.P}, []float64{want.Nearer, want.NearerP})
	for _, c := range want.Accuracy {
		correct := make([]float64, c.N)
		for i := range c.Right {
			correct[i] = 1
		}
		got := mustTest(t)(ClassifierTest(correct))
		if got.Statistic != float64(c.Right)/float64(c.N) || math.Abs(got.P/c.P-1) > 1e-9 {
			t.Errorf("%d right of %d: %+v, want p = %v", c.Right, c.N, got, c.P)
		}
	}
}

func dense(rows [][]float64) *mat.Dense {
	return mat.NewDense(len(rows), len(rows[0]), slices.Concat(rows...))
}

func TestStandardise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	reference, rows := normalRows(r, 50, 3, 7, 4), normalRows(r, 20, 3, 7, 4)
	got, err := Standardise(reference, rows, reference)
	if err != nil {
		t.Fatal(err)
	}
	for j := range 3 {
		mean, deviation := stat.MeanStdDev(mat.Col(nil, j, got[1]), nil)
		near(t, "mean of the reference", mean, 0)
		near(t, "deviation of the reference", deviation, 1)
		mean, deviation = stat.MeanStdDev(mat.Col(nil, j, reference), nil)
		near(t, "entry", got[0].At(3, j), (rows.At(3, j)-mean)/deviation)
	}
	for i := range 50 {
		reference.Set(i, 1, 2)
	}
	if _, err := Standardise(reference, rows); err == nil || !strings.Contains(err.Error(), "column 1 is constant") {
		t.Errorf("a constant column: error %v", err)
	}
}

// TestSamplesThatCannotBeCompared: every metric says why.
func TestSamplesThatCannotBeCompared(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	good, few, spoiled := normalRows(r, 20, 3, 0, 1), normalRows(r, 9, 3, 0, 1), normalRows(r, 20, 3, 0, 1)
	spoiled.Set(4, 1, math.NaN())
	for name, metric := range map[string]func(samples, data *mat.Dense) error{
		"sliced wasserstein": func(x, y *mat.Dense) error { _, err := SlicedWasserstein(x, y, 5, 0); return err },
		"energy":             func(x, y *mat.Dense) error { _, err := EnergyDistance(x, y, 5, 0); return err },
		"mmd":                func(x, y *mat.Dense) error { _, err := MMD(x, y, 1, 5, 0); return err },
		"kolmogorov-smirnov": func(x, y *mat.Dense) error { _, err := KolmogorovSmirnov(x, y); return err },
		"correlation":        func(x, y *mat.Dense) error { _, err := CorrelationDifferences(x, y); return err },
		"classifier":         func(x, y *mat.Dense) error { _, err := Classify(x, y, 0); return err },
		"manifold":           func(x, y *mat.Dense) error { _, err := NewManifold(x, y); return err },
		"nearest":            func(x, y *mat.Dense) error { _, err := NearestDistances(x, y); return err },
		"standardise":        func(x, y *mat.Dense) error { _, err := Standardise(x, y); return err },
	} {
		if err := metric(good, good); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for want, bad := range map[string]*mat.Dense{"9 rows": few, "row 4, column 1 is NaN": spoiled} {
			for _, err := range []error{metric(bad, good), metric(good, bad)} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: error %v, want one with %q", name, err, want)
				}
			}
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic for other columns", name)
				}
			}()
			_ = metric(good, normalRows(r, 20, 4, 0, 1))
		}()
	}
}

// TestSamplesAreLeftAlone: the metrics do not write to the rows, and give the same
// for the same seed.
func TestSamplesAreLeftAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	x, y := normalRows(r, 40, 2, 0, 1), normalRows(r, 30, 2, 0, 1)
	before := [2]*mat.Dense{mat.DenseCopyOf(x), mat.DenseCopyOf(y)}
	for name, metric := range map[string]func(seed uint64) ([]float64, error){
		"sliced wasserstein": func(seed uint64) ([]float64, error) { return SlicedWasserstein(x, y, 5, seed) },
		"energy":             func(seed uint64) ([]float64, error) { return EnergyDistance(x, y, 5, seed) },
		"mmd":                func(seed uint64) ([]float64, error) { return MMD(x, y, 1, 5, seed) },
		"classifier":         func(seed uint64) ([]float64, error) { return Classify(x, y, seed) },
	} {
		first := mustArray(t)(metric(1))
		if !slices.Equal(first, mustArray(t)(metric(1))) {
			t.Errorf("%s: two results for one seed", name)
		}
		if slices.Equal(first, mustArray(t)(metric(2))) {
			t.Errorf("%s: one result for two seeds", name)
		}
		if !mat.Equal(x, before[0]) || !mat.Equal(y, before[1]) {
			t.Fatalf("%s changes the rows", name)
		}
	}
}

// BenchmarkSamples is the whole battery at the largest sizes it is meant for.
func BenchmarkSamples(b *testing.B) {
	const n, dim = 2000, 63
	r := rand.New(rand.NewPCG(4, 4))
	training, x, y := normalRows(r, n, dim, 0, 1), normalRows(r, n, dim, 0, 1), normalRows(r, n, dim, 0, 1)
	for name, metric := range map[string]func(){
		"standardise":        func() { _, _ = Standardise(training, x, y) },
		"sliced wasserstein": func() { _, _ = SlicedWasserstein(x, y, 100, 0) },
		"energy":             func() { _, _ = EnergyDistance(x, y, 199, 0) },
		"median":             func() { _, _ = MedianDistance(training.Slice(0, 1000, 0, dim).(*mat.Dense)) },
		"mmd":                func() { _, _ = MMD(x, y, 11, 199, 0) },
		"kolmogorov-smirnov": func() { _, _ = KolmogorovSmirnov(x, y) },
		"correlation":        func() { _, _ = CorrelationDifferences(x, y) },
		"classifier":         func() { _, _ = Classify(x, y, 0) },
		"manifold":           func() { _, _ = NewManifold(x, y) },
		"nearest":            func() { _, _ = NearestDistances(x, training) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				metric()
			}
		})
	}
}

// twoSampleFaults are samples of three columns that differ from standard normal ones.
func twoSampleFaults(r *rand.Rand, n int) map[string]*mat.Dense {
	modes := normalRows(r, n, 3, 0, 0.6)
	for i := range n {
		modes.Set(i, 2, modes.At(i, 2)+float64(2*(i%2)-1))
	}
	return map[string]*mat.Dense{
		"shifted":                           normalRows(r, n, 3, 0.25, 1),
		"too narrow":                        normalRows(r, n, 3, 0, 0.75),
		"correlated, with the same margins": correlatedRows(r, n, 3, 0.7),
		"two modes":                         modes,
	}
}
