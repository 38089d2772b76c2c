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
	// jacobianAgreement is how near the log-determinants of one-sided differences
	// must be for the map to count as differentiable there, in nats: a tenth of
	// what refutes.
	jacobianAgreement = 1e-4
)

// jacobianSteps are the steps that are tried, in standard deviations of the column.
// A small one rounds: 1e-8 to 1e-8 of the map's values, which a stiff map's
// determinant multiplies; a large one straddles the kinks of ReLU networks.
func jacobianSteps() []float64 { return []float64{1e-5, 1e-6, 1e-7, 1e-8} }

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
	var cases, errors []float64
	for i := range rowsOf(x) {
		want, settled, err := numericLogDet(encoder, x.RawRowView(i), deviations, e.float64s())
		if err != nil {
			return err
		}
		off := worst(
			forward[i]-want,
			-inverse[i]-want,
			scores.LogDensity[i]-standardNormal(z.RawRowView(i))-want)
		if settled || math.IsNaN(off) || math.IsInf(off, 0) {
			cases, errors = append(cases, float64(i)), append(errors, off)
		}
	}
	if errors == nil {
		skipAll(b, LogDet().Lines, "no numeric Jacobian settles at any of %d test rows", rowsOf(x))
		return nil
	}
	b.Record("log_det.rows", cases)
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

// numericLogDet returns log|det J| of the encoding at a row by central differences
// of the largest step at which the differences to either side agree. Where none
// does, for there is a kink too close, it is not settled.
func numericLogDet(encoder density.Encoder, row, deviations []float64, o density.Options) (value float64, settled bool, err error) {
	for _, step := range jacobianSteps() {
		shifted := shifts(row, deviations, step)
		z, _, err := encoder.Encode(shifted, o)
		if err != nil {
			return 0, false, err
		}
		dim := len(row)
		down := differences(shifted, z, func(j int) (from, to int) { return j, 2 * dim })
		up := differences(shifted, z, func(j int) (from, to int) { return 2 * dim, dim + j })
		if math.Abs(up-down) <= jacobianAgreement {
			return differences(shifted, z, func(j int) (from, to int) { return j, dim + j }), true, nil
		}
	}
	return 0, false, nil
}

// shifts returns the row with each column a step down, then with each column a step
// up, and at last as it is.
func shifts(row, deviations []float64, step float64) *mat.Dense {
	dim := len(row)
	shifted := mat.NewDense(2*dim+1, dim, nil)
	for i := range 2*dim + 1 {
		shifted.SetRow(i, row)
	}
	for j := range dim {
		shifted.Set(j, j, row[j]-step*deviations[j])
		shifted.Set(dim+j, j, row[j]+step*deviations[j])
	}
	return shifted
}

// differences returns log|det J| where column j of J is the change of z over that
// of x between two of the rows.
func differences(x, z *mat.Dense, rowsOf func(column int) (from, to int)) float64 {
	_, dim := x.Dims()
	jacobian := mat.NewDense(dim, dim, nil)
	for j := range dim {
		from, to := rowsOf(j)
		// The step as it came out, not as it was meant.
		width := x.At(to, j) - x.At(from, j)
		for k := range dim {
			jacobian.Set(k, j, (z.At(to, k)-z.At(from, k))/width)
		}
	}
	var lu mat.LU
	lu.Factorize(jacobian)
	logDet, _ := lu.LogDet()
	return logDet
}
