package claim_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/claim"
	"flowcert/density"
)

// faulty is a Gaussian with planted faults.
type faulty struct {
	*density.Gaussian
	logDensity func(scores []float64)
	logDet     func(logDet []float64)
	encoded    func(z *mat.Dense)
	decoded    func(x *mat.Dense)
	decode     func(z *mat.Dense) error
	sample     error
}

func (f faulty) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	s, err := f.Gaussian.LogDensity(x, o)
	if f.logDensity != nil {
		f.logDensity(s.LogDensity)
	}
	return s, err
}

func (f faulty) Encode(x *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	z, logDet, err := f.Gaussian.Encode(x, o)
	if f.logDet != nil {
		f.logDet(logDet)
	}
	if f.encoded != nil {
		f.encoded(z)
	}
	return z, logDet, err
}

func (f faulty) Decode(z *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	if f.decode != nil {
		if err := f.decode(z); err != nil {
			return nil, nil, err
		}
	}
	x, logDet, err := f.Gaussian.Decode(z, o)
	if f.decoded != nil {
		f.decoded(x)
	}
	return x, logDet, err
}

func (f faulty) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	if f.sample != nil {
		return nil, f.sample
	}
	return f.Gaussian.Sample(n, seed, o)
}

func TestPlantedFaultsAreRefuted(t *testing.T) {
	e := examination(t)
	g := e.Gaussian.(*density.Gaussian)
	_, logDets, err := g.Encode(e.Split.Test, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	logDet := logDets[0]
	if math.Abs(logDet) < 0.1 {
		t.Fatalf("vacuous: the log-determinant %v is too near 0 for a flipped sign to show", logDet)
	}
	faults := []struct {
		name    string
		model   faulty
		refuted []string
		reason  string // in the first refuted row
	}{
		{"log-det negated", faulty{
			logDensity: func(s []float64) { floats.AddConst(-2*logDet, s) },
			logDet:     func(l []float64) { floats.Scale(-1, l) },
		}, []string{"guarantees.log_det.checked", "guarantees.normalised.checked"}, "case "},
		{"log-det missing from the density", faulty{logDensity: func(s []float64) { floats.AddConst(-logDet, s) }},
			[]string{"guarantees.log_det.checked", "guarantees.normalised.checked"}, "case "},
		{"log-det of the forward direction zero", faulty{logDet: func(l []float64) { floats.Scale(0, l) }},
			[]string{"guarantees.log_det.checked"}, "case "},
		{"two dimensions folded into one", faulty{encoded: func(z *mat.Dense) { z.SetCol(1, mat.Col(nil, 0, z)) }},
			[]string{"guarantees.log_det.checked", "guarantees.invertible.checked"}, "no finite error"},
		{"mass of 1.01", faulty{logDensity: func(s []float64) { floats.AddConst(math.Log(1.01), s) }},
			[]string{"guarantees.normalised.checked"}, "integrates to 1.01"},
		{"inverse off in one row", faulty{decoded: func(x *mat.Dense) { x.Set(17, 1, x.At(17, 1)+0.01) }},
			[]string{"guarantees.invertible.checked", "answers.latent"}, "case 17 "},
		{"no inverse in one row", faulty{decode: onlyIn(t, g, e.Split.Test, 23)},
			[]string{"guarantees.invertible.checked", "numerics.round_trip_float32", "answers.latent"}, "case 23 "},
		{"no density in one row", faulty{logDensity: func(s []float64) { s[min(5, len(s)-1)] = math.NaN() }},
			[]string{"answers.density", "answers.samples", "numerics.precision_gap"}, "case 5 is NaN"},
		{"samples cannot be drawn", faulty{sample: errors.New("no finite inverse")},
			[]string{"answers.samples"}, "case 0 is NaN"},
	}
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			fault.model.Gaussian = g
			e.Model = fault.model
			c := certify(t, e, claim.Likelihood(), claim.Samples(), claim.RoundTrip(), claim.LogDet(), claim.Integral(), claim.Precision())
			for _, id := range fault.refuted {
				if r := rowOf(t, c, id); r.Strength != cert.Refuted || r.Reason == "" {
					t.Errorf("%s is %s", id, r.Strength)
				}
			}
			if r := rowOf(t, c, fault.refuted[0]); !strings.Contains(r.Reason, fault.reason) {
				t.Errorf("%s is refuted for %q, want %q in it", r.ID, r.Reason, fault.reason)
			}
		})
	}
}

// onlyIn returns a decoder's error for all matrices that contain the code of one row.
func onlyIn(t *testing.T, g *density.Gaussian, x *mat.Dense, row int) func(*mat.Dense) error {
	t.Helper()
	z, _, err := g.Encode(x, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := mat.Row(nil, row, z)
	return func(z *mat.Dense) error {
		rows, _ := z.Dims()
		for i := range rows {
			if floats.EqualApprox(z.RawRowView(i), want, 1e-9) {
				return errors.New("no finite inverse")
			}
		}
		return nil
	}
}

// kinked is the map of a ReLU: each coordinate has slope 1 below its kink and
// another above it.
type kinked struct {
	density.Model
	at    []float64
	slope float64
}

func (k kinked) Encode(x *mat.Dense, _ density.Options) (*mat.Dense, []float64, error) {
	z := mat.DenseCopyOf(x)
	rows, _ := x.Dims()
	logDets := make([]float64, rows)
	for i := range rows {
		for j, at := range k.at {
			if v := x.At(i, j); v > at {
				z.Set(i, j, at+k.slope*(v-at))
				logDets[i] += math.Log(k.slope)
			}
		}
	}
	return z, logDets, nil
}

func (k kinked) Decode(z *mat.Dense, _ density.Options) (*mat.Dense, []float64, error) {
	x := mat.DenseCopyOf(z)
	rows, _ := z.Dims()
	logDets := make([]float64, rows)
	for i := range rows {
		for j, at := range k.at {
			if v := z.At(i, j); v > at {
				x.Set(i, j, at+(v-at)/k.slope)
				logDets[i] -= math.Log(k.slope)
			}
		}
	}
	return x, logDets, nil
}

func (k kinked) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	z, logDets, err := k.Encode(x, o)
	for i := range logDets {
		for _, v := range z.RawRowView(i) {
			logDets[i] -= v*v/2 + math.Log(2*math.Pi)/2
		}
	}
	return density.Scores{Kind: density.Exact, LogDensity: logDets}, err
}

// TestKinksBesideARow puts kinks so close to test rows that numeric Jacobians
// straddle them: a true log-determinant must not be refuted for that.
func TestKinksBesideARow(t *testing.T) {
	e := examination(t)
	row := e.Split.Test.RawRowView(0)
	for _, slope := range []float64{0.5, 2} {
		for _, distance := range []float64{3e-6, 3e-8, 3e-10, 0} {
			e.Model = kinked{e.Gaussian, []float64{row[0] - distance, row[1] + distance}, slope}
			if r := rowOf(t, certify(t, e, claim.Likelihood(), claim.LogDet()), "guarantees.log_det.checked"); r.Strength != cert.Tested || r.N < 49 {
				t.Errorf("kinks to slope %g, %g away: the log-determinant is %s at %d rows: %s", slope, distance, r.Strength, r.N, r.Reason)
			}
		}
	}
}

// TestKinksDoNotHideAFault plants wrong log-determinants into the kinked map.
func TestKinksDoNotHideAFault(t *testing.T) {
	e := examination(t)
	row := e.Split.Test.RawRowView(0)
	for name, spoil := range map[string]func(logDets []float64){
		"half the log-determinant":            func(l []float64) { floats.Scale(0.5, l) },
		"no log-determinant beside the kinks": func(l []float64) { l[0] = math.NaN() },
		"an infinite one beside the kinks":    func(l []float64) { l[0] = math.Inf(1) },
	} {
		e.Model = misstated{kinked{e.Gaussian, []float64{row[0], row[1]}, 2}, spoil}
		if r := rowOf(t, certify(t, e, claim.Likelihood(), claim.LogDet()), "guarantees.log_det.checked"); r.Strength != cert.Refuted {
			t.Errorf("%s is %s", name, r.Strength)
		}
	}
}

// misstated is a kinked map with other log-determinants.
type misstated struct {
	kinked
	spoil func(logDets []float64)
}

func (m misstated) Encode(x *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	z, logDets, err := m.kinked.Encode(x, o)
	m.spoil(logDets)
	return z, logDets, err
}
