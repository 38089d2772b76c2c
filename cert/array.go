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
	specs = append(specs, guaranteeSpecs()...)
	specs = append(specs, answerSpecs()...)
	specs = append(specs, fitSpecs()...)
	specs = append(specs, sampleSpecs()...)
	specs = append(specs, bridgeSpecs()...)
	specs = append(specs, massSpecs()...)
	specs = append(specs, lipschitzSpecs()...)
	specs = append(specs, growthSpecs()...)
	specs = append(specs, windowSpecs("density")...)
	specs = append(specs, windowSpecs("sampling")...)
	specs = append(specs, windowSpecs("training")...)
	specs = append(specs, counterSpecs("idle")...)
	specs = append(specs, counterSpecs("training_idle")...)
	specs = append(specs, arraySpec{name: "grid.intensity", unit: "g/kWh", meaning: "carbon dioxide of the electricity, as the issuer declared it"})
	for _, s := range []arraySpec{
		{name: "memory.parameters", meaning: "stored weights"},
		{name: "memory.evaluation_arena", meaning: "scratch memory of an evaluation, over all workers"},
		{name: "memory.optimiser", meaning: "state that training keeps beside the weights"},
		{name: "memory.training_arena", meaning: "activations and gradients of training, over all workers"},
	} {
		s.unit = "bytes"
		specs = append(specs, s)
	}
	for _, m := range memoryMarks() {
		for _, work := range []string{"answering", "training"} {
			specs = append(specs, arraySpec{name: "memory." + work + "_" + m.name, unit: "bytes",
				meaning: m.of + " before " + work + ", and its highest while it lasted"})
		}
	}
	return append(specs,
		arraySpec{name: "picture.frame", unit: "data", meaning: "least and largest first coordinate, least and largest second, then the picture's columns and rows"},
		arraySpec{name: "picture.log_density", unit: "nats", meaning: "the model's log-density at the centres of the picture's cells, from the least second coordinate up, row by row"},
		arraySpec{name: "picture.true_log_density", unit: "nats", meaning: "the true log-density at the same places"},
		arraySpec{name: "picture.test_rows", unit: "data", meaning: "the first test rows, first and second coordinate in turn"},
		arraySpec{name: "pairs.columns", unit: "", meaning: "index of each column of the following, of data of more than two"},
		arraySpec{name: "pairs.test_rows", unit: "data", meaning: "the first test rows, some of their columns in turn"},
		arraySpec{name: "pairs.samples", unit: "data", meaning: "samples of the model, the same columns in turn"},
	)
}

// windowSpecs lists the arrays of one stretch of measured work.
func windowSpecs(window string) []arraySpec {
	specs := []arraySpec{
		{name: "seconds", unit: "s", meaning: "wall time of one repeat"},
		{name: "cpu_seconds", unit: "s", meaning: "processor time of all cores over one repeat"},
		{name: "watts_per_core", unit: "W", meaning: "least and most that a busy core is taken to draw"},
		{name: "others_seconds", unit: "s", meaning: "processor time that the machine spent on other work"},
		{name: "core_seconds", unit: "s", meaning: "processor time of all cores in the same window"},
	}
	if window != "training" {
		specs = append(specs,
			arraySpec{name: "rows", unit: "rows", meaning: "rows of one repeat"},
			arraySpec{name: "overhead_seconds", unit: "s", meaning: "wall time of one repeat of as many calls that do nothing"})
	}
	for i := range specs {
		specs[i].name = window + "." + specs[i].name
	}
	return append(specs, counterSpecs(window)...)
}

// counterSpecs lists the raw reads of energy counters over one stretch of time, for
// every source; an idle one has the zones before the work first, and the same after it
// with the numbers that follow.
func counterSpecs(window string) []arraySpec {
	var specs []arraySpec
	for _, s := range energySources() {
		specs = append(specs,
			arraySpec{name: "zone", unit: "", meaning: "number of the energy counter that was read"},
			arraySpec{name: "seconds", unit: "s", meaning: "time of the read since the window began"},
			arraySpec{name: "microjoules", unit: "uJ", meaning: "what the counter said"},
			arraySpec{name: "range", unit: "uJ", meaning: "where the counter wraps around to zero"})
		for i := len(specs) - 4; i < len(specs); i++ {
			specs[i].name = counterArray(window, s.name, specs[i].name)
		}
	}
	return specs
}

// counterArray names one array of the reads of a source's counters in a window.
func counterArray(window, source, part string) string {
	return window + "." + source + "_counter_" + part
}

// counterArrays names all of them, in the order that rules take them.
func counterArrays(window, source string) []string {
	var names []string
	for _, part := range []string{"zone", "seconds", "microjoules", "range"} {
		names = append(names, counterArray(window, source, part))
	}
	return names
}

func arraySpecsByName() map[string]arraySpec {
	specs := map[string]arraySpec{}
	for _, s := range arraySpecs() {
		specs[s.name] = s
	}
	return specs
}
