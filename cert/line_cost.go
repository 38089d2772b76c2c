package cert

import (
	"slices"
	"strings"
)

// The lines of what a model costs. Rates are per 1,000 rows.

// busyThreshold is the share of all cores that may do other work before it has to be
// said of times: about what the figure itself is good to in a window of a second.
const busyThreshold = 0.05

func timeLines() []Line {
	training := func(input string) []Basis {
		return []Basis{{Rule: "sum", Inputs: []string{input}, Method: "the whole fit, once"}}
	}
	wall := func(window string) []Basis {
		return []Basis{{Rule: "net median rate", Inputs: []string{window + ".seconds", window + ".rows", window + ".overhead_seconds"},
			Parameters: map[string]float64{"level": level, "scale": 1e6},
			Method:     "float32, median of repeats by the wall clock less that of empty ones, order-statistic interval"}}
	}
	load := func(windows ...string) Basis {
		var inputs []string
		for _, w := range windows {
			inputs = append(inputs, w+".others_seconds", w+".core_seconds")
		}
		return Basis{Rule: "load", Inputs: inputs, Parameters: map[string]float64{"threshold": busyThreshold},
			Method: "processor time of other processes, the kernel and other guests, as a share of all cores over the same windows as the times"}
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
		{ID: "time.load", Block: Time, Statement: "other work of the machine", Unit: "of all cores",
			Bases: []Basis{load("density", "sampling"), load("density")}},
		{ID: "time.training_load", Block: Time, Statement: "other work of the machine, while training", Unit: "of all cores",
			Bases: []Basis{load("training")}},
		growth("rows"),
		growth("dimension"),
		growth("depth"),
	}
}

// growth is the line of a curve of scaling.
func growth(axis string) Line {
	return Line{ID: "time.growth_" + axis, Block: Time, Statement: "densities take longer with " + axis + ", exponent", Bases: []Basis{{
		Rule: "exponent", Inputs: []string{"growth." + axis, "growth." + axis + "_seconds", "growth." + axis + "_operations"},
		Parameters: map[string]float64{"level": level},
		Method:     "slope of the logarithms of medians against sizes, Student's t interval; beside the counted operations"}}}
}

// growthSpecs lists the arrays of the curves.
func growthSpecs() []arraySpec {
	var specs []arraySpec
	for _, axis := range []string{"rows", "dimension", "depth"} {
		specs = append(specs,
			arraySpec{name: "growth." + axis, unit: axis, meaning: "size of the batch or model that was timed"},
			arraySpec{name: "growth." + axis + "_seconds", unit: "s", meaning: "median wall time of one batch of log-densities, float32"},
			arraySpec{name: "growth." + axis + "_operations", unit: "operations", meaning: "counted operations of the batch"})
	}
	return specs
}

func memoryLines() []Line {
	bytes := func(method string, inputs ...string) []Basis {
		return []Basis{{Rule: "sum", Inputs: inputs, Method: method}}
	}
	lines := []Line{
		{ID: "memory.answering", Block: Memory, Statement: "while answering", Unit: "bytes",
			Bases: bytes("parameters and evaluation arena, counted from the arrays", "memory.parameters", "memory.evaluation_arena")},
		{ID: "memory.parameters", Block: Memory, Statement: "parameters", Unit: "bytes",
			Bases: bytes("counted from the arrays", "memory.parameters")},
		{ID: "memory.optimiser", Block: Memory, Statement: "optimiser, while training", Unit: "bytes",
			Bases: bytes("counted from the arrays", "memory.optimiser")},
		{ID: "memory.training_arena", Block: Memory, Statement: "activations and gradients, while training", Unit: "bytes",
			Bases: bytes("counted from the arrays, over all workers", "memory.training_arena")},
	}
	for _, work := range []string{"answering", "training"} {
		for _, m := range memoryMarks() {
			lines = append(lines, Line{ID: "memory." + work + "_" + m.name, Block: Memory, Statement: m.statement + ", while " + work, Unit: "bytes",
				Bases: []Basis{{Rule: "above baseline", Inputs: []string{"memory." + work + "_" + m.name}, Method: m.method}}})
		}
	}
	return lines
}

// memoryMark is a kind of memory whose highest mark is measured.
type memoryMark struct{ name, of, statement, method string }

func memoryMarks() []memoryMark {
	return []memoryMark{
		{"heap", "the Go heap", "peak of the heap",
			"highest of reads every 10 ms and at the end, less the size before; what waits for collection is included"},
		{"process", "the resident set", "peak of the process",
			"high-water mark of the resident set, reset before, less its size then"},
		{"cgroup", "the memory of the cgroup", "peak of the cgroup",
			"high-water mark of the cgroup, less what it held before; cached files and other processes in it are included"},
	}
}

// energySource is a way of counting energy; there is a set of arrays for each.
type energySource struct {
	name string
	// rule starts the names of its rules.
	rule string
	// method says what was counted.
	method string
}

// energySources lists the sources, the best first.
func energySources() []energySource {
	return []energySource{
		{"wall_meter", "metered", "wall meter: of the whole machine; the range is a step of the meter either way"},
		{"rapl", "counted", "RAPL: energy counters of processors and memory, read through powercap"},
		{"perf", "counted", "perf: energy counters of processors and memory, read as power events"},
	}
}

func energyLines() []Line {
	lines := func(id, statement, unit string, scale float64, idle string, rows ...string) []Line {
		_, window, _ := strings.Cut(id, ".")
		parameters := map[string]float64{"scale": scale}
		var gross, net []Basis
		for _, s := range energySources() {
			counters := counterArrays(window, s.name)
			gross = append(gross, Basis{Rule: s.rule + " joules", Parameters: parameters, Inputs: slices.Concat(counters, rows),
				Method: s.method + "; over the same run as the time, idle power included"})
			net = append(net, Basis{Rule: s.rule + " joules above idle", Parameters: parameters,
				Inputs: slices.Concat(counters, counterArrays(idle, s.name), rows),
				Method: s.method + "; over the same run as the time, less idle power for as long; the range is by idle power before and after"})
		}
		gross = append(gross, Basis{Rule: "modelled joules", Parameters: parameters,
			Inputs: slices.Concat([]string{window + ".cpu_seconds", window + ".watts_per_core"}, rows),
			Method: "a model, not measured: processor seconds times a stated range of watts per core; a range, not a confidence interval"})
		return []Line{
			{ID: id, Block: Energy, Statement: statement, Unit: unit, Bases: gross},
			{ID: id + "_above_idle", Block: Energy, Statement: statement + ", above idle", Unit: unit, Bases: net},
		}
	}
	var idle []Basis
	for _, s := range energySources() {
		idle = append(idle, Basis{Rule: s.rule + " idle watts", Inputs: counterArrays("idle", s.name),
			Method: s.method + "; over a second without work, before and after; the range is from one to the other"})
	}
	density := lines("energy.density", "1,000 densities", "mJ per 1,000 rows", 1e6, "idle", "density.rows")
	training := lines("energy.training", "training", "J", 1, "training_idle")
	return slices.Concat(
		density,
		lines("energy.sampling", "1,000 samples", "mJ per 1,000 rows", 1e6, "idle", "sampling.rows"),
		training,
		[]Line{
			{ID: "energy.idle", Block: Energy, Statement: "power when idle", Unit: "W", Bases: idle},
			emissions(density[0]), emissions(training[0])},
	)
}

// emissions is the line of the carbon dioxide that a line's energy stands for.
func emissions(energy Line) Line {
	l := Line{ID: energy.ID + "_co2", Block: Energy, Statement: energy.Statement + ", carbon dioxide", Unit: strings.Replace(energy.Unit, "J", "g", 1)}
	for _, b := range energy.Bases {
		l.Bases = append(l.Bases, Basis{Rule: emissionsOf + b.Rule, Parameters: b.Parameters,
			Inputs: append(slices.Clone(b.Inputs), "grid.intensity"),
			Method: "the energy as stated, times the grid's intensity as the issuer declared it"})
	}
	return l
}
