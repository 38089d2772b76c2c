package claim_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/claim"
	"flowcert/density"
)

// repeatable are the claims that are repeated.
func repeatable() []claim.Claim {
	return []claim.Claim{claim.Likelihood(), claim.Samples(), claim.RoundTrip(), claim.LogDet(), claim.Precision()}
}

func TestRepeat(t *testing.T) {
	e := examination(t)
	recorded := evidence(t, e, repeatable()...)
	list, err := claim.Repeat(t.Context(), e, recorded, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 8 {
		t.Errorf("%d arrays are repeated, want 8", len(list))
	}
	for _, r := range list {
		if !r.Holds || !strings.HasSuffix(r.Detail, "the same bytes") {
			t.Errorf("%s: %s", r.Array, r.Detail)
		}
	}
}

// TestRepeatRefutes repeats the checks on another model than the one that was
// certified, and with evidence that was invented.
func TestRepeatRefutes(t *testing.T) {
	g := examination(t).Gaussian.(*density.Gaussian)
	for name, c := range map[string]struct {
		model   faulty
		changed string
		change  func(values []float64)
		refuted string
		exact   bool
	}{
		"other densities":    {model: faulty{Gaussian: g, logDensity: func(s []float64) { floats.AddConst(1e-4, s) }}, refuted: "test.log_density"},
		"no density":         {model: faulty{Gaussian: g, logDensity: func(s []float64) { s[0] = math.NaN() }}, refuted: "test.log_density"},
		"a rough inverse":    {model: faulty{Gaussian: g, decoded: func(x *mat.Dense) { x.Set(3, 0, x.At(3, 0)+0.01) }}, refuted: "round_trip.float64"},
		"another log-det":    {model: faulty{Gaussian: g, logDet: func(l []float64) { floats.Scale(-1, l) }}, refuted: "log_det.error"},
		"invented scores":    {model: faulty{Gaussian: g}, changed: "test.log_density", change: func(v []float64) { v[7] += 0.001 }, refuted: "test.log_density"},
		"invented yardstick": {model: faulty{Gaussian: g}, changed: "test.gaussian_log_density", change: func(v []float64) { v[7] -= 0.5 }, refuted: "test.gaussian_log_density"},
		"invented truth":     {model: faulty{Gaussian: g}, changed: "test.true_log_density", change: func(v []float64) { v[7] -= 0.5 }, refuted: "test.true_log_density"},
		"invented samples":   {model: faulty{Gaussian: g}, changed: "samples.log_density", change: func(v []float64) { v[7] += 1 }, refuted: "samples.log_density"},
		"invented precision": {model: faulty{Gaussian: g}, changed: "precision.gap", change: func(v []float64) { floats.Scale(0, v) }, refuted: "precision.gap", exact: true},
	} {
		t.Run(name, func(t *testing.T) {
			e := examination(t)
			recorded := evidence(t, e, repeatable()...)
			if c.change != nil {
				c.change(recorded[c.changed])
			}
			e.Model = c.model
			list, err := claim.Repeat(t.Context(), e, recorded, c.exact)
			if err != nil {
				t.Fatal(err)
			}
			refuted := map[string]bool{}
			for _, r := range list {
				if !r.Holds {
					refuted[r.Array] = true
				}
			}
			if !refuted[c.refuted] {
				t.Errorf("%s is not refuted, only %v", c.refuted, refuted)
			}
		})
	}
}

// TestRepeatWithOtherKernels allows what rounding makes.
func TestRepeatWithOtherKernels(t *testing.T) {
	e := examination(t)
	recorded := evidence(t, e, repeatable()...)
	for name, values := range recorded {
		for i := range values {
			if strings.HasSuffix(name, "log_density") {
				values[i] *= 1 + 1e-12
			} else {
				values[i] *= 0.5 + float64(i%2)
			}
		}
	}
	list, err := claim.Repeat(t.Context(), e, recorded, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if !r.Holds || strings.HasSuffix(r.Detail, "the same bytes") && strings.HasSuffix(r.Array, "log_density") {
			t.Errorf("%s: %s", r.Array, r.Detail)
		}
	}
}
