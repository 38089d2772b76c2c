package cert

const (
	// Two points of which float64 says that they are stretched by more than the bound, by
	// more than this share of it, refute it: their images are off by some 1e-12 of their
	// distance.
	secantSlack = 1e-6
)

// lipschitzLines are the lines of certified bounds of stretching.
func lipschitzLines() []Line {
	proved := func(name, statement string, basis Basis) Line {
		return Line{ID: "guarantees." + name + ".proved", Block: Guarantees, Statement: statement, Bases: []Basis{basis}}
	}
	roundTrip := Line{ID: "guarantees.round_trip.proved", Block: Guarantees, Statement: "float error of a round trip, at most",
		Open: "the roundings of an evaluation are not bounded, only how much a map and its inverse magnify them"}
	return []Line{
		proved("lipschitz", "Lipschitz constant of the map on a box, at most", Basis{
			Rule: "lipschitz", Inputs: []string{"lipschitz.forward", "lipschitz.secants"},
			Parameters: map[string]float64{"slack": secantSlack},
			Method: "enclosures of the Jacobian over adaptively halved cells of the box of the whitened training rows, every operation " +
				"rounded outward; no two rows may be stretched by more"}),
		proved("condition", "condition of the map on a box, at most", Basis{
			Rule: "condition", Inputs: []string{"lipschitz.forward", "lipschitz.inverse"},
			Method: "the bound of the largest singular value of the Jacobian on the box times that of one over the least: by how much more " +
				"one short step can be stretched than another"}),
		roundTrip,
		proved("total_variation", "total variation that smoothness implies, at least", Basis{
			Rule: "smoothness", Inputs: []string{"ball.inside", "ball.radius", "ball.lipschitz", "ball.rows"},
			Parameters: map[string]float64{"level": level}, PerDimension: true,
			Method: "share of the test rows in a ball, its lower bound by Clopper and Pearson for all balls at once, less the most that a map " +
				"with the certified Lipschitz constant lets the model have there, by Anderson's inequality; the largest"}),
	}
}

// lipschitzSpecs lists the arrays of the lines.
func lipschitzSpecs() []arraySpec {
	return []arraySpec{
		{name: "lipschitz.box", unit: "", meaning: "ends of the box on whitened columns: the lower ones, then the upper ones"},
		{name: "lipschitz.forward", unit: "", meaning: "upper bound of the largest singular value of the Jacobian in one part of the box"},
		{name: "lipschitz.inverse", unit: "", meaning: "upper bound of one over the least singular value in the same part"},
		{name: "lipschitz.secants", unit: "", meaning: "distance of the float64 images of two points of the box over that of the points"},
		{name: "ball.centre", unit: "", meaning: "centres of balls on whitened columns, one after the other"},
		{name: "ball.radius", unit: "", meaning: "radius of a ball"},
		{name: "ball.lipschitz", unit: "", meaning: "upper bound of the Lipschitz constant of the map on the cube around the ball"},
		{name: "ball.inside", unit: "", meaning: "number of test rows in the ball"},
		{name: "ball.rows", unit: "", meaning: "number of test rows"},
	}
}
