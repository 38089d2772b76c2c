package cert

// The lines of what a model costs. Rates are per 1,000 rows.

func timeLines() []Line {
	training := func(input string) []Basis {
		return []Basis{{Rule: "sum", Inputs: []string{input}, Method: "the whole fit, once"}}
	}
	wall := func(window string) []Basis {
		return []Basis{{Rule: "median rate", Inputs: []string{window + ".seconds", window + ".rows"},
			Parameters: map[string]float64{"level": level, "scale": 1e6},
			Method:     "float32, median of repeats by the wall clock, order-statistic interval"}}
	}
	cpu := func(window string) []Basis {
		return []Basis{{Rule: "rate", Inputs: []string{window + ".cpu_seconds", window + ".rows"},
			Parameters: map[string]float64{"scale": 1e6},
			Method:     "float32, processor time of all cores over all repeats"}}
	}
	const rate = "ms per 1,000 rows"
	return []Line{
		{ID: "time.density", Block: Time, Statement: "1,000 densities", Unit: rate, Bases: wall("density")},
		{ID: "time.density_cpu", Block: Time, Statement: "1,000 densities, processor time", Unit: rate, Bases: cpu("density")},
		{ID: "time.sampling", Block: Time, Statement: "1,000 samples", Unit: rate, Bases: wall("sampling")},
		{ID: "time.sampling_cpu", Block: Time, Statement: "1,000 samples, processor time", Unit: rate, Bases: cpu("sampling")},
		{ID: "time.training", Block: Time, Statement: "training", Unit: "s", Bases: training("training.seconds")},
		{ID: "time.training_cpu", Block: Time, Statement: "training, processor time", Unit: "s", Bases: training("training.cpu_seconds")},
	}
}

func memoryLines() []Line {
	bytes := func(method string, inputs ...string) []Basis {
		return []Basis{{Rule: "sum", Inputs: inputs, Method: method}}
	}
	return []Line{
		{ID: "memory.answering", Block: Memory, Statement: "while answering", Unit: "bytes",
			Bases: bytes("parameters and evaluation arena, counted from the arrays", "memory.parameters", "memory.evaluation_arena")},
		{ID: "memory.parameters", Block: Memory, Statement: "parameters", Unit: "bytes",
			Bases: bytes("counted from the arrays", "memory.parameters")},
		{ID: "memory.optimiser", Block: Memory, Statement: "optimiser, while training", Unit: "bytes",
			Bases: bytes("counted from the arrays", "memory.optimiser")},
		{ID: "memory.training_arena", Block: Memory, Statement: "activations and gradients, while training", Unit: "bytes",
			Bases: bytes("counted from the arrays, over all workers", "memory.training_arena")},
		{ID: "memory.peak", Block: Memory, Statement: "peak of the certifying process", Unit: "bytes",
			Bases: bytes("largest resident set that the system saw, program and data included", "memory.peak")},
	}
}

func energyLines() []Line {
	bases := func(window string, scale float64, rows ...string) []Basis {
		parameters := map[string]float64{"scale": scale}
		return []Basis{
			{Rule: "counted joules", Parameters: parameters,
				Inputs: append([]string{window + ".counter_zone", window + ".counter_seconds",
					window + ".counter_microjoules", window + ".counter_range"}, rows...),
				Method: "energy counters of processors and memory over the same run as the time, idle power included"},
			{Rule: "modelled joules", Parameters: parameters,
				Inputs: append([]string{window + ".cpu_seconds", window + ".watts_per_core"}, rows...),
				Method: "a model: processor seconds times a stated range of watts per core"},
		}
	}
	return []Line{
		{ID: "energy.density", Block: Energy, Statement: "1,000 densities", Unit: "mJ per 1,000 rows", Bases: bases("density", 1e6, "density.rows")},
		{ID: "energy.sampling", Block: Energy, Statement: "1,000 samples", Unit: "mJ per 1,000 rows", Bases: bases("sampling", 1e6, "sampling.rows")},
		{ID: "energy.training", Block: Energy, Statement: "training", Unit: "J", Bases: bases("training", 1)},
	}
}
