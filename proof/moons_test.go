package proof_test

import (
	"flag"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"flowcert/catalog"
	"flowcert/data"
	"flowcert/density"
	"flowcert/measure"
	"flowcert/model"
	"flowcert/proof"
)

var long = flag.Bool("long", false, "train two flows on moons and enclose their masses")

// moonsFlows are a RealNVP and a rational-quadratic spline flow of four couplings with 16
// units each.
func moonsFlows() map[string]string {
	return map[string]string{
		"RealNVP": `
layers:
  - repeat: 4
    layers:
      - coupling: {transform: affine, network: {hidden: [16], activation: tanh}}
training: {rate: 0.005, steps: 6000}
`,
		"RQ spline": `
layers:
  - repeat: 4
    layers:
      - coupling: {transform: {rational-quadratic: {bins: 8, bound: 5}}, network: {hidden: [16], activation: tanh}}
training: {rate: 0.005}
`,
	}
}

// TestMoonsMass trains the flows on moons to an excess of at most 0.2 nats and encloses
// their mass to 0.02 in the box of 20,000 samples. That has to hold at least 99 % of a
// million other samples, whose interval has to meet the enclosure.
func TestMoonsMass(t *testing.T) {
	if !*long {
		t.Skip("trains two flows: run with -long")
	}
	split, err := data.Moons().Split(1)
	if err != nil {
		t.Fatal(err)
	}
	truth := data.Moons().(data.Truth).LogDensity(split.Test)
	for name, text := range moonsFlows() {
		t.Run(name, func(t *testing.T) {
			m := fit(t, name, text, split)
			scores, err := m.LogDensity(split.Test, density.Options{})
			if err != nil {
				t.Fatal(err)
			}
			excess, err := measure.PairedDifference(truth, scores.LogDensity, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			core := density.Core(m)
			lo, hi := box(t, core, 20_000)
			start := time.Now()
			mass, err := proof.Integrate(t.Context(), func() (proof.LogDensity, error) { return core.(density.Enclosable).Enclosure() },
				lo, hi, proof.Options{Width: 0.02, Evaluations: 1_000_000, Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			total := mass.Total()
			inside := count(t, core, lo, hi, 1_000_000)
			share, err := measure.Share(inside, 1_000_000, 0.999)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("excess %.4f nats; mass from %.6f to %.6f, %.4f wide, after %d evaluations in %v; %d samples inside: %.6f to %.6f",
				excess.Value, total.Lo, total.Hi, total.Width(), mass.Evaluations, time.Since(start), inside, share.Lo, share.Hi)
			if !(excess.Hi <= 0.2) {
				t.Errorf("the excess is %v nats", excess.Value)
			}
			if !(total.Width() <= 0.02) {
				t.Errorf("the enclosure is %v wide", total.Width())
			}
			if !(share.Value >= 0.99) || share.Lo > total.Hi || total.Lo > share.Hi {
				t.Errorf("the samples' interval from %v to %v does not meet %v", share.Lo, share.Hi, total)
			}
		})
	}
}

func fit(t *testing.T, name, text string, split data.Split) density.Model {
	t.Helper()
	entry, err := model.FlowEntry(name, []byte(text), catalog.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	settings, err := entry.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := entry.Fitter(settings).Fit(t.Context(), split.Train, split.Validation, density.FitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// box returns the smallest box on the grid around samples.
func box(t *testing.T, m density.Model, n int) (lo, hi []float64) {
	t.Helper()
	x, err := m.Sample(n, 1, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return around(x)
}

// around returns the smallest box on the grid around rows.
func around(x *mat.Dense) (lo, hi []float64) {
	_, dim := x.Dims()
	for j := range dim {
		column := mat.Col(nil, j, x)
		lo, hi = append(lo, slices.Min(column)), append(hi, slices.Max(column))
	}
	return proof.OnGrid(lo, hi)
}

// count returns how many of other samples are in the box.
func count(t *testing.T, m density.Model, lo, hi []float64, n int) (inside int) {
	t.Helper()
	x, err := m.Sample(n, 2, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		row := x.RawRowView(i)
		if !slices.ContainsFunc([]int{0, 1}, func(j int) bool { return row[j] < lo[j] || row[j] > hi[j] }) {
			inside++
		}
	}
	return inside
}

// TestMoonsStretch bounds the stretch of the same flows and of their inverses in the box of
// the training rows, and the error of float64 round trips of the RealNVP there. (Of the
// spline flow none was found in 60,000 cells.)
func TestMoonsStretch(t *testing.T) {
	if !*long {
		t.Skip("trains two flows: run with -long")
	}
	split, err := data.Moons().Split(1)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range moonsFlows() {
		t.Run(name, func(t *testing.T) {
			m := fit(t, name, text, split)
			core := density.Core(m).(*density.Flow)
			rows := density.CoreRows(m, split.Train)
			lo, hi := around(rows)
			start := time.Now()
			stretch, err := proof.Lipschitz(t.Context(), func() (proof.Layers, error) { return core.Layers() },
				lo, hi, proof.Options{Width: 0.05, Evaluations: 60_000, Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			forward, inverse := stretch.Largest()
			t.Logf("the map stretches by at most %.4g, its inverse by %.4g; %v", forward, inverse, time.Since(start))
			if !(forward < 1e4 && inverse < 1e5) {
				t.Errorf("the bounds say little")
			}
			if name != "RealNVP" {
				return
			}
			start = time.Now()
			bounds, err := proof.RoundTrip(t.Context(), func() (proof.RoundedLayers, error) { return core.RoundedLayers() },
				lo, hi, proof.Options{Evaluations: 10_000, Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("round trips are off by at most %.3g; %v", slices.Max(bounds), time.Since(start))
			if !(slices.Max(bounds) < 1e-8) {
				t.Errorf("no bound of round trips below 1e-8 was found")
			}
		})
	}
}
