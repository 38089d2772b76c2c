package cert

func sampleLines() []Line {
	interval := map[string]float64{"level": level}
	line := func(id, statement, unit string, basis Basis) Line {
		return Line{ID: "samples." + id, Block: Samples, Statement: statement, Unit: unit, Bases: []Basis{basis}}
	}
	manifold := func(id, statement, method string) Line {
		return line(id, statement, "", Basis{
			Rule: "share", Inputs: []string{"manifold." + id, "manifold." + id + "_of_training"}, Method: method})
	}
	return []Line{
		line("total_variation", "total variation from the data, at least", "", Basis{
			Rule: "total variation", Inputs: []string{"classifier.correct"}, Parameters: interval,
			Method: "a classifier tells held-out test rows from samples; Hoeffding's bound of its accuracy"}),
		line("classifier", "told apart from data by a classifier", "", Basis{
			Rule: "told apart", Inputs: []string{"classifier.correct"}, Parameters: interval,
			Method: "twice the accuracy on held-out test rows and samples, less 1; Student's t interval"}),
		line("sliced_wasserstein", "sliced Wasserstein distance", "standard deviations", Basis{
			Rule: "beside", Inputs: []string{"sliced.distance", "sliced.distance_of_training"},
			Method: "samples against test rows, mean over random directions"}),
		line("energy_distance", "energy distance", "standard deviations", Basis{
			Rule: "permutations", Inputs: []string{"energy_distance.statistic"},
			Method: "samples against test rows, permutation test"}),
		line("mmd", "maximum mean discrepancy, squared", "", Basis{
			Rule: "discrepancy", Inputs: []string{"mmd.statistic"},
			Method: "samples against test rows, Gaussian kernels of five widths, permutation test"}),
		line("marginals", "largest distance of a column's distribution", "", Basis{
			Rule: "two samples", Inputs: []string{"marginal.distance", "marginal.rows"},
			Method: "Kolmogorov and Smirnov's test of samples against test rows, Bonferroni's correction"}),
		line("correlations", "distance of the correlations", "", Basis{
			Rule: "correlations", Inputs: []string{"correlation.difference", "correlation.difference_of_training"},
			Method: "Frobenius norm, samples against test rows"}),
		manifold("precision", "precision", "samples that lie among test rows"),
		manifold("recall", "recall", "test rows that lie among samples"),
		manifold("density", "density", "balls of test rows that hold a sample, over five"),
		manifold("coverage", "coverage", "test rows whose ball holds a sample"),
		line("copies", "copies of training rows", "rows", Basis{
			Rule: "copies", Inputs: []string{"nearest.samples", "nearest.test"}, Parameters: map[string]float64{"probability": chance},
			Method: "samples whose nearest training row is at distance 0; distances of samples and test rows by the rank-sum test"}),
	}
}

// sampleSpecs lists the arrays that compare samples with data. Columns are in standard
// deviations of the training rows.
func sampleSpecs() []arraySpec {
	return []arraySpec{
		{name: "classifier.correct", meaning: "1 where a classifier is right about a held-out row: samples first, then as many test rows"},
		{name: "sliced.distance", unit: "standard deviations", meaning: "Wasserstein distance of samples and test rows along a random direction"},
		{name: "sliced.distance_of_training", unit: "standard deviations", meaning: "the same of training rows and test rows"},
		{name: "energy_distance.statistic", unit: "standard deviations", meaning: "energy distance of samples and test rows, then under permutations"},
		{name: "mmd.statistic", meaning: "squared maximum mean discrepancy of samples and test rows for five widths, then under permutations"},
		{name: "marginal.distance", meaning: "Kolmogorov-Smirnov distance of samples and test rows in one column"},
		{name: "marginal.rows", unit: "rows", meaning: "samples, then test rows, of that"},
		{name: "correlation.difference", meaning: "correlation of two columns in samples less that in test rows"},
		{name: "correlation.difference_of_training", meaning: "the same of training rows and test rows"},
		{name: "manifold.precision", meaning: "1 for a sample in the ball of a test row to its fifth neighbour"},
		{name: "manifold.precision_of_training", meaning: "the same of training rows in place of samples"},
		{name: "manifold.recall", meaning: "1 for a test row in the ball of a sample to its fifth neighbour"},
		{name: "manifold.recall_of_training", meaning: "the same of training rows in place of samples"},
		{name: "manifold.density", meaning: "balls of test rows that a sample lies in, over five"},
		{name: "manifold.density_of_training", meaning: "the same of training rows in place of samples"},
		{name: "manifold.coverage", meaning: "1 for a test row whose ball holds a sample"},
		{name: "manifold.coverage_of_training", meaning: "the same of training rows in place of samples"},
		{name: "nearest.samples", unit: "standard deviations", meaning: "distance of a sample to the nearest training row"},
		{name: "nearest.test", unit: "standard deviations", meaning: "distance of a test row to the nearest training row"},
	}
}
