package numeric_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/internal/numeric"
	"flowcert/internal/random"
)

// product is a density of independent coordinates.
type product []distuv.RandLogProber

func (p product) logDensity(x *mat.Dense) ([]float64, error) {
	rows, _ := x.Dims()
	scores := make([]float64, rows)
	for i := range scores {
		for j, d := range p {
			scores[i] += d.LogProb(x.At(i, j))
		}
	}
	return scores, nil
}

// space is cut by samples of p.
func (p product) space(centre, spread []float64) *numeric.Space {
	x := mat.NewDense(4000, len(p), nil)
	x.Apply(func(i, j int, _ float64) float64 { return p[j].Rand() }, x)
	return numeric.NewSpace(x, centre, spread)
}

// softBox is uniform between -1 and 1 plus normal noise: a plateau with steep edges.
type softBox struct {
	noise float64
	distuv.Uniform
}

func (b softBox) LogProb(v float64) float64 {
	// Both terms as lower tails, so that far out they do not cancel.
	v = math.Abs(v)
	return math.Log((distuv.UnitNormal.CDF((1-v)/b.noise) - distuv.UnitNormal.CDF((-1-v)/b.noise)) / 2)
}

// source differs from column to column.
func source(column uint64) *rand.Rand { return random.New(1, "numeric test", column, 0) }

func normal(column uint64, mean, deviation float64) distuv.Normal {
	return distuv.Normal{Mu: mean, Sigma: deviation, Src: source(column)}
}

// cellTolerance leaves an error of the integrals below that of some ten cells.
const cellTolerance, tolerance = 1e-7, 1e-6

// TestIntegrateMeetsClosedForms integrates densities with narrow peaks, far means,
// peaks beside each other, columns of unlike scales and steep edges.
func TestIntegrateMeetsClosedForms(t *testing.T) {
	ln2pie := math.Log(2*math.Pi) + 1
	box := func(column uint64) softBox {
		return softBox{0.01, distuv.Uniform{Min: -1, Max: 1, Src: source(column)}}
	}
	// By the midpoint rule in one dimension, 2,000,000 points.
	const boxEntropy = 1.4043583068701655 / 2
	for name, c := range map[string]struct {
		p              product
		centre, spread []float64
		entropy        float64
	}{
		"narrow in 1-D":           {product{normal(0, 1e4, 1e-4)}, []float64{1e4}, []float64{1e-4}, ln2pie/2 + math.Log(1e-4)},
		"wrong centre and spread": {product{normal(0, 3, 0.01)}, []float64{0}, []float64{1}, ln2pie/2 + math.Log(0.01)},
		"scales of 1e-10":         {product{normal(0, 0, 1e5), normal(1, 0, 1e-5)}, []float64{0, 0}, []float64{1e5, 1e-5}, ln2pie},
		"far means in 2-D":        {product{normal(0, -7, 0.1), normal(1, 50, 1)}, []float64{0, 50}, []float64{5, 1}, ln2pie + math.Log(0.1)},
		"steep edges":             {product{box(0), box(1)}, []float64{0, 0}, []float64{1, 1}, 2 * boxEntropy},
		"heavy tails": {product{distuv.StudentsT{Sigma: 1, Nu: 3, Src: source(0)}},
			[]float64{0}, []float64{1}, 4*math.Ln2 - 2 + math.Log(math.Sqrt(3)*math.Pi/2)},
	} {
		t.Run(name, func(t *testing.T) {
			space := c.p.space(c.centre, c.spread)
			got, err := space.Integrate(c.p.logDensity, cellTolerance, 2_000_000)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Settled || math.Abs(got.Value-1) > tolerance || math.Abs(got.Entropy-c.entropy) > 10*tolerance {
				t.Errorf("integral %.9f, entropy %.9f, want 1, %.9f; settled %v", got.Value, got.Entropy, c.entropy, got.Settled)
			}
			if math.Abs(got.Halved) > 10*tolerance {
				t.Errorf("halving all cells changed the integral by %v", got.Halved)
			}
			sum := 0.0
			for _, m := range got.Mass {
				sum += m
			}
			if math.Abs(sum-got.Value) > 1e-12 {
				t.Errorf("%d cells have a mass of %v, want %v", len(got.Mass), sum, got.Value)
			}
		})
	}
}

func TestIntegrateThatDoesNotSettle(t *testing.T) {
	p := product{normal(0, 0, 1), normal(1, 0, 1)}
	space := p.space([]float64{0, 0}, []float64{1, 1})
	jagged := func(x *mat.Dense) ([]float64, error) {
		scores, err := p.logDensity(x)
		for i := range scores {
			scores[i] += math.Sin(1e9 * x.At(i, 0))
		}
		return scores, err
	}
	places := 0
	got, err := space.Integrate(func(x *mat.Dense) ([]float64, error) {
		rows, _ := x.Dims()
		places += rows
		return jagged(x)
	}, cellTolerance, 100_000)
	// The round of halving in which the last place is spent is finished.
	if err != nil || got.Settled || places < 100_000 || places > 500_000 {
		t.Errorf("settled %v after %d places (%v)", got.Settled, places, err)
	}

	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		got, err := space.Integrate(func(x *mat.Dense) ([]float64, error) {
			scores, err := p.logDensity(x)
			scores[7] = bad
			return scores, err
		}, cellTolerance, 100_000)
		if err != nil || !math.IsNaN(got.Value) && !math.IsInf(got.Value, 1) {
			t.Errorf("a log-density of %v somewhere integrates to %v (%v)", bad, got.Value, err)
		}
	}

	broken := errors.New("broken")
	if _, err := space.Integrate(func(*mat.Dense) ([]float64, error) { return nil, broken }, cellTolerance, 1); err != broken {
		t.Errorf("got the error %v, want the density's", err)
	}
}

func TestCellOf(t *testing.T) {
	p := product{normal(0, 0, 1), normal(1, 0, 1)}
	space := p.space([]float64{0, 0}, []float64{1, 1})
	got, err := space.Integrate(p.logDensity, cellTolerance, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	const n = 20_000
	counts := make([]float64, len(got.Mass))
	for range n {
		counts[space.CellOf([]float64{p[0].Rand(), p[1].Rand()})]++
	}
	for i, count := range counts {
		// Six standard deviations of a count, and one more for rare cells.
		want := n * got.Mass[i]
		if math.Abs(count-want) > 6*math.Sqrt(want)+1 {
			t.Errorf("cell %d has %v of %d samples, its mass says %.1f", i, count, n, want)
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if at := space.CellOf([]float64{0, v}); at != -1 {
			t.Errorf("%v is in cell %d", v, at)
		}
	}
	for _, far := range []float64{1e300, -1e300} {
		if at := space.CellOf([]float64{far, 0}); at < 0 {
			t.Errorf("%v is in no cell", far)
		}
	}
}

func TestNoCubatureInThreeDimensions(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	numeric.NewSpace(mat.NewDense(1, 3, nil), make([]float64, 3), []float64{1, 1, 1})
}

func TestLogDets(t *testing.T) {
	// Columns of unlike scales, a map that reflects, and det J = -6 exp(x0).
	f := func(x *mat.Dense) (*mat.Dense, error) {
		rows, _ := x.Dims()
		y := mat.NewDense(rows, 2, nil)
		for i := range rows {
			a, b := x.At(i, 0), x.At(i, 1)
			y.Set(i, 0, 2e6*b+math.Sin(a))
			y.Set(i, 1, 3e-6*math.Exp(a))
		}
		return y, nil
	}
	x := mat.NewDense(3, 2, []float64{0, 0, 1, 1e-6, -2, 5e-6})
	dets, err := numeric.LogDets(f, x, []float64{1e-5, 1e-11})
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range dets {
		// Central differences err by the square of the step, one-sided ones by the step.
		want := math.Log(6) + x.At(i, 0)
		if math.Abs(d.Central-want) > 1e-9 || math.Abs(d.Down-want) > 1e-5 || math.Abs(d.Up-want) > 1e-5 {
			t.Errorf("row %d: %+v, want %v", i, d, want)
		}
		if d.Up <= d.Down {
			t.Errorf("row %d: %v upwards, %v downwards, of a map that steepens", i, d.Up, d.Down)
		}
	}
	broken := errors.New("broken")
	if _, err := numeric.LogDets(func(*mat.Dense) (*mat.Dense, error) { return nil, broken }, x, []float64{1, 1}); err != broken {
		t.Errorf("got the error %v, want the map's", err)
	}
}

func TestLogDetsAtAKink(t *testing.T) {
	f := func(x *mat.Dense) (*mat.Dense, error) {
		y := mat.DenseCopyOf(x)
		y.Apply(func(_, _ int, v float64) float64 { return max(v, 3*v) }, y)
		return y, nil
	}
	dets, err := numeric.LogDets(f, mat.NewDense(1, 1, nil), []float64{1e-3})
	if err != nil {
		t.Fatal(err)
	}
	if d := dets[0]; math.Abs(d.Down) > 1e-12 || math.Abs(d.Up-math.Log(3)) > 1e-12 {
		t.Errorf("%+v, want log 1 downwards, log 3 upwards", d)
	}
}

func TestStandardNormal(t *testing.T) {
	z := []float64{0.5, -2, 1}
	want := 0.0
	for _, v := range z {
		want += distuv.UnitNormal.LogProb(v)
	}
	if got := numeric.StandardNormal(z); math.Abs(got-want) > 1e-12 {
		t.Errorf("got %v, want %v", got, want)
	}
}
