package cert

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/measure"
)

// lipschitz: the largest bound of the first array, rounded up. It refutes where an entry of
// the second, by how much two points are stretched, exceeds it by more than the share
// "slack".
func lipschitz(in [][]float64, p map[string]float64) (outcome, error) {
	bound, err := largestBound(in[0])
	if err != nil {
		return outcome{}, err
	}
	if math.IsInf(bound, 1) {
		return unassessed(errors.New("no bound of the stretch was found in some part of the box")), nil
	}
	bound = roundUp(bound)
	o := outcome{Strength: Proved, Value: &bound, N: len(in[0])}
	for i, v := range in[1] {
		if !(v <= bound*(1+p["slack"])) {
			o.Strength, o.Reason = Refuted, fmt.Sprintf("pair %d of points is stretched by %.6g, more than %v", i, v, bound)
			break
		}
	}
	return o, nil
}

// condition: the product of the largest bounds of both arrays, rounded up.
func condition(in [][]float64, _ map[string]float64) (outcome, error) {
	if err := sameLength(in); err != nil {
		return outcome{}, err
	}
	forward, err := largestBound(in[0])
	if err != nil {
		return outcome{}, err
	}
	inverse, err := largestBound(in[1])
	if err != nil {
		return outcome{}, err
	}
	product := math.Nextafter(forward*inverse, math.Inf(1))
	if math.IsInf(product, 1) {
		return unassessed(errors.New("no bound of the stretch was found in some part of the box")), nil
	}
	product = roundUp(product)
	o := outcome{Strength: Proved, Value: &product, N: len(in[0])}
	if product < 1 {
		o.Strength, o.Reason = Refuted, fmt.Sprintf("the bounds of the stretch contradict each other: their product is %v, below 1", product)
	}
	return o, nil
}

// largestBound returns the largest of numbers that bound something positive from above.
func largestBound(x []float64) (float64, error) {
	for i, v := range x {
		if !(v > 0) {
			return 0, fmt.Errorf("part %d has the bound %v", i, v)
		}
	}
	return slices.Max(x), nil
}

// roundUp returns a number of six significant digits, or an integer, that is not below
// v > 0.
func roundUp(v float64) float64 {
	if r := round(v); r >= v {
		return r
	}
	return round(v * (1 + 1e-5)) // at least one in the sixth digit more
}

// smoothness: the largest lower bound of the total variation over balls: what the truth
// has at least in a ball, for all balls at once with the confidence "level", less what the
// model has at most. Arrays are the rows in a ball, its radius R, a Lipschitz constant L on
// it, and the number of rows. Latent codes of a ball lie in one of radius L R, and of all
// such the one around 0 has the largest normal mass (Anderson, The integral of a symmetric
// unimodal function over a symmetric convex set, 1955).
func smoothness(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in[:3]); err != nil {
		return outcome{}, err
	}
	if len(in[3]) != 1 {
		return outcome{}, errors.New("the number of rows is not one number")
	}
	least, balls := 0.0, len(in[0])
	chi := distuv.ChiSquared{K: p["dimensions"]}
	for i, inside := range in[0] {
		reach := in[1][i] * in[2][i]
		if !(in[1][i] > 0) || !(in[2][i] > 0) {
			return outcome{}, fmt.Errorf("ball %d has the radius %v and the bound %v", i, in[1][i], in[2][i])
		}
		share, err := measure.Share(int(inside), int(in[3][0]), 1-2*(1-p["level"])/float64(max(balls, 2)))
		if err != nil {
			return outcome{}, err
		}
		most := 1.0
		if reach < 1e3 { // beyond, a normal vector of the dimensions that proofs know is certainly shorter
			most = chi.CDF(reach * reach)
		}
		least = max(least, share.Lo-most)
	}
	one := 1.0
	return outcome{Strength: Bounded, Value: &least, Lo: &least, Hi: &one, Level: p["level"], N: int(in[3][0])}, nil
}
