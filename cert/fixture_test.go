package cert

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fixture is a builder whose evidence carries every line that has a rule, with made-up
// figures. Energy is counted for densities and samples, by different sources, and
// metered for training; modelled makes it a model's for samples.
func fixture() *Builder {
	const n = 40
	b := NewBuilder(
		Subject{Model: "gaussian", Title: "Gaussian", Family: "Gaussian", Summary: "One <ellipsoid>.",
			Settings: map[string]any{"steps": 5, "rate": 1e-7, "activation": "tanh"}, Seed: 1 << 63, Dim: 2,
			Scores: "exact", DescriptionSHA256: strings.Repeat("a1", 32), WeightsSHA256: strings.Repeat("b2", 32)},
		Data{Name: "moons", Title: "Two moons", Source: "a formula", Licence: "none", Columns: []string{"x", "y"},
			Truth: true, Train: 400, Validation: 40, Test: n, SplitSeed: 3,
			TrainSHA256: strings.Repeat("c3", 32), ValidationSHA256: strings.Repeat("d4", 32), TestSHA256: strings.Repeat("e5", 32)},
		Environment{Program: "flowcert", Go: "go1.26", OS: "linux", Arch: "amd64", Processor: "P", Cores: 2,
			Kernels: "portable", Workers: 2, EnergySource: "rapl", Issued: "2026-11-23T12:00:00Z"})
	// All figures are exact in binary, so that the evidence is the same bytes on
	// every processor.
	wave := func(length int, level, height float64, stride int) []float64 {
		x := make([]float64, length)
		for i := range x {
			x[i] = level + height*float64((i+1)*stride%17-8)/8
		}
		return x
	}
	b.Record("test.log_density", wave(n, -1.25, 0.5, 3))
	b.Record("test.gaussian_log_density", wave(n, -2, 0.375, 4))
	b.Record("test.reference_log_density", wave(n, -1.1875, 0.5, 5))
	b.Record("test.true_log_density", wave(n, -1.125, 0.5625, 3))
	b.Record("samples.log_density", wave(30, -1.3125, 0.5, 6))
	b.Record("round_trip.float32", wave(50, 0x1p-19, 0x1p-20, 3))
	b.Record("round_trip.float64", wave(50, 0x1p-45, 0x1p-46, 3))
	b.Record("log_det.error", wave(20, 0, 0x1p-27, 3))
	b.Record("integral.refinements", []float64{1 - 0x1p-13, 1 - 0x1p-15})
	b.Record("precision.gap", wave(n, 0, 0x1p-20, 3))
	recordGuarantees(b, wave)
	recordAnswers(b, wave)
	recordComparisons(b, wave)
	recordMass(b)
	recordLipschitz(b, wave)
	for _, window := range []string{"density", "sampling", "training"} {
		repeats := 12
		if window == "training" {
			repeats = 1
		} else {
			b.Record(window+".rows", wave(repeats, 1000, 0, 1))
			b.Record(window+".overhead_seconds", wave(5, 0x1p-14, 0x1p-16, 3))
		}
		b.Record(window+".seconds", wave(repeats, 0x1p-7, 0x1p-9, 5))
		b.Record(window+".cpu_seconds", wave(repeats, 0x1p-6, 0x1p-9, 5))
		b.Record(window+".others_seconds", []float64{0x1p-4})
		b.Record(window+".core_seconds", []float64{2})
	}
	recordCounters := func(window, source string, limit float64, zone, seconds, microjoules []float64) {
		b.Record(window+"."+source+"_counter_zone", zone)
		b.Record(window+"."+source+"_counter_seconds", seconds)
		b.Record(window+"."+source+"_counter_microjoules", microjoules)
		b.Record(window+"."+source+"_counter_range", wave(len(zone), limit, 0, 1))
	}
	// Zone 0 wraps between its second and third read.
	recordCounters("density", "rapl", 1e10, []float64{0, 0, 0, 1, 1, 1}, []float64{0, 1, 2, 0, 1, 2}, []float64{9.991e9, 9.998e9, 3e6, 4e6, 5e6, 6e6})
	recordCounters("idle", "rapl", 1e10, []float64{0, 0, 1, 1, 2, 2, 3, 3}, []float64{0, 1, 0, 1, 0, 2, 0, 2},
		[]float64{1e6, 3e6, 5e6, 5.5e6, 9e6, 12e6, 7e6, 8e6})
	recordCounters("sampling", "perf", 1<<53, []float64{0, 0}, []float64{0, 2}, []float64{0, 9e6})
	recordCounters("idle", "perf", 1<<53, []float64{0, 0, 1, 1}, []float64{0, 1, 0, 1}, []float64{0, 1e6, 0, 2e6})
	recordCounters("training", "wall_meter", 1<<53, []float64{0, 0, 0}, []float64{0, 1, 2}, []float64{1e9, 1.0625e9, 1.125e9})
	recordCounters("training_idle", "wall_meter", 1<<53, []float64{0, 0, 1, 1}, []float64{0, 1, 0, 2}, []float64{1e6, 9e6, 20e6, 40e6})
	b.Record("memory.parameters", []float64{1234567})
	b.Record("memory.evaluation_arena", []float64{89012})
	b.Record("memory.optimiser", []float64{0})
	b.Record("memory.training_arena", []float64{345678})
	for _, work := range []string{"answering", "training"} {
		for i, mark := range []string{"heap", "process", "cgroup"} {
			b.Record("memory."+work+"_"+mark, []float64{float64(i + 1), float64(2*i + 3)})
		}
	}
	return b
}

// modelled is a fixture without counters for samples.
func modelled() *Builder {
	b := fixture()
	for _, name := range counterArrays("sampling", "perf") {
		delete(b.arrays, name)
	}
	b.Record("sampling.watts_per_core", []float64{1, 20})
	b.Skip("energy.sampling_above_idle", "energy is modelled from processor time, not measured")
	return b
}

// write puts the certificate of b into a new folder.
func write(t *testing.T, b *Builder) (path string) {
	t.Helper()
	path, err := b.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// forge changes the certificate of b, renews every seal in it, and puts it into a
// new folder: what a forger does who leaves the evidence alone.
func forge(t *testing.T, b *Builder, change func(c *Certificate)) (path string) {
	t.Helper()
	c, side, err := b.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	change(c)
	return seal(t, c, side)
}

// seal renews the seals of c and writes it with the side file.
func seal(t *testing.T, c *Certificate, side []byte) (path string) {
	t.Helper()
	var err error
	if c.Seals, err = c.seals(); err != nil {
		t.Fatal(err)
	}
	text, err := encode(c, true)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path = filepath.Join(dir, File)
	for name, content := range map[string][]byte{File: text, c.Evidence.File: side} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// rowOf returns the row of an ID for changing.
func rowOf(t *testing.T, c *Certificate, id string) *Row {
	t.Helper()
	for i := range c.Rows {
		if c.Rows[i].ID == id {
			return &c.Rows[i]
		}
	}
	t.Fatalf("no row %q", id)
	return nil
}
