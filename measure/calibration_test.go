package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// identicalTo is the distribution function of what is uniform already.
func identicalTo(u float64) float64 { return u }

// The statistics and exact p-values are those of scipy 1.10.1: kstest with
// method="exact", and kstwo.isf for the distances that have the given probability.
func TestUniformReference(t *testing.T) {
	u := []float64{0.11, 0.73, 0.42, 0.95, 0.08, 0.37, 0.66, 0.21, 0.29, 0.58, 0.91, 0.03}
	got := mustTest(t)(Uniform(u))
	near(t, "distance", got.Statistic, 0.16333333333333339)
	// kolmogorovP states 0.002.
	if math.Abs(got.P-0.855988376899411) > 0.002 || got.N != 12 {
		t.Errorf("test of uniformity = %+v, want p = 0.85599", got)
	}
	squared := []float64{0.4, 3.1, 7.7, 2.2, 5.0, 1.3, 9.6, 4.4, 2.9, 6.1}
	got = mustTest(t)(RadiusTest(squared, 4))
	near(t, "distance of squared lengths", got.Statistic, 0.14542989324053168)
	if math.Abs(got.P-0.9642409837106773) > 0.002 {
		t.Errorf("radius test = %+v, want p = 0.96424", got)
	}
	for _, c := range []struct {
		n               int
		distance, want  float64
		lowest, highest float64
	}{
		{10, 0.24686329073080385, 0.5, -0.002, 0.002},
		{10, 0.40924608477750496, 0.05, -0.002, 0.002},
		{10, 0.5804173076502117, 0.001, 0, 0.0005},
		{57, 0.13915912769521474, 0.2, -0.002, 0.002},
		{57, 0.2119940960004227, 0.01, -0.002, 0.002},
		{400, 0.028155949060516366, 0.9, -0.002, 0.002},
		{400, 0.0674737589261713, 0.05, -0.002, 0.002},
		{400, 0.1229296048823412, 1e-5, 0, 0.5e-5},
	} {
		if off := kolmogorovP(c.distance, c.n) - c.want; off < c.lowest || off > c.highest {
			t.Errorf("P(distance of %d values >= %v) is off by %.2g, stated are %v to %v", c.n, c.distance, off, c.lowest, c.highest)
		}
	}
}

func TestKolmogorovPIsAProbability(t *testing.T) {
	// Where the two series meet, at an argument of 1, they must agree.
	const n = 1_000_000
	at := (1 - 1/(6*math.Sqrt(n)) + 1/(4*float64(n))) / (1 + 1/(4*float64(n))) / math.Sqrt(n)
	near(t, "p from both sides", kolmogorovP(at*(1-1e-13), n), kolmogorovP(at*(1+1e-13), n))
	last := 1.0
	for d := 0.0; d <= 1; d += 1e-3 {
		p := kolmogorovP(d, 30)
		if p < 0 || p > last {
			t.Errorf("P(distance >= %v) = %v after %v", d, p, last)
		}
		last = p
	}
}

func TestDKW(t *testing.T) {
	// Massart: P(sup > e) <= 2 exp(-2 n e^2).
	near(t, "missing", 2*math.Exp(-2*57*math.Pow(dkw(57, 0.95), 2)), 0.05)
}

// TestNormalDistance compares E|a - Z| with closed forms in one dimension and with
// scipy 1.10.1: sqrt(2) Gamma((d+1)/2)/Gamma(d/2) hyp1f1(-1/2, d/2, -|a|^2/2).
func TestNormalDistance(t *testing.T) {
	for _, a := range []float64{0, 0.3, 2, 7, 60} {
		want := math.Sqrt(2/math.Pi)*math.Exp(-a*a/2) + a*math.Erf(a/math.Sqrt2)
		near(t, "distance in one dimension", normalDistance(a*a, 1), want)
	}
	for _, c := range []struct{ squared, d, want float64 }{
		{1, 2, 1.5485724605511455},
		{4, 3, 2.49423127328548},
		{25, 10, 5.842841172607219},
		{900, 10, 30.149709141831956},
		{2e4, 30, 141.52385213815515},
	} {
		near(t, "distance", normalDistance(c.squared, c.d), c.want)
	}
	for _, d := range []float64{1, 3, 50} {
		border := 1e4 * d
		near(t, "distance from both sides", normalDistance(border, d), normalDistance(border*(1+1e-14), d))
	}
}

// TestNormalEnergyReference has a closed form: all distances between rows are 0.
func TestNormalEnergyReference(t *testing.T) {
	codes := mat.NewDense(10, 2, nil)
	statistics := mustArray(t)(NormalEnergy(codes, 1, 0))
	// n (2 E|Z| - E|Z - Z'|) = n (2 - sqrt 2) E|Z|, and E|Z| = sqrt(pi/2) in two
	// dimensions.
	near(t, "statistic", statistics[0], 10*(2-math.Sqrt2)*math.Sqrt(math.Pi/2))
	if len(statistics) != 2 {
		t.Errorf("%d statistics, want the observed one and a simulated one", len(statistics))
	}
}

// codesTests are the tests of codes, each down to one p-value; those of 99 simulations are
// whole hundredths, as are the levels that checkUniform tries.
func codesTests(t *testing.T, codes *mat.Dense, seed uint64) map[string]float64 {
	n, dim := codes.Dims()
	squared := make([]float64, n)
	for i := range squared {
		squared[i] = squaredDistance(codes.RawRowView(i), make([]float64, dim))
	}
	columns, err := UniformColumns(mustArray(t)(UniformDistances(codes, distuv.UnitNormal.CDF)), n)
	if err != nil {
		t.Fatal(err)
	}
	least := 1.0
	for _, c := range columns {
		least = min(least, c.P)
	}
	return map[string]float64{
		"radius":      mustTest(t)(RadiusTest(squared, dim)).P,
		"coordinates": least,
		"energy":      mustTest(t)(PermutationTest(mustArray(t)(NormalEnergy(codes, 99, seed)))).P,
	}
}

// Under the hypothesis p-values are uniform; Holm's least one is so where one
// coordinate alone is tested, and no larger share is small where there are more.
func TestCodesOfTheBase(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 1))
	for _, dim := range []int{1, 3} {
		p := map[string][]float64{}
		for seed := range replications(200) {
			for name, v := range codesTests(t, normalRows(r, 30, dim, 0, 1), uint64(seed)) {
				p[name] = append(p[name], v)
			}
		}
		for name, values := range p {
			t.Run(name, func(t *testing.T) { checkUniform(t, values, name == "coordinates" && dim > 1) })
		}
	}
}

// TestCodesNotOfTheBase plants faults, each with the tests that must see it.
func TestCodesNotOfTheBase(t *testing.T) {
	const n = 300
	r := rand.New(rand.NewPCG(22, 1))
	heavy := normalRows(r, n, 3, 0, 1)
	for i := range n {
		scale := math.Sqrt(5 / distuv.ChiSquared{K: 5, Src: r}.Rand())
		for j := range 3 {
			heavy.Set(i, j, scale*heavy.At(i, j))
		}
	}
	for name, c := range map[string]struct {
		codes *mat.Dense
		seen  []string
	}{
		"shifted":    {normalRows(r, n, 3, 0.3, 1), []string{"coordinates", "energy"}},
		"too narrow": {normalRows(r, n, 3, 0, 0.75), []string{"radius", "energy"}},
		"correlated": {correlatedRows(r, n, 3, 0.8), []string{"energy"}},
		"heavy":      {heavy, []string{"radius"}},
	} {
		p := codesTests(t, c.codes, 1)
		for _, test := range c.seen {
			if p[test] > 0.05 {
				t.Errorf("%s: the %s test has p = %.3f", name, test, p[test])
			}
		}
	}
}

// TestProbabilityIntegralTransform is of an autoregressive model: the transform of the
// second column given the first is uniform if the model is right.
func TestProbabilityIntegralTransform(t *testing.T) {
	const n, rho = 400, 0.6
	r := rand.New(rand.NewPCG(23, 1))
	rows := correlatedRows(r, n, 2, rho)
	transform := func(assumed float64) *mat.Dense {
		u := mat.NewDense(n, 2, nil)
		for i := range n {
			x := rows.RawRowView(i)
			u.Set(i, 0, distuv.UnitNormal.CDF(x[0]))
			u.Set(i, 1, distuv.UnitNormal.CDF((x[1]-assumed*x[0])/math.Sqrt(1-assumed*assumed)))
		}
		return u
	}
	for assumed, wrong := range map[float64]bool{rho: false, 0.95: true} {
		tests, err := UniformColumns(mustArray(t)(UniformDistances(transform(assumed), identicalTo)), n)
		if err != nil {
			t.Fatal(err)
		}
		if got := tests[1].P < 0.001; got != wrong {
			t.Errorf("a correlation of %v taken for %v: p = %.3g", rho, assumed, tests[1].P)
		}
		if tests[0].P < 0.001 {
			t.Errorf("the first column, which is right, has p = %.3g", tests[0].P)
		}
	}
}

func TestNoCalibrationOfBadCodes(t *testing.T) {
	u := slices.Repeat([]float64{0.5}, 10)
	with := func(v float64) []float64 { return append([]float64{v}, u...) }
	for name, c := range map[string]struct {
		err  func() error
		want string
	}{
		"few":              {func() error { _, err := Uniform(u[:9]); return err }, "9 values"},
		"not a number":     {func() error { _, err := Uniform(with(math.NaN())); return err }, "value 0 is NaN"},
		"above 1":          {func() error { _, err := Uniform(with(1.5)); return err }, "value 0 is 1.5"},
		"negative radius":  {func() error { _, err := RadiusTest(with(-1), 2); return err }, "squared length 0 is -1"},
		"infinite radius":  {func() error { _, err := RadiusTest(with(math.Inf(1)), 2); return err }, "value 0 is +Inf"},
		"column":           {func() error { _, err := UniformDistances(mat.NewDense(11, 1, with(2)), identicalTo); return err }, "column 0"},
		"distance":         {func() error { _, err := UniformColumns([]float64{0.1, 1.1}, 20); return err }, "distance 1 is 1.1"},
		"no distances":     {func() error { _, err := UniformColumns(nil, 20); return err }, "0 values"},
		"codes":            {func() error { _, err := NormalEnergy(mat.NewDense(9, 1, nil), 9, 0); return err }, "9 rows"},
		"no simulation":    {func() error { _, err := NormalEnergy(mat.NewDense(10, 1, nil), 0, 0); return err }, "no simulations"},
		"rank":             {func() error { _, _, err := RegionCoverage(with(-0.1), 20, 0.95); return err }, "value 0 is -0.1"},
		"samples":          {func() error { _, err := RegionRanks(u, u[:3]); return err }, "samples: 3 values"},
		"test row outside": {func() error { _, err := RegionRanks(with(math.Inf(-1)), u); return err }, "test rows: value 0 is -Inf"},
	} {
		if err := c.err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}
