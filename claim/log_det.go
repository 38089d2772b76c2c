package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
)

const (
	// jacobianRows is the most rows at which a numeric Jacobian is taken.
	jacobianRows = 50
	// jacobianStep, in standard deviations of the column, balances the two errors
	// of a central difference in float64: 1e-10 times a third derivative, and 1e-11
	// of rounding.
	jacobianStep = 1e-5
)

// LogDet compares the log-determinants that the model states in both directions,
// and the log-density that it makes of them, with a numeric Jacobian of the map.
func LogDet() Claim {
	return Claim{
		Name:   "log-determinant",
		Lines:  []string{"guarantees.log_det.checked", "numerics.log_det"},
		Assess: logDet,
	}
}

func logDet(_ context.Context, e *Examination, b *cert.Builder) error {
	encoder, ok := e.encoder()
	if !ok {
		skipAll(b, LogDet().Lines, "the model has no latent code")
		return nil
	}
	x := first(e.Split.Test, jacobianRows)
	numeric, err := numericLogDets(encoder, x, columnDeviations(e.Split.Train), e.float64s())
	if err != nil {
		return err
	}
	z, forward, err := encoder.Encode(x, e.float64s())
	if err != nil {
		return err
	}
	_, inverse := decode(encoder, z, e.float64s())
	scores, err := e.Model.LogDensity(x, e.float64s())
	if err != nil {
		return err
	}
	errors := make([]float64, len(numeric))
	for i, want := range numeric {
		errors[i] = worst(
			forward[i]-want,
			-inverse[i]-want,
			scores.LogDensity[i]-standardNormal(z.RawRowView(i))-want)
	}
	b.Record("log_det.error", errors)
	return nil
}

// worst returns the entry of largest absolute value; NaN is worst.
func worst(errors ...float64) float64 {
	w := 0.0
	for _, v := range errors {
		if math.IsNaN(v) {
			return v
		}
		if math.Abs(v) > math.Abs(w) {
			w = v
		}
	}
	return w
}

// standardNormal returns the log-density of a latent code under the base.
func standardNormal(z []float64) float64 {
	sum := -float64(len(z)) / 2 * math.Log(2*math.Pi)
	for _, v := range z {
		sum -= v * v / 2
	}
	return sum
}

// numericLogDets returns log|det J| of the encoding at every row, from central
// differences.
func numericLogDets(encoder density.Encoder, x *mat.Dense, deviations []float64, o density.Options) ([]float64, error) {
	rows, dim := x.Dims()
	// Row i takes 2*dim rows here: column by column, one step down and one up.
	shifted := mat.NewDense(rows*2*dim, dim, nil)
	for i := range rows {
		for j := range dim {
			down, up := (2*dim)*i+2*j, (2*dim)*i+2*j+1
			shifted.SetRow(down, x.RawRowView(i))
			shifted.SetRow(up, x.RawRowView(i))
			shifted.Set(down, j, x.At(i, j)-jacobianStep*deviations[j])
			shifted.Set(up, j, x.At(i, j)+jacobianStep*deviations[j])
		}
	}
	z, _, err := encoder.Encode(shifted, o)
	if err != nil {
		return nil, err
	}
	logDets := make([]float64, rows)
	jacobian := mat.NewDense(dim, dim, nil)
	for i := range rows {
		for j := range dim {
			down, up := (2*dim)*i+2*j, (2*dim)*i+2*j+1
			// The step as it came out, not as it was meant: rounding of the
			// sum does not count.
			step := shifted.At(up, j) - shifted.At(down, j)
			for k := range dim {
				jacobian.Set(k, j, (z.At(up, k)-z.At(down, k))/step)
			}
		}
		var lu mat.LU
		lu.Factorize(jacobian)
		logDets[i], _ = lu.LogDet()
	}
	return logDets, nil
}
