package claim

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/density"
)

// replayRows is the most test rows whose log-densities are computed again.
const replayRows = 2000

// scoreTolerance is how far a log-density may be from the recorded one, relative to 1
// or its size: the last of the six digits that certificates print. Kernels differ by far
// less.
const scoreTolerance = 1e-6

// Errors of rounding are not the same with other kernels; they hold if the largest is
// at most errorGrowth times the recorded one, or below what rounding alone makes of a
// well-behaved map in the type.
const (
	errorGrowth   = 10
	float64Errors = 1e-12
	float32Errors = 1e-4
	// logDetErrors is what central differences leave.
	logDetErrors = 1e-6
)

// Repetition is an array of the evidence that was made again.
type Repetition struct {
	Array string
	Holds bool
	// Detail is what was compared, and where it does not hold the counterexample.
	Detail string
}

// Repeat makes the cheap arrays of the evidence again, as far as they are recorded, and
// compares: log-densities of the first test rows under the model, the Gaussian and the
// truth, those of the model's samples, round trips, log-determinants, and the gap
// between precisions. Exact demands the same bytes, as the same program gives them with
// the same kernels; otherwise rounding may differ. E needs no Reference, Meter or costs.
// Arrays that no cheap repetition makes are not listed. It fails where the model cannot
// be evaluated.
func Repeat(ctx context.Context, e *Examination, recorded cert.Arrays, exact bool) ([]Repetition, error) {
	again, err := repeatScores(e)
	if err != nil {
		return nil, fmt.Errorf("repeat: %w", err)
	}
	b, err := Examine(ctx, []Claim{Samples(), RoundTrip(), LogDet(), Precision()}, e, cert.Environment{}, nil)
	if err != nil {
		return nil, fmt.Errorf("repeat: %w", err)
	}
	var list []Repetition
	for _, c := range []struct {
		name  string
		made  cert.Arrays
		floor float64 // of errors; 0 for log-densities
	}{
		{"test.log_density", again, 0},
		{"test.gaussian_log_density", again, 0},
		{"test.true_log_density", again, 0},
		{"samples.log_density", b.Arrays(), 0},
		{"round_trip.float32", b.Arrays(), float32Errors},
		{"round_trip.float64", b.Arrays(), float64Errors},
		{"log_det.error", b.Arrays(), logDetErrors},
		{"precision.gap", b.Arrays(), float32Errors},
	} {
		was, recorded := recorded[c.name]
		now, made := c.made[c.name]
		switch {
		case !recorded && !made:
			continue
		case recorded != made:
			list = append(list, Repetition{c.name, false, c.name + " is in the evidence or made by the model, not both"})
		default:
			list = append(list, compareArrays(c.name, was, now, c.floor, exact))
		}
	}
	return list, nil
}

// repeatScores scores the first test rows.
func repeatScores(e *Examination) (cert.Arrays, error) {
	x := first(e.Split.Test, replayRows)
	arrays := cert.Arrays{}
	for name, m := range map[string]density.Model{"test.log_density": e.Model, "test.gaussian_log_density": e.Gaussian} {
		scores, err := m.LogDensity(x, e.float64s())
		if err != nil {
			return nil, err
		}
		arrays[name] = scores.LogDensity
	}
	if e.Truth != nil {
		arrays["test.true_log_density"] = e.Truth.LogDensity(mat.DenseCopyOf(x))
	}
	return arrays, nil
}

// compareArrays compares the first entries of a recorded array with those made now.
// Unless all must be the same bytes, log-densities are compared one by one, and errors
// (where floor is above 0) by the largest.
func compareArrays(name string, was, now []float64, floor float64, exact bool) Repetition {
	result := func(holds bool, format string, args ...any) Repetition {
		return Repetition{name, holds, fmt.Sprintf(format, args...)}
	}
	if len(was) < len(now) || exact && floor > 0 && len(was) != len(now) {
		return result(false, "%s has %d entries, the model gives %d", name, len(was), len(now))
	}
	differs := func(limit float64) int {
		for i, v := range now {
			if math.Float64bits(v) != math.Float64bits(was[i]) && !(math.Abs(v-was[i]) <= limit*max(1, math.Abs(was[i]))) {
				return i
			}
		}
		return -1
	}
	at := differs(-1)
	switch {
	case at < 0:
		return result(true, "%d entries of %s are the same bytes", len(now), name)
	case exact:
		return result(false, "entry %d of %s is %v, recorded was %v, and the same program gives the same bytes", at, name, now[at], was[at])
	case floor > 0:
		worst, allowed := largestError(now), max(errorGrowth*largestError(was), floor)
		return result(worst <= allowed, "the largest of %d entries of %s is %.3g, recorded was %.3g, allowed %.3g",
			len(now), name, worst, largestError(was), allowed)
	}
	if at = differs(scoreTolerance); at >= 0 {
		return result(false, "entry %d of %s is %.9g, recorded was %.9g", at, name, now[at], was[at])
	}
	return result(true, "%d entries of %s are within %g of those recorded", len(now), name, scoreTolerance)
}

// largestError is the largest absolute entry; +Inf where one is not a number.
func largestError(x []float64) float64 {
	largest := 0.0
	for _, v := range x {
		if math.IsNaN(v) {
			return math.Inf(1)
		}
		largest = max(largest, math.Abs(v))
	}
	return largest
}
