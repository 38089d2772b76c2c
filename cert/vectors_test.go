package cert

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flowcert/internal/usage"
)

// Test vectors for this and other implementations: files with the verdict that
// verifying them must give. testdata/vectors/README.md says how to read them.

const vectorsDir = "testdata/vectors"

// vector is one entry of vectors.json.
type vector struct {
	Name    string `json:"name"`
	Comment string `json:"comment"`
	// Certificate is the file to verify; its signature is beside it if there is one.
	Certificate string `json:"certificate"`
	// Edits are applied to the certificate's text before it is verified.
	Edits []edit `json:"edits,omitempty"`
	// Trusted are the files of the keys to verify with.
	Trusted []string `json:"trusted,omitempty"`
	// Verdict is "holds", "refuted" or "unusable".
	Verdict string `json:"verdict"`
	// Part is, where refuted, one that must be named.
	Part string `json:"part,omitempty"`
	// States are the rows that the certificate itself states as refuted.
	States []string `json:"states_refuted,omitempty"`
}

// edit replaces the first occurrence of From, which must be there.
type edit struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	text, err := os.ReadFile(filepath.Join(vectorsDir, "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	validate := validator(t)
	if len(vectors) < 40 {
		t.Errorf("only %d vectors", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			r, err := Verify(v.path(t), v.keys(t)...)
			var unusable *usage.Error
			switch {
			case errors.As(err, &unusable):
				if v.Verdict != "unusable" {
					t.Errorf("unusable: %v", err)
				}
			case err != nil:
				t.Error(err)
			case v.Verdict == "unusable" || r.Holds() != (v.Verdict == "holds"):
				t.Errorf("want %s, found %v", v.Verdict, r.Findings)
			case v.Part != "" && !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Part == v.Part }):
				t.Errorf("found %v, want a finding of %s", r.Findings, v.Part)
			case v.Verdict == "holds" && !slices.Equal(r.Refuted(), v.States):
				t.Errorf("states %q as refuted, want %q", r.Refuted(), v.States)
			case v.Verdict == "holds":
				text, err := os.ReadFile(v.path(t))
				if err != nil {
					t.Fatal(err)
				}
				if err := validate(text); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// path applies the edits in a copy of the folder, if there are any.
func (v vector) path(t *testing.T) string {
	t.Helper()
	if v.Edits == nil {
		return filepath.Join(vectorsDir, v.Certificate)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(vectorsDir)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, v.Certificate)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range v.Edits {
		if !bytes.Contains(text, []byte(e.From)) {
			t.Fatalf("%s holds no %q", v.Certificate, e.From)
		}
		text = bytes.Replace(text, []byte(e.From), []byte(e.To), 1)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func (v vector) keys(t *testing.T) []ed25519.PublicKey {
	t.Helper()
	var keys []ed25519.PublicKey
	for _, name := range v.Trusted {
		key, err := ReadPublicKey(filepath.Join(vectorsDir, name))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

// vectorBuilder carries the quality of a model of two dimensions and nothing of costs,
// whatever lines there are, so that vectors stay small.
func vectorBuilder() *Builder {
	full := fixture()
	b := NewBuilder(full.subject, full.data, full.environment)
	for _, name := range []string{"test.log_density", "test.gaussian_log_density", "test.reference_log_density", "test.true_log_density",
		"samples.log_density", "round_trip.float32", "round_trip.float64", "log_det.error", "integral.refinements", "precision.gap",
		"memory.parameters", "memory.evaluation_arena"} {
		b.Record(name, full.arrays[name])
	}
	for _, l := range Lines() {
		if !l.Theory && l.Open == "" {
			b.Skip(l.ID, "not part of this vector")
		}
	}
	return b
}

// vectorWriter writes vectors and lists them.
type vectorWriter struct {
	t    *testing.T
	list []vector
}

// file writes one file of the folder, and returns its name.
func (w *vectorWriter) file(name string, content []byte) string {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(vectorsDir, name), content, 0o644); err != nil {
		w.t.Fatal(err)
	}
	return name
}

// certificate writes a certificate NAME.json as Write would, after a change with the
// seals renewed, and its evidence.
func (w *vectorWriter) certificate(name string, b *Builder, change func(c *Certificate)) string {
	w.t.Helper()
	c, side, err := b.Certificate()
	if err != nil {
		w.t.Fatal(err)
	}
	if change != nil {
		change(c)
		if c.Seals, err = c.seals(); err != nil {
			w.t.Fatal(err)
		}
	}
	text, err := encode(c, true)
	if err != nil {
		w.t.Fatal(err)
	}
	if isDigest(c.Evidence.SHA256) {
		w.file(evidenceFile(c.Evidence.SHA256), side)
	}
	return w.file(name+".json", text)
}

func (w *vectorWriter) holds(name, comment, certificate string, trusted ...string) {
	w.list = append(w.list, vector{Name: name, Comment: comment, Certificate: certificate, Trusted: trusted, Verdict: "holds"})
}

func (w *vectorWriter) refuted(name, comment, part, certificate string, trusted ...string) {
	w.list = append(w.list, vector{Name: name, Comment: comment, Certificate: certificate, Trusted: trusted, Verdict: "refuted", Part: part})
}

// forged writes a certificate with a change and renewed seals, which is refuted.
func (w *vectorWriter) forged(name, comment, part string, change func(c *Certificate)) {
	w.t.Helper()
	w.refuted(name, comment, part, w.certificate(name, vectorBuilder(), change))
}

func (w *vectorWriter) edited(name, comment, verdict, part, from, to string) {
	w.list = append(w.list, vector{Name: name, Comment: comment, Certificate: "sound.json",
		Edits: []edit{{from, to}}, Verdict: verdict, Part: part})
}

func writeVectors(t *testing.T) {
	t.Helper()
	old, err := filepath.Glob(filepath.Join(vectorsDir, "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range old {
		if filepath.Base(path) != "README.md" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	w := &vectorWriter{t: t}
	w.sound()
	w.rows()
	w.evidence()
	w.form()
	w.signatures()
	text, err := encode(w.list, true)
	if err != nil {
		t.Fatal(err)
	}
	w.file("vectors.json", text)
}

func (w *vectorWriter) sound() {
	w.holds("sound", "quality alone; costs are not assessed", w.certificate("sound", vectorBuilder(), nil))
	w.holds("sound-full", "evidence for every rule", w.certificate("sound-full", fixture(), nil))
	one := vectorBuilder()
	one.subject.Dim, one.data.Columns = 1, []string{"x"}
	w.holds("sound-one-dimension", "a theorem less than in two", w.certificate("sound-one-dimension", one, nil))
	refuted := vectorBuilder()
	refuted.arrays["log_det.error"][7] = math.NaN()
	refuted.arrays["samples.log_density"][2] = math.Inf(-1)
	c, _, err := refuted.Certificate()
	if err != nil {
		w.t.Fatal(err)
	}
	w.holds("sound-states-refuted", "it says itself that claims are refuted, and holds", w.certificate("sound-states-refuted", refuted, nil))
	w.list[len(w.list)-1].States = Report{Certificate: c}.Refuted()
}

// rows are lies about what follows from the evidence, with the seals renewed.
func (w *vectorWriter) rows() {
	row := func(c *Certificate, id string) *Row { return rowOf(w.t, c, id) }
	w.forged("row-value", "a value in its last digit", "fit.gain", func(c *Certificate) { *row(c, "fit.gain").Value += 1e-6 })
	w.forged("row-interval", "a narrower interval", "fit.log_likelihood", func(c *Certificate) { *row(c, "fit.log_likelihood").Lo += 0.01 })
	w.forged("row-number", "more rows than there are", "fit.log_likelihood", func(c *Certificate) { row(c, "fit.log_likelihood").N = 4000 })
	w.forged("row-strength", "tested, said to be proved", "guarantees.log_det.checked", func(c *Certificate) { row(c, "guarantees.log_det.checked").Strength = Proved })
	w.forged("row-threshold", "a threshold that suits", "guarantees.invertible.checked", func(c *Certificate) {
		row(c, "guarantees.invertible.checked").Parameters = map[string]float64{"threshold": 1}
	})
	w.forged("row-grade", "a better grade", "memory.answering", func(c *Certificate) { row(c, "memory.answering").Grade = "A–B" })
	w.forged("row-withheld", "evidence is there, but the row is not assessed", "fit.gain", func(c *Certificate) {
		r := row(c, "fit.gain")
		*r = Row{ID: r.ID, Block: r.Block, Statement: r.Statement, Unit: r.Unit, Strength: NotAssessed, Reason: "no time"}
	})
	w.forged("row-theorem", "a theorem that nobody proved", "guarantees.universal.theory", func(c *Certificate) {
		r := row(c, "guarantees.universal.theory")
		r.Strength, r.Reason, r.Method, r.Source = Theorem, "", "it is universal", "hearsay"
	})
	w.forged("row-missing", "a row is left out", "fit.gain", func(c *Certificate) { c.Rows = slices.Delete(c.Rows, at(c, "fit.gain"), at(c, "fit.gain")+1) })
	w.forged("row-twice", "a row is there twice", "fit.gain", func(c *Certificate) { c.Rows = slices.Insert(c.Rows, at(c, "fit.gain"), *row(c, "fit.gain")) })
	w.forged("row-unknown", "a row of another format", "fit.beauty", func(c *Certificate) { row(c, "fit.gain").ID = "fit.beauty" })
	w.forged("row-order", "rows in another order", "answers.samples", func(c *Certificate) { c.Rows[0], c.Rows[1] = c.Rows[1], c.Rows[0] })
	w.forged("dimension", "fewer dimensions than columns", "subject", func(c *Certificate) { c.Subject.Dim = 1 })
	w.forged("scale-old", "grades by a scale that is not this format's", "scale", func(c *Certificate) { c.Scale = Scale{"0", strings.Repeat("0", 64)} })
	hidden := vectorBuilder()
	hidden.arrays["log_det.error"][7] = 0.6931471805599453
	w.refuted("row-hidden", "the evidence refutes a claim that the row states as tested", "guarantees.log_det.checked",
		w.certificate("row-hidden", hidden, func(c *Certificate) {
			r := row(c, "guarantees.log_det.checked")
			r.Strength, r.Reason = Tested, ""
		}))
}

// evidence are side files that do not fit.
func (w *vectorWriter) evidence() {
	change := func(name, comment, part string, change func(c *Certificate, side []byte) []byte) {
		c, side, err := vectorBuilder().Certificate()
		if err != nil {
			w.t.Fatal(err)
		}
		side = change(c, bytes.Clone(side))
		c.Evidence.SHA256 = digest(side)
		c.Evidence.File = evidenceFile(c.Evidence.SHA256)
		w.file(c.Evidence.File, side)
		if c.Seals, err = c.seals(); err != nil {
			w.t.Fatal(err)
		}
		text, err := encode(c, true)
		if err != nil {
			w.t.Fatal(err)
		}
		w.refuted(name, comment, part, w.file(name+".json", text))
	}
	change("evidence-value", "one entry is another, its array's digest is not", "evidence", func(_ *Certificate, side []byte) []byte {
		side[len(side)-1] ^= 1
		return side
	})
	change("evidence-form", "the same arrays with a longer header", "evidence", func(_ *Certificate, side []byte) []byte {
		length := binary.LittleEndian.Uint64(side)
		return slices.Concat(binary.LittleEndian.AppendUint64(nil, length+8), side[8:8+length], []byte("        "), side[8+length:])
	})
	change("evidence-twice", "an array that is listed twice in the header, as parsers take the last or the first", "evidence", func(_ *Certificate, side []byte) []byte {
		length := int(binary.LittleEndian.Uint64(side))
		header, data := bytes.TrimRight(side[8:8+length], " "), side[8+length:]
		entry := header[1 : bytes.IndexByte(header, '}')+1]
		header = slices.Concat([]byte("{"), entry, []byte(","), header[1:])
		for len(header)%8 != 0 {
			header = append(header, ' ')
		}
		return slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header, data)
	})
	w.forged("evidence-name", "a side file that is not named by its digest", "evidence", func(c *Certificate) { c.Evidence.File = "../evidence.safetensors" })
	w.forged("evidence-list", "a unit that is not the array's", "evidence", func(c *Certificate) { c.Evidence.Arrays[0].Unit = "bits" })
	w.forged("evidence-truth", "a true density in the evidence that the certificate denies", "evidence", func(c *Certificate) { c.Data.Truth = false })
	w.forged("evidence-rows", "more test rows than scores", "evidence", func(c *Certificate) { c.Data.Test++ })
	other := vectorBuilder()
	other.arrays["precision.gap"][0] = 0x1p-10
	name := w.certificate("evidence-changed", other, nil)
	c, side, err := other.Certificate()
	if err != nil {
		w.t.Fatal(err)
	}
	side[len(side)-3] ^= 4
	w.file(c.Evidence.File, side)
	w.refuted("evidence-changed", "the side file was changed after all", "evidence", name)
	w.list = append(w.list, vector{Name: "evidence-missing", Comment: "there is no side file", Verdict: "unusable",
		Certificate: w.certificate("evidence-missing", vectorBuilder(), func(c *Certificate) {
			c.Evidence.SHA256 = strings.Repeat("0123456789abcdef", 4)
			c.Evidence.File = evidenceFile(c.Evidence.SHA256)
		})})
	if err := os.Remove(filepath.Join(vectorsDir, evidenceFile(strings.Repeat("0123456789abcdef", 4)))); err != nil {
		w.t.Fatal(err)
	}
}

// form are other bytes than those of the one form.
func (w *vectorWriter) form() {
	_, named := CurrentScale()
	for _, c := range []struct{ name, comment, part, from, to string }{
		{"form-space", "a space too many", "subject", `"dim": 2`, `"dim":  2`},
		{"form-field-twice", "a field twice, as parsers take the last or the first", "subject", `"dim": 2`, `"dim": 3, "dim": 2`},
		{"form-case", "a field in capitals", "subject", `"dim"`, `"DIM"`},
		{"form-number", "a number in another form", "fit.log_likelihood", `"level": 0.95`, `"level": 9.5e-1`},
		{"form-escape", "an escape that is not needed", "subject", "<ellipsoid>", `\u003cellipsoid>`},
		{"form-empty", "an empty field that is left out", "fit.log_likelihood", `"unit": "nats per row"`, `"unit": "nats per row", "grade": ""`},
		{"form-line-end", "Windows line ends", "", "{\n", "{\r\n"},
		{"form-order", "fields in another order", "scale", "\"scale\": {\n    \"version\": \"" + named.Version + "\",", "\"scale\": {"},
		{"seal", "a changed field, seals left alone", "data", `"train_rows": 400`, `"train_rows": 4000`},
	} {
		w.edited(c.name, c.comment, "refuted", c.part, c.from, c.to)
	}
	order := &w.list[len(w.list)-2]
	order.Edits = append(order.Edits, edit{`"sha256": "` + named.SHA256 + `"`,
		`"sha256": "` + named.SHA256 + "\",\n    \"version\": \"" + named.Version + `"`})
	for _, c := range []struct{ name, comment, from, to string }{
		{"newer-format", "a format of the future", Format, "flowcert certificate 2"},
		{"newer-field", "a field of the future", `"dim": 2`, `"dim": 2, "shape": [2]`},
		{"number-range", "a number beyond float64", `"level": 0.95`, `"level": 1e999`},
		{"no-json", "no JSON", "{\n", "certificate\n"},
		{"no-end", "it ends in the middle", "\n}\n", "\n"},
		{"more", "text after the certificate", "\n}\n", "\n}\n{}\n"},
	} {
		w.edited(c.name, c.comment, "unusable", "", c.from, c.to)
	}
}

// signatures are by the keys trusted.pub and other.pub.
func (w *vectorWriter) signatures() {
	mine, other := testKey(1), testKey(2)
	const trusted, untrusted = "trusted.pub", "other.pub"
	for name, key := range map[string]ed25519.PrivateKey{trusted: mine, untrusted: other} {
		w.file(name, pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: publicBytes(public(key))}))
	}
	signature := func(certificate string, change func(envelope []byte) []byte) {
		w.t.Helper()
		path := filepath.Join(vectorsDir, certificate)
		if err := Sign(w.t.Context(), path, mine); err != nil {
			w.t.Fatal(err)
		}
		if change == nil {
			return
		}
		envelope, err := os.ReadFile(signaturePath(path))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(signaturePath(path), change(envelope), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	signed := w.certificate("signed", vectorBuilder(), nil)
	signature(signed, nil)
	w.holds("signed-unchecked", "a signature, and no key to check it with", signed)
	w.holds("signed", "a signature by the trusted key", signed, trusted)
	w.holds("signed-either", "a signature by one of two trusted keys", signed, untrusted, trusted)
	w.refuted("signed-untrusted", "a signature by a key that is not trusted", "signature", signed, untrusted)
	w.refuted("unsigned", "no signature, where one is asked for", "signature", "sound.json", trusted)
	replace := func(from, to string) func([]byte) []byte {
		return func(envelope []byte) []byte { return []byte(strings.Replace(string(envelope), from, to, 1)) }
	}
	for _, c := range []struct {
		name, comment string
		change        func([]byte) []byte
		trusted       []string
	}{
		{"signature-forged", "the name of the trusted key over another signature", replace(`"sig": "`, `"sig": "AAAA`), []string{trusted}},
		{"signature-type", "another payload type", replace(PayloadType, "application/json"), nil},
		{"signature-form", "the same signature with a space more", replace(": ", ":  "), nil},
		{"signature-field", "an unknown field", replace("{\n", "{\n  \"version\": 2,\n"), nil},
		{"signature-cut", "it ends in the middle", func(e []byte) []byte { return e[:len(e)/2] }, nil},
	} {
		name := w.certificate(c.name, vectorBuilder(), nil)
		signature(name, c.change)
		w.refuted(c.name, c.comment, "signature", name, c.trusted...)
	}
	moved := w.certificate("signature-moved", vectorBuilder(), nil)
	signature(moved, nil)
	b := vectorBuilder()
	b.environment.Issued = "2026-11-24T12:00:00Z"
	w.refuted("signature-moved", "the signature of an earlier certificate", "signature", w.certificate("signature-moved", b, nil))
	w.refuted("signature-moved-trusted", "the same, with the key that made it", "signature", moved, trusted)
}
