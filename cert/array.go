package cert

// Arrays is the evidence: float64 arrays by name.
type Arrays map[string][]float64

// arraySpec says what an array of the evidence is.
type arraySpec struct {
	name, unit, meaning string
	// perTestRow arrays have one entry per test row, in the split's order.
	perTestRow bool
}

// arraySpecs lists every array that the format knows, in the order in which a
// certificate names them.
func arraySpecs() []arraySpec {
	specs := []arraySpec{
		{name: "test.log_density", unit: "nats", meaning: "the model's log-density of the test row, float64", perTestRow: true},
		{name: "test.gaussian_log_density", unit: "nats", meaning: "log-density of the test row under a full-covariance Gaussian fitted to the same split", perTestRow: true},
		{name: "test.reference_log_density", unit: "nats", meaning: "log-density of the test row under reference-1 fitted to the same split", perTestRow: true},
		{name: "test.true_log_density", unit: "nats", meaning: "true log-density of the test row", perTestRow: true},
		{name: "samples.log_density", unit: "nats", meaning: "the model's log-density of its own sample"},
		{name: "round_trip.float32", unit: "relative", meaning: "error of one row to latent code and back, relative to the value or the column's standard deviation; test rows first, then samples"},
		{name: "round_trip.float64", unit: "relative", meaning: "error of one row to latent code and back, relative to the value or the column's standard deviation; test rows first, then samples"},
		{name: "log_det.rows", unit: "", meaning: "index of the test row of each of the following"},
		{name: "log_det.error", unit: "nats", meaning: "difference from a numeric Jacobian at one row: of the log-determinant forward, inverse, or within the log-density, the largest"},
		{name: "integral.refinements", unit: "", meaning: "integral of the density over all of space, before and after every cell was halved"},
		{name: "precision.gap", unit: "nats", meaning: "float32 minus float64 log-density of one row"},
	}
	specs = append(specs, answerSpecs()...)
	specs = append(specs, windowSpecs("density")...)
	specs = append(specs, windowSpecs("sampling")...)
	specs = append(specs, windowSpecs("training")...)
	for _, s := range []arraySpec{
		{name: "memory.parameters", meaning: "stored weights"},
		{name: "memory.evaluation_arena", meaning: "scratch memory of an evaluation, over all workers"},
		{name: "memory.optimiser", meaning: "state that training keeps beside the weights"},
		{name: "memory.training_arena", meaning: "activations and gradients of training, over all workers"},
		{name: "memory.peak", meaning: "largest resident set of the certifying process"},
	} {
		s.unit = "bytes"
		specs = append(specs, s)
	}
	return append(specs,
		arraySpec{name: "picture.frame", unit: "data", meaning: "least and largest first coordinate, least and largest second, then the picture's columns and rows"},
		arraySpec{name: "picture.log_density", unit: "nats", meaning: "the model's log-density at the centres of the picture's cells, from the least second coordinate up, row by row"},
		arraySpec{name: "picture.true_log_density", unit: "nats", meaning: "the true log-density at the same places"},
		arraySpec{name: "picture.test_rows", unit: "data", meaning: "the first test rows, first and second coordinate in turn"},
	)
}

// windowSpecs lists the arrays of one stretch of measured work.
func windowSpecs(window string) []arraySpec {
	specs := []arraySpec{
		{name: "seconds", unit: "s", meaning: "wall time of one repeat"},
		{name: "cpu_seconds", unit: "s", meaning: "processor time of all cores over one repeat"},
		{name: "watts_per_core", unit: "W", meaning: "least and most that a busy core is taken to draw"},
		{name: "counter_zone", unit: "", meaning: "number of the energy counter that was read"},
		{name: "counter_seconds", unit: "s", meaning: "time of the read since the window began"},
		{name: "counter_microjoules", unit: "uJ", meaning: "what the counter said"},
		{name: "counter_range", unit: "uJ", meaning: "where the counter wraps around to zero"},
	}
	if window != "training" {
		specs = append(specs, arraySpec{name: "rows", unit: "rows", meaning: "rows of one repeat"})
	}
	for i := range specs {
		specs[i].name = window + "." + specs[i].name
	}
	return specs
}

func arraySpecOf(name string) (arraySpec, bool) {
	for _, s := range arraySpecs() {
		if s.name == name {
			return s, true
		}
	}
	return arraySpec{}, false
}
