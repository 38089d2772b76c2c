package cert

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nlpodyssey/safetensors"
)

// findings returns what Verify finds at path, which must be readable.
func findings(t *testing.T, path string) []Finding {
	t.Helper()
	r, err := Verify(path)
	if err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

// wantFinding checks that Verify finds fault with a part.
func wantFinding(t *testing.T, path, part string) {
	t.Helper()
	found := findings(t, path)
	if !slices.ContainsFunc(found, func(f Finding) bool { return f.Part == part }) {
		t.Errorf("found %v, want a finding of %s", found, part)
	}
}

// TestForgedRows edits a field of every row that has it, with the seals redone:
// only computing the rows again from the evidence can tell.
func TestForgedRows(t *testing.T) {
	last := func(v *float64) { *v = math.Nextafter(*v, math.Inf(1)) }
	fields := map[string]func(r *Row) bool{
		"value": func(r *Row) bool {
			if r.Value != nil {
				last(r.Value)
			}
			return r.Value != nil
		},
		"lower bound": func(r *Row) bool {
			if r.Lo != nil {
				*r.Lo -= 0.1
			}
			return r.Lo != nil
		},
		"upper bound": func(r *Row) bool {
			if r.Hi != nil {
				*r.Hi *= 0.5
			}
			return r.Hi != nil
		},
		"no interval": func(r *Row) bool {
			had := r.Lo != nil
			r.Lo, r.Hi, r.Level = nil, nil, 0
			return had
		},
		"level":     func(r *Row) bool { r.Level += 0.01; return true },
		"number":    func(r *Row) bool { r.N++; return true },
		"unit":      func(r *Row) bool { r.Unit += "s"; return true },
		"statement": func(r *Row) bool { r.Statement = "perfect"; return true },
		"method":    func(r *Row) bool { r.Method += ", by an independent laboratory"; return true },
		"source":    func(r *Row) bool { r.Source += "somebody, some day"; return true },
		"block":     func(r *Row) bool { r.Block = Fit + "s"; return true },
		"proved":    func(r *Row) bool { had := r.Strength == Proved; r.Strength = Proved; return !had },
		"theorem":   func(r *Row) bool { had := r.Strength == Theorem; r.Strength = Theorem; return !had },
		"bounded":   func(r *Row) bool { had := r.Strength == Bounded; r.Strength = Bounded; return !had },
		"refuted":   func(r *Row) bool { r.Strength = Refuted; return true },
		"grade":     func(r *Row) bool { had := r.Grade == "A"; r.Grade = "A"; return !had },
		"no grade":  func(r *Row) bool { had := r.Grade != ""; r.Grade = ""; return had },
		"reason": func(r *Row) bool {
			r.Reason = "all is well"
			return true
		},
		"rule":       func(r *Row) bool { had := r.Rule == "rate"; r.Rule = "rate"; return !had },
		"inputs":     func(r *Row) bool { r.Inputs = append(r.Inputs, "test.true_log_density"); return true },
		"parameters": func(r *Row) bool { r.Parameters = map[string]float64{"threshold": 1e9}; return true },
		"given a value": func(r *Row) bool {
			had := r.Value != nil
			if !had {
				r.Value = new(float64)
			}
			return !had
		},
		"measured by word": func(r *Row) bool {
			if r.Strength == Measured {
				return false
			}
			r.Strength, r.Reason = Measured, ""
			return true
		},
		"withheld": func(r *Row) bool {
			*r = Row{ID: r.ID, Block: r.Block, Statement: r.Statement, Unit: r.Unit,
				Strength: NotAssessed, Reason: "there was no time"}
			return true
		},
	}
	for name, change := range fields {
		t.Run(name, func(t *testing.T) {
			var forged, found []string
			path := forge(t, fixture(), func(c *Certificate) {
				for i := range c.Rows {
					if change(&c.Rows[i]) {
						forged = append(forged, c.Rows[i].ID)
					}
				}
			})
			for _, f := range findings(t, path) {
				found = append(found, f.Part)
			}
			if len(forged) == 0 || !slices.Equal(found, forged) {
				t.Errorf("forged %q, found %q", forged, found)
			}
		})
	}
}

// TestForgedParts edits what is not a field of a row, with the seals redone.
func TestForgedParts(t *testing.T) {
	forgeries := []struct {
		name, part string
		change     func(c *Certificate)
	}{
		{"row deleted", "fit.excess", func(c *Certificate) { c.Rows = slices.Delete(c.Rows, at(c, "fit.excess"), at(c, "fit.excess")+1) }},
		{"row twice", "fit.gain", func(c *Certificate) { c.Rows = append(c.Rows, c.Rows[at(c, "fit.gain")]) }},
		{"rows swapped", "fit.skill", func(c *Certificate) {
			i := at(c, "fit.gain")
			c.Rows[i], c.Rows[i+1] = c.Rows[i+1], c.Rows[i]
		}},
		{"row invented", "fit.beauty", func(c *Certificate) {
			c.Rows = append(c.Rows, Row{ID: "fit.beauty", Block: Fit, Strength: Declared, Reason: "plain to see"})
		}},
		{"no rows", "answers.density", func(c *Certificate) { c.Rows = nil }},
		{"another scale", "scale", func(c *Certificate) { c.Scale.SHA256 = strings.Repeat("0", 64) }},
		{"an old scale", "scale", func(c *Certificate) { c.Scale.Version = "0" }},
		{"truth denied", "evidence", func(c *Certificate) { c.Data.Truth = false }},
		{"fewer test rows", "evidence", func(c *Certificate) { c.Data.Test = 20 }},
		{"another family", "guarantees.tails.theory", func(c *Certificate) { c.Subject.Family = "spline coupling flow" }},
		{"more dimensions", "subject", func(c *Certificate) { c.Subject.Dim = 200 }},
		{"no dimension", "subject", func(c *Certificate) { c.Subject.Dim, c.Data.Columns = 0, nil }},
		{"more columns, too", "fit.excess_per_dimension", func(c *Certificate) {
			c.Subject.Dim, c.Data.Columns = 4, []string{"a", "b", "c", "d"}
		}},
		{"array unlisted", "evidence", func(c *Certificate) { c.Evidence.Arrays = c.Evidence.Arrays[1:] }},
		{"array with another unit", "evidence", func(c *Certificate) { c.Evidence.Arrays[0].Unit = "bits" }},
		{"array of another length", "evidence", func(c *Certificate) { c.Evidence.Arrays[0].Length++ }},
	}
	for _, f := range forgeries {
		t.Run(f.name, func(t *testing.T) { wantFinding(t, forge(t, fixture(), f.change), f.part) })
	}
}

func at(c *Certificate, id string) int {
	return slices.IndexFunc(c.Rows, func(r Row) bool { return r.ID == id })
}

// TestForgedRefutation hides a refuted row in every way that the form allows.
func TestForgedRefutation(t *testing.T) {
	refuted := func() *Builder {
		b := fixture()
		b.arrays["round_trip.float64"][31] = 0.5
		return b
	}
	r, err := Verify(write(t, refuted()))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Holds() || !slices.Equal(r.Refuted(), []string{"answers.latent", "guarantees.invertible.checked"}) {
		t.Fatalf("a refutation that is stated: findings %v, refuted rows %q", r.Findings, r.Refuted())
	}
	const id = "guarantees.invertible.checked"
	if reason := rowOf(t, r.Certificate, id).Reason; !strings.HasPrefix(reason, "case 31 ") {
		t.Errorf("refuted for %q, want the counterexample's index", reason)
	}
	for name, change := range map[string]func(r *Row){
		"tested":       func(r *Row) { r.Strength, r.Reason = Tested, "" },
		"not assessed": func(r *Row) { r.Strength, r.Reason, r.Value = NotAssessed, "unclear", nil },
		"threshold":    func(r *Row) { r.Strength, r.Reason, r.Parameters = Tested, "", map[string]float64{"threshold": 1} },
		"other case":   func(r *Row) { r.Reason = strings.Replace(r.Reason, "31", "13", 1) },
		"silent":       func(r *Row) { r.Reason = "" },
	} {
		t.Run(name, func(t *testing.T) {
			wantFinding(t, forge(t, refuted(), func(c *Certificate) { change(rowOf(t, c, id)) }), id)
		})
	}
}

// TestForgedModel passes modelled energy off as something better.
func TestForgedModel(t *testing.T) {
	const id = "energy.sampling"
	r := rowOf(t, reopened(t, write(t, modelled())), id)
	if r.Strength != Declared || r.Value != nil || r.Level != 0 || !strings.Contains(r.Method, "not measured") {
		t.Errorf("%+v, want a declared range and no value", r)
	}
	for name, change := range map[string]func(r *Row){
		"measured": func(r *Row) { r.Strength = Measured },
		"middle":   func(r *Row) { middle := (*r.Lo + *r.Hi) / 2; r.Value = &middle },
		"interval": func(r *Row) { r.Level = 0.95 },
		"narrower": func(r *Row) { *r.Hi /= 2 },
		"counted":  func(r *Row) { r.Rule, r.Method = "counted joules", "RAPL" },
	} {
		t.Run(name, func(t *testing.T) {
			wantFinding(t, forge(t, modelled(), func(c *Certificate) { change(rowOf(t, c, id)) }), id)
		})
	}
}

// reopened returns the certificate at path, which must hold.
func reopened(t *testing.T, path string) *Certificate {
	t.Helper()
	c, _, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestForgedEvidence puts other numbers into each array, with all digests redone
// but the rows left: every row that uses the array must be found.
func TestForgedEvidence(t *testing.T) {
	forgeries := map[string]struct {
		change func(values []float64)
		// matters says whether the row must come out differently.
		matters func(array string, r Row) bool
	}{
		"not a number": {
			func(values []float64) { values[0] = math.NaN() },
			// A row that misses a value is none, and what it is without the hole is not asked.
			func(array string, r Row) bool { return r.Rule != "missing" || array == "missing.column" },
		},
		"scaled": {
			func(values []float64) {
				for i := range values {
					values[i] = values[i]*1.5 + 1 // moves even what is zero
				}
			},
			// Finite numbers stay finite, and a counter's clock, zone and range carry
			// no energy.
			func(array string, r Row) bool {
				return r.Rule != "finite" && (!strings.Contains(array, "_counter_") || strings.HasSuffix(array, "_counter_microjoules"))
			},
		},
	}
	for name, f := range forgeries {
		for _, spec := range arraySpecs() {
			t.Run(name+" "+spec.name, func(t *testing.T) {
				b, c := fixture(), sound(t)
				values, ok := b.arrays[spec.name]
				// The size of samples moves only what chance allows, what is finite stays
				// so, a polynomial keeps its degree, and of two bounds only the larger counts.
				inert := []string{"imputed.rows", "marginal.rows", "far_out.log_density", "cost.dimensions", "cost.density", "cost.sampling",
					"growth.rows_operations", "growth.dimension_operations", "growth.depth_operations", "ball.inverse", "ball.code"}
				if !ok || name == "scaled" && slices.Contains(inert, spec.name) {
					return
				}
				f.change(values)
				side, evidence, err := b.arrays.encode()
				if err != nil {
					t.Fatal(err)
				}
				c.Evidence = evidence
				path := seal(t, c, side)
				for _, r := range c.Rows {
					if slices.Contains(r.Inputs, spec.name) && f.matters(spec.name, r) {
						wantFinding(t, path, r.ID)
					}
				}
			})
		}
	}
}

// sound returns the certificate of the fixture.
func sound(t *testing.T) *Certificate {
	t.Helper()
	c, _, err := fixture().Certificate()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestWithheldEvidence leaves out arrays that speak against a model, with all
// digests redone and reasons given.
func TestWithheldEvidence(t *testing.T) {
	unknown := func(b *Builder) {
		delete(b.arrays, "test.true_log_density")
		b.data.Truth = false
		b.Skip("fit.excess", "the true density is not known")
		b.Skip("fit.excess_per_dimension", "the true density is not known")
		b.Skip("fit.effective_samples", "the true density is not known")
	}
	for _, c := range []struct {
		array string
		data  func(b *Builder)
	}{
		{"test.log_density", func(*Builder) {}},
		{"test.gaussian_log_density", func(*Builder) {}},
		{"test.true_log_density", func(*Builder) {}},
		{"test.reference_log_density", unknown},
		{"round_trip.float64", func(*Builder) {}},
		{"round_trip.float32", func(*Builder) {}},
		{"density.rows", func(*Builder) {}},
		{"sampling.seconds", func(*Builder) {}},
		{"density.overhead_seconds", func(*Builder) {}},
	} {
		t.Run(c.array, func(t *testing.T) {
			b := fixture()
			c.data(b)
			honest, _, err := b.Certificate()
			if err != nil {
				t.Fatal(err)
			}
			delete(b.arrays, c.array)
			for _, l := range Lines() {
				b.Skip(l.ID, "there was no time")
			}
			if _, _, err := b.Certificate(); err == nil {
				t.Error("a certificate is made without it")
			}
			scale, _ := CurrentScale()
			forged := *honest
			forged.Rows, _ = makeRows(b.subject, b.arrays, scale, b.reasons)
			side, evidence, err := b.arrays.encode()
			if err != nil {
				t.Fatal(err)
			}
			forged.Evidence = evidence
			wantFinding(t, seal(t, &forged, side), "evidence")
		})
	}
}

// TestAlteredEvidence changes single bytes of the side file and nothing else.
func TestAlteredEvidence(t *testing.T) {
	path := write(t, fixture())
	side := filepath.Join(filepath.Dir(path), sound(t).Evidence.File)
	original, err := os.ReadFile(side)
	if err != nil {
		t.Fatal(err)
	}
	// A prime stride reaches header, names and every array.
	for i := 0; i < len(original); i += 307 {
		altered := bytes.Clone(original)
		altered[i] ^= 1
		if err := os.WriteFile(side, altered, 0o644); err != nil {
			t.Fatal(err)
		}
		wantFinding(t, path, "evidence")
	}
	for _, length := range []int{0, 7, len(original) / 2, len(original) - 1} {
		if err := os.WriteFile(side, original[:length], 0o644); err != nil {
			t.Fatal(err)
		}
		wantFinding(t, path, "evidence")
	}
	if err := os.WriteFile(side, append(bytes.Clone(original), 0), 0o644); err != nil {
		t.Fatal(err)
	}
	wantFinding(t, path, "evidence")
}

// TestEvidenceOfAnotherType puts arrays of another type or shape into the side file,
// with its digest redone.
func TestEvidenceOfAnotherType(t *testing.T) {
	for name, c := range map[string]struct {
		dtype safetensors.DType
		shape []uint64
	}{
		"float32":        {safetensors.F32, []uint64{4}},
		"two dimensions": {safetensors.F64, []uint64{2, 1}},
	} {
		view, err := safetensors.NewTensorView(c.dtype, c.shape, make([]byte, 16))
		if err != nil {
			t.Fatal(err)
		}
		side, err := safetensors.Serialize(map[string]safetensors.TensorView{"precision.gap": view}, nil)
		if err != nil {
			t.Fatal(err)
		}
		forged := sound(t)
		forged.Evidence.SHA256 = digest(side)
		forged.Evidence.File = evidenceFile(forged.Evidence.SHA256)
		found := findings(t, seal(t, forged, side))
		if len(found) != 1 || !strings.Contains(found[0].Problem, "not a one-dimensional F64 array") {
			t.Errorf("%s: found %v", name, found)
		}
	}
}

// TestEvidenceOutsideTheFolder has a certificate name a file elsewhere.
func TestEvidenceOutsideTheFolder(t *testing.T) {
	path := forge(t, fixture(), func(*Certificate) {})
	c := sound(t)
	c.Evidence.SHA256 = "../../../../etc/" + strings.Repeat("a", 48)
	c.Evidence.File = evidenceFile(c.Evidence.SHA256)
	var err error
	if c.Seals, err = c.seals(); err != nil {
		t.Fatal(err)
	}
	text, err := encode(c, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	wantFinding(t, path, "evidence")
}
