package claim

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/internal/numeric"
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
	z, forward, err := encoder.Encode(x, e.float64s())
	if err != nil {
		return err
	}
	_, inverse := decode(encoder, z, e.float64s())
	scores, err := e.Model.LogDensity(x, e.float64s())
	if err != nil {
		return err
	}
	base, err := density.BaseLogDensity(encoder, z, e.float64s())
	if err != nil {
		return err
	}
	deviations := columnDeviations(e.Split.Train)
	encode := func(x *mat.Dense) (*mat.Dense, error) {
		z, _, err := encoder.Encode(x, e.float64s())
		return z, err
	}
	var cases, errors []float64
	for i := range rowsOf(x) {
		want, settled, err := numericLogDet(encode, mat.NewDense(1, len(deviations), x.RawRowView(i)), deviations)
		if err != nil {
			return err
		}
		off := worst(
			forward[i]-want,
			-inverse[i]-want,
			scores.LogDensity[i]-base[i]-want)
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

// numericLogDet returns log|det J| of a map at a row, by central differences of
// the largest step at which the differences to either side agree. Where none does,
// for there is a kink too close, it is not settled.
func numericLogDet(encode func(*mat.Dense) (*mat.Dense, error), row *mat.Dense, deviations []float64) (value float64, settled bool, err error) {
	steps := make([]float64, len(deviations))
	for _, step := range jacobianSteps() {
		floats.ScaleTo(steps, step, deviations)
		dets, err := numeric.LogDets(encode, row, steps)
		if err != nil {
			return 0, false, err
		}
		// Both are -Inf where the map folds the space into fewer dimensions.
		if d := dets[0]; d.Up == d.Down || math.Abs(d.Up-d.Down) <= jacobianAgreement {
			return d.Central, true, nil
		}
	}
	return 0, false, nil
}
