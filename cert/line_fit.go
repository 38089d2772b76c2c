package cert

func fitLines() []Line {
	const model, gaussian, reference, truth = "test.log_density", "test.gaussian_log_density",
		"test.reference_log_density", "test.true_log_density"
	interval := map[string]float64{"level": level}
	return []Line{
		{ID: "fit.log_likelihood", Block: Fit, Statement: "test log-likelihood", Unit: "nats per row", Bases: []Basis{{
			Rule: "mean", Inputs: []string{model}, Parameters: interval,
			Method: "mean over the test rows in the data's units, Hall's interval"}}},
		{ID: "fit.gain", Block: Fit, Statement: "gain over a Gaussian", Unit: "nats per dimension", Bases: []Basis{{
			Rule: "gain", Inputs: []string{model, gaussian}, Parameters: interval, PerDimension: true,
			Method: "model minus full-covariance Gaussian, paired by test row, Hall's interval"}}},
		{ID: "fit.skill", Block: Fit, Statement: "skill against a Gaussian", Bases: []Basis{
			{Rule: "skill", Inputs: []string{model, gaussian, truth}, Parameters: interval,
				Method: "share of the gain from the Gaussian to the true density that the model reaches, paired by test row, Fieller's interval"},
			{Rule: "skill", Inputs: []string{model, gaussian, reference}, Parameters: interval,
				Method: "gain over the Gaussian as a share of the gain of reference-1, paired by test row, Fieller's interval"}}},
		{ID: "fit.excess", Block: Fit, Statement: "excess over the true density", Unit: "nats per row", Bases: []Basis{{
			Rule: "mean difference", Inputs: []string{truth, model}, Parameters: interval,
			Method: "true minus model log-density, paired by test row, Hall's interval"}}},
		{ID: "fit.excess_per_dimension", Block: Fit, Statement: "excess over the true density", Unit: "nats per dimension", Bases: []Basis{{
			Rule: "mean difference", Inputs: []string{truth, model}, Parameters: interval, PerDimension: true,
			Method: "true minus model log-density, paired by test row, Hall's interval"}}},
		{ID: "fit.bits_per_dimension", Block: Fit, Statement: "test log-likelihood", Unit: "bits per dimension", Bases: []Basis{{
			Rule: "bits", Inputs: []string{model}, Parameters: interval, PerDimension: true,
			Method: "minus the mean over the test rows, in the data's units, lower is better, Hall's interval"}}},
		{ID: "fit.lowest_decile", Block: Fit, Statement: "log-likelihood of the worst tenth", Unit: "nats per row", Bases: []Basis{{
			Rule: "lowest decile", Inputs: []string{model}, Parameters: interval,
			Method: "mean over the tenth of the test rows that score lowest, Hall's interval"}}},
		{ID: "fit.train_test_gap", Block: Fit, Statement: "training rows over test rows", Unit: "nats per row", Bases: []Basis{{
			Rule: "gap", Inputs: []string{"train.log_density", model}, Parameters: interval,
			Method: "mean log-density of training rows less that of test rows, Welch's standard error with Hall's correction"}}},
		{ID: "fit.leakage", Block: Fit, Statement: "test rows that training has seen", Unit: "rows", Bases: []Basis{{
			Rule: "leakage", Inputs: []string{"leakage.test", "leakage.train"}, Parameters: map[string]float64{"probability": leakageChance},
			Method: "test rows equal to a row of the other parts, beside training rows equal to another one, by Fisher's test"}}},
		{ID: "fit.reverse_excess", Block: Fit, Statement: "excess of the samples over the true density", Unit: "nats per row", Bases: []Basis{{
			Rule: "reverse divergence", Inputs: []string{"samples.log_density", "samples.true_log_density"}, Parameters: interval,
			Method: "model minus true log-density, mean over samples, Hall's interval"}}},
		{ID: "fit.effective_samples", Block: Fit, Statement: "effective share of samples", Bases: []Basis{{
			Rule: "effective samples", Inputs: []string{truth, model}, Parameters: interval,
			Method: "one over the mean of true density over the model's, over test rows, Hall's interval"}}},
		{ID: "fit.training_error", Block: Fit, Statement: "test log-likelihood over trainings", Unit: "nats per row", Bases: []Basis{{
			Rule: "error of training", Inputs: []string{"seeds.log_density", model}, Parameters: interval,
			Method: "this training and further ones with other seeds on the same rows, Student's t interval over trainings"}}},
		{ID: "fit.combined_error", Block: Fit, Statement: "test log-likelihood over trainings and rows", Unit: "nats per row", Bases: []Basis{{
			Rule: "error of both", Inputs: []string{"seeds.log_density", model}, Parameters: interval,
			Method: "the same trainings, interval for other seeds and other test rows"}}},
		{ID: "fit.code_radius", Block: Fit, Statement: "length of latent codes", Bases: []Basis{{
			Rule: "radius", Inputs: []string{"codes.squared_length"}, PerDimension: true, Parameters: map[string]float64{},
			Method: "squared lengths of the test rows' codes against the chi-square distribution, Kolmogorov and Smirnov's test"}}},
		{ID: "fit.code_columns", Block: Fit, Statement: "columns of latent codes", Bases: []Basis{{
			Rule: "columns", Inputs: []string{"codes.distance", "codes.rows"},
			Method: "each column of the test rows' codes against the base, largest distance, Kolmogorov and Smirnov's test with Holm's correction"}}},
		{ID: "fit.code_energy", Block: Fit, Statement: "latent codes jointly", Bases: []Basis{{
			Rule: "energy of codes", Inputs: []string{"codes.energy"},
			Method: "energy statistic of the test rows' codes against the normal distribution, beside simulations"}}},
		{ID: "fit.regions", Block: Fit, Statement: "coverage of highest-density regions", Bases: []Basis{{
			Rule: "regions", Inputs: []string{model, "samples.log_density"}, Parameters: interval,
			Method: "largest distance of the share of test rows in a region from what the model says it holds; band of Dvoretzky, Kiefer, Wolfowitz and Massart"}}},
	}
}

// leakageChance is the probability that rows dealt out at random are called a leak. It is
// smaller than that of other tests because rows that are equal by nature come in groups,
// which Fisher's test does not know.
const leakageChance = 1e-9

// fitSpecs lists the arrays of fit beside the log-densities of test rows.
func fitSpecs() []arraySpec {
	return []arraySpec{
		{name: "train.log_density", unit: "nats", meaning: "the model's log-density of a training row"},
		{name: "samples.true_log_density", unit: "nats", meaning: "true log-density of the model's own sample"},
		{name: "leakage.test", meaning: "1 for a test row that equals a training or validation row", perTestRow: true},
		{name: "leakage.train", meaning: "1 for a training row that equals another training row or a validation row"},
		{name: "seeds.log_density", unit: "nats", meaning: "log-density of every test row, in order, under one model after the other trained with further seeds"},
		{name: "codes.squared_length", meaning: "squared length of the latent code of a test row", perTestRow: true},
		{name: "codes.distance", meaning: "Kolmogorov-Smirnov distance of one column of the codes from the base"},
		{name: "codes.rows", unit: "rows", meaning: "test rows of that"},
		{name: "codes.energy", meaning: "energy statistic of the codes, then of simulated normal rows"},
	}
}
