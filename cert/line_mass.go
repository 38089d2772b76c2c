package cert

const (
	// Of a true claim, one certificate in a million says that samples refute it.
	massLevel = 0.999999
	// An enclosure wider than this says little about where the mass is.
	massWidth = 0.5
)

// massLine is the line of a rigorous enclosure of mass.
func massLine() Line {
	return Line{ID: "guarantees.mass.proved", Block: Guarantees, Statement: "mass of the density in a box", Bases: []Basis{{
		Rule: "mass", Inputs: []string{"mass.lower", "mass.upper", "mass.samples", "mass.covered"},
		Parameters: map[string]float64{"level": massLevel, "width": massWidth},
		Method: "interval arithmetic over adaptively halved cells, every operation rounded outward, of the real function that " +
			"the stored weights define; it may neither exceed 1, nor miss the share of samples in the box, nor fall below the mass " +
			"that the image of the box's boundary proves without the log-determinant"}}}
}

// massSpecs lists the arrays of the line.
func massSpecs() []arraySpec {
	return []arraySpec{
		{name: "mass.box", unit: "", meaning: "ends of the box on whitened columns: the lower ones, then the upper ones"},
		{name: "mass.lower", unit: "", meaning: "lower bound of the mass in one part of the box"},
		{name: "mass.upper", unit: "", meaning: "upper bound of the mass in the same part"},
		{name: "mass.covered", unit: "", meaning: "what the mass in the box is not below: that of the largest ball of latent codes that the image of the box's boundary encloses; 0 where there is none"},
		{name: "mass.samples", unit: "", meaning: "number of samples in the box, then of all samples"},
	}
}
