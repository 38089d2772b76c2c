package catalog_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/density"
	"flowcert/model"
)

// roundings returns the relative error, in units of 2^-24, with which points may return
// from the latent side in float32. It is measured in the larger of a value and its
// column's deviation: whitening adds the mean back.
//
// Affine maps are inverted by their own formula, and maps of one piece by a root that is
// found to the last digit of the type: a few roundings of each layer, which the next ones
// stretch by what they stretch points, some two or three times in all. The maps of many
// pieces or terms sum up places within a box that is several deviations wide, and have
// flat pieces, which lose on the way to the latent side what their slope is below 1.
func roundings(e model.Entry) float64 {
	for _, pieces := range []string{"spline", "rational", "sigmoidal", "bernstein", "mixture-cdf"} {
		if strings.Contains(e.Text, pieces) {
			return 64
		}
	}
	return 8
}

// returns32 says what is wrong with the inverse of a trained model in float32, at training
// rows and at samples. Models that are no Encoder have none.
func returns32(e model.Entry, m density.Model, rows *mat.Dense) error {
	encoder, ok := m.(density.Encoder)
	if !ok {
		return nil
	}
	o := density.Options{Precision: density.Float32}
	n, columns := rows.Dims()
	samples, err := m.Sample(n, 1, o)
	if err != nil {
		return err
	}
	deviation := make([]float64, columns)
	for j := range deviation {
		deviation[j] = stat.StdDev(mat.Col(nil, j, rows), nil)
	}
	for what, x := range map[string]*mat.Dense{"training row": rows, "sample": samples} {
		z, _, err := encoder.Encode(x, o)
		if err != nil {
			return err
		}
		back, _, err := encoder.Decode(z, o)
		if err != nil {
			return err
		}
		for i := range n {
			for j, v := range x.RawRowView(i) {
				off := math.Abs(back.At(i, j)-v) / max(math.Abs(v), deviation[j]) / 0x1p-24
				if !(off <= roundings(e)) {
					return fmt.Errorf("%s %d returns from the latent side as %v instead of %v in float32: %.1f roundings, want at most %v",
						what, i, back.RawRowView(i), x.RawRowView(i), off, roundings(e))
				}
			}
		}
	}
	return nil
}

// coarse is an encoder whose inverse has lost a few digits.
type coarse struct{ density.Model }

func (c coarse) Encode(x *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	return c.Model.(density.Encoder).Encode(x, o)
}

func (c coarse) Decode(z *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	x, logDet, err := c.Model.(density.Encoder).Decode(z, o)
	if err == nil {
		x.Scale(1+1e-5, x)
	}
	return x, logDet, err
}

// testInverse32 fails t where the inverse of a trained model has lost digits in float32,
// and where a loss would not be seen.
func testInverse32(t *testing.T, e model.Entry, m density.Model, rows *mat.Dense) {
	t.Helper()
	if err := returns32(e, m, rows); err != nil {
		t.Error(err)
	}
	if _, ok := m.(density.Encoder); ok && returns32(e, coarse{m}, rows) == nil {
		t.Error("vacuous: an inverse that is off by a part in 100,000 passes")
	}
}
