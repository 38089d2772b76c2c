package cert

// Thresholds beyond which an answer is refuted.
const (
	// Quadrature along a line settles to 1e-5 of its value; a few hundred cells leave
	// errors of some 1e-4 at most. A wrong covariance is off by 1e-2 or so.
	massThreshold = 1e-3
	// A climb that stops within 1e-10 deviations of the top is below it by the square of
	// that; log-densities of some hundred nats round to 1e-13. What is left is room.
	modeThreshold = 1e-6
	// chance is the probability that a comparison of samples refutes a sound model: one
	// certificate in a million.
	chance = 1e-6
)

func answerLines() []Line {
	return []Line{
		{ID: "answers.density", Block: Answers, Statement: "density", Bases: []Basis{{
			Rule: "finite", Inputs: []string{"test.log_density"},
			Method: "number of test rows whose log-density is not finite"}}},
		{ID: "answers.samples", Block: Answers, Statement: "samples", Bases: []Basis{{
			Rule: "finite", Inputs: []string{"samples.log_density"},
			Method: "number of the model's own samples whose log-density under the model is not finite"}}},
		{ID: "answers.latent", Block: Answers, Statement: "latent code", Unit: "relative", Bases: []Basis{{
			Rule: "largest", Inputs: []string{"round_trip.float64"},
			Parameters: map[string]float64{"threshold": roundTripThreshold},
			Method:     "row to latent code and back in float64, largest relative error"}}},
		{ID: "answers.marginals", Block: Answers, Statement: "marginals", Unit: "nats", Bases: []Basis{{
			Rule: "largest", Inputs: []string{"marginals.error"},
			Parameters: map[string]float64{"threshold": massThreshold},
			Method:     "densities of some columns against the quadrature of the density of one column more, largest error"}}},
		{ID: "answers.conditionals", Block: Answers, Statement: "conditionals", Unit: "nats", Bases: []Basis{{
			Rule: "largest and distance", Inputs: []string{"conditionals.error", "imputed.distance", "imputed.rows"},
			Parameters: map[string]float64{"threshold": massThreshold, "probability": chance, "samples": 2},
			Method:     "densities of some columns given the others against the joint density over its quadrature, largest error; samples with half the columns drawn again against other samples"}}},
		{ID: "answers.mode", Block: Answers, Statement: "mode", Unit: "nats", Bases: []Basis{{
			Rule: "highest", Inputs: []string{"mode.gain"},
			Parameters: map[string]float64{"threshold": modeThreshold},
			Method:     "log-density of test rows, samples and the ends of searches, less that at the mode, highest"}}},
		{ID: "answers.missing_values", Block: Answers, Statement: "missing values", Unit: "nats", Bases: []Basis{{
			Rule: "largest and distance", Inputs: []string{"missing.error", "imputed.distance", "imputed.rows"},
			Parameters: map[string]float64{"threshold": massThreshold, "probability": chance, "samples": 2},
			Method:     "densities of rows with holes against the quadrature of the joint density, largest error; samples with half the columns filled in against other samples"}}},
		{ID: "answers.cdf", Block: Answers, Statement: "distribution function of a column", Bases: []Basis{{
			Rule: "distance", Inputs: []string{"cdf.distance", "cdf.rows"},
			Parameters: map[string]float64{"probability": chance, "samples": 1},
			Method:     "distribution functions of all columns against the model's own samples, largest distance, band of Dvoretzky, Kiefer, Wolfowitz and Massart"}}},
	}
}

// answerSpecs lists the arrays of what a model answers beside densities and samples.
func answerSpecs() []arraySpec {
	return []arraySpec{
		{name: "marginals.error", unit: "nats", meaning: "log-density of some columns at a test row, less the logarithm of the quadrature of the density of one column more"},
		{name: "conditionals.error", unit: "nats", meaning: "log-density of some columns of a test row given the others, less the joint log-density and plus the logarithm of its quadrature along the columns"},
		{name: "missing.error", unit: "nats", meaning: "log-density of a test row with columns missing, less the logarithm of the quadrature along them"},
		{name: "imputed.distance", unit: "", meaning: "Kolmogorov-Smirnov distance between samples with half their columns drawn again and other samples: of each column, then of the log-density"},
		{name: "imputed.rows", unit: "rows", meaning: "samples on either side of that"},
		{name: "mode.gain", unit: "nats", meaning: "log-density at a test row, a sample, or where a search ended, less that at the mode"},
		{name: "cdf.distance", unit: "", meaning: "Kolmogorov-Smirnov distance between the distribution function of a column and that of samples"},
		{name: "cdf.rows", unit: "rows", meaning: "samples of that"},
	}
}
