package data

import (
	"fmt"
	"math/rand/v2"

	"flowcert/internal/random"

	"gonum.org/v1/gonum/mat"
)

// synthetic is a generator of independent rows with a known density.
type synthetic struct {
	info                    Info
	train, validation, test int
	// draw fills x with a point.
	draw func(r *rand.Rand, x []float64)
	// logDensity is the truth at a point, in nats.
	logDensity func(x []float64) float64
}

// generator returns a synthetic set of the default size.
func generator(info Info, draw func(*rand.Rand, []float64), logDensity func([]float64) float64) Set {
	return synthetic{info: info, draw: draw, logDensity: logDensity}.WithRows(20_000, 5_000, 100_000)
}

// WithRows returns the same set with parts of these sizes.
func (s synthetic) WithRows(train, validation, test int) Set {
	if min(train, validation, test) < 1 {
		panic(fmt.Sprintf("data: %s with %d, %d and %d rows: every part needs one", s.info.Name, train, validation, test))
	}
	s.train, s.validation, s.test = train, validation, test
	s.info.Rows = train + validation + test
	return s
}

// Info says what the set is.
func (s synthetic) Info() Info { return s.info }

// Split draws the parts. A row depends on the seed, its part and its place in
// the part alone. It never fails.
func (s synthetic) Split(seed uint64) (Split, error) {
	part := func(step uint64, rows int) *mat.Dense {
		x := mat.NewDense(rows, len(s.info.Columns), nil)
		for i := range rows {
			s.draw(random.New(seed, "data "+s.info.Name, step, uint64(i)), x.RawRowView(i))
		}
		return x
	}
	return Split{
		Train:      part(0, s.train),
		Validation: part(1, s.validation),
		Test:       part(2, s.test),
	}, nil
}

// LogDensity returns the true log-density of every row of x in nats.
func (s synthetic) LogDensity(x *mat.Dense) []float64 {
	rows, _ := x.Dims()
	scores := make([]float64, rows)
	for i := range scores {
		scores[i] = s.logDensity(x.RawRowView(i))
	}
	return scores
}
