package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
)

// jacobianRows is the most rows at which a numeric Jacobian is taken.
const jacobianRows = 50

// jacobianSteps are the steps of central differences, in standard deviations of
// the column. A large one may straddle a kink of a ReLU network, a small one rounds:
// to 1e-9 of the map's values and to a larger share of a stiff map's determinant. A
// wrong log-determinant is off by any step, so the step that agrees best counts.
func jacobianSteps() []float64 { return []float64{1e-5, 1e-6, 1e-7} }

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
	deviations := columnDeviations(e.Split.Train)
	z, forward, err := encoder.Encode(x, e.float64s())
	if err != nil {
		return err
	}
	_, inverse := decode(encoder, z, e.float64s())
	scores, err := e.Model.LogDensity(x, e.float64s())
	if err != nil {
		return err
	}
	least := fill(rowsOf(x), math.Inf(1))
	for _, step := range jacobianSteps() {
		numeric, err := numericLogDets(encoder, x, deviations, step, e.float64s())
		if err != nil {
			return err
		}
		for i, want := range numeric {
			off := worst(
				forward[i]-want,
				-inverse[i]-want,
				scores.LogDensity[i]-standardNormal(z.RawRowView(i))-want)
			if math.Abs(off) < math.Abs(least[i]) {
				least[i] = off
			}
		}
	}
	b.Record("log_det.error", least)
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
// differences of the given step.
func numericLogDets(encoder density.Encoder, x *mat.Dense, deviations []float64, step float64, o density.Options) ([]float64, error) {
	rows, dim := x.Dims()
	// Row i takes 2*dim rows here: column by column, one step down and one up.
	shifted := mat.NewDense(rows*2*dim, dim, nil)
	for i := range rows {
		for j := range dim {
			down, up := (2*dim)*i+2*j, (2*dim)*i+2*j+1
			shifted.SetRow(down, x.RawRowView(i))
			shifted.SetRow(up, x.RawRowView(i))
			shifted.Set(down, j, x.At(i, j)-step*deviations[j])
			shifted.Set(up, j, x.At(i, j)+step*deviations[j])
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
			width := shifted.At(up, j) - shifted.At(down, j)
			for k := range dim {
				jacobian.Set(k, j, (z.At(up, k)-z.At(down, k))/width)
			}
		}
		var lu mat.LU
		lu.Factorize(jacobian)
		logDets[i], _ = lu.LogDet()
	}
	return logDets, nil
}
