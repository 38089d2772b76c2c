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
	if i := exceeding(in[1], bound*(1+p["slack"])); i >= 0 {
		o.Strength, o.Reason = Refuted, fmt.Sprintf("pair %d of points is stretched by %.6g, more than %v", i, in[1][i], bound)
	}
	return o, nil
}

// condition: the product of the largest bounds of both arrays, rounded up.
func condition(in [][]float64, _ map[string]float64) (outcome, error) {
	forward, inverse, err := bothBounds(in)
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

// layers: the largest bound of both arrays, which have an entry for each layer, rounded up.
// It refutes where those of one layer contradict each other.
func layers(in [][]float64, _ map[string]float64) (outcome, error) {
	forward, inverse, err := bothBounds(in)
	if err != nil {
		return outcome{}, err
	}
	bound := max(forward, inverse)
	if math.IsInf(bound, 1) {
		return unassessed(errors.New("no bound of the stretch was found in some part of the box")), nil
	}
	bound = roundUp(bound)
	o := outcome{Strength: Proved, Value: &bound, N: len(in[0])}
	for i := range in[0] {
		if product := math.Nextafter(in[0][i]*in[1][i], math.Inf(1)); product < 1 {
			o.Strength, o.Reason = Refuted, fmt.Sprintf("the bounds of layer %d contradict each other: their product is %v, below 1", i, roundUp(product))
			break
		}
	}
	return o, nil
}

// rounding: the largest bound of the first array, rounded up. It refutes where an entry of
// the second, an error that was met, exceeds it.
func rounding(in [][]float64, _ map[string]float64) (outcome, error) {
	bound, err := largestBound(in[0])
	if err != nil {
		return outcome{}, err
	}
	if math.IsInf(bound, 1) {
		return unassessed(errors.New("no bound of the error was found in some part of the box")), nil
	}
	bound = roundUp(bound)
	o := outcome{Strength: Proved, Value: &bound, N: len(in[0])}
	if i := exceeding(in[1], bound); i >= 0 {
		o.Strength, o.Reason = Refuted, fmt.Sprintf("row %d is off by %.6g, more than %v", i, in[1][i], bound)
	}
	return o, nil
}

// exceeding returns the first entry that is not at most the bound, or -1.
func exceeding(x []float64, bound float64) int {
	return slices.IndexFunc(x, func(v float64) bool { return !(v <= bound) })
}

// bothBounds returns the largest bounds of a map and of its inverse, which are known of the
// same parts.
func bothBounds(in [][]float64) (forward, inverse float64, err error) {
	if err := sameLength(in); err != nil {
		return 0, 0, err
	}
	if forward, err = largestBound(in[0]); err != nil {
		return 0, 0, err
	}
	inverse, err = largestBound(in[1])
	return forward, inverse, err
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

// smoothness: the largest lower bound of the total variation over balls, for all balls at
// once with the confidence "level". Arrays are the rows in a ball, its radius R, bounds L
// and M of the map's and its inverse's stretch on it, and of the distance of its centre's
// code from 0, and the number of rows.
//
// Latent codes of a ball lie in one of radius L R, and of all such the one around 0 has the
// largest normal mass (Anderson, The integral of a symmetric unimodal function over a
// symmetric convex set, 1955): the truth's share less that bounds the distance. And a
// straight line from the centre's code, shorter than R/M, is the image of a curve in the
// ball: the model has at least the mass of the codes within R/M, which is the less the
// farther they are from 0. That less the truth's share does so too.
func smoothness(in [][]float64, p map[string]float64) (outcome, error) {
	if err := sameLength(in[:5]); err != nil {
		return outcome{}, err
	}
	if len(in[5]) != 1 {
		return outcome{}, errors.New("the number of rows is not one number")
	}
	least, balls := 0.0, len(in[0])
	chi := distuv.ChiSquared{K: p["dimensions"]}
	for i, inside := range in[0] {
		radius, stretch, inverse, code := in[1][i], in[2][i], in[3][i], in[4][i]
		if !(radius > 0) || !(stretch > 0) || !(inverse > 0) || !(code >= 0) {
			return outcome{}, fmt.Errorf("ball %d has the radius %v, the bounds %v and %v and the code %v", i, radius, stretch, inverse, code)
		}
		share, err := measure.Share(int(inside), int(in[5][0]), 1-(1-p["level"])/float64(balls))
		if err != nil {
			return outcome{}, err
		}
		most := 1.0
		if reach := radius * stretch; reach < 1e3 { // beyond, a normal vector of so few dimensions is certainly shorter
			most = chi.CDF(reach * reach)
		}
		least = max(least, share.Lo-most, massWithin(p["dimensions"], radius/inverse, code)-share.Hi)
	}
	one := 1.0
	return outcome{Strength: Bounded, Value: &least, Lo: &least, Hi: &one, Level: p["level"], N: int(in[5][0])}, nil
}

// massWithin returns the probability that a standard normal vector is within radius of a
// point that far from 0, from below: a noncentral chi-squared distribution, which is a
// mixture of chi-squared ones with Poisson weights (Johnson, Kotz and Balakrishnan,
// Continuous Univariate Distributions, volume 2, 1995, chapter 29), of which the first
// thousand are taken.
func massWithin(dimensions, radius, distance float64) (mass float64) {
	const terms = 1_000
	half := distance * distance / 2
	if !(radius > 0) || !(half < terms) {
		return 0
	}
	reach := min(radius*radius, 1e6)
	logWeight := -half
	for j := range terms {
		if j > 0 {
			logWeight += math.Log(half) - math.Log(float64(j))
		}
		weight := math.Exp(logWeight)
		if mass += weight * (distuv.ChiSquared{K: dimensions + 2*float64(j)}).CDF(reach); half == 0 || weight < 1e-18 && float64(j) > half {
			break
		}
	}
	return mass
}
