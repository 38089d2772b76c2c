package claim

import (
	"context"
	"maps"
	"slices"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/internal/random"
	"flowcert/measure"
	"flowcert/setting"
)

const (
	scalingRepeats = 6
	scalingSeconds = 0.1
)

// Scaling measures how the time of log-densities grows with rows, dimension and depth, if
// the examination is thorough, beside the operations that are counted.
func Scaling() Claim {
	return Claim{Name: "scaling", Lines: []string{"time.growth_rows", "time.growth_dimension", "time.growth_depth"}, Assess: scaling}
}

func scaling(ctx context.Context, e *Examination, b *cert.Builder) error {
	if !e.Thorough {
		skipAll(b, Scaling().Lines, "it takes further models, which --thorough asks for")
		return nil
	}
	if e.Entry.Cost == nil {
		skipAll(b, Scaling().Lines, "nothing counts the operations of this family")
		return nil
	}
	rows := curve{axis: "rows"}
	for _, n := range []int{500, 2000, 8000, 32_000} {
		x, err := e.Model.Sample(n, e.Description.Seed, e.float32s())
		if err != nil {
			skipAll(b, Scaling().Lines, "the model cannot be sampled: %v", err)
			return nil
		}
		if err := rows.add(ctx, e, n, e.Model, x, e.Settings); err != nil {
			return err
		}
	}
	rows.record(b)
	dimension := curve{axis: "dimension"}
	for _, dim := range []int{4, 8, 16, 32} {
		if err := dimension.addFresh(ctx, e, dim, dim, e.Settings); err != nil {
			return err
		}
	}
	dimension.record(b)
	name, ok := depthSetting(e.Settings)
	if !ok {
		b.Skip("time.growth_depth", "no setting of the model is its depth")
		return nil
	}
	depth := curve{axis: "depth"}
	for _, layers := range []int{1, 2, 4, 8} {
		settings := maps.Clone(e.Settings)
		settings[name] = layers
		if err := depth.addFresh(ctx, e, layers, e.Model.Dim(), settings); err != nil {
			return err
		}
	}
	depth.record(b)
	return nil
}

// depthSetting returns the setting that repeats a model's layers.
func depthSetting(v setting.Values) (string, bool) {
	names := []string{"couplings", "layers", "steps_of_flow", "flows_in_chain"}
	i := slices.IndexFunc(names, func(name string) bool { _, ok := v[name]; return ok })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// curve is the time of batches along one axis.
type curve struct {
	axis                       string
	sizes, seconds, operations []float64
}

// add measures the log-densities of x under m, which has these settings, at one size.
func (c *curve) add(ctx context.Context, e *Examination, size int, m density.Model, x *mat.Dense, settings setting.Values) error {
	cost, err := e.Entry.Cost(m.Dim(), settings)
	if err != nil {
		return err
	}
	r, err := e.Meter.Repeat(ctx, scalingRepeats, scalingSeconds, func() error {
		_, err := m.LogDensity(x, e.float32s())
		return err
	})
	if err != nil {
		return err
	}
	median, err := measure.Median(r.WallSeconds, 0.95) // its interval is not recorded
	if err != nil {
		return err
	}
	c.sizes = append(c.sizes, float64(size))
	c.seconds = append(c.seconds, median.Value)
	c.operations = append(c.operations, float64(rowsOf(x))*operations(cost.Evaluation))
	return nil
}

// addFresh measures a model of other settings or dimension, after one step of training on
// normal rows, which leaves the time what it is.
func (c *curve) addFresh(ctx context.Context, e *Examination, size, dim int, settings setting.Values) error {
	short := maps.Clone(settings)
	if _, trained := short["steps"]; trained {
		short["steps"] = 1
	}
	x := mat.NewDense(batchRows, dim, nil)
	for i := range batchRows {
		r := random.New(e.Description.Seed, "rows of a scaling curve", 0, uint64(i))
		for j := range dim {
			x.Set(i, j, r.NormFloat64())
		}
	}
	m, _, err := e.Entry.Fitter(short).Fit(ctx, x, x, density.FitOptions{Seed: e.Description.Seed, Workers: e.Workers})
	if err != nil {
		return err
	}
	return c.add(ctx, e, size, m, x, settings)
}

func (c *curve) record(b *cert.Builder) {
	b.Record("growth."+c.axis, c.sizes)
	b.Record("growth."+c.axis+"_seconds", c.seconds)
	b.Record("growth."+c.axis+"_operations", c.operations)
}
