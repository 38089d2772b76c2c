package claim_test

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/cert"
	"flowcert/claim"
	"flowcert/data"
	"flowcert/density"
	"flowcert/internal/random"
)

// evidence returns the arrays that the claims record.
func evidence(t *testing.T, e *claim.Examination, claims ...claim.Claim) cert.Arrays {
	t.Helper()
	path, err := build(t, e, claims...).Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, arrays, err := cert.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return arrays
}

// ofNormalRows is the examination of a Gaussian of dim columns fitted to normal rows.
func ofNormalRows(t *testing.T, dim int) *claim.Examination {
	t.Helper()
	e := examination(t)
	e.Truth, e.Description.Dim, e.Description.Columns = nil, dim, make([]string, dim)
	rows := func(seed uint64) *mat.Dense {
		x := mat.NewDense(300, dim, nil)
		x.Apply(func(i, j int, _ float64) float64 {
			return 5 + 3*random.New(seed, "claim test", uint64(j), uint64(i)).NormFloat64()
		}, x)
		return x
	}
	e.Split = data.Split{Train: rows(1), Validation: rows(2), Test: rows(3)}
	var err error
	if e.Model, _, err = (density.GaussianFitter{}).Fit(t.Context(), e.Split.Train, e.Split.Validation, density.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPictureOfTwoDimensions(t *testing.T) {
	e := examination(t)
	arrays := evidence(t, e, claim.Likelihood(), claim.Picture())
	if got, want := arrays["picture.test_rows"], mat.DenseCopyOf(e.Split.Test).RawMatrix().Data; !slices.Equal(got, want) {
		t.Errorf("%d coordinates of test rows, want the %d of all", len(got), len(want))
	}
	frame := arrays["picture.frame"]
	for j := range 2 {
		column := mat.Col(nil, j, e.Split.Test)
		room := (floats.Max(column) - floats.Min(column)) / 10
		if want := []float64{floats.Min(column) - room, floats.Max(column) + room}; !floats.EqualApprox(frame[2*j:2*j+2], want, 1e-12) {
			t.Errorf("axis %d spans %v, want %v", j, frame[2*j:2*j+2], want)
		}
	}
	columns, rows := int(frame[4]), int(frame[5])
	if columns*rows != len(arrays["picture.log_density"]) || columns < 2 || rows < 2 {
		t.Fatalf("%d densities for %d columns and %d rows", len(arrays["picture.log_density"]), columns, rows)
	}
	// The first cell, its neighbour to the right, the one above, and the last.
	for _, at := range []int{0, 1, columns, columns*rows - 1} {
		x := mat.NewDense(1, 2, []float64{
			frame[0] + (frame[1]-frame[0])*(float64(at%columns)+0.5)/float64(columns),
			frame[2] + (frame[3]-frame[2])*(float64(at/columns)+0.5)/float64(rows),
		})
		scores, err := e.Model.LogDensity(x, density.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := arrays["picture.log_density"][at], scores.LogDensity[0]; math.Abs(got-want) > 1e-9 {
			t.Errorf("cell %d has the log-density %v, want %v", at, got, want)
		}
		if got, want := arrays["picture.true_log_density"][at], e.Truth.LogDensity(x)[0]; math.Abs(got-want) > 1e-9 {
			t.Errorf("cell %d has the true log-density %v, want %v", at, got, want)
		}
	}
}

func TestPictureOfOneColumnValue(t *testing.T) {
	e := ofNormalRows(t, 2)
	for i := range 300 {
		e.Split.Test.Set(i, 0, 4)
	}
	if frame := evidence(t, e, claim.Picture())["picture.frame"]; !slices.Equal(frame[:2], []float64{3, 5}) {
		t.Errorf("an axis of the value 4 alone spans %v, want 3 to 5", frame[:2])
	}
}

func TestPictureOfOtherDimensions(t *testing.T) {
	for dim, want := range map[int]int{1: 0, 3: 3, 6: 4} {
		arrays := evidence(t, ofNormalRows(t, dim), claim.Picture())
		if got := arrays["pairs.columns"]; len(got) != want {
			t.Errorf("%d dimensions: the columns %v, want %d", dim, got, want)
		}
		for _, name := range []string{"pairs.test_rows", "pairs.samples"} {
			if got := arrays[name]; len(got) != 300*want {
				t.Errorf("%d dimensions: %d entries of %s, want 300 rows of %d", dim, len(got), name, want)
			}
		}
		if arrays["picture.frame"] != nil || arrays["picture.log_density"] != nil || arrays["picture.true_log_density"] != nil {
			t.Errorf("%d dimensions have a picture of the density", dim)
		}
	}
}

func TestIntegralByDimension(t *testing.T) {
	for dim, want := range map[int]cert.Strength{1: cert.Tested, 2: cert.Tested, 3: cert.NotAssessed} {
		r := rowOf(t, certify(t, ofNormalRows(t, dim), claim.Integral()), "guarantees.normalised.checked")
		if r.Strength != want || want == cert.Tested && math.Abs(*r.Value-1) > 1e-4 {
			t.Errorf("%d dimensions: %+v, want %s", dim, r, want)
		}
	}
}

// TestRoundTripIsRelative to the value or the column's deviation, whichever is larger.
func TestRoundTripIsRelative(t *testing.T) {
	e := examination(t)
	deviation := stat.StdDev(mat.Col(nil, 0, e.Split.Train), nil)
	small, large := -1, -1
	for i := range 500 {
		switch v := e.Split.Test.At(i, 0); {
		case math.Abs(v) < deviation/2:
			small = i
		case v < -1.5*deviation:
			large = i
		}
	}
	value := e.Split.Test.At(large, 0) // fails without such rows
	e.Model = faulty{Gaussian: e.Gaussian.(*density.Gaussian), decoded: func(x *mat.Dense) {
		x.Set(small, 0, x.At(small, 0)-0.01)
		x.Set(large, 0, x.At(large, 0)+0.02)
	}}
	arrays := evidence(t, e, claim.Likelihood(), claim.RoundTrip())
	for _, name := range []string{"round_trip.float32", "round_trip.float64"} {
		got := arrays[name]
		// The float32 of this model is its float64.
		if want := 0.01 / deviation; math.Abs(got[small]-want) > 1e-9 {
			t.Errorf("%s: a small value is off by %v, want %v", name, got[small], want)
		}
		if want := 0.02 / -value; math.Abs(got[large]-want) > 1e-9 {
			t.Errorf("%s: a large value is off by %v, want %v", name, got[large], want)
		}
	}
}
