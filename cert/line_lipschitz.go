package cert

const (
	// Two points of which float64 says that they are stretched by more than the bound, by
	// more than this share of it, refute it: their images are off by some 1e-12 of their
	// distance.
	secantSlack = 1e-6
	// Images of the inverse's pairs, some 1e-8 apart or more, are off by 1e-15 times the
	// condition.
	inverseSecantSlack = 1e-3
)

// lipschitzLines are the lines of certified bounds of stretching.
func lipschitzLines() []Line {
	proved := func(name, statement string, basis Basis) Line {
		return Line{ID: "guarantees." + name + ".proved", Block: Guarantees, Statement: statement, Bases: []Basis{basis}}
	}
	return []Line{
		proved("lipschitz", "Lipschitz constant of the map on a box, at most", Basis{
			Rule: "lipschitz", Inputs: []string{"lipschitz.forward", "lipschitz.secants"},
			Parameters: map[string]float64{"slack": secantSlack},
			Method: "enclosures of the Jacobian over adaptively halved cells of the box of the whitened training rows, every operation " +
				"rounded outward; no two rows may be stretched by more"}),
		proved("lipschitz_inverse", "Lipschitz constant of the inverse on a box, at most", Basis{
			Rule: "lipschitz", Inputs: []string{"lipschitz.inverse", "lipschitz.inverse_secants"},
			Parameters: map[string]float64{"slack": inverseSecantSlack},
			Method: "enclosures of the inverses of the layers' Jacobians over cells of the same box, multiplied; it holds between images whose " +
				"connecting line is in the box's image, and no two near images may lie farther apart before the map"}),
		proved("condition", "condition of the map on a box, at most", Basis{
			Rule: "condition", Inputs: []string{"lipschitz.forward", "lipschitz.inverse"},
			Method: "the bound of the largest singular value of the Jacobian on the box times that of one over the least: by how much more " +
				"one short step can be stretched than another"}),
		proved("layers", "stretch of one layer or its inverse on a box, at most", Basis{
			Rule: "layers", Inputs: []string{"layer.forward", "layer.inverse"},
			Method: "enclosures of each layer's Jacobian, and of its inverse, over the box of what the layers before it make of the whitened training rows: " +
				"the largest of all layers, in either direction"}),
		{ID: "guarantees.round_trip.proved", Block: Guarantees, Statement: "float error of a round trip, at most", Unit: "deviations", Bases: []Basis{{
			Rule: "rounding", Inputs: []string{"rounding.bound", "rounding.met"},
			Method: "running error analysis of float64 in every layer and its inverse, magnified by the certified stretch of the inverses, for all points " +
				"of the box of the whitened training rows; it supposes that exp, log and tanh are right to two units in the last place; no row may be off by more"}}},
		proved("total_variation", "total variation that smoothness implies, at least", Basis{
			Rule: "smoothness", Inputs: []string{"ball.inside", "ball.radius", "ball.lipschitz", "ball.inverse", "ball.code", "ball.rows"},
			Parameters: map[string]float64{"level": level}, PerDimension: true,
			Method: "share of the test rows in a ball, bounded by Clopper and Pearson for all balls at once, less the most that a map with the " +
				"certified Lipschitz constant lets the model have there, by Anderson's inequality, or what the inverse's makes it have there at least " +
				"less that share; the largest"}),
	}
}

// lipschitzSpecs lists the arrays of the lines.
func lipschitzSpecs() []arraySpec {
	return []arraySpec{
		{name: "lipschitz.box", unit: "", meaning: "ends of the box on whitened columns: the lower ones, then the upper ones"},
		{name: "lipschitz.forward", unit: "", meaning: "upper bound of the largest singular value of the Jacobian in one part of the box"},
		{name: "lipschitz.inverse", unit: "", meaning: "upper bound of one over the least singular value in the same part"},
		{name: "lipschitz.secants", unit: "", meaning: "distance of the float64 images of two points of the box over that of the points"},
		{name: "lipschitz.inverse_secants", unit: "", meaning: "distance of two near points of the box over that of their float64 images"},
		{name: "layer.box", unit: "", meaning: "ends of the box of the points that a layer takes, the lower ones, then the upper ones; one layer after the other"},
		{name: "layer.forward", unit: "", meaning: "upper bound of the largest singular value of a layer's Jacobian on the box of the points that it takes"},
		{name: "layer.inverse", unit: "", meaning: "upper bound of one over its least singular value"},
		{name: "rounding.bound", unit: "deviations", meaning: "upper bound of how far float64 round trips end from where they began, in one part of the box, on whitened columns"},
		{name: "rounding.met", unit: "deviations", meaning: "how far that of a training row ends"},
		{name: "ball.centre", unit: "", meaning: "centres of balls on whitened columns, one after the other"},
		{name: "ball.radius", unit: "", meaning: "radius of a ball"},
		{name: "ball.lipschitz", unit: "", meaning: "upper bound of the Lipschitz constant of the map on the cube around the ball"},
		{name: "ball.inverse", unit: "", meaning: "upper bound of one over the least singular value of the Jacobian on that cube"},
		{name: "ball.code", unit: "", meaning: "upper bound of the distance of the centre's latent code from 0"},
		{name: "ball.inside", unit: "", meaning: "number of test rows in the ball"},
		{name: "ball.rows", unit: "", meaning: "number of test rows"},
	}
}
