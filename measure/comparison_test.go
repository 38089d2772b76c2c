package measure

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func mustCompare(t *testing.T, level float64, scores ...[][]float64) Comparison {
	t.Helper()
	c, err := Compare(scores, level)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// comparePair compares two models.
func comparePair(a, b [][]float64, level float64) (difference Interval, p float64, err error) {
	c, err := Compare([][][]float64{a, b}, level)
	if err != nil {
		return Interval{}, 0, err
	}
	return c.Pairs[0].Difference, c.Pairs[0].P, nil
}

// trained makes scores[seed][row] of one model: rows as given, an effect of each seed,
// and one of seed and row together.
func trained(r *rand.Rand, rows []float64, seeds int, mean, ofSeed, ofBoth float64) [][]float64 {
	scores := make([][]float64, seeds)
	for s := range scores {
		shift := mean + ofSeed*r.NormFloat64()
		for _, v := range rows {
			scores[s] = append(scores[s], v+shift+ofBoth*r.NormFloat64())
		}
	}
	return scores
}

// With two levels whose means are known by hand.
func TestErrorsOf(t *testing.T) {
	rows := []float64{-1, 2, 0, -1}
	var scores [][]float64
	for _, s := range []float64{-1, -1, -1, 1, 2} { // skewed, which Student's t does not ask
		scores = append(scores, []float64{rows[0] + s, rows[1] + s, rows[2] + s, rows[3] + s})
	}
	got, err := ErrorsOf(scores, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	training := mustInterval(t)(Mean([]float64{-1, -1, -1, 1, 2}, 0.9))
	if got.Training != training {
		t.Errorf("training error = %+v, want Student's over the seeds' means, %+v", got.Training, training)
	}
	test := mustInterval(t)(SkewedMean(rows, 0.9))
	near(t, "lower end, test", got.Test.Lo, test.Lo)
	near(t, "upper end, test", got.Test.Hi, test.Hi)
	near(t, "combined variance", math.Pow(got.Combined.StandardError, 2),
		math.Pow(test.StandardError, 2)+math.Pow(training.StandardError, 2))
	near(t, "value, combined", got.Combined.Value, got.Test.Value)
	near(t, "value, training", got.Training.Value, got.Test.Value)
}

// TestStudentisedBootstrapOfNormals: of normal differences the bootstrap must come
// to Student's interval, but for the error of resampling, a few hundredths of the width.
func TestStudentisedBootstrapOfNormals(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 1))
	a, b := make([]float64, 400), make([]float64, 400)
	for i := range a {
		shared := 5 * r.NormFloat64()
		a[i], b[i] = shared+0.1+r.NormFloat64(), shared+r.NormFloat64()
	}
	want := mustInterval(t)(PairedDifference(a, b, 0.95))
	got, p, err := comparePair([][]float64{a}, [][]float64{b}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", got.Value, want.Value)
	near(t, "standard error", got.StandardError, want.StandardError)
	if width := want.Hi - want.Lo; math.Abs(got.Lo-want.Lo) > 0.05*width || math.Abs(got.Hi-want.Hi) > 0.05*width {
		t.Errorf("interval [%.4f, %.4f], want about [%.4f, %.4f]", got.Lo, got.Hi, want.Lo, want.Hi)
	}
	back, again, _ := comparePair([][]float64{b}, [][]float64{a}, 0.95)
	near(t, "lower end the other way", back.Lo, -got.Hi)
	near(t, "p-value the other way", again, p)
}

// TestDifferencesThatAreLarge: a difference far larger than its spread keeps the digits of
// the standard error.
func TestDifferencesThatAreLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(48, 1))
	a, b := make([]float64, 40), make([]float64, 40)
	for i := range a {
		a[i] = 1e8 + float64(r.IntN(100)) // whole numbers are exact
	}
	want := mustInterval(t)(Mean(a, 0.95))
	got, _, err := comparePair([][]float64{a}, [][]float64{b}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "standard error", got.StandardError, want.StandardError)
}

func TestModelsThatAreTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(42, 1))
	rows := make([]float64, 50)
	for i := range rows {
		rows[i] = r.NormFloat64()
	}
	same, p, err := comparePair([][]float64{rows}, [][]float64{rows}, 0.95)
	if err != nil || p != 1 || same.Value != 0 || same.Lo != 0 || same.Hi != 0 {
		t.Errorf("a model and itself: %+v, p = %v, error %v", same, p, err)
	}
	// One better everywhere by as much is better without doubt.
	better, p, err := comparePair(trained(r, rows, 1, 1, 0, 0), [][]float64{rows}, 0.95)
	if err != nil || p != 0.001 || !(better.Lo > 0.999) {
		t.Errorf("better by 1 at every row: %+v, p = %v, error %v", better, p, err)
	}
}

// The p-values of two models of the same quality are uniform: rows skewed, five seeds
// each, whose effects are as large as the error of the rows.
func TestNoDifference(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 1))
	var p []float64
	for range replications(100) {
		_, value, err := comparePair(twoModels(r, 57, 5, 0, 1))
		if err != nil {
			t.Fatal(err)
		}
		p = append(p, value)
	}
	checkUniform(t, p, false)
}

// twoModels are the arguments of comparePair for models that differ by mean. Their
// differences are skewed over the rows; the effect of seeds has the given ratio to the
// error of the rows.
func twoModels(r *rand.Rand, rows, seeds int, mean, ratio float64) (a, b [][]float64, level float64) {
	hard, alike := make([]float64, rows), make([]float64, rows)
	for i := range hard {
		alike[i] = -2 * r.ExpFloat64()
		hard[i] = alike[i] + 1 - r.ExpFloat64() + 0.5*r.NormFloat64()
	}
	deviation := ratio * math.Sqrt(float64(seeds)/float64(rows))
	return trained(r, hard, seeds, mean, deviation, 0.7), trained(r, alike, seeds, 0, deviation, 0.7), 0.95
}

// TestHolmOverPairs: of six models of the same quality no pair at all may be told
// apart, but for one set in twenty.
func TestHolmOverPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(44, 1))
	sets, wrong := replications(60), 0
	for range sets {
		rows := make([]float64, 60)
		for i := range rows {
			rows[i] = -r.ExpFloat64()
		}
		var models [][][]float64
		for range 6 {
			models = append(models, trained(r, rows, 1, 0, 0, 1))
		}
		c := mustCompare(t, 0.95, models...)
		if slices.ContainsFunc(c.Pairs, func(p Pair) bool { return p.Apart }) {
			wrong++
		}
	}
	if share, most := float64(wrong)/float64(sets), 0.05+4*math.Sqrt(0.05*0.95/float64(sets)); share > most {
		t.Errorf("some pair is told apart in a share of %.3f, want at most 0.05, allowing %.3f", share, most)
	}
}

func TestCompareGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(45, 1))
	rows := make([]float64, 300)
	for i := range rows {
		rows[i] = -3 * r.ExpFloat64()
	}
	// The first and the third have the same quality.
	c := mustCompare(t, 0.95,
		trained(r, rows, 1, 0, 0, 0.3), trained(r, rows, 1, -1, 0, 0.3),
		trained(r, rows, 1, 0, 0, 0.3), trained(r, rows, 1, -3, 0, 0.3))
	if want := [][]int{{0, 2}, {1}, {3}}; !reflect.DeepEqual(c.Groups, want) {
		t.Errorf("groups %v, want %v", c.Groups, want)
	}
	for _, p := range c.Pairs {
		holds := p.Difference.Lo <= 0 && 0 <= p.Difference.Hi
		if holds == p.Apart || p.Apart == (p.P > 0.05) || p.Difference.Level < 0.95 {
			t.Errorf("pair %+v contradicts itself", p)
		}
	}
	// At level 0.95 a hundred for each of 21 pairs.
	if one, many := resamples(1, 0.05), resamples(21, 0.05); one != minResamples || many != 2099 {
		t.Errorf("%d resamples for one pair and %d for 21, want %d and 2099", one, many, minResamples)
	}
}

// TestHolmAgreesWithIntervals has pairs with p-values of their own, on the border too: one
// that is told apart has an interval without 0 at the level of its step, others one with 0.
func TestHolmAgreesWithIntervals(t *testing.T) {
	// A difference of 1 with the standard error 1, which one less than above of 1,999
	// resamples reach.
	pair := func(above int) studentised {
		s := studentised{value: 1, standardError: 1, n: 10, resampled: make([]float64, 1999)}
		for i := 2000 - above; i < len(s.resampled); i++ {
			s.resampled[i] = 2
		}
		near(t, "p", s.p(), float64(above)/1000)
		return s
	}
	for _, c := range []struct {
		level float64
		above []int
		apart []bool
	}{
		{0.95, []int{50}, []bool{true}},
		{0.9, []int{100}, []bool{true}}, // 1 - 0.9 is a little less than 0.1
		{0.95, []int{51}, []bool{false}},
		{0.95, []int{40, 40}, []bool{false, false}}, // 2 x 0.04
		{0.95, []int{40, 1}, []bool{true, true}},    // 2 x 0.001, then 0.04
		{0.95, []int{60, 25}, []bool{false, true}},
		{0.95, []int{20, 26, 20}, []bool{false, false, false}}, // 3 x 0.02; the others no less
	} {
		var results []studentised
		for _, above := range c.above {
			results = append(results, pair(above))
		}
		comparison := Comparison{Pairs: make([]Pair, len(results))}
		comparison.holm(results, 1-c.level)
		for i, p := range comparison.Pairs {
			if p.Apart != c.apart[i] || p.Apart != (p.Difference.Lo > 0) {
				t.Errorf("level %v, %v: pair %d is apart %v with P = %v and %+v", c.level, c.above, i, p.Apart, p.P, p.Difference)
			}
		}
	}
}

// TestSeedsAreALevel: what is a clear difference of two trained models is none of two
// kinds of models when other seeds change it as much.
func TestSeedsAreALevel(t *testing.T) {
	r := rand.New(rand.NewPCG(46, 1))
	rows := make([]float64, 1000)
	for i := range rows {
		rows[i] = -3 * r.ExpFloat64()
	}
	a, b := trained(r, rows, 5, 0.2, 0.5, 0.3), trained(r, rows, 5, 0, 0.5, 0.3)
	if c := mustCompare(t, 0.95, a, b); c.Pairs[0].Apart {
		t.Errorf("seeds that vary by 0.5 tell apart %+v", c.Pairs[0])
	}
	if c := mustCompare(t, 0.95, a[:1], b[:1]); !c.Pairs[0].Apart {
		t.Errorf("two trained models are not told apart: %+v", c.Pairs[0])
	}
	// Seeds of either side count, whichever comes first.
	one, other := mustCompare(t, 0.95, a, b[:1]).Pairs[0], mustCompare(t, 0.95, b[:1], a).Pairs[0]
	near(t, "standard error the other way", one.Difference.StandardError, other.Difference.StandardError)
}

func TestGroupsOverlap(t *testing.T) {
	apart := func(pairs ...[2]int) []Pair {
		var all []Pair
		for _, p := range pairs {
			all = append(all, Pair{A: p[0], B: p[1], Apart: true})
		}
		return all
	}
	for _, c := range []struct {
		means []float64
		pairs []Pair
		want  [][]int
	}{
		{[]float64{1, 2, 3}, nil, [][]int{{0, 1, 2}}},
		{[]float64{1, 2, 3}, apart([2]int{0, 2}), [][]int{{1, 2}, {0, 1}}},
		{[]float64{1, 2, 3}, apart([2]int{0, 2}, [2]int{0, 1}, [2]int{1, 2}), [][]int{{2}, {1}, {0}}},
		{[]float64{4, 3, 2, 1}, apart([2]int{0, 3}, [2]int{1, 3}, [2]int{0, 2}), [][]int{{0, 1}, {1, 2}, {2, 3}}},
	} {
		if got := groups(c.means, c.pairs); !reflect.DeepEqual(got, c.want) {
			t.Errorf("groups of %v = %v, want %v", c.means, got, c.want)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	r := rand.New(rand.NewPCG(47, 1))
	rows := make([]float64, 10_000)
	var models [][][]float64
	for range 6 {
		models = append(models, trained(r, rows, 1, 0, 0, 1))
	}
	for b.Loop() {
		_, _ = Compare(models, 0.95)
	}
}
