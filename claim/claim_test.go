package claim_test

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/claim"
	"flowcert/data"
	"flowcert/density"
	"flowcert/model"
	"flowcert/probe"
)

// examination is of a Gaussian fitted to a small moons data set.
func examination(t *testing.T) *claim.Examination {
	t.Helper()
	moons := data.Moons()
	set := moons.(data.Resizer).WithRows(400, 100, 500)
	split, err := set.Split(1)
	if err != nil {
		t.Fatal(err)
	}
	gaussian, report, err := density.GaussianFitter{}.Fit(context.Background(), split.Train, split.Validation, density.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	entry := model.Gaussian()
	return &claim.Examination{
		Model: gaussian, Entry: entry,
		Description: model.Description{Model: entry.Name, Settings: model.Settings{}, Dim: 2, Columns: set.Info().Columns,
			Seed: 7, Data: model.Data{Name: "moons", SplitSeed: 1, TestSHA256: data.Digest(split.Test)}},
		Info: set.Info(), Split: split, Truth: moons.(data.Truth), Gaussian: gaussian,
		Report: &report, Meter: probe.NewMeter(probe.SystemRoots()), Roots: probe.SystemRoots(),
	}
}

// certificate is what the claims make of e.
func certificate(t *testing.T, e *claim.Examination, claims ...claim.Claim) *cert.Certificate {
	t.Helper()
	b, err := claim.Examine(context.Background(), claims, e, cert.Environment{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range cert.Lines() {
		b.Skip(l.ID, "not under test")
	}
	c, _, err := b.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func all() []claim.Claim {
	return []claim.Claim{
		claim.Likelihood(), claim.Samples(), claim.RoundTrip(), claim.LogDet(), claim.Integral(), claim.Precision(),
		claim.DensityCost(), claim.SamplingCost(), claim.Training(), claim.Memory(), claim.Picture(), claim.Open(),
	}
}

func TestExamine(t *testing.T) {
	e := examination(t)
	b, err := claim.Examine(context.Background(), all(), e, cert.Environment{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	path, err := b.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := cert.Verify(path)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Holds() {
		t.Errorf("does not hold: %v", r.Findings)
	}
	for _, row := range r.Certificate.Rows {
		v, lo, hi := math.NaN(), math.NaN(), math.NaN()
		if row.Value != nil {
			v = *row.Value
		}
		if row.Lo != nil {
			lo, hi = *row.Lo, *row.Hi
		}
		t.Logf("%-32s %-12s %v [%v %v] %s n=%d %s %s", row.ID, row.Strength, v, lo, hi, row.Unit, row.N, row.Grade, row.Reason)
	}
	_ = mat.Dense{}
}
