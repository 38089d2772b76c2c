package claim_test

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/claim"
	"flowcert/data"
	"flowcert/density"
	"flowcert/measure"
	"flowcert/model"
	"flowcert/probe"
	"flowcert/setting"
)

// examination is of a Gaussian fitted to a small moons data set.
func examination(t *testing.T) *claim.Examination {
	t.Helper()
	moons := data.Moons().(data.Resizer).WithRows(400, 100, 500)
	split, err := moons.Split(1)
	if err != nil {
		t.Fatal(err)
	}
	gaussian, report, err := density.GaussianFitter{}.Fit(t.Context(), split.Train, split.Validation, density.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	entry := model.Gaussian()
	return &claim.Examination{
		Model: gaussian, Entry: entry,
		Description: model.Description{Model: entry.Name, Settings: setting.Values{}, Dim: 2, Columns: moons.Info().Columns,
			Seed: 7, Data: model.Data{Name: "moons", SplitSeed: 1, TestSHA256: data.Digest(split.Test)}},
		Info: moons.Info(), Split: split, Truth: moons.(data.Truth), Gaussian: gaussian,
		Report: &report, Meter: probe.NewMeter(probe.SystemRoots()),
	}
}

// quality are the claims of the catalogue whose figures are the same bytes every time.
func quality() []claim.Claim {
	return slices.DeleteFunc(catalog.Claims(), func(c claim.Claim) bool {
		return slices.ContainsFunc(cost(), func(other claim.Claim) bool { return other.Name == c.Name })
	})
}

func cost() []claim.Claim {
	return []claim.Claim{claim.DensityCost(), claim.SamplingCost(), claim.IdlePower(), claim.Training(), claim.Memory(), claim.Emissions()}
}

// certify returns the certificate that the claims make.
func certify(t *testing.T, e *claim.Examination, claims ...claim.Claim) *cert.Certificate {
	t.Helper()
	c, _, err := build(t, e, claims...).Certificate()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// build runs the claims; lines of other claims are skipped.
func build(t *testing.T, e *claim.Examination, claims ...claim.Claim) *cert.Builder {
	t.Helper()
	b, err := claim.Examine(t.Context(), claims, e, cert.Environment{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range slices.Concat(quality(), cost()) {
		if !slices.ContainsFunc(claims, func(other claim.Claim) bool { return other.Name == c.Name }) {
			for _, id := range c.Lines {
				b.Skip(id, "not under test")
			}
		}
	}
	return b
}

func rowOf(t *testing.T, c *cert.Certificate, id string) cert.Row {
	t.Helper()
	i := slices.IndexFunc(c.Rows, func(r cert.Row) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("no row %q", id)
	}
	return c.Rows[i]
}

func TestClaimsCoverEveryLineOnce(t *testing.T) {
	count := map[string]int{}
	for _, c := range slices.Concat(quality(), cost()) {
		for _, id := range c.Lines {
			count[id]++
		}
	}
	for _, l := range cert.Lines() {
		want := 1
		if l.Bases == nil {
			want = 0
		}
		if count[l.ID] != want {
			t.Errorf("line %s belongs to %d claims, want %d", l.ID, count[l.ID], want)
		}
		delete(count, l.ID)
	}
	for id := range count {
		t.Errorf("a claim is of %q, which is no line", id)
	}
}

func TestGaussianOnMoons(t *testing.T) {
	c := certify(t, examination(t), quality()...)
	for _, r := range c.Rows {
		if r.Strength == cert.Refuted {
			t.Errorf("%s is refuted: %s", r.ID, r.Reason)
		}
	}
	for _, id := range []string{
		"answers.density", "answers.samples", "answers.latent",
		"guarantees.invertible.checked", "guarantees.normalised.checked", "guarantees.log_det.checked",
		"numerics.round_trip_float32", "numerics.round_trip_float64", "numerics.log_det", "numerics.precision_gap",
	} {
		if r := rowOf(t, c, id); r.Strength != cert.Tested {
			t.Errorf("%s is %s: %s", id, r.Strength, r.Reason)
		}
	}
	// The Gaussian's excess on moons is 0.90 nats with plenty of rows; 500 test rows
	// leave a standard error of 0.04, of which 0.1 is more than two.
	excess := rowOf(t, c, "fit.excess")
	if *excess.Lo > 1.0 || *excess.Hi < 0.8 {
		t.Errorf("excess between %v and %v nats, want about 0.90", *excess.Lo, *excess.Hi)
	}
	if gain := rowOf(t, c, "fit.gain"); *gain.Value != 0 {
		t.Errorf("the Gaussian gains %v over itself", *gain.Value)
	}
}

func TestQualityIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	var first *cert.Certificate
	for _, workers := range []int{1, 2, 7} {
		e := examination(t)
		e.Workers = workers
		c := certify(t, e, quality()...)
		if first == nil {
			first = c
		}
		if c.Evidence.SHA256 != first.Evidence.SHA256 {
			t.Errorf("%d workers give other evidence than 1", workers)
		}
	}
}

// processor is a made-up machine that draws 50 W, whatever it does.
type processor struct{ since time.Time }

func (p processor) Open(name string) (fs.File, error) {
	elapsed := time.Since(p.since)
	tree := fstest.MapFS{}
	for name, text := range map[string]string{
		"class/powercap/intel-rapl:0/name":                "package-0",
		"class/powercap/intel-rapl:0/energy_uj":           fmt.Sprint(50 * elapsed.Microseconds()),
		"class/powercap/intel-rapl:0/max_energy_range_uj": "262143328850",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree.Open(name)
}

func TestCost(t *testing.T) {
	e := examination(t)
	roots := probe.SystemRoots()
	roots.Sys = processor{time.Now()}
	e.Meter = probe.NewMeter(roots)
	cpu := 2.5
	counter := func(zone string, seconds, from, to float64) measure.Counter {
		return measure.Counter{Zone: zone, Range: 1e10, Seconds: []float64{0, seconds}, Microjoules: []float64{from, to}}
	}
	e.Training = &probe.Window{WallSeconds: 1.5, CPUSeconds: &cpu, Source: probe.RAPL,
		Counters: []measure.Counter{counter("package-0", 1.5, 9.999e9, 2e6), counter("package-0/dram", 1.5, 5e6, 6e6)},
		// 1 W before and 2 W after.
		Idle: []measure.Counter{counter("package-0", 2, 0, 1e6), counter("package-0/dram", 2, 0, 1e6),
			counter("package-0", 2, 0, 3e6), counter("package-0/dram", 2, 0, 1e6)},
		Load: &probe.Load{OthersSeconds: 1, CoreSeconds: 8},
		Memory: &probe.Memory{Heap: probe.Mark{Baseline: 1000, Peak: 1800}, Process: probe.Mark{Baseline: 5000, Peak: 9000},
			Cgroup: probe.Mark{Absent: "no cgroup here"}},
	}
	c := certify(t, e, append(cost(), claim.Likelihood())...)
	for id, want := range map[string]float64{
		"time.training": 1.5, "time.training_cpu": 2.5, "energy.training": 4,
		"energy.training_above_idle": 4 - 1.5*1.5, "time.training_load": 0.125,
		"memory.training_heap": 800, "memory.training_process": 4000,
		"memory.parameters": 8 * (2 + 4),
	} {
		if r := rowOf(t, c, id); r.Strength != cert.Measured || *r.Value != want {
			t.Errorf("%s is %+v, want %v measured", id, r, want)
		}
	}
	if r := rowOf(t, c, "time.training_load"); !strings.Contains(r.Reason, "busy") {
		t.Errorf("an eighth of all cores is other work, and nothing is said of it: %+v", r)
	}
	if r := rowOf(t, c, "memory.training_cgroup"); r.Strength != cert.NotAssessed || r.Reason != "no cgroup here" {
		t.Errorf("%+v, want not assessed with the reason", r)
	}
	for _, id := range []string{"time.density", "time.sampling", "memory.answering", "memory.answering_heap", "energy.density", "energy.sampling"} {
		if r := rowOf(t, c, id); r.Strength != cert.Measured || !(*r.Value > 0) || !strings.Contains(r.Method, "RAPL") && r.Block == cert.Energy {
			t.Errorf("%s is %+v", id, r)
		}
	}
	// The reads of the clock and of the counter lie microseconds apart.
	if r := rowOf(t, c, "energy.idle"); r.Strength != cert.Measured || math.Abs(*r.Value-50) > 0.5 {
		t.Errorf("a machine of 50 W draws %+v when idle", r)
	}
	// One call of the Gaussian lasts so short that a window holds 20,000 of them.
	if r := rowOf(t, c, "time.density"); r.N < 6 || r.N > 2000 {
		t.Errorf("%d repeats in a window, want some hundred", r.N)
	}
}

// Without counters energy is a range, is said to be modelled, and has none above idle.
func TestCostWithoutCounters(t *testing.T) {
	e := examination(t)
	roots := probe.SystemRoots()
	roots.Sys = fstest.MapFS{}
	e.Meter = probe.NewMeter(roots)
	e.Meter.WindowSeconds = 0.02
	c := certify(t, e, claim.Likelihood(), claim.DensityCost(), claim.IdlePower())
	for _, id := range []string{"energy.idle", "energy.density_above_idle"} {
		if r := rowOf(t, c, id); r.Strength != cert.NotAssessed || r.Reason == "" {
			t.Errorf("%s is %+v", id, r)
		}
	}
	r := rowOf(t, c, "energy.density")
	if source, _ := e.Meter.EnergySource(); source == probe.None {
		t.Skip("this system does not tell processor time")
	}
	if r.Strength != cert.Declared || r.Value != nil || r.Level != 0 || !(*r.Lo < *r.Hi) || !strings.Contains(r.Method, "a range, not a confidence interval") {
		t.Errorf("%+v, want a declared range", r)
	}
}

func TestCostOfAnUnrecordedFit(t *testing.T) {
	e := examination(t)
	e.Training, e.Report = nil, nil
	c := certify(t, e, claim.Likelihood(), claim.Training())
	for _, id := range claim.Training().Lines {
		if r := rowOf(t, c, id); r.Strength != cert.NotAssessed || r.Reason == "" || r.Value != nil {
			t.Errorf("%s is %+v, want not assessed with a reason", id, r)
		}
	}
}

func TestModelWithoutLatentCode(t *testing.T) {
	e := examination(t)
	mixture, _, err := density.MixtureFitter{Components: []int{2}, Starts: 1, Iterations: 5, Floor: 1e-6}.
		Fit(t.Context(), e.Split.Train, e.Split.Validation, density.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	e.Model = mixture
	c := certify(t, e, quality()...)
	for _, id := range slices.Concat(claim.RoundTrip().Lines, claim.LogDet().Lines) {
		if r := rowOf(t, c, id); r.Strength != cert.NotAssessed || r.Reason != "the model has no latent code" {
			t.Errorf("%s is %+v", id, r)
		}
	}
	if r := rowOf(t, c, "guarantees.normalised.checked"); r.Strength != cert.Tested {
		t.Errorf("the mixture's integral is %s: %s", r.Strength, r.Reason)
	}
}

func TestReference(t *testing.T) {
	e := examination(t)
	e.Truth = nil
	reference, err := claim.FitReference(t.Context(), e.Split, 1)
	if err != nil {
		t.Fatal(err)
	}
	e.Reference, e.Model = reference, reference
	c := certify(t, e, claim.Likelihood())
	if r := rowOf(t, c, "fit.skill"); *r.Value != 1 || r.Grade != "A" {
		t.Errorf("the reference has the skill %v, grade %q, against itself", *r.Value, r.Grade)
	}
	// Moons have far more structure than one Gaussian.
	if r := rowOf(t, c, "fit.gain"); !(*r.Lo > 0.1) {
		t.Errorf("the reference gains %v to %v nats per dimension over the Gaussian", *r.Lo, *r.Hi)
	}
	e.Model = e.Gaussian
	if r := rowOf(t, certify(t, e, claim.Likelihood()), "fit.skill"); *r.Value != 0 || r.Grade != "E" {
		t.Errorf("the Gaussian has the skill %v, grade %q", *r.Value, r.Grade)
	}

	again, err := claim.FitReference(t.Context(), e.Split, 7)
	if err != nil {
		t.Fatal(err)
	}
	e.Model = again
	if r := rowOf(t, certify(t, e, claim.Likelihood()), "fit.skill"); *r.Value != 1 {
		t.Errorf("7 workers fit another reference than 1")
	}
}

// TestFamiliesAreKnown: a family that package cert spells otherwise would have no
// theorem.
func TestFamiliesAreKnown(t *testing.T) {
	for _, entry := range catalog.Models() {
		if strings.HasSuffix(entry.Family, "resampled base") {
			continue // its normalising constant is an estimate
		}
		e := examination(t)
		e.Entry = entry
		if r := rowOf(t, certify(t, e, claim.Likelihood()), "guarantees.normalised.theory"); r.Strength != cert.Theorem {
			t.Errorf("that a %s integrates to 1 is %s: %s", entry.Family, r.Strength, r.Reason)
		}
	}
}

func TestExamineStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := claim.Examine(ctx, quality(), examination(t), cert.Environment{}, nil); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
