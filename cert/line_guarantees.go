package cert

const (
	// A log-determinant is a sum of some hundred terms that round to 1e-15 each.
	volumeThreshold = 1e-9
	// Over eight decades a map that keeps distances up to a factor of 100 has a power
	// within 0.25 of 1; a square root or a square is off by 0.5 or 1.
	tailsThreshold = 0.25
)

func guaranteeLines() []Line {
	theory := func(id, statement string) Line {
		return Line{ID: id + ".theory", Block: Guarantees, Statement: statement, Theory: true}
	}
	checked := func(id, statement, unit string, basis Basis) Line {
		return Line{ID: id + ".checked", Block: Guarantees, Statement: statement, Unit: unit, Bases: []Basis{basis}}
	}
	open := func(id, statement, reason string) Line {
		return Line{ID: id + ".checked", Block: Guarantees, Statement: statement, Open: reason}
	}
	return append([]Line{
		theory("guarantees.invertible", "invertible"),
		checked("guarantees.invertible", "invertible", "relative", Basis{
			Rule: "largest", Inputs: []string{"round_trip.float64"},
			Parameters: map[string]float64{"threshold": roundTripThreshold},
			Method:     "round trips through the map and its inverse in float64, largest relative error"}),
		theory("guarantees.normalised", "density integrates to 1"),
		{ID: "guarantees.normalised.checked", Block: Guarantees, Statement: "density integrates to 1", Bases: []Basis{
			{Rule: "integral", Inputs: []string{"integral.refinements"},
				Parameters: map[string]float64{"threshold": integralThreshold},
				Method:     "adaptive Gauss quadrature over all of space, stable when every cell is halved"},
			bridgeBasis()}},
		{ID: "guarantees.sampler.checked", Block: Guarantees, Statement: "samples follow the density", Bases: []Basis{bridgeBasis()}},
		massLine(),
		theory("guarantees.log_det", "log-determinant exact"),
		checked("guarantees.log_det", "log-determinant exact", "nats", Basis{
			Rule: "largest", Inputs: []string{"log_det.error"},
			Parameters: map[string]float64{"threshold": logDetThreshold},
			Method:     "both directions and the log-density against the determinant of a numeric Jacobian, largest error"}),
		checked("guarantees.preconditions", "conditions of the theorems", "", Basis{
			Rule: "positive", Inputs: []string{"preconditions.margin", "preconditions.part"},
			Method: "finite weights; margins of every part at test rows, such as scales, slopes, 1 + w.u: the least, which must be above 0"}),
		theory("guarantees.inverse", "inverse"),
		theory("guarantees.volume", "volumes change alike everywhere"),
		checked("guarantees.volume", "volumes change alike everywhere", "nats", Basis{
			Rule: "spread", Inputs: []string{"volume.log_det"},
			Parameters: map[string]float64{"threshold": volumeThreshold},
			Method:     "largest less least log-determinant over the test rows"}),
		theory("guarantees.universal", "any distribution, in the limit"),
		open("guarantees.universal", "any distribution, in the limit", "a limit cannot be tested"),
		theory("guarantees.topology", "connected parts"),
		theory("guarantees.tails", "tails like the base's"),
		checked("guarantees.tails", "tails like the base's", "", Basis{
			Rule: "near one", Inputs: []string{"tails.exponent"},
			Parameters: map[string]float64{"threshold": tailsThreshold},
			Method:     "power of a point's distance with which that of its code grows, from 10,000 to 10^12 deviations in the directions of test rows; 1 keeps the tails"}),
		theory("guarantees.cost", "cost grows"),
		checked("guarantees.cost", "cost grows", "", Basis{
			Rule: "degree", Inputs: []string{"cost.dimensions", "cost.density", "cost.sampling"},
			Method: "operations of one density and of one sample counted in several dimensions: degree of the polynomial, 1 linear, 2 quadratic, 3 cubic; linear in rows; a numeric inverse counts as one evaluation"}),
		theory("guarantees.stretch", "stretch of the map"),
		checked("guarantees.stretch", "stretch of the map", "", Basis{
			Rule: "stretch", Inputs: []string{"stretch.largest", "stretch.least"},
			Method: "largest over least singular value of a numeric Jacobian, in deviations, at test rows and samples, largest"}),
	}, lipschitzLines()...)
}

// guaranteeSpecs lists the arrays of guarantees, beside those of round trips,
// determinants and integrals.
func guaranteeSpecs() []arraySpec {
	return []arraySpec{
		{name: "preconditions.margin", unit: "", meaning: "a number that must be positive: least over test rows of one part; of all the weights, 1 if they are finite"},
		{name: "preconditions.part", unit: "", meaning: "layer or component of that, counted from 0; -1 is all the weights"},
		{name: "volume.log_det", unit: "nats", meaning: "log-determinant at a test row"},
		{name: "tails.exponent", unit: "", meaning: "logarithm of the quotient of the codes' distances over that of the points', in the direction of a test row"},
		{name: "stretch.largest", unit: "", meaning: "largest singular value of a numeric Jacobian, in deviations; test rows first, then samples"},
		{name: "stretch.least", unit: "", meaning: "least singular value of it"},
		{name: "cost.dimensions", unit: "", meaning: "dimensions in which operations were counted"},
		{name: "cost.density", unit: "", meaning: "multiply-adds, elementary functions and values of the log-density of one row in so many dimensions"},
		{name: "cost.sampling", unit: "", meaning: "the same of one sample; 0 where nothing counts them"},
		{name: "far_out.log_density", unit: "nats", meaning: "float32 log-density of a test row moved away from the mean, 10, 1,000 and 1,000,000 times as far"},
		{name: "determinism.differences", unit: "", meaning: "values that differ between two runs of the same work: samples for another number of workers, samples again, densities, codes"},
		{name: "missing.log_density", unit: "nats", meaning: "log-density of a test row in a batch of which every other row misses a value; in float32, then in float64"},
		{name: "missing.whole", unit: "nats", meaning: "log-density of the same row in a batch where none does"},
		{name: "missing.column", unit: "", meaning: "column that the row misses, counted from 0; -1 is none"},
		{name: "noise.change", unit: "nats", meaning: "log-density of a test row with normal noise of 0.01 deviations on every column, less that of the row"},
		{name: "shift.change", unit: "nats", meaning: "log-density of a test row shifted by one deviation in every column, less that of the row"},
	}
}

// HasTheorem says whether a line of theory has a theorem for a family in so many
// dimensions.
func HasTheorem(line, family string, dimensions int) bool {
	_, ok := theoremOf(line, family, dimensions)
	return ok
}
