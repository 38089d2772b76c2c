package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/internal/random"
)

const (
	// stressRows is the most test rows that are moved.
	stressRows = 500
	// missingRows is the most test rows of which every other one misses a value.
	missingRows = 1000
	// repeatedRows is the number of rows of work that is repeated.
	repeatedRows = 100
	// noiseDeviations is the deviation of the noise, in the columns' deviations.
	noiseDeviations = 0.01
)

// Stress scores test rows that are moved far out, shifted, or noisy, or miss a value, and
// repeats work with the same seeds.
func Stress() Claim {
	return Claim{
		Name:   "stress",
		Lines:  []string{"numerics.determinism", "numerics.far_out", "numerics.missing", "numerics.noise", "numerics.shift"},
		Assess: stress,
	}
}

func stress(_ context.Context, e *Examination, b *cert.Builder) error {
	differences, err := e.differences()
	if err != nil {
		return err
	}
	b.Record("determinism.differences", differences)
	rows := first(e.Split.Test, stressRows)
	var far []float64
	for _, factor := range []float64{10, 1e3, 1e6} {
		scores, err := e.Model.LogDensity(e.movedOut(rows, func(float64) float64 { return factor }), e.float32s())
		if err != nil {
			return err
		}
		far = append(far, scores.LogDensity...)
	}
	b.Record("far_out.log_density", far)
	if err := e.recordMissing(first(e.Split.Test, missingRows), b); err != nil {
		return err
	}
	deviations := columnDeviations(e.Split.Train)
	before, err := e.Model.LogDensity(rows, e.float64s())
	if err != nil {
		return err
	}
	for _, c := range []struct {
		array string
		move  func(i, j int) float64 // in deviations
	}{
		{"noise.change", func(i, j int) float64 {
			return noiseDeviations * random.New(e.Description.Seed, "noise", uint64(j), uint64(i)).NormFloat64()
		}},
		{"shift.change", func(int, int) float64 { return 1 }},
	} {
		moved := mat.DenseCopyOf(rows)
		moved.Apply(func(i, j int, v float64) float64 { return v + deviations[j]*c.move(i, j) }, moved)
		after, err := e.Model.LogDensity(moved, e.float64s())
		if err != nil {
			return err
		}
		floats.Sub(after.LogDensity, before.LogDensity)
		b.Record(c.array, after.LogDensity)
	}
	return nil
}

// recordMissing records the log-densities of rows of which every other one misses a value,
// NaN, of each column in turn, beside those of the same rows without holes: in float32, then
// in float64.
func (e *Examination) recordMissing(rows *mat.Dense, b *cert.Builder) error {
	n, dim := rows.Dims()
	holed := mat.DenseCopyOf(rows)
	var scores, wholes, columns []float64
	for _, o := range []density.Options{e.float32s(), e.float64s()} {
		for i := range n {
			column := -1
			if i%2 == 0 {
				column = i / 2 % dim
				holed.Set(i, column, math.NaN())
			}
			columns = append(columns, float64(column))
		}
		whole, err := e.Model.LogDensity(rows, o)
		if err != nil {
			return err
		}
		score, err := e.Model.LogDensity(holed, o)
		if err != nil {
			return err
		}
		scores, wholes = append(scores, score.LogDensity...), append(wholes, whole.LogDensity...)
	}
	b.Record("missing.log_density", scores)
	b.Record("missing.whole", wholes)
	b.Record("missing.column", columns)
	return nil
}

// differences returns how many values differ between repetitions of the same work with
// other numbers of workers: samples, samples for the third time, densities, and codes.
func (e *Examination) differences() ([]float64, error) {
	one, three := e.float32s(), e.float32s()
	one.Workers, three.Workers = 1, 3
	var counts []float64
	a, err := e.Model.Sample(repeatedRows, e.Description.Seed, one)
	if err != nil {
		return []float64{math.NaN()}, nil // the claim on samples says more
	}
	for range 2 {
		b, err := e.Model.Sample(repeatedRows, e.Description.Seed, three)
		if err != nil {
			return []float64{math.NaN()}, nil
		}
		counts = append(counts, differing(a.RawMatrix().Data, b.RawMatrix().Data))
	}
	x := first(e.Split.Test, repeatedRows)
	p, err := e.Model.LogDensity(x, one)
	if err != nil {
		return nil, err
	}
	q, err := e.Model.LogDensity(x, three)
	if err != nil {
		return nil, err
	}
	counts = append(counts, differing(p.LogDensity, q.LogDensity))
	if encoder, ok := e.encoder(); ok {
		y, _, err := encoder.Encode(x, one)
		if err != nil {
			return nil, err
		}
		z, _, err := encoder.Encode(x, three)
		if err != nil {
			return nil, err
		}
		counts = append(counts, differing(y.RawMatrix().Data, z.RawMatrix().Data))
	}
	return counts, nil
}

// differing counts the entries whose bits differ.
func differing(a, b []float64) float64 {
	n := 0.0
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			n++
		}
	}
	return n
}
