package target_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/internal/numeric"
	"flowcert/target"
)

// targets are all targets, each with its log Z as printed elsewhere, to five digits.
var targets = []struct {
	target target.Target
	logZ   float64
}{
	{target.U1(), 1.87750},
	{target.U2(), 2.08209},
	{target.U3(), 2.64171},
	{target.U4(), 2.71070},
	{target.TwoMoons(), 0.80421},
	{target.CircularGaussians(), 0},
	{target.Rings(), 1.77599},
	{target.Sinusoid(), 2.85014},
	{target.SinusoidGap(), 3.54323},
	{target.SinusoidSplit(), 3.54026},
	{target.Smiley(), 1.00891},
}

// evaluate returns the log-densities of all rows, and their gradients.
func evaluate[T kernel.Float](target target.Target, x *mat.Dense) ([]float64, *mat.Dense) {
	t := ad.NewTape()
	out := target.LogDensity(t, t.Input(target.Dim()))
	p := ad.Compile(kernel.Best[T](), t, ad.Config{InputGradient: true}, out)
	a, slot := p.NewArena(), p.NewGradients()
	rows, cols := x.Dims()
	y, g := make([]float64, rows), mat.NewDense(rows, cols, nil)
	for from := 0; from < rows; from += p.Rows() {
		n := min(p.Rows(), rows-from)
		ad.LoadRows(a.Input(0), x.RawMatrix().Data[from*cols:], cols, n)
		a.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
		seed := a.Seed(0)
		for q := range seed.Panels {
			for l := range seed.Panel(q) {
				seed.Panel(q)[l] = 1
			}
		}
		a.Backward(slot)
		ad.StoreRows(y[from:], 1, a.Output(0), n)
		ad.StoreRows(g.RawMatrix().Data[from*cols:], cols, a.InputGradient(0), n)
	}
	return y, g
}

func TestTargetsAgreeWithTheReference(t *testing.T) {
	raw, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Points  [][]float64
		Targets map[string]struct {
			LogDensity []float64   `json:"log_density"`
			Gradient   [][]float64 `json:"gradient"`
			LogZ       float64     `json:"log_z"`
		}
	}
	if err := json.Unmarshal(raw, &reference); err != nil {
		t.Fatal(err)
	}
	if len(reference.Targets) != len(targets) || len(reference.Points) == 0 {
		t.Fatalf("the reference has %d targets at %d points, want %d targets", len(reference.Targets), len(reference.Points), len(targets))
	}
	x := mat.NewDense(len(reference.Points), 2, nil)
	for i, p := range reference.Points {
		x.SetRow(i, p)
	}
	for _, c := range targets {
		want := reference.Targets[c.target.Name()]
		y, g := evaluate[float64](c.target, x)
		if len(want.LogDensity) != len(y) {
			t.Fatalf("%s: %d log-densities in the reference", c.target.Name(), len(want.LogDensity))
		}
		off := func(got, want float64) bool { return !(math.Abs(got-want) <= 1e-9*(1+math.Abs(want))) }
		for i := range y {
			if off(y[i], want.LogDensity[i]) {
				t.Errorf("%s at %v: log-density %v, want %v", c.target.Name(), x.RawRowView(i), y[i], want.LogDensity[i])
			}
			for j, d := range want.Gradient[i] {
				if off(g.At(i, j), d) {
					t.Errorf("%s at %v: derivative %d is %v, want %v", c.target.Name(), x.RawRowView(i), j, g.At(i, j), d)
				}
			}
		}
		// The one with a kink converges more slowly there.
		if math.Abs(c.target.Info().LogZ-want.LogZ) > 1e-8 {
			t.Errorf("%s: log Z is %.12f, the reference says %.12f", c.target.Name(), c.target.Info().LogZ, want.LogZ)
		}
	}
}

// TestLogZ integrates every density over the plane.
func TestLogZ(t *testing.T) {
	grid := mat.NewDense(40*40, 2, nil)
	for i := range 40 * 40 {
		grid.SetRow(i, []float64{-5 + 0.25*float64(i/40), -5 + 0.25*float64(i%40)})
	}
	for _, c := range targets {
		t.Run(c.target.Name(), func(t *testing.T) {
			t.Parallel()
			space := numeric.NewSpace(grid, []float64{0, 0}, []float64{3, 3})
			got, err := space.Integrate(func(x *mat.Dense) ([]float64, error) {
				y, _ := evaluate[float64](c.target, x)
				return y, nil
			}, 1e-9, 4_000_000)
			if err != nil || !got.Settled {
				t.Fatalf("settled: %v (%v)", got.Settled, err)
			}
			z := math.Log(got.Value)
			// Some ten cells' tolerance, and five digits where those are what is printed.
			if math.Abs(z-c.target.Info().LogZ) > 2e-8 || math.Abs(z-c.logZ) > 5.1e-6 {
				t.Errorf("log Z is %.10f by quadrature, %.10f stated, %.5f printed", z, c.target.Info().LogZ, c.logZ)
			}
		})
	}
}

// TestFarPointsAreFinite looks at the origin and far out, in both types.
func TestFarPointsAreFinite(t *testing.T) {
	var all []float64
	for _, a := range []float64{0, 1e-30, 1, -40, 1e3, -1e6, 1e6} {
		for _, b := range []float64{0, -1e-30, 4, 1e3, -1e6, 1e6} {
			all = append(all, a, b)
		}
	}
	x := mat.NewDense(len(all)/2, 2, all)
	for _, c := range targets {
		y32, g32 := evaluate[float32](c.target, x)
		y64, g64 := evaluate[float64](c.target, x)
		for i := range y32 {
			for _, v := range append([]float64{y32[i], y64[i]}, append(g32.RawRowView(i), g64.RawRowView(i)...)...) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s at %v: %v, %v", c.target.Name(), x.RawRowView(i), g32.RawRowView(i), y32[i])
					break
				}
			}
			if d := math.Abs(y32[i] - y64[i]); d > 1e-3*(1+math.Abs(y64[i])) {
				t.Errorf("%s at %v: %v in float32, %v in float64", c.target.Name(), x.RawRowView(i), y32[i], y64[i])
			}
		}
	}
}

func TestInfoIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range targets {
		info := c.target.Info()
		if info.Name == "" || info.Title == "" || info.Summary == "" || info.Source == "" || seen[info.Name] {
			t.Errorf("%+v", info)
		}
		seen[info.Name] = true
	}
}
