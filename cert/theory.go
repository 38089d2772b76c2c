package cert

// theorem is what the architecture of a family implies.
type theorem struct {
	line, family      string
	statement, source string
}

// theorems is the knowledge of families: only what follows from the construction
// alone, for every value of the weights.
func theorems() []theorem {
	const (
		affine   = "affine coupling flow"
		spline   = "spline coupling flow"
		gaussian = "Gaussian"
		mixture  = "mixture"
	)
	const (
		realNVP      = "Dinh, Sohl-Dickstein and Bengio 2017, Density estimation using Real NVP, arXiv:1605.08803"
		neuralSpline = "Durkan, Bekasov, Murray and Papamakarios 2019, Neural spline flows, arXiv:1906.04032"
		construction = "by construction"
	)
	const changeOfVariables = "a smooth bijection onto the base's support carries its density over by the change of variables"
	return []theorem{
		{"guarantees.invertible.theory", affine, "each coupling scales by a positive number and shifts what the other coordinates do not change", realNVP},
		{"guarantees.invertible.theory", spline, "each coupling is a spline with positive bin widths, heights and slopes, so strictly increasing and onto", neuralSpline},
		{"guarantees.invertible.theory", gaussian, "whitening by a triangular matrix with a positive diagonal", construction},
		{"guarantees.normalised.theory", affine, changeOfVariables, realNVP},
		{"guarantees.normalised.theory", spline, changeOfVariables, neuralSpline},
		{"guarantees.normalised.theory", gaussian, "the normal density with its closed-form constant", construction},
		{"guarantees.normalised.theory", mixture, "normal densities with weights that sum to 1", construction},
		{"guarantees.log_det.theory", affine, "the Jacobian of a coupling is triangular; the log-determinant is the sum of the log-scales", realNVP},
		{"guarantees.log_det.theory", spline, "the Jacobian of a coupling is triangular; the log-determinant is the sum of the log-slopes", neuralSpline},
		{"guarantees.log_det.theory", gaussian, "the sum of the logarithms of a triangular matrix's diagonal", construction},
		{"guarantees.tails.theory", gaussian, "the density is its own base", construction},
	}
}

func theoremOf(line, family string) (theorem, bool) {
	for _, t := range theorems() {
		if t.line == line && t.family == family {
			return t, true
		}
	}
	return theorem{}, false
}
