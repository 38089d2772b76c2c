package claim_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/claim"
	"flowcert/density"
)

// guarantees are the claims about guarantees and numerics that this file is about.
func guarantees() []claim.Claim {
	return []claim.Claim{
		claim.Preconditions(), claim.Volume(), claim.Tails(), claim.Stretch(), claim.Growth(), claim.Stress(),
	}
}

func TestGuaranteesOfAGaussian(t *testing.T) {
	e := ofNormalRows(t, 3)
	c := certify(t, e, guarantees()...)
	for _, id := range []string{
		"guarantees.preconditions.checked", "guarantees.volume.checked", "guarantees.tails.checked",
		"guarantees.stretch.checked", "numerics.determinism", "numerics.missing", "numerics.far_out",
	} {
		if r := rowOf(t, c, id); r.Strength != cert.Tested {
			t.Errorf("%s is %s: %s", id, r.Strength, r.Reason)
		}
	}
	// Normal columns of the same deviation are whitened almost by a multiple of the
	// identity: 300 rows leave correlations of a tenth.
	if r := rowOf(t, c, "guarantees.stretch.checked"); *r.Value > 1.5 {
		t.Errorf("the map stretches %v times as much one way as another", *r.Value)
	}
	// The log-density is -d^2/2, and one deviation in three columns takes 3/2 on average.
	if r := rowOf(t, c, "numerics.shift"); math.Abs(*r.Value+1.5) > 0.4 {
		t.Errorf("a shift changes the log-density by %v, want about -1.5", *r.Value)
	}
}

// broken is a Gaussian that keeps less than it should.
type broken struct {
	*density.Gaussian
	margins []density.Margin
	tensors []density.Tensor
	encode  func(x, z *mat.Dense, logDet []float64)
	draw    func(x *mat.Dense, o density.Options)
	score   func(x *mat.Dense, logDensity []float64)
}

func (b broken) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	s, err := b.Gaussian.LogDensity(x, o)
	if err == nil && b.score != nil {
		b.score(x, s.LogDensity)
	}
	return s, err
}

func (b broken) Margins(x *mat.Dense, o density.Options) ([]density.Margin, error) {
	if b.margins != nil {
		return b.margins, nil
	}
	return b.Gaussian.Margins(x, o)
}

func (b broken) Tensors() []density.Tensor {
	if b.tensors != nil {
		return b.tensors
	}
	return b.Gaussian.Tensors()
}

func (b broken) Encode(x *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	z, logDet, err := b.Gaussian.Encode(x, o)
	if err == nil && b.encode != nil {
		b.encode(x, z, logDet)
	}
	return z, logDet, err
}

func (b broken) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	x, err := b.Gaussian.Sample(n, seed, o)
	if err == nil && b.draw != nil {
		b.draw(x, o)
	}
	return x, err
}

func TestBrokenGuaranteesAreRefuted(t *testing.T) {
	e := examination(t)
	g := e.Gaussian.(*density.Gaussian)
	const preconditions, tails = "guarantees.preconditions.checked", "guarantees.tails.checked"
	for _, fault := range []struct {
		name, refuted, reason string
		model                 broken
	}{
		{"a margin below 0", preconditions, "part 1", broken{margins: []density.Margin{{Part: 0, Value: 1}, {Part: 1, Value: -0.2}}}},
		{"a margin of 0", preconditions, "part 4", broken{margins: []density.Margin{{Part: 4, Value: 0}}}},
		{"a margin that is no number", preconditions, "part 2", broken{margins: []density.Margin{{Part: 2, Value: math.NaN()}}}},
		{"an infinite margin", preconditions, "part 2", broken{margins: []density.Margin{{Part: 2, Value: math.Inf(1)}}}},
		{"a weight that is no number", preconditions, "part -1",
			broken{tensors: []density.Tensor{{Name: "w", Shape: []int{2}, F32: []float32{1, float32(math.NaN())}}}}},
		{"an infinite weight", preconditions, "part -1",
			broken{tensors: []density.Tensor{{Name: "w", Shape: []int{2}, F64: []float64{1, math.Inf(1)}}}}},
		{"a log-determinant that varies", "guarantees.volume.checked", "further apart",
			broken{encode: func(_, _ *mat.Dense, logDet []float64) { logDet[3] += 0.01 }}},
		{"a code that grows as the square", tails, "off by 1",
			broken{encode: func(_, z *mat.Dense, _ []float64) {
				z.Apply(func(_, _ int, v float64) float64 { return v * math.Abs(v) }, z)
			}}},
		{"a code that stays", tails, "off by 1", broken{encode: func(_, z *mat.Dense, _ []float64) {
			z.Apply(func(_, _ int, v float64) float64 { return math.Tanh(v) }, z)
		}}},
		{"a map into a line", "guarantees.stretch.checked", "stretches by",
			broken{encode: func(_, z *mat.Dense, _ []float64) { z.SetCol(1, make([]float64, z.RawMatrix().Rows)) }}},
		{"draws that depend on the workers", "numerics.determinism", "case 0",
			broken{draw: func(x *mat.Dense, o density.Options) { x.Set(0, 0, x.At(0, 0)+float64(o.Workers)) }}},
		{"a density of a missing value", "numerics.missing", "case 0 misses column 0 and has the log-density -3", broken{score: func(x *mat.Dense, logDensity []float64) {
			for i, v := range logDensity {
				if math.IsNaN(v) {
					logDensity[i] = -3
				}
			}
		}}},
		{"a missing value that others feel", "numerics.missing", "case 1 has the log-density", broken{score: func(x *mat.Dense, logDensity []float64) {
			for i := range logDensity[1:] {
				if math.IsNaN(logDensity[i]) {
					logDensity[i+1] += 1e-9
				}
			}
		}}},
	} {
		t.Run(fault.name, func(t *testing.T) {
			fault.model.Gaussian = g
			e.Model = fault.model
			c := certify(t, e, append(guarantees(), claim.Likelihood())...)
			if r := rowOf(t, c, fault.refuted); r.Strength != cert.Refuted || !strings.Contains(r.Reason, fault.reason) {
				t.Errorf("%s is %s for %q, want refuted for %q", fault.refuted, r.Strength, r.Reason, fault.reason)
			}
		})
	}
}

// TestGrowthIsWhatTheorySays of every flow that comes with the program.
func TestGrowthIsWhatTheorySays(t *testing.T) {
	for _, entry := range catalog.Models() {
		if entry.Cost == nil {
			continue
		}
		settings, err := entry.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		e := examination(t)
		e.Entry, e.Settings = entry, settings
		c := certify(t, e, claim.Likelihood(), claim.Growth())
		checked, theory := rowOf(t, c, "guarantees.cost.checked"), rowOf(t, c, "guarantees.cost.theory")
		if checked.Strength != cert.Tested {
			t.Errorf("%s: %s: %s", entry.Name, checked.Strength, checked.Reason)
			continue
		}
		if theory.Strength != cert.Theorem {
			t.Logf("%s: degree %v, and no theorem", entry.Name, *checked.Value)
			continue
		}
		want := 1.0
		if strings.Contains(theory.Method, "quadratic in columns") {
			want = 2
		}
		if *checked.Value != want {
			t.Errorf("%s: degree %v, want %v: %s", entry.Name, *checked.Value, want, theory.Method)
		}
	}
}
