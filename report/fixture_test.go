package report

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowcert/cert"
	"flowcert/internal/random"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// madeUp marks every certificate of these tests in its own fields.
const madeUp = "made up for a test"

// fixture is what a made-up certificate is built from.
type fixture struct {
	subject     cert.Subject
	data        cert.Data
	environment cert.Environment
	arrays      cert.Arrays
}

// spline is a made-up certificate of a good model of two columns whose truth is
// known.
func spline() fixture {
	const rows = 400
	truth := noise("truth", rows, -2.4, 0.9)
	model := offset(truth, "spline", -0.012, 0.08)
	f := fixture{
		subject: cert.Subject{
			Model: "spline", Title: "Spline coupling flow", Family: "spline coupling flow",
			Summary:  "Learns how the columns vary together: exact densities, new samples.",
			Settings: map[string]any{"layers": 6, "bins": 8}, Seed: 1, Dim: 2, Scores: "exact",
			DescriptionSHA256: hash("description"), WeightsSHA256: hash("weights"),
		},
		data: cert.Data{
			Name: "moons", Title: "Two moons (" + madeUp + ")", Source: madeUp, Licence: "CC0",
			Columns: []string{"x", "y"}, Truth: true, Train: 20000, Validation: 5000, Test: rows, SplitSeed: 1,
			TrainSHA256: hash("train"), ValidationSHA256: hash("validation"), TestSHA256: hash("test"),
		},
		environment: cert.Environment{
			Program: "flowcert 0.0.0", ProgramSHA256: hash("program"), Go: "go1.26", OS: "linux", Arch: "amd64",
			Processor: "Example processor", Cores: 2, Kernels: "avx2", Workers: 2,
			EnergySource: "model: processor seconds x watts per core", Issued: "2026-11-23", Notes: []string{madeUp},
		},
		arrays: cert.Arrays{
			"test.log_density":            model,
			"test.gaussian_log_density":   offset(truth, "gaussian", -0.9, 0.7),
			"test.true_log_density":       truth,
			"samples.log_density":         noise("samples", 200, -2.4, 0.9),
			"train.log_density":           noise("train", rows, -2.38, 0.9),
			"leakage.test":                repeat(0, rows),
			"leakage.train":               repeat(0, 500),
			"classifier.correct":          coin("classifier", 1000, 0.53),
			"sliced.distance":             errors32(100, 0.04),
			"sliced.distance_of_training": errors32(100, 0.03),
			"energy_distance.statistic":   errors32(200, 0.05),
			"mmd.statistic":               errors32(5*200, 0.02),
			"marginal.distance":           {0.06, 0.05},
			"marginal.rows":               {500, rows},
			"nearest.samples":             errors32(500, 0.2),
			"nearest.test":                errors32(500, 0.2),
			"round_trip.float32":          errors32(500, 2e-6),
			"round_trip.float64":          errors32(500, 4e-14),
			"log_det.error":               errors32(200, 3e-8),
			"integral.refinements":        {0.99991, 0.99993},
			"precision.gap":               errors32(400, 4e-6),
			"density.seconds":             {0.0412, 0.0421, 0.0418, 0.0433, 0.0415, 0.0417, 0.0440, 0.0419},
			"density.cpu_seconds":         {0.081, 0.083, 0.082, 0.085, 0.082, 0.082, 0.086, 0.083},
			"density.rows":                repeat(100000, 8),
			"sampling.seconds":            {0.051, 0.053, 0.052, 0.055, 0.052, 0.052, 0.056, 0.053},
			"sampling.cpu_seconds":        {0.101, 0.103, 0.102, 0.105, 0.102, 0.102, 0.106, 0.103},
			"sampling.rows":               repeat(100000, 8),
			"training.seconds":            {9.84},
			"training.cpu_seconds":        {19.1},
			"density.watts_per_core":      {2.4, 16.7},
			"sampling.watts_per_core":     {2.4, 16.7},
			"training.watts_per_core":     {2.4, 16.7},
			"memory.parameters":           {329216},
			"memory.evaluation_arena":     {1662976},
			"memory.optimiser":            {658432},
			"memory.training_arena":       {6501171},
			"density.overhead_seconds":    {2e-7, 3e-7, 2e-7},
			"sampling.overhead_seconds":   {2e-7, 3e-7, 2e-7},
			"density.others_seconds":      {0.004},
			"density.core_seconds":        {2.1},
			"sampling.others_seconds":     {0.006},
			"sampling.core_seconds":       {2.2},
			"training.others_seconds":     {2.4},
			"training.core_seconds":       {19.68},
			"memory.answering_heap":       {8123000, 10456000},
			"memory.training_heap":        {8011000, 17912000},
			"memory.training_process":     {61226112, 91226112},
		},
	}
	return f
}

// withPicture adds a grid of the two moons' outlines, and some test rows.
func (f fixture) withPicture() fixture {
	const n = 40
	frame := []float64{-1.9, 2.9, -1.6, 2.1, n, n}
	var grid, points []float64
	for row := range n {
		for column := range n {
			x := frame[0] + (frame[1]-frame[0])*(float64(column)+0.5)/n
			y := frame[2] + (frame[3]-frame[2])*(float64(row)+0.5)/n
			upper := math.Hypot(x, y) - 1
			lower := math.Hypot(x-1, y-0.5) - 1
			d := 0.05
			if y > 0 {
				d += math.Exp(-upper * upper / 0.02)
			}
			if y < 0.5 {
				d += math.Exp(-lower * lower / 0.02)
			}
			grid = append(grid, math.Log(d/4))
		}
	}
	r := random.New(7, "points", 0, 0)
	for i := range 300 {
		a := math.Pi * r.Float64()
		x, y := math.Cos(a), math.Sin(a)
		if i%2 == 1 {
			x, y = 1-x, 0.5-y
		}
		points = append(points, x+0.1*r.NormFloat64(), y+0.1*r.NormFloat64())
	}
	f.arrays["picture.frame"], f.arrays["picture.log_density"], f.arrays["picture.test_rows"] = frame, grid, points
	return f
}

// refuted is a made-up certificate of a model whose inverse and normalisation
// are wrong.
func refuted() fixture {
	f := spline()
	f.subject.Title = "Spline coupling flow with a planted fault"
	f.arrays["round_trip.float64"] = errors32(500, 0.37)
	f.arrays["integral.refinements"] = []float64{1.3127, 1.3126}
	copies := f.arrays["nearest.samples"]
	for i := range 60 {
		f.arrays["leakage.test"][i], copies[i] = 1, 0
	}
	return f
}

// bare is a made-up certificate with no evidence at all.
func bare() fixture {
	f := spline()
	f.subject.Family = "a family without theorems"
	f.arrays = nil
	f.data.Truth = false
	return f
}

// long is a made-up certificate in which every name is far too long.
func long() fixture {
	f := spline()
	words := strings.Repeat("very long name of something ", 30)
	unbroken := strings.Repeat("Unbreakable", 40)
	f.subject.Model, f.subject.Title = unbroken, unbroken
	f.subject.Summary = words
	f.data.Name, f.data.Title, f.data.Source, f.data.Licence = unbroken, words, words, unbroken
	f.data.Columns = []string{unbroken, "列の名前" + unbroken}
	f.environment.Processor, f.environment.Program = words, unbroken
	f.environment.EnergySource, f.environment.Issued = words, unbroken
	f.environment.Notes = []string{words, unbroken}
	return f.withPicture()
}

// wide is a made-up certificate of many columns without truth, with energy
// counters and a skill interval that crosses a border.
func wide() fixture {
	f := spline()
	f.data.Name, f.data.Title, f.data.Truth = "breast_cancer", "Breast cancer ("+madeUp+")", false
	f.data.Columns = nil
	for _, c := range strings.Split("abcdefghijklmnopqrstuvwxyzABCD", "") {
		f.data.Columns = append(f.data.Columns, "column "+c)
	}
	f.data.TrainSHA256, f.data.TestSHA256 = hash("cancer train"), hash("cancer test")
	f.subject.Dim, f.data.Train, f.data.Validation, f.data.Test = 30, 455, 57, 57
	f.arrays["leakage.test"] = f.arrays["leakage.test"][:57]
	delete(f.arrays, "test.true_log_density")
	delete(f.arrays, "integral.refinements")
	gaussian := noise("gauss", 57, 28.1, 9)
	f.arrays["test.gaussian_log_density"] = gaussian
	f.arrays["test.reference_log_density"] = offset(gaussian, "reference", 6, 3)
	f.arrays["test.log_density"] = offset(gaussian, "skilled", 4.4, 3)
	f.arrays["pairs.columns"] = []float64{0, 1, 2, 3}
	f.arrays["pairs.test_rows"], f.arrays["pairs.samples"] = noise("rows", 4*57, 10, 2), noise("drawn", 4*57, 10, 2.5)
	return f
}

// rival is a made-up certificate of another model on spline's test rows, whose
// log-density is lower by gap nats per row on average.
func rival(name, title string, gap, deviation, pace float64) fixture {
	f := spline()
	f.subject.Model, f.subject.Title, f.subject.Family = name, title, "Gaussian mixture"
	f.arrays["test.log_density"] = offset(f.arrays["test.log_density"], name, -gap, deviation)
	for i := range f.arrays["density.seconds"] {
		f.arrays["density.seconds"][i] *= pace
	}
	f.arrays["memory.parameters"] = []float64{4096}
	delete(f.arrays, "round_trip.float64")
	delete(f.arrays, "round_trip.float32")
	return f
}

// document builds the certificate and its evidence.
func (f fixture) document(t testing.TB) Document {
	t.Helper()
	b := cert.NewBuilder(f.subject, f.data, f.environment)
	for name, values := range f.arrays {
		b.Record(name, values)
	}
	for _, l := range cert.Lines() {
		b.Skip(l.ID, "no check for this in "+madeUp)
	}
	path, err := b.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	d.SHA256 = hash("certificate") // the file's own changes with every word of package cert
	return d
}

// fixtures are the certificates that every drawing is tested on.
func fixtures() map[string]fixture {
	return map[string]fixture{
		"good": spline().withPicture(), "refuted": refuted(), "bare": bare(), "long": long(), "wide": wide(),
	}
}

// golden compares with a golden file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run the test with -update to write it", err)
	}
	if string(got) != string(want) {
		t.Errorf("differs from %s; if that is meant, run the test with -update and look at the difference", path)
	}
}

func noise(key string, n int, mean, deviation float64) []float64 {
	r := random.New(3, key, 0, 0)
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + deviation*r.NormFloat64()
	}
	return x
}

func offset(x []float64, key string, mean, deviation float64) []float64 {
	y := noise(key, len(x), mean, deviation)
	for i := range y {
		y[i] += x[i]
	}
	return y
}

// errors32 returns n errors below worst, the last of which is worst.
func errors32(n int, worst float64) []float64 {
	r := random.New(5, "errors", 0, 0)
	x := make([]float64, n)
	for i := range x {
		x[i] = worst * r.Float64() * 0.9
	}
	x[n-1] = worst
	return x
}

// coin returns n marks that are 1 with a probability.
func coin(key string, n int, probability float64) []float64 {
	r := random.New(13, key, 0, 0)
	x := make([]float64, n)
	for i := range x {
		if r.Float64() < probability {
			x[i] = 1
		}
	}
	return x
}

func repeat(v float64, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = v
	}
	return x
}

// hash is a made-up digest that says what it stands for.
func hash(of string) string {
	const digits = "0123456789abcdef"
	r := random.New(11, of, 0, 0)
	var b strings.Builder
	for range 64 {
		b.WriteByte(digits[r.IntN(16)])
	}
	return b.String()
}
