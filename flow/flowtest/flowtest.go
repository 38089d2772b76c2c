// Package flowtest holds the laws that every bijector obeys, and mutants that
// show that the laws can bite.
package flowtest

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/internal/numeric"
	"flowcert/internal/random"
)

// Laws are what a test may declare about a bijector.
type Laws struct {
	// VolumePreserving means that the log-det is 0 everywhere. Otherwise a log-det
	// that is 0 at all points makes a test vacuous.
	VolumePreserving bool
	// Spread is the deviation of the normal points that the laws are tried at; 0
	// means 2. Larger ones reach outside a spline's box.
	Spread float64
	// Data and Latent take a normal number into the domain of the map and of its
	// inverse; nil where that is the whole line.
	Data, Latent func(x float64) float64
	// Condition is the number of columns of a condition, which the map must depend on.
	Condition int
}

// Randomise sets all parameters to normal numbers of the given deviation, so that
// the laws do not see the starting weights, which often are the identity.
func Randomise(b flow.Bijector, seed uint64, deviation float64) {
	for _, p := range b.Params() {
		r := random.New(seed, "flowtest "+p.Name, 0, 0)
		for i := range p.Data {
			p.Data[i] = float32(deviation * r.NormFloat64())
		}
	}
}

// Test checks the laws for b with its present parameters. It fails as vacuous if
// they do not catch every mutant of b.
func Test(t *testing.T, b flow.Bijector, laws Laws) {
	t.Helper()
	if err := Check(b, laws); err != nil {
		t.Error(err)
	}
	for _, m := range mutants(laws) {
		if check(mutant{b, m}, laws, mutantRounds) == nil {
			t.Errorf("vacuous: the laws hold with %s; choose other points or parameters", m.name)
		}
	}
}

// Check returns an error that lists every law that b breaks: the inverse undoes
// the forward map and the other way round, both log-dets agree with the numeric
// Jacobian of their own direction, and are each other's negative; with a condition,
// each point has its own, on which the map depends.
func Check(b flow.Bijector, laws Laws) error { return check(b, laws, rounds) }

// check tries the laws at so many points.
func check(b flow.Bijector, laws Laws, rounds int) error {
	forward, inverse := newMap(b, true, laws, rounds), newMap(b, false, laws, rounds)
	data, latent := b.Shapes()
	if data.Size() != latent.Size() {
		return fmt.Errorf("shapes %v and %v differ in size", data, latent)
	}
	x := points(rounds, data.Size(), laws, "data", laws.Data)
	z := points(rounds, data.Size(), laws, "latent", laws.Latent)
	var errs []error
	errs = append(errs, checkDirection("forward", forward, inverse, x)...)
	errs = append(errs, checkDirection("inverse", inverse, forward, z)...)
	y, l := forward.run(x)
	if preserved := worst(l, make([]float64, len(l))).size == 0; preserved != laws.VolumePreserving {
		errs = append(errs, fmt.Errorf("forward log-det is 0 at all points: %v, declared volume-preserving: %v", preserved, laws.VolumePreserving))
	}
	if laws.Condition > 0 {
		forward.condition.Scale(-1, forward.condition)
		if moved, _ := forward.run(x); mat.Equal(moved, y) {
			errs = append(errs, errors.New("forward does not depend on the condition"))
		}
	}
	return errors.Join(errs...)
}

// rounds is the number of points. Mutants are wrong at all points, so that fewer, the
// first of them, show it.
const (
	rounds       = 40
	mutantRounds = 8
)

func points(rounds, dim int, laws Laws, purpose string, into func(x float64) float64) *mat.Dense {
	spread := laws.Spread
	if spread == 0 {
		spread = 2
	}
	x := mat.NewDense(rounds, dim, nil)
	for i := range rounds {
		r, row := random.New(5, "flowtest "+purpose, 0, uint64(i)), x.RawRowView(i)
		for j := range row {
			row[j] = spread * r.NormFloat64()
			if into != nil {
				row[j] = into(row[j])
			}
		}
	}
	return x
}

// checkDirection tries one direction, f, against its inverse, g.
func checkDirection(name string, f, g *bijection, x *mat.Dense) (errs []error) {
	y, l := f.run(x)
	back, lBack := g.run(y)
	// Float64 loses at most the condition number of the map times 1e-16; the random
	// maps tried stretch by up to about 1e6 at single points.
	const tolerance = 1e-8
	if w := worst(back.RawMatrix().Data, x.RawMatrix().Data); !(w.size <= tolerance) {
		errs = append(errs, fmt.Errorf("%s: round trip of point %d is off by %.3g", name, w.index/f.dim, w.size))
	}
	for i := range lBack {
		lBack[i] = -lBack[i]
	}
	if w := worst(l, lBack); !(w.size <= tolerance) {
		errs = append(errs, fmt.Errorf("%s: the two log-dets at point %d differ by %.3g", name, w.index, w.size))
	}
	// Central differences err by about the cube root of 1e-16, squared, times a
	// third derivative; log-dets inherit it times the Jacobian's condition number.
	if w := worst(l, f.numericLogDet(x)); !(w.size <= 1e-4) {
		errs = append(errs, fmt.Errorf("%s: log-det at point %d is off the numeric Jacobian's by %.3g", name, w.index, w.size))
	}
	return errs
}

type deviation struct {
	size  float64 // absolute or relative, whichever is smaller
	index int
}

// worst returns the largest deviation of got from want; NaN is the largest of all.
func worst(got, want []float64) (w deviation) {
	for i, v := range got {
		d := math.Abs(v-want[i]) / max(1, math.Abs(want[i]))
		if d > w.size || math.IsNaN(d) {
			w = deviation{d, i}
		}
	}
	return w
}

// bijection is one direction of a bijector in float64.
type bijection struct {
	dim       int
	program   *ad.Program[float64]
	arena     *ad.Arena[float64]
	condition *mat.Dense // a row for each point; nil for none
}

func newMap(b flow.Bijector, forward bool, laws Laws, rounds int) *bijection {
	shape, _ := b.Shapes()
	t := ad.NewTape()
	pass, x := flow.Pass{Tape: t}, t.Input(shape.Size())
	var condition *mat.Dense
	if laws.Condition > 0 {
		pass.Condition = t.Input(laws.Condition)
		condition = points(rounds, laws.Condition, Laws{}, "condition", nil)
	}
	record := b.Inverse
	if forward {
		record = b.Forward
	}
	y, l := record(pass, x)
	p := ad.Compile(kernel.Best[float64](), t, ad.Config{}, y, flow.LogDet(pass, l))
	return &bijection{shape.Size(), p, p.NewArena(), condition}
}

// run maps every row of x, as many of each point, and returns the log-dets beside.
func (f *bijection) run(x *mat.Dense) (*mat.Dense, []float64) {
	rows, _ := x.Dims()
	y, l := mat.NewDense(rows, f.dim, nil), make([]float64, rows)
	for from := 0; from < rows; from += f.program.Rows() {
		n := min(f.program.Rows(), rows-from)
		ad.LoadRows(f.arena.Input(0), x.RawMatrix().Data[from*f.dim:], f.dim, n)
		if f.condition != nil {
			var c []float64
			for i := from; i < from+n; i++ {
				c = append(c, f.condition.RawRowView(i*f.condition.RawMatrix().Rows/rows)...)
			}
			ad.LoadRows(f.arena.Input(1), c, len(c)/n, n)
		}
		f.arena.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
		ad.StoreRows(y.RawMatrix().Data[from*f.dim:], f.dim, f.arena.Output(0), n)
		ad.StoreRows(l[from:], 1, f.arena.Output(1), n)
	}
	return y, l
}

// numericLogDet computes log|det| of the Jacobian by central differences.
func (f *bijection) numericLogDet(x *mat.Dense) []float64 {
	steps := make([]float64, f.dim)
	for j := range steps {
		steps[j] = 1e-6
	}
	dets, err := numeric.LogDets(func(x *mat.Dense) (*mat.Dense, error) {
		y, _ := f.run(x)
		return y, nil
	}, x, steps)
	if err != nil {
		panic(err) // run has none
	}
	out := make([]float64, len(dets))
	for i, d := range dets {
		out[i] = d.Central
	}
	return out
}
